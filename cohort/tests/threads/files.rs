//! Files of as many records as asked for, in every format, and the table that they come to.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bgzf::{END, block};

const SAMPLES: usize = 1_000;
/// Copies of the ALT: three for each four samples, less one for every record's number by 7.
fn dosage(record: usize, sample: usize) -> u8 {
    if sample < record % 7 { 0 } else { [0, 1, 2, 0][sample % 4] }
}

pub(crate) fn table(records: usize) -> String {
    let lost: Vec<u64> =
        (0..7).map(|first| (0..first).map(|s| [0, 1, 2, 0][s % 4]).sum()).collect();
    let all = 3 * SAMPLES as u64 / 4;
    let line = |record: usize| {
        format!("7\t{}\tA\tC\t{}\t{}\n", record + 1, all - lost[record % 7], 2 * SAMPLES)
    };
    let lines: String = (0..records).map(line).collect();
    format!("chrom\tpos\tref\talt\tac\tan\n{lines}")
}

pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// In the small file, so that the large one has some 50 MB.
    pub(crate) records: usize,
    write: fn(&Path, usize),
}

pub(crate) const FORMATS: [Format; 7] = [
    Format { name: "x.vcf", records: 1_500, write: |path, n| write(path, vcf(n)) },
    Format { name: "x.vcf.gz", records: 1_500, write: gzip },
    Format { name: "x.vcf.bgz", records: 1_500, write: |path, n| bgzf(path, vcf(n), &[65_280]) },
    // Empty blocks in the middle, blocks of one byte, lines across blocks.
    Format {
        name: "odd.vcf.bgz",
        records: 1_500,
        write: |path, n| bgzf(path, vcf(n), &[1, 0, 65_280, 17, 0, 0, 40_000, 2, 65_536, 1]),
    },
    Format { name: "x.bcf", records: 3_000, write: |path, n| bgzf(path, bcf(n), &[65_280]) },
    Format { name: "x.bed", records: 24_000, write: bed },
    Format { name: "y.pgen", records: 24_000, write: pgen },
];

impl Format {
    pub(crate) fn write(&self, folder: &Path, records: usize) -> PathBuf {
        let path = folder.join(self.name);
        (self.write)(&path, records);
        path
    }
}

fn write(path: &Path, parts: impl Iterator<Item = Vec<u8>>) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    parts.for_each(|part| file.write_all(&part).unwrap());
    file.flush().unwrap();
}

fn names() -> Vec<String> {
    (0..SAMPLES).map(|sample| format!("S{sample}")).collect()
}

fn header() -> String {
    format!(
        "##fileformat=VCFv4.2\n##contig=<ID=7>\n##FORMAT=<ID=GT>\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{}\n",
        names().join("\t")
    )
}

/// What each of the seven kinds of records is made of.
fn seven(each: impl Fn(u8) -> Vec<u8>) -> Vec<Vec<u8>> {
    (0..7).map(|kind| (0..SAMPLES).flat_map(|s| each(dosage(kind, s))).collect()).collect()
}

fn vcf(records: usize) -> impl Iterator<Item = Vec<u8>> {
    let cells = [&b"\t0|0"[..], b"\t0/1", b"\t1|1"];
    let genotypes = seven(|dosage| cells[usize::from(dosage)].to_vec());
    let line = move |record: usize| {
        let site = format!("7\t{}\t.\tA\tC\t.\t.\t.\tGT", record + 1);
        [site.as_bytes(), &genotypes[record % 7], b"\n"].concat()
    };
    std::iter::once(header().into_bytes()).chain((0..records).map(line))
}

fn bcf(records: usize) -> impl Iterator<Item = Vec<u8>> {
    let cells = [[2, 3], [2, 4], [4, 5]];
    let genotypes = seven(|dosage| cells[usize::from(dosage)].to_vec());
    let record = move |record: usize| {
        let numbers = [0, record as u32, 1, 0x7f80_0001, 2 << 16, 1 << 24 | SAMPLES as u32];
        let mut shared: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
        shared.extend(b"\x07\x17A\x17C\x00");
        let lengths = [shared.len() as u32, (3 + 2 * SAMPLES) as u32];
        let lengths = lengths.map(u32::to_le_bytes).concat();
        [&lengths[..], &shared, &[0x11, 1, 0x21], &genotypes[record % 7]].concat()
    };
    let text = header() + "\0";
    let length = (text.len() as u32).to_le_bytes();
    let front = [b"BCF\x02\x02", &length[..], text.as_bytes()].concat();
    std::iter::once(front).chain((0..records).map(record))
}

