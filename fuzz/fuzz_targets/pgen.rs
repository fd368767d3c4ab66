//! Sets of pvar, psam and pgen. An input is the two texts and the pgen after the two bytes that
//! every pgen begins with, parted by bytes of 0.
#![no_main]

use fuzz::check;
use fuzz::container::{bgzf, gzip};
use fuzz::frequency::Table;
use fuzz::opened::alone;
use fuzz::set::{Folder, cut};
use fuzz::{packed, pgen};
use libfuzzer_sys::fuzz_target;

const MAGIC: [u8; 2] = [0x6c, 0x1b];
thread_local! {
    static FOLDER: Folder = Folder::default();
}

fuzz_target!(init: alone(), |input: &[u8]| {
    let Some([pvar, psam, rest]) = cut(input) else { return };
    let pgen = [&MAGIC, rest].concat();
    FOLDER.with(|folder| {
        folder.write([("pgen", &pgen), ("pvar", pvar), ("psam", psam)]);
        let answer = check(&|| folder.open("pgen"));
        if let Ok(table) = &answer
            && table.summary.by_sex == 0
        {
            check_counts(table, rest, pvar);
        }
        let compressed = pvar.starts_with(&[0x1f]) || psam.starts_with(&[0x1f]);
        if !compressed && !pvar.is_empty() && !psam.is_empty() {
            folder.write([("pgen", &pgen), ("pvar", &gzip(pvar)), ("psam", &bgzf(psam, 100))]);
            assert_eq!(check(&|| folder.open("psam")), answer);
        }
    });
});

/// Counts a second time. Of several ALTs the first track knows only how many copies they have
/// together.
fn check_counts(table: &Table, rest: &[u8], pvar: &[u8]) {
    let samples = table.summary.samples as usize;
    let records = pgen::records(rest, samples).expect("what was read is well-formed");
    assert_eq!(records.len() as u64, table.summary.records);
    let mut rows = table.rows.iter();
    for (record, alternates) in records.iter().zip(alternates(pvar)) {
        let [ac, an] = packed::frequency(record);
        let rows: Vec<_> = rows.by_ref().take(alternates).collect();
        assert!(rows.iter().all(|row| row.an() == an));
        assert!(rows.is_empty() || rows.iter().map(|row| row.ac()).sum::<u64>() == ac);
    }
    assert!(rows.next().is_none());
}

/// How many ALTs each line has.
fn alternates(pvar: &[u8]) -> Vec<usize> {
    let fields = |line: &[u8]| -> Vec<Vec<u8>> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let fields = line.split(|b| matches!(b, b'\t' | b' ')).filter(|field| !field.is_empty());
        fields.map(<[u8]>::to_vec).collect()
    };
    let lines = pvar.split(|b| *b == b'\n').map(fields).filter(|fields| !fields.is_empty());
    let lines: Vec<_> = lines.skip_while(|fields| fields[0].starts_with(b"##")).collect();
    let names = lines.first().filter(|fields| fields[0].starts_with(b"#"));
    let place = names.map(|names| names.iter().position(|name| name == b"ALT"));
    let place = place.map(|place| place.expect("was read"));
    let count = |line: &Vec<Vec<u8>>| {
        // Without names it is a bim, whose ALT is the last but one.
        let alternates = &line[place.unwrap_or(line.len() - 2)];
        let none = alternates == b"." || alternates == b"0";
        if none { 0 } else { alternates.split(|b| *b == b',').count() }
    };
    lines.iter().skip(usize::from(names.is_some())).map(count).collect()
}
