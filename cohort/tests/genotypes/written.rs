//! Random cohorts written in every format read back equal.

use std::path::Path;

use cohort::{
    Genotypes, HalfCall, Inspection, Options, allele_frequency, cohort_count, columns, inspect,
};
use proptest::prelude::*;

use crate::pgen::pgen;
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

    /// Pgen, pvar and psam under a prefix; all diploid.
    fn write_pgen(&self, prefix: &Path) {
        let records: Vec<_> = self.records.iter().map(Record::pgen).collect();
        let pgen = pgen(self.samples.len(), &records);
        std::fs::write(prefix.with_extension("pgen"), pgen).unwrap();
        let pvar = |record: &Record| {
            let alternates = match record.alternates.join(",") {
                none if none.is_empty() => ".".to_owned(),
                some => some,
            };
            format!("7\t{}\tA\t{alternates}\t.\n", record.pos)
        };
        let pvar: String = self.records.iter().map(pvar).collect();
        let pvar = format!("#CHROM\tPOS\tREF\tALT\tID\n{pvar}");
        std::fs::write(prefix.with_extension("pvar"), pvar).unwrap();
        let psam = format!("#IID\n{}\n", self.samples.join("\n"));
        std::fs::write(prefix.with_extension("psam"), psam).unwrap();
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

/// A list of the samples, at most 256, whose value is so, with their values.
fn list(values: &[u8], so: impl Fn(u8) -> bool) -> Vec<u8> {
    let listed: Vec<(usize, u8)> =
        values.iter().copied().enumerate().filter(|(_, value)| so(*value)).collect();
    let mut bytes = vec![listed.len() as u8];
    bytes.extend(listed.iter().step_by(64).map(|(sample, _)| *sample as u8));
    bytes.extend(vec![0; listed.len().div_ceil(64).saturating_sub(1)]);
    bytes.extend(pack(listed.iter().map(|(_, value)| *value)));
    for group in listed.chunks(64) {
        bytes.extend(group.windows(2).map(|pair| (pair[1].0 - pair[0].0) as u8));
    }
    bytes
}

/// Numbers of so many bits each, the first in the lowest.
fn bits(numbers: &[(u32, usize)]) -> Vec<u8> {
    let bits =
        numbers.iter().flat_map(|(number, width)| (0..*width).map(move |bit| number >> bit & 1));
    let bits: Vec<u32> = bits.collect();
    let byte = |eight: &[u32]| eight.iter().enumerate().map(|(i, bit)| (*bit as u8) << i).sum();
    bits.chunks(8).map(byte).collect()
}

/// Four values of two bits a byte.
fn pack(values: impl Iterator<Item = u8>) -> Vec<u8> {
    let values: Vec<u8> = values.collect();
    let byte = |four: &[u8]| four.iter().enumerate().map(|(i, value)| value << (2 * i)).sum();
    values.chunks(4).map(byte).collect()
}

impl Record {
    /// The kind and the bytes of a record of a pgen: uncompressed, as two values, or as a list, as
    /// the record's own format has it; the second track as bits.
    fn pgen(&self) -> (u8, Vec<u8>) {
        let value =
            |genotype: &Genotype| match genotype.iter().flatten().filter(|a| **a > 0).count() {
                _ if genotype.contains(&None) => 3,
                alternates => alternates as u8,
            };
        let values: Vec<u8> = self.genotypes.iter().map(value).collect();
        let (kind, mut bytes) = match self.format {
            0 => (0, pack(values.iter().copied())),
            1 => {
                let bits: Vec<u8> = values
                    .chunks(8)
                    .map(|eight| {
                        eight.iter().enumerate().map(|(i, value)| u8::from(*value == 1) << i).sum()
                    })
                    .collect();
                (1, [&[1], &bits[..], &list(&values, |value| value > 1)].concat())
            }
            _ => (4, list(&values, |value| value > 0)),
        };
        if self.alternates.len() < 2 {
            return (kind, bytes);
        }
        bytes.push(0);
        let several = self.alternates.len();
        let of =
            |dosage: u8| self.genotypes.iter().zip(&values).filter(move |(_, v)| **v == dosage);
        let sorted = |genotype: &Genotype| {
            let mut alleles: Vec<usize> = genotype.iter().flatten().copied().collect();
            alleles.sort_unstable();
            (alleles[0], alleles[1])
        };
        let width = |limits: [usize; 3]| match several {
            n if n <= limits[0] => 1,
            n if n <= limits[1] => 2,
            n if n <= limits[2] => 4,
            _ => 8,
        };
        let (mut set, mut alleles) = (Vec::new(), Vec::new());
        for (genotype, _) in of(1) {
            let (_, allele) = sorted(genotype);
            set.push((u32::from(allele > 1), 1));
            if allele > 1 && several > 2 {
                alleles.push((allele as u32 - 2, width([3, 5, 17])));
            }
        }
        bytes.extend(bits(&set));
        bytes.extend(bits(&alleles));
        (set, alleles) = (Vec::new(), Vec::new());
        for (genotype, _) in of(2) {
            let (one, two) = sorted(genotype);
            set.push((u32::from(two > 1), 1));
            if two > 1 && several == 2 {
                alleles.push((one as u32 - 1, 1));
            } else if two > 1 {
                let width = width([2, 4, 16]);
                alleles.extend([(one as u32 - 1, width), (two as u32 - 1, width)]);
            }
        }
        bytes.extend(bits(&set));
        bytes.extend(bits(&alleles));
        (kind | 8, bytes)
    }

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

/// What the file says that it is, which sexes it states, and where in it errors are, does not matter.
fn all(open: impl Fn() -> Genotypes, half_call: HalfCall) -> Read {
    let options = Options { half_call, ..Options::default() };
    let unnamed = |error: String| error.split(": ").skip(1).collect::<Vec<_>>().join(": ");
    let lines =
        [lines_of(allele_frequency, open(), &options), lines_of(cohort_count, open(), &options)];
    let lines = lines.map(|lines| lines.map_err(unnamed)).to_vec();
    let columns = columns(open(), None).flat_map(Result::unwrap).collect();
    let mut found = inspect(open(), 3, &mut |_| {}).unwrap();
    found.sex.declared = cohort::Declared::default();
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

proptest! {
    #![proptest_config(config(23))]

    #[test]
    fn a_pgen_reads_as_its_vcf(cohort in cohort(&[2], false)) {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("x");
        cohort.write_pgen(&prefix);
        let mut vcf = all(|| open(cohort.text()).unwrap(), HalfCall::Refuse);
        vcf.2.genotypes.phased = 0;
        let pgen = all(|| Genotypes::open(&prefix).unwrap(), HalfCall::Refuse);
        prop_assert_eq!(vcf, pgen);
    }
}