fn gzip(path: &Path, records: usize) {
    let mut encoder = GzEncoder::new(File::create(path).unwrap(), Compression::fast());
    vcf(records).for_each(|line| encoder.write_all(&line).unwrap());
    encoder.finish().unwrap();
}

/// Blocks of these lengths of text, again and again.
fn bgzf(path: &Path, parts: impl Iterator<Item = Vec<u8>>, lengths: &[usize]) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let mut lengths = lengths.iter().cycle();
    let (mut text, mut next) = (Vec::new(), *lengths.next().unwrap());
    for part in parts {
        text.extend(part);
        while text.len() >= next {
            file.write_all(&block(&text[..next])).unwrap();
            text.drain(..next);
            next = *lengths.next().unwrap();
        }
    }
    file.write_all(&[&block(&text)[..], END].concat()).unwrap();
    file.flush().unwrap();
}

/// Two bits for each sample.
fn packed(values: [u8; 3]) -> Vec<Vec<u8>> {
    let four = |four: &[u8]| four.iter().rev().fold(0, |byte, value| byte << 2 | value);
    let pack = |row: Vec<u8>| row.chunks(4).map(four).collect();
    seven(|dosage| vec![values[usize::from(dosage)]]).into_iter().map(pack).collect()
}

fn bed(path: &Path, records: usize) {
    let rows = packed([3, 2, 0]);
    let rows = (0..records).map(|record| rows[record % 7].clone());
    write(path, std::iter::once(vec![0x6c, 0x1b, 1]).chain(rows));
    let site = |record| format!("7\t.\t0\t{}\tC\tA\n", record + 1).into_bytes();
    write(&path.with_extension("bim"), (0..records).map(site));
    let sample = |name| format!("0 {name} 0 0 0 -9\n").into_bytes();
    write(&path.with_extension("fam"), names().into_iter().map(sample));
}

/// Records of a block, in the format's list of them.
const PGEN_BLOCK: usize = 1 << 16;

/// Of the mode that compresses each record, none of which is compressed.
fn pgen(path: &Path, records: usize) {
    let rows = packed([0, 1, 2]);
    let row = rows[0].len();
    let counts = [records as u32, SAMPLES as u32].map(u32::to_le_bytes).concat();
    // Kinds of four bits, lengths of two bytes.
    let front = [&[0x6c, 0x1b, 16][..], &counts, &[0x41]].concat();
    let blocks: Vec<usize> =
        (0..records).step_by(PGEN_BLOCK).map(|first| PGEN_BLOCK.min(records - first)).collect();
    let list = |count: usize| {
        [vec![0; count.div_ceil(2)], (row as u16).to_le_bytes().repeat(count)].concat()
    };
    let lists: Vec<u8> = blocks.iter().flat_map(|count| list(*count)).collect();
    let begin = front.len() + 8 * blocks.len() + lists.len();
    let places = (0..blocks.len()).map(|i| (begin + i * PGEN_BLOCK * row) as u64);
    let places: Vec<u8> = places.flat_map(u64::to_le_bytes).collect();
    let rows = (0..records).map(|record| rows[record % 7].clone());
    write(path, std::iter::once([front, places, lists].concat()).chain(rows));
    let site = |record| format!("7\t{}\t.\tA\tC\n", record + 1).into_bytes();
    let names_of_columns = b"#CHROM\tPOS\tID\tREF\tALT\n".to_vec();
    write(
        &path.with_extension("pvar"),
        std::iter::once(names_of_columns).chain((0..records).map(site)),
    );
    write(
        &path.with_extension("psam"),
        [format!("#IID\n{}\n", names().join("\n")).into()].into_iter(),
    );
}
