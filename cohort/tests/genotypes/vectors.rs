//! The published vectors: trimming, and the panels that are read out of VCF text.
//! Another folder of them is read where `PROVENOME_VECTORS` names one.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use cohort::{Column, ColumnSet, Genotypes, Reason, Variant, columns};
use serde_json::Value;

use crate::{data, panel};

fn vectors(file: &str) -> Value {
    let folder = std::env::var_os("PROVENOME_VECTORS").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| data("vectors/provenome_v1"));
    serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap()
}

fn rows<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

fn variant(contig: &Value, pos: &Value, reference: &Value, alternate: &Value) -> Variant {
    Variant {
        contig: contig.as_str().unwrap().into(),
        pos: pos.as_u64().unwrap(),
        reference: reference.as_str().unwrap().into(),
        alternate: alternate.as_str().unwrap().into(),
    }
}

fn named(row: &Value) -> Variant {
    variant(&row["contig"], &row["pos"], &row["ref"], &row["alt"])
}

#[test]
fn vectors_trimming() {
    let columns = vectors("columns.json");
    let trimming = &columns["trimming"];
    let spelling = |part: &Value| variant(&trimming["contig"], &part[0], &part[1], &part[2]);
    assert!(rows(trimming, "rows").len() >= 20);
    for row in rows(trimming, "rows") {
        assert_eq!(spelling(&row["file"]).trimmed(), spelling(&row["trimmed"]), "{}", row["note"]);
    }
}

/// Alleles are measured after trimming, as keys have them.
#[test]
fn vectors_long_alleles() {
    for row in rows(&vectors("columns.json"), "long_alleles") {
        let (unit, times) = (row["ref_repeat"][0].as_str().unwrap(), &row["ref_repeat"][1]);
        let reference = unit.repeat(times.as_u64().unwrap() as usize);
        let alternate = row["alt"].as_str().unwrap();
        let line = format!("1\t7\t.\t{reference}\t{alternate}\t.\t.\t.\tGT\t0/1");
        let read = panel(crate::text(&["S"], &[&line])).unwrap();
        let [Column { genotypes, .. }] = &read[..] else { panic!("{} columns", read.len()) };
        let rejected = row.get("rejected").and_then(Value::as_str);
        assert_eq!(genotypes.as_ref().err().map(|reason| reason.as_str()), rejected);
    }
}

#[test]
fn vectors_panel_tiny() {
    let tiny = vectors("panel_tiny.json");
    let mut read = panel(tiny["vcf"].as_str().unwrap()).unwrap();
    mark_duplicates(&mut read);
    let mut wrong: Vec<_> = read
        .iter()
        .filter_map(|column| {
            Some((column.variant.clone(), column.genotypes.as_ref().err()?.as_str()))
        })
        .collect();
    let mut expected: Vec<_> = rows(&tiny, "not_provable")
        .iter()
        .map(|row| (named(row), row["reason"].as_str().unwrap()))
        .collect();
    wrong.sort();
    expected.sort();
    assert_eq!(wrong, expected);
    let mut right: Vec<_> = read
        .into_iter()
        .filter_map(|column| Some((column.variant, column.genotypes.ok()?)))
        .collect();
    right.sort();
    let digits = |row: &Value| row["dosages"].as_str().unwrap().bytes().map(|d| d - b'0').collect();
    let expected: Vec<(_, Vec<u8>)> =
        rows(&tiny, "columns").iter().map(|row| (named(row), digits(row))).collect();
    assert_eq!(right, expected);
}

/// 126 genotypes to an element, the first in the lowest two bits.
#[test]
fn vectors_panel_real() {
    let real = vectors("panel_real.json");
    let named_columns: Vec<_> = rows(&real, "columns").iter().map(named).collect();
    let list: Vec<_> = named_columns.iter().map(Variant::to_string).collect();
    let set = ColumnSet::read(list.join("\n").as_bytes(), "columns").unwrap();
    let vcf = Genotypes::open(&data("genotypes/chr22_10k.vcf.gz")).unwrap();
    assert_eq!(vcf.header().samples.len() as u64, real["samples"].as_u64().unwrap());
    let mut iterator = columns(vcf, Some(set));
    let mut read = HashMap::new();
    for part in iterator.by_ref() {
        read.extend(part.unwrap().into_iter().map(|column| (column.variant, column.genotypes)));
    }
    assert_eq!(read.len(), named_columns.len());
    assert!(iterator.never_seen().is_empty());
    for (row, variant) in rows(&real, "columns").iter().zip(&named_columns) {
        let dosages = read[variant].as_ref().unwrap();
        let (copies, called) = dosages
            .iter()
            .filter(|d| **d < 3)
            .fold((0, 0), |(copies, called), d| (copies + u64::from(*d), called + 2));
        assert_eq!((Some(copies), Some(called)), (row["ac"].as_u64(), row["an"].as_u64()));
        let elements: Vec<_> = dosages.chunks(126).map(element).collect();
        assert_eq!(elements, rows(row, "elements"), "{variant}");
    }
}

/// 64 hex digits, slots without a sample being 3.
fn element(dosages: &[u8]) -> Value {
    let mut bytes = [0u8; 32];
    for slot in 0..126 {
        let dosage = dosages.get(slot).copied().unwrap_or(3);
        bytes[31 - slot / 4] |= dosage << (2 * (slot % 4));
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// What the caller does, who has the whole file.
fn mark_duplicates(columns: &mut [Column]) {
    let mut times = HashMap::new();
    for column in &*columns {
        *times.entry(column.variant.clone()).or_insert(0) += 1;
    }
    for column in columns.iter_mut().filter(|column| times[&column.variant] > 1) {
        column.genotypes = Err(Reason::DuplicateKey);
    }
}
