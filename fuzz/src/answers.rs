//! Everything that a file of genotypes can be asked, held against itself.

use std::collections::HashSet;

use cohort::{ColumnSet, HalfCall, Options, SampleSet};

use crate::columns::{
    check_counts, check_frequencies, check_inspection, check_reasons, columns, inspection, some,
};
use crate::frequency::{Row, Table, allele_frequency, cohort_count, half};
use crate::opened::{Open, check_header, refusal};

/// Asks everything and returns the frequencies, half calls read as haploid, or why there are none.
pub fn check(open: Open<'_>) -> Result<Table, String> {
    let header = match open() {
        Ok(genotypes) => genotypes.header().clone(),
        Err(error) => {
            let why = refusal(error);
            assert_eq!(open().err().map(refusal).as_ref(), Some(&why), "opening twice");
            return Err(why);
        }
    };
    check_header(&header);
    let all = allele_frequency(open, &half(HalfCall::Haploid));
    let found = inspection(open);
    let columns = columns(open);
    if let (Ok(columns), Ok(found)) = (&columns, &found) {
        check_inspection(found);
        check_reasons(columns, found, header.samples.len());
    }
    let table = match all {
        Ok(table) => table,
        Err(why) => {
            check_refusals(&why, found.err(), columns.err());
            return Err(why);
        }
    };
    let (columns, found) = (columns.expect("was read"), found.expect("was read"));
    assert_eq!(allele_frequency(open, &half(HalfCall::Haploid)).as_ref(), Ok(&table));
    assert_eq!((found.records, found.columns), (table.summary.records, table.summary.columns));
    assert_eq!(table.summary.samples, header.samples.len() as u64);
    check_frequencies(&columns, &table);
    match cohort_count(open, &half(HalfCall::Haploid)) {
        Ok(counts) => check_counts(&columns, &counts, &table),
        Err(why) => {
            let genotypes = &found.genotypes;
            let fits = genotypes.diploid == genotypes.total && genotypes.half_calls == 0;
            assert!(!fits || table.summary.by_sex > 0, "{why}");
        }
    }
    check_half_calls(open, &table, found.genotypes.half_calls);
    check_samples(open, &table, &header.samples);
    check_selections(open, &table);
    Ok(table)
}

/// What no question could read, all questions refuse alike; what one refuses alone does not fit it.
fn check_refusals(why: &str, inspection: Option<String>, columns: Option<String>) {
    const UNFIT: [&str; 5] = [
        " has no samples",
        " does not name GT",
        " X and Y may pair here",
        " its sex is not known",
        " does not fit its sample's sex",
    ];
    let unfit = UNFIT.iter().any(|words| why.contains(words));
    assert!(unfit || inspection.as_deref() == Some(why), "{inspection:?}, {why}");
    // Columns take more memory than counts, so that they may end at a record before.
    let wide = columns.as_ref().is_some_and(|other| other.contains(" ALTs are more than "));
    assert!(wide || columns == inspection, "{inspection:?}, {columns:?}");
}

/// The ways to read a half call differ where there is one, in the direction that they must.
fn check_half_calls(open: Open<'_>, table: &Table, half_calls: u64) {
    let read = |way| allele_frequency(open, &half(way));
    if half_calls == 0 {
        assert_eq!(read(HalfCall::Refuse).as_ref(), Ok(table));
        return;
    }
    let [missing, reference] =
        [HalfCall::Missing, HalfCall::Reference].map(|way| read(way).expect("was read"));
    for ((row, missing), reference) in table.rows.iter().zip(&missing.rows).zip(&reference.rows) {
        assert!(missing.ac() <= row.ac() && row.ac() == reference.ac());
        assert!(missing.an() <= row.an() && row.an() <= reference.an());
    }
    assert_eq!([&missing, &reference].map(|other| other.rows.len()), [table.rows.len(); 2]);
}

/// What two halves of the samples have is what all have.
fn check_samples(open: Open<'_>, table: &Table, samples: &[String]) {
    if samples.len() < 2 {
        return;
    }
    let [even, odd] = [0, 1].map(|first| {
        let names: Vec<_> = samples.iter().skip(first).step_by(2).cloned().collect();
        let set = SampleSet::read(names.join("\n").as_bytes(), "samples").expect("names");
        let options = Options { samples: Some(set), ..half(HalfCall::Haploid) };
        let part = allele_frequency(open, &options).expect("was read");
        assert_eq!(part.summary.samples, names.len() as u64);
        part
    });
    assert_eq!(even.summary.records, table.summary.records);
    assert_eq!((even.rows.len(), odd.rows.len()), (table.rows.len(), table.rows.len()));
    for ((even, odd), row) in even.rows.iter().zip(&odd.rows).zip(&table.rows) {
        assert_eq!([even.ac() + odd.ac(), even.an() + odd.an()], [row.ac(), row.an()]);
    }
}

/// A list and a region give the rows that they name, as they were.
fn check_selections(open: Open<'_>, table: &Table) {
    let named = table.rows.iter().step_by(2).filter(|row| !row.variant.contig.starts_with('#'));
    let mut keys = HashSet::new();
    let list: String = named
        .filter(|row| keys.insert(row.variant.trimmed()))
        .map(|row| format!("{}\n", row.variant))
        .collect();
    let Some(first) = table.rows.first() else { return };
    let region = format!("{0}:{1}-{1}", first.variant.contig, first.variant.pos);
    let region = ColumnSet::region(&region).expect("a region");
    let here = |row: &Row| {
        row.variant.contig == first.variant.contig && row.variant.pos == first.variant.pos
    };
    check_selection(open, table, region, here);
    if !keys.is_empty() {
        let list = ColumnSet::read(list.as_bytes(), "columns").expect("columns");
        assert_eq!(list.named(), Some(keys.len()));
        check_selection(open, table, list, |row| keys.contains(&row.variant.trimmed()));
    }
}

fn check_selection(open: Open<'_>, table: &Table, set: ColumnSet, keep: impl Fn(&Row) -> bool) {
    let expected = some(table, &keep);
    assert!(expected.iter().all(|row| set.matches(&row.variant)));
    let options = Options { columns: Some(set), ..half(HalfCall::Haploid) };
    let selected = allele_frequency(open, &options).expect("was read");
    assert_eq!(selected.rows, expected);
    assert_eq!(selected.summary.records, table.summary.records);
    assert!(selected.summary.never_seen.is_empty());
}
