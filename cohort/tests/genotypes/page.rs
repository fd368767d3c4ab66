//! The rows of `docs/reading-genotypes.md`: what it says happens here is what happens.

use crate::{frequencies, lines_of, open, panel, text};
use cohort::{HalfCall, Options, Reason};

/// The rows of the table under this heading, cell by cell, without the two that make it a table.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reading-genotypes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let part =
        page.split(&format!("## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let lines = part.lines().filter(|line| line.starts_with('|')).skip(2);
    let cell = |cell: &str| cell.trim().trim_matches('`').replace('\0', "|");
    lines
        .map(|line| line.replace("\\|", "\0").trim_matches('|').split('|').map(cell).collect())
        .collect()
}

/// A file of one record.
fn record(reference: &str, alts: &str, genotypes: &str) -> String {
    let genotypes: Vec<&str> = genotypes.split(' ').collect();
    let line = format!("22\t100\t.\t{reference}\t{alts}\t.\t.\t.\tGT\t{}", genotypes.join("\t"));
    text(&["A", "B", "C", "D"], &[&line])
}

/// The result's lines in the words of the page.
fn said(lines: Result<Vec<String>, String>) -> String {
    let Ok(lines) = lines else { return "refused".to_owned() };
    let fields = |n: usize| lines.iter().map(move |line| line.split('\t').nth(n).unwrap());
    match lines.is_empty() {
        true => "none".to_owned(),
        false => {
            format!("{} of {}", fields(4).collect::<Vec<_>>().join(", "), fields(5).next().unwrap())
        }
    }
}

/// What becomes of the record's ALTs in a panel, in the words of the page.
fn placed(file: &str) -> String {
    let Ok(columns) = panel(file) else { return "refused".to_owned() };
    let reasons: Vec<Option<Reason>> =
        columns.iter().map(|column| column.genotypes.as_ref().err().copied()).collect();
    match reasons.as_slice() {
        [] => "none".to_owned(),
        [None] => "column".to_owned(),
        [None, None] => "columns".to_owned(),
        [Some(reason)] => reason.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn genotypes_and_alleles_are_read_as_the_page_says() {
    for row in rows("Genotypes") {
        let [_, alt, genotypes, here, .., in_panel] = row.as_slice() else { panic!("{row:?}") };
        let file = record("A", alt, genotypes);
        assert_eq!(said(frequencies(file.as_str())), *here, "{row:?}");
        assert_eq!(placed(&file), *in_panel, "{row:?}");
    }
    for row in rows("Alleles") {
        let [_, reference, alt, genotypes, here, .., in_panel] = row.as_slice() else {
            panic!("{row:?}")
        };
        let file = record(reference, alt, genotypes);
        assert_eq!(said(frequencies(file.as_str())), *here, "{row:?}");
        assert_eq!(placed(&file), *in_panel, "{row:?}");
    }
}

#[test]
fn half_calls_are_read_as_the_page_says() {
    let rules = [HalfCall::Refuse, HalfCall::Haploid, HalfCall::Missing, HalfCall::Reference];
    let rows = rows("Half calls");
    assert_eq!(rows.len(), rules.len());
    for (row, half_call) in rows.iter().zip(rules) {
        let file = open(record("A", "C", "./1 0/0 0/1 1/.")).unwrap();
        let options = Options { half_call, ..Options::default() };
        let said = said(lines_of(cohort::allele_frequency, file, &options));
        assert!(row[1] == said || row[1].starts_with(&format!("{said}:")), "{row:?}: {said}");
    }
}
