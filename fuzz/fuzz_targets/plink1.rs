//! Sets of bim, fam and bed. An input is the two texts and the genotypes after the three bytes
//! that every bed begins with, parted by bytes of 0.
#![no_main]

use cohort::Variant;
use fuzz::check;
use fuzz::container::gzip;
use fuzz::frequency::Table;
use fuzz::opened::alone;
use fuzz::packed;
use fuzz::set::{Folder, cut};
use libfuzzer_sys::fuzz_target;

const MAGIC: [u8; 3] = [0x6c, 0x1b, 1];
const MEANING: [Option<u64>; 4] = [Some(2), None, Some(1), Some(0)];

thread_local! {
    static FOLDER: Folder = Folder::default();
}

fuzz_target!(init: alone(), |input: &[u8]| {
    let Some([bim, fam, genotypes]) = cut(input) else { return };
    let bed = [&MAGIC, genotypes].concat();
    FOLDER.with(|folder| {
        folder.write([("bed", &bed), ("bim", bim), ("fam", fam)]);
        let answer = check(&|| folder.open("bim"));
        // No bim has names of columns, and one that has is read by them.
        if let Ok(table) = &answer
            && table.summary.by_sex == 0
            && !bim.starts_with(b"#")
        {
            check_counts(table, bim, genotypes);
        }
        let compressed = bim.starts_with(&[0x1f]) || fam.starts_with(&[0x1f]);
        if !compressed && !bim.is_empty() && !fam.is_empty() {
            folder.write([("bed", &gzip(&bed)), ("bim", &gzip(bim)), ("fam", &gzip(fam))]);
            assert_eq!(check(&|| folder.open("fam")), answer);
        }
    });
});

/// Counts a second time, from the specification alone.
fn check_counts(table: &Table, bim: &[u8], genotypes: &[u8]) {
    let samples = table.summary.samples as usize;
    let records = packed::rows(genotypes, samples, MEANING).expect("what was read is well-formed");
    let bim = String::from_utf8_lossy(bim);
    let lines: Vec<Vec<&str>> = bim
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .filter(|line| !line.is_empty())
        .map(|line| line.split(['\t', ' ']).filter(|field| !field.is_empty()).collect())
        .collect();
    assert_eq!(records.len(), lines.len());
    let known = |allele| if allele == "0" { "." } else { allele };
    let mut written = table.rows.iter();
    for (record, line) in records.iter().zip(&lines) {
        let [contig, .., pos, alternate, reference] = line[..] else { panic!("{line:?}") };
        if known(alternate) == "." {
            continue;
        }
        let variant = Variant {
            contig: contig.to_owned(),
            pos: pos.parse().expect("was read"),
            reference: known(reference).to_owned(),
            alternate: alternate.to_owned(),
        };
        let row = written.next().expect("a row for each ALT");
        assert_eq!((&row.variant, &row.numbers[..]), (&variant, &packed::frequency(record)[..]));
    }
    assert!(written.next().is_none());
}
