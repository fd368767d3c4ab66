//! Bytes that nobody meant: every evaluation ends, with a result or an error, and never loses
//! its reading thread.

use std::io::Write;

use cohort::{EvaluateError, HalfCall, Options, ReadError, inspect};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::{open, text};

fn valid() -> Vec<u8> {
    let records = [
        "1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1|1\t0/0",
        "1\t6\trs1\tACG\tT,<DEL>,*\t9\tPASS\tAC=1\tGT:DP\t0/3:5\t.\t1|2:9",
        "X\t7\t.\tA\tT\t.\t.\t.\tDP:GT\t4:0\t3:./1\t7",
        "X\t0\t.\tA\t.\t.\t.\t.\tGT\t0\t0/0/0\t.",
    ];
    text(&["A", "B", "C"], &records).into_bytes()
}

/// Every entry point; an error is an answer, a lost thread is not.
fn try_all(bytes: &[u8]) {
    let whole = |error: &ReadError| !matches!(error, ReadError::Lost { .. });
    let options = Options { half_call: HalfCall::Haploid, ..Options::default() };
    for evaluate in [cohort::allele_frequency, cohort::cohort_count] {
        let evaluated = open(bytes)
            .map_err(EvaluateError::from)
            .and_then(|vcf| evaluate(vcf, &options, &mut Vec::new(), &mut |_| {}));
        if let Err(EvaluateError::Read(error)) = &evaluated {
            assert!(whole(error), "{error}");
        }
    }
    if let Ok(vcf) = open(bytes) {
        for columns in cohort::columns(vcf, None) {
            assert!(columns.as_ref().err().is_none_or(whole));
        }
    }
    let inspected = open(bytes).and_then(|vcf| inspect(vcf, 3, &mut |_| {}));
    assert!(inspected.as_ref().err().is_none_or(whole));
}

#[derive(Clone, Debug)]
enum Edit {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<prop::sample::Index>;
    let telling = prop::sample::select(&b"\t\n\r\0:/|.,0129#ACGT<>*\x1f\x8b\xff"[..]);
    let byte = prop_oneof![telling, any::<u8>()];
    prop_oneof![
        (place(), byte.clone()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (place(), prop::collection::vec(byte, 1..9))
            .prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (place(), 1..40usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        (place(), 1..200usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
    ]
}

fn apply(bytes: &mut Vec<u8>, edits: &[Edit]) {
    for edit in edits {
        if bytes.is_empty() {
            return;
        }
        match edit {
            Edit::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Edit::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Edit::Remove(at, count) => {
                let at = at.index(bytes.len());
                bytes.drain(at..bytes.len().min(at + count));
            }
            Edit::Repeat(at, count) => {
                let at = at.index(bytes.len());
                let piece = bytes[at..bytes.len().min(at + count)].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn config(seed: u64) -> Config {
    Config {
        cases: 500,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(11))]

    #[test]
    fn changed_text_ends(edits in prop::collection::vec(edit(), 1..12)) {
        let mut bytes = valid();
        apply(&mut bytes, &edits);
        try_all(&bytes);
        try_all(&gzip(&bytes));
    }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn changed_records_end(edits in prop::collection::vec(edit(), 1..6)) {
        let bytes = valid();
        let header = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(1).unwrap().0 + 1;
        let mut records = bytes[header..].to_vec();
        apply(&mut records, &edits);
        try_all(&[&bytes[..header], &records].concat());
    }
}

proptest! {
    #![proptest_config(config(13))]

    #[test]
    fn changed_containers_end(edits in prop::collection::vec(edit(), 1..6), bgzf in any::<bool>()) {
        let file = if bgzf { "edge/sample.vcf.gz" } else { "aisnp55.vcf.gz" };
        let mut bytes = std::fs::read(crate::data(&format!("genotypes/{file}"))).unwrap();
        bytes.truncate(8_000);
        apply(&mut bytes, &edits);
        try_all(&bytes);
    }
}

proptest! {
    #![proptest_config(config(14))]

    #[test]
    fn random_bytes_end(mut bytes in prop::collection::vec(any::<u8>(), 0..600), magic in 0..4usize) {
        let magic = [&b""[..], b"\x1f\x8b\x08\x04", b"\x1f\x8b\x08\0", b"##fileformat=VCFv4.2\n"][magic];
        bytes.splice(..0, magic.iter().copied());
        try_all(&bytes);
    }
}
