//! The same genotypes in the other formats, each ALT a record of its own, written to a folder that
//! is gone after the run.

use std::path::{Path, PathBuf};

use cohort::{Column, Genotypes, columns};
use tempfile::TempDir;

pub(crate) struct Written {
    folder: TempDir,
    samples: Vec<String>,
    columns: Vec<Column>,
}

impl Written {
    pub(crate) fn of(genotypes: Genotypes) -> Written {
        let samples = genotypes.header().samples.clone();
        let columns = columns(genotypes, None).flat_map(|part| part.expect("the file is read"));
        let folder = tempfile::tempdir().expect("there is room");
        Written { folder, samples, columns: columns.collect() }
    }

    pub(crate) fn bed(&self) -> PathBuf {
        let site = |column: &Column| {
            let variant = &column.variant;
            format!(
                "{}\t.\t0\t{}\t{}\t{}\n",
                variant.contig, variant.pos, variant.alternate, variant.reference
            )
        };
        self.write("x.bim", self.columns.iter().map(site).collect::<String>().as_bytes());
        let sample = |sample: &String| format!("0 {sample} 0 0 0 -9\n");
        self.write("x.fam", self.samples.iter().map(sample).collect::<String>().as_bytes());
        let rows = self.columns.iter().flat_map(|column| pack(column, [3, 2, 0, 1]));
        self.write("x.bed", &[0x6c, 0x1b, 1].into_iter().chain(rows).collect::<Vec<_>>())
    }

    pub(crate) fn pgen(&self) -> PathBuf {
        self.bed();
        for (from, to) in [("x.bim", "x.pvar"), ("x.fam", "x.psam")] {
            let from = self.folder.path().join(from);
            std::fs::copy(from, self.folder.path().join(to)).expect("there is room");
        }
        let counts =
            [self.columns.len(), self.samples.len()].map(|count| (count as u32).to_le_bytes());
        let header = [&[0x6c, 0x1b, 2][..], &counts.concat(), &[0x40]].concat();
        let rows = self.columns.iter().flat_map(|column| pack(column, [0, 1, 2, 3]));
        self.write("x.pgen", &header.into_iter().chain(rows).collect::<Vec<_>>())
    }

    /// Not compressed.
    pub(crate) fn bcf(&self) -> PathBuf {
        let header = format!(
            "##fileformat=VCFv4.2\n##contig=<ID=22>\n##FORMAT=<ID=GT>\n\
             #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n\0",
            self.samples.join("\t")
        );
        let length = (header.len() as u32).to_le_bytes();
        let records = self.columns.iter().flat_map(record);
        let header = [b"BCF\x02\x02", &length[..], header.as_bytes()].concat();
        self.write("x.bcf", &header.into_iter().chain(records).collect::<Vec<_>>())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path: PathBuf = Path::join(self.folder.path(), name);
        std::fs::write(&path, bytes).expect("there is room");
        path
    }
}

fn dosages(column: &Column) -> &[u8] {
    column.genotypes.as_ref().expect("all columns are provable")
}

fn pack(column: &Column, values: [u8; 4]) -> Vec<u8> {
    let shifted = |(i, dosage): (usize, &u8)| values[usize::from(*dosage)] << (2 * i);
    let byte = |four: &[u8]| four.iter().enumerate().map(shifted).sum();
    dosages(column).chunks(4).map(byte).collect()
}

fn record(column: &Column) -> Vec<u8> {
    let variant = &column.variant;
    let mut shared = Vec::new();
    for number in
        [0, variant.pos as u32 - 1, 1, 0x7f80_0001, 2 << 16, 1 << 24 | dosages(column).len() as u32]
    {
        shared.extend(number.to_le_bytes());
    }
    shared.push(7);
    for allele in [&variant.reference, &variant.alternate] {
        shared.extend(
            [&[0xf7, 0x13][..], &(allele.len() as u32).to_le_bytes(), allele.as_bytes()].concat(),
        );
    }
    shared.push(0);
    let pairs = [[2, 3], [2, 5], [4, 5], [0, 1]];
    let calls = dosages(column).iter().flat_map(|dosage| pairs[usize::from(*dosage)]);
    let each: Vec<u8> = [0x11, 1, 0x21].into_iter().chain(calls).collect();
    let lengths = [shared.len() as u32, each.len() as u32].map(u32::to_le_bytes).concat();
    [lengths, shared, each].concat()
}
