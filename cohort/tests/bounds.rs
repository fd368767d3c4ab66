//! Files of every format with bytes changed at random from fixed seeds: each is read to its end or
//! to an error, no reading thread is lost, and the memory of it all stays small. A program of its
//! own, so that no other test's memory is measured.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use cohort::{
    EvaluateError, Genotypes, HalfCall, Options, ReadError, allele_frequency, cohort_count,
    columns, inspect,
};
use flate2::read::MultiGzDecoder;

/// What the whole of this program may take, in KiB.
const MOST: u64 = 160 << 10;

fn data(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "tests", "data", "genotypes", path].iter().collect()
}

/// Xorshift64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    /// Sets, inserts, removes or repeats some bytes from `first` on.
    fn change(&mut self, bytes: &mut Vec<u8>, first: usize) {
        const TELLING: [u8; 12] = [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xff, 0xf7, 0x17, b'\t', b'\n'];
        for _ in 0..=self.below(4) {
            if bytes.len() <= first {
                return;
            }
            let at = first + self.below(bytes.len() - first);
            let end = bytes.len().min(at + 1 + self.below(12));
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                3 => bytes[at] ^= 1 << self.below(8),
                _ => bytes[at] = TELLING[self.below(TELLING.len())],
            }
        }
    }
}

/// Every entry point; an error is an answer, a lost thread is not.
fn read_all(open: impl Fn() -> Result<Genotypes, ReadError>, seed: &str) {
    let whole = |error: &ReadError| assert!(!matches!(error, ReadError::Lost { .. }), "{seed}");
    let options = Options { half_call: HalfCall::Haploid, ..Options::default() };
    for evaluate in [allele_frequency, cohort_count] {
        let opened = open().map_err(EvaluateError::from);
        let done = opened.and_then(|file| evaluate(file, &options, &mut Vec::new(), &mut |_| {}));
        if let Err(EvaluateError::Read(error)) = &done {
            whole(error);
        }
    }
    match open() {
        Err(error) => whole(&error),
        Ok(file) => columns(file, None).filter_map(Result::err).for_each(|error| whole(&error)),
    }
    if let Err(error) = open().and_then(|file| inspect(file, 3, &mut |_| {})) {
        whole(&error);
    }
}

fn bcf(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(data(name)).unwrap();
    MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

fn changed_bcfs() {
    for (name, runs) in [("edge/sample.bcf", 1_500), ("edge/1kg_2020_chrM.bcf", 500)] {
        let original = bcf(name);
        let text = u32::from_le_bytes(original[5..9].try_into().unwrap()) as usize;
        for seed in 1..=runs {
            let mut bytes = original.clone();
            let first = if seed % 4 == 0 { 0 } else { 9 + text };
            Random::new(seed).change(&mut bytes, first);
            let open = || Genotypes::from_reader(Cursor::new(bytes.clone()), "x.bcf");
            read_all(open, &format!("{name}, seed {seed}"));
        }
    }
}

/// Three files of which one is changed in each run.
fn changed_sets(files: &[(&str, Vec<u8>); 3], runs: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = |end: &str| folder.path().join("x").with_extension(end);
    for seed in 1..=runs {
        let mut random = Random::new(seed);
        let changed = [0, 0, 1, 2][random.below(4)];
        for (i, (end, original)) in files.iter().enumerate() {
            let mut bytes = original.clone();
            if i == changed {
                random.change(&mut bytes, if i == 0 { 2 } else { 0 });
            }
            std::fs::write(path(end), bytes).unwrap();
        }
        read_all(|| Genotypes::open(&path(files[0].0)), &format!("{}, seed {seed}", files[0].0));
    }
}

fn set(prefix: &str, ends: [&'static str; 3]) -> [(&'static str, Vec<u8>); 3] {
    ends.map(|end| (end, std::fs::read(data(prefix).with_extension(end)).unwrap()))
}

#[test]
fn changed_files_end_in_little_memory() {
    changed_bcfs();
    let bim = (1..41).map(|pos| format!("7\t.\t0\t{pos}\tC\tA\n")).collect::<String>();
    let fam = (1..42).map(|i| format!("0 S{i} 0 0 0 -9\n")).collect::<String>();
    let bed = [&[0x6c, 0x1b, 1][..], &[0b1110_0100; 440]].concat();
    changed_sets(&[("bed", bed), ("bim", bim.into()), ("fam", fam.into())], 500);
    changed_sets(&set("plink/inverted", ["pgen", "pvar", "psam"]), 250);
    changed_sets(&set("plink/kgp3_1126_chr20", ["pgen", "pvar", "psam"]), 30);
    assert!(Path::new("/proc").exists(), "memory is measured by /proc");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < MOST, "{peak} KiB");
}
