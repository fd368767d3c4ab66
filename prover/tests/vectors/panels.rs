//! `packing.json` and the panels: leaves, nodes, roots, and what is refused.

use crate::{array, dosages, element, elements, load, number, rows, text};
use alloy_primitives::B256;
use cohort::{Column, Genotypes, Reason, Variant};
use ledger::{Fr, field, hash};
use prover::panel::column::{self, Kind};
use prover::panel::tree::{ARITY, Tree};
use prover::panel::{Committed, Committer, LeafList, Panel};
use serde_json::Value;
use std::io::{Read, Write};

const PANELS: [&str; 5] = ["tiny", "small", "small_1", "small_16", "real"];

pub(crate) fn panel(name: &str) -> Value {
    load(&format!("panel_{name}.json"))
}

fn is_variant(column: &&Value) -> bool {
    number(column, "kind") == 1
}

pub(crate) fn variant(row: &Value) -> Variant {
    Variant {
        contig: text(row, "contig").into(),
        pos: number(row, "pos"),
        reference: text(row, "ref").into(),
        alternate: text(row, "alt").into(),
    }
}

/// The dosages of a row, out of its elements where the file leaves them out.
pub(crate) fn genotypes(row: &Value, samples: u64) -> Vec<u8> {
    if let Some(digits) = row["dosages"].as_str() {
        return dosages(digits);
    }
    let slots = elements(row, "elements").into_iter().flat_map(|element| {
        let limbs = field::to_word(element).into_limbs();
        (0..126).map(move |i| (limbs[i / 32] >> (2 * (i % 32)) & 3) as u8)
    });
    slots.take(samples as usize).collect()
}

pub(crate) fn leaf_list(leaves: &[Fr]) -> LeafList {
    let mut file = tempfile::tempfile().unwrap();
    leaves.iter().for_each(|l| file.write_all(field::to_bytes(*l).as_slice()).unwrap());
    LeafList::new(file).unwrap()
}

fn all(mut reader: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn vectors_packing() {
    for row in rows(&load("packing.json"), "rows") {
        let packed = column::pack(&dosages(text(row, "dosages"))).unwrap();
        assert_eq!(*packed, elements(row, "elements"), "{}", text(row, "fill"));
        assert_eq!(packed.len(), column::elements(number(row, "samples")));
    }
}

#[test]
fn vectors_salts_and_leaves() {
    for panel in PANELS.map(panel) {
        let data_key = array(&panel, "data_key");
        for row in rows(&panel, "columns") {
            let key = match row.get("contig") {
                Some(_) => {
                    let Variant { contig, pos, reference, alternate } = variant(row);
                    let build = text(&panel, "build");
                    ledger::column::variant_key(build, &contig, pos, &reference, &alternate)
                }
                None => ledger::column::trait_key(text(row, "trait")),
            };
            let key = key.unwrap();
            assert_eq!(key, element(text(row, "key")));
            let salt = column::salt(&data_key, key);
            assert_eq!(*salt, element(text(row, "salt")));
            let packed = column::pack(&genotypes(row, number(&panel, "samples"))).unwrap();
            assert_eq!(*packed, elements(row, "elements"));
            let kind = if is_variant(&row) { Kind::Variant } else { Kind::Trait };
            assert_eq!(column::leaf(kind, key, *salt, &packed), element(text(row, "leaf")));
        }
    }
}

#[test]
fn vectors_trees_and_roots() {
    for panel in PANELS.map(panel) {
        let levels: Vec<Vec<Fr>> = rows(&panel, "node_levels")
            .iter()
            .map(|level| level.as_array().unwrap())
            .map(|level| level.iter().map(|e| element(e.as_str().unwrap())).collect())
            .collect();
        let leaves = leaf_list(&levels[0]);
        let bytes = all(leaves.reader());
        assert_eq!(hex::encode(&bytes), text(&panel, "leaf_list_block"));
        assert_eq!(hash::sha256(&bytes), B256::new(array(&panel, "leaf_list_sha256")));
        let indices: Vec<u64> = (0..leaves.columns()).collect();
        let tree = Tree::open(&leaves, &indices).unwrap();
        assert_eq!(tree.root, element(text(&panel, "tree_root")));
        for ((level, node), children) in &tree.opened {
            let below = levels[level - 1].iter().skip(ARITY * *node as usize);
            assert!(below.zip(children).all(|(left, right)| left == right));
        }
        let committed = Panel {
            samples: number(&panel, "samples"),
            columns: leaves.columns(),
            samples_commit: B256::new(array(&panel, "samples_commit")),
            tree_root: tree.root,
        };
        assert_eq!(committed.depth() as u64, number(&panel, "depth"));
        assert_eq!(committed.data_root(), element(text(&panel, "data_root")));
    }
}

fn commit(panel: &Value, names: &[String], columns: &[Column]) -> Committed {
    let scratch = std::env::temp_dir();
    let mut committer =
        Committer::new(text(panel, "build"), names, &array(panel, "data_key"), &scratch);
    columns.chunks(3).for_each(|batch| committer.push(batch).unwrap());
    committer.finish().unwrap()
}

/// Names as the file has them; the real panel's stand in its VCF file alone.
fn names(panel: &Value) -> Vec<String> {
    let names = rows(panel, "sample_names");
    names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn vectors_committed_from_columns() {
    for (panel, names) in [
        (panel("small_1"), names(&panel("small_1"))),
        (panel("real"), (0..2504).map(|i| format!("s{i}")).collect()),
    ] {
        let mut columns: Vec<Column> = rows(&panel, "columns")
            .iter()
            .filter(is_variant)
            .map(|row| Column {
                variant: variant(row),
                genotypes: Ok(genotypes(row, number(&panel, "samples"))),
            })
            .collect();
        columns.reverse();
        let mut committed = commit(&panel, &names, &columns);
        assert_eq!(hex::encode(all(committed.leaves.reader())), text(&panel, "leaf_list_block"));
        if panel["sample_names"].is_array() {
            let commit = B256::new(array(&panel, "samples_commit"));
            assert_eq!(committed.panel.samples_commit, commit);
        }
        committed.panel.samples_commit = B256::new(array(&panel, "samples_commit"));
        assert_eq!(committed.panel.data_root(), element(text(&panel, "data_root")));
        assert!(committed.refused.counts.is_empty());
    }
}

#[test]
fn vectors_committed_from_a_file() {
    let panel = panel("tiny");
    let text_of_file = text(&panel, "vcf").to_owned().into_bytes();
    let genotypes =
        Genotypes::from_reader(std::io::Cursor::new(text_of_file), "panel_tiny").unwrap();
    let names = genotypes.header().samples.clone();
    let columns: Vec<Column> = cohort::columns(genotypes, None).flat_map(Result::unwrap).collect();
    let mut committed = commit(&panel, &names, &columns);
    assert_eq!(committed.panel.data_root(), element(text(&panel, "data_root")));

    let mut refused = String::new();
    committed.refused.rows.read_to_string(&mut refused).unwrap();
    let row = |row| {
        let Variant { contig, pos, reference, alternate } = variant(row);
        format!("{contig}\t{pos}\t{reference}\t{alternate}\t{}\n", text(row, "reason"))
    };
    assert_eq!(refused, rows(&panel, "not_provable").iter().map(row).collect::<String>());
    assert_eq!(committed.refused.counts[&Reason::DuplicateKey], 2);
}
