//! Random cohorts written in every format read back equal.

use std::path::Path;

use cohort::{
    Genotypes, HalfCall, Inspection, Options, allele_frequency, cohort_count, columns, inspect,
};
use proptest::prelude::*;

use crate::random::{Cohort, Genotype, Record, cohort, config};
use crate::{lines_of, open};

/// A short string as a typed value.
pub(crate) fn text_value(text: &[u8]) -> Vec<u8> {
    let length = match text.len() {
        short @ 0..15 => vec![(short as u8) << 4 | 7],
        long => [&[0xf7][..], &int32(long as i32)].concat(),
    };
    [&length, text].concat()
}

/// A small number as a typed value.
pub(crate) fn int8(value: u8) -> [u8; 2] {
    [0x11, value]
}

fn int32(value: i32) -> Vec<u8> {
    [&[0x13][..], &value.to_le_bytes()].concat()
}

/// Magic, version, the header's length with its last zero, header, records.
pub(crate) fn bcf_file(header: &str, records: &[u8]) -> Vec<u8> {
    let length = (header.len() as u32 + 1).to_le_bytes();
    [b"BCF\x02\x02", &length[..], header.as_bytes(), &[0], records].concat()
}

impl Cohort {
    pub(crate) fn bcf(&self) -> Vec<u8> {
        let header = format!(
            "##fileformat=VCFv4.2\n##contig=<ID=x>\n##contig=<ID=7>\n##FORMAT=<ID=DP>\n\
             ##FORMAT=<ID=GT>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n",
            self.samples.join("\t")
        );
        bcf_file(&header, &self.records.iter().flat_map(Record::bcf).collect::<Vec<_>>())
    }

    /// Bed, bim and fam under a prefix; records of one ALT or none, all diploid.
    fn write_bed(&self, prefix: &Path) {
        let row = |record: &Record| {
            let value = |genotype: &Genotype| match dosage(genotype) {
                None => 1,
                Some(dosage) => [3, 2, 0][dosage],
            };
            pack(record.genotypes.iter().map(value))
        };
        let bed: Vec<u8> = self.records.iter().flat_map(row).collect();
        std::fs::write(prefix.with_extension("bed"), [&[0x6c, 0x1b, 1], &bed[..]].concat())
            .unwrap();
        let bim = |record: &Record| {
            let alternate = record.alternates.first().map_or("0", String::as_str);
            format!("7\t.\t0\t{}\t{alternate}\tA\n", record.pos)
        };
        let bim: String = self.records.iter().map(bim).collect();
        std::fs::write(prefix.with_extension("bim"), bim).unwrap();
        let fam = self.samples.iter().map(|sample| format!("0 {sample} 0 0 0 -9\n"));
        std::fs::write(prefix.with_extension("fam"), fam.collect::<String>()).unwrap();
    }
}

/// Copies of the one ALT.
fn dosage(genotype: &Genotype) -> Option<usize> {
    let called: Option<Vec<usize>> = genotype.iter().copied().collect();
    Some(called?.iter().sum())
}

/// Four values of two bits a byte.
fn pack(values: impl Iterator<Item = u8>) -> Vec<u8> {
    let values: Vec<u8> = values.collect();
    let byte = |four: &[u8]| four.iter().enumerate().map(|(i, value)| value << (2 * i)).sum();
    values.chunks(4).map(byte).collect()
}

impl Record {
    fn bcf(&self) -> Vec<u8> {
        let mut shared = Vec::new();
        for number in [1, self.pos as i32 - 1, 1, 0x7f80_0001] {
            shared.extend(number.to_le_bytes());
        }
        shared.extend(((self.alternates.len() as u32 + 1) << 16).to_le_bytes());
        let formats = if self.format == 0 { 1 } else { 2 };
        shared.extend((formats << 24 | self.genotypes.len() as u32).to_le_bytes());
        shared.extend(text_value(b""));
        shared.extend(text_value(b"A"));
        for alternate in &self.alternates {
            shared.extend(text_value(alternate.as_bytes()));
        }
        shared.push(0);
        let mut each = Vec::new();
        if self.format > 0 {
            each.extend([&int8(1)[..], &[0x11]].concat());
            each.extend((0..self.genotypes.len()).map(|i| i as u8));
        }
        each.extend(self.bcf_genotypes());
        let lengths = [shared.len() as u32, each.len() as u32].map(u32::to_le_bytes).concat();
        [lengths, shared, each].concat()
    }

    /// In numbers of one, two or four bytes.
    fn bcf_genotypes(&self) -> Vec<u8> {
        let most = self.genotypes.iter().map(Vec::len).max().unwrap_or(0);
        let width = 1 << self.format;
        let mut bytes = [&int8(2)[..], &[(most as u8) << 4 | (self.format + 1)]].concat();
        for (i, genotype) in self.genotypes.iter().enumerate() {
            let bar = i32::from(self.bar ^ (i % 5 == 0));
            for place in 0..most {
                let value = match genotype.get(place) {
                    // The two least numbers of the type, of which the second ends a genotype.
                    None => i32::MIN >> (32 - 8 * width) | 1,
                    Some(None) => bar,
                    Some(Some(allele)) => (*allele as i32 + 1) << 1 | bar,
                };
                bytes.extend(&value.to_le_bytes()[..width]);
            }
        }
        bytes
    }
}

/// Everything that is read of a file.
type Read = (Vec<Result<Vec<String>, String>>, Vec<cohort::Column>, Inspection);

/// What the file says that it is, and where in it errors are, does not matter.
fn all(open: impl Fn() -> Genotypes, half_call: HalfCall) -> Read {
    let options = Options { half_call, ..Options::default() };
    let unnamed = |error: String| error.split(": ").skip(1).collect::<Vec<_>>().join(": ");
    let lines =
        [lines_of(allele_frequency, open(), &options), lines_of(cohort_count, open(), &options)];
    let lines = lines.map(|lines| lines.map_err(unnamed)).to_vec();
    let columns = columns(open(), None).flat_map(Result::unwrap).collect();
    let found = inspect(open(), 3, &mut |_| {}).unwrap();
    (lines, columns, Inspection { fileformat: String::new(), ..found })
}

proptest! {
    #![proptest_config(config(21))]

    #[test]
    fn a_bcf_reads_as_its_vcf(cohort in cohort(&[1, 2, 2, 2, 3], true), half in 0..3usize) {
        let half_call = [HalfCall::Haploid, HalfCall::Missing, HalfCall::Reference][half];
        let vcf = all(|| open(cohort.text()).unwrap(), half_call);
        let bcf = all(|| open(cohort.bcf()).unwrap(), half_call);
        prop_assert_eq!(vcf, bcf);
    }
}

proptest! {
    #![proptest_config(config(22))]

    #[test]
    fn a_bed_reads_as_its_vcf(cohort in cohort(&[2], false)) {
        let mut cohort = cohort;
        cohort.records.retain(|record| record.alternates.len() == 1);
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("x");
        cohort.write_bed(&prefix);
        if cohort.records.is_empty() {
            return Ok(());
        }
        let mut vcf = all(|| open(cohort.text()).unwrap(), HalfCall::Refuse);
        vcf.2.genotypes.phased = 0;
        let bed = all(|| Genotypes::open(&prefix).unwrap(), HalfCall::Refuse);
        prop_assert_eq!(vcf, bed);
    }
}
