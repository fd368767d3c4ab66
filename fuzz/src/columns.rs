//! Panel columns and the inspection, held against each other and against AC and AN.

use std::collections::HashMap;

use cohort::{Column, Inspection, Reason, Variant};

use crate::frequency::{Row, Table};
use crate::opened::{Open, refusal};

pub fn columns(open: Open<'_>) -> Result<Vec<Column>, String> {
    let mut all = Vec::new();
    for some in cohort::columns(open().map_err(refusal)?, None) {
        all.append(&mut some.map_err(refusal)?);
    }
    Ok(all)
}

pub fn inspection(open: Open<'_>) -> Result<Inspection, String> {
    cohort::inspect(open().map_err(refusal)?, 3, &mut |_| {}).map_err(refusal)
}

/// What an inspection says of itself.
pub fn check_inspection(found: &Inspection) {
    let genotypes = &found.genotypes;
    assert_eq!(genotypes.haploid + genotypes.diploid + genotypes.ploidy_above_two, genotypes.total);
    assert!(genotypes.missing + genotypes.half_calls <= genotypes.total);
    assert!(genotypes.phased <= genotypes.total);
    let with = found.records - found.without_genotypes;
    assert_eq!(genotypes.total, found.samples * with);
    assert_eq!(found.contigs.iter().map(|contig| contig.records).sum::<u64>(), found.records);
    assert_eq!(found.contigs.iter().map(|contig| contig.columns).sum::<u64>(), found.columns);
    let refused: u64 = found.not_provable.iter().map(|refused| refused.count).sum();
    assert_eq!(found.panel_columns + refused, found.columns);
    for count in [found.multi_allelic, found.symbolic, found.monomorphic, found.unsorted] {
        assert!(count <= found.records);
    }
}

/// Both see the same ALTs and the same reasons.
pub fn check_reasons(columns: &[Column], found: &Inspection, samples: usize) {
    assert_eq!(columns.len() as u64, found.columns);
    let mut copies: HashMap<&Variant, u64> = HashMap::new();
    for column in columns {
        *copies.entry(&column.variant).or_default() += 1;
        if let Ok(dosages) = &column.genotypes {
            assert_eq!(dosages.len(), samples);
            assert!(dosages.iter().all(|dosage| *dosage <= 3));
        }
    }
    let mut expected: HashMap<Option<Reason>, u64> = HashMap::new();
    for column in columns {
        let reason = match copies[&column.variant] {
            1 => column.genotypes.as_ref().err().copied(),
            _ => Some(Reason::DuplicateKey),
        };
        *expected.entry(reason).or_default() += 1;
    }
    assert_eq!(expected.remove(&None).unwrap_or(0), found.panel_columns);
    let counted = found.not_provable.iter().map(|refused| (Some(refused.reason), refused.count));
    assert_eq!(expected, counted.collect());
}

/// Dosages add up to AC and AN.
pub fn check_frequencies(columns: &[Column], table: &Table) {
    assert_eq!(columns.len(), table.rows.len());
    for (column, row) in columns.iter().zip(&table.rows) {
        assert_eq!(column.variant, row.variant.trimmed());
        if let Ok(dosages) = &column.genotypes {
            assert_eq!([row.ac(), row.an()], sums(dosages), "{:?}", row.variant);
        }
    }
}

/// Dosages are the counts of genotypes.
pub fn check_counts(columns: &[Column], counts: &Table, frequencies: &Table) {
    assert_eq!(counts.summary, frequencies.summary);
    for ((column, counted), row) in columns.iter().zip(&counts.rows).zip(&frequencies.rows) {
        assert_eq!((&counted.variant, &counted.numbers[..2]), (&row.variant, &row.numbers[..]));
        let [_, an, none, one, both, missing] = counted.numbers[..] else { panic!("six numbers") };
        assert_eq!(none + one + both + missing, counts.summary.samples);
        assert_eq!((counted.ac(), an), (one + 2 * both, 2 * (none + one + both)));
        if let Ok(dosages) = &column.genotypes {
            let with = |dosage| dosages.iter().filter(|d| **d == dosage).count() as u64;
            assert_eq!([none, one, both, missing], [0, 1, 2, 3].map(with), "{:?}", row.variant);
        }
    }
}

fn sums(dosages: &[u8]) -> [u64; 2] {
    let called = dosages.iter().filter(|dosage| **dosage < 3);
    let ac = called.clone().map(|dosage| u64::from(*dosage)).sum();
    [ac, 2 * called.count() as u64]
}

/// The rows of some ALTs.
pub fn some(table: &Table, keep: impl Fn(&Row) -> bool) -> Vec<Row> {
    table.rows.iter().filter(|row| keep(row)).cloned().collect()
}
