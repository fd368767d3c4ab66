//! `statement.json`: the circuits' public inputs, by proofs over the vectors' panels.

use crate::panels::{genotypes, leaf_list, panel, variant};
use crate::{array, element, load, number, rows, text};
use alloy_primitives::B256;
use ledger::{Fr, Statement};
use prover::panel::tree::Tree;
use prover::panel::{LeafList, Panel};
use prover::{KeyCache, Listed, PrivateColumn, Proved, prove_allele_frequency};
use serde_json::Value;

fn numbers(value: &Value, key: &str) -> Vec<u64> {
    rows(value, key).iter().map(|number| number.as_u64().unwrap()).collect()
}

fn leaves(panel: &Value) -> LeafList {
    let leaf = |row| element(text(row, "leaf"));
    leaf_list(&rows(panel, "columns").iter().map(leaf).collect::<Vec<_>>())
}

fn prove(panel: &Value, indices: &[u64], context: Fr) -> Proved {
    let samples = number(panel, "samples");
    let private = |index: &u64| {
        let row = &rows(panel, "columns")[*index as usize];
        PrivateColumn { variant: variant(row), dosages: genotypes(row, samples).into() }
    };
    let leaves = leaves(panel);
    let listed = Listed {
        panel: Panel {
            samples,
            columns: leaves.columns(),
            samples_commit: B256::new(array(panel, "samples_commit")),
            tree_root: Tree::root(&leaves).unwrap(),
        },
        leaves: &leaves,
        build: text(panel, "build"),
        data_key: &array(panel, "data_key"),
    };
    let folder = tempfile::tempdir().unwrap();
    let columns = indices.iter().map(private).collect();
    let keys = KeyCache::new(folder.path());
    prove_allele_frequency(&listed, columns, context, &keys, &mut |_| ()).unwrap()
}

#[test]
fn vectors_statements_are_proved() {
    let mut proofs = 0;
    for row in rows(&load("statement.json"), "allele_frequency") {
        let none = row["rule"]["min_samples"] == 0 && row["rule"]["min_count"] == 0;
        if !none || number(row, "places") > 16 {
            continue;
        }
        let expected = Statement::NAMES.map(|name| element(text(&row["public_inputs"], name)));
        let panel = panel(text(row, "panel").strip_prefix("panel_").unwrap());
        let proved = prove(&panel, &numbers(row, "columns"), expected[0]);
        assert_eq!(proved.shape.places as u64, number(row, "places"));
        assert_eq!(proved.statement, Statement::from_inputs(expected));
        let value = |pair: &Value, i: usize| pair[i].as_str().unwrap().parse().unwrap();
        let values = rows(row, "values").iter().map(|pair| (value(pair, 0), value(pair, 1)));
        assert_eq!(proved.values, values.collect::<Vec<(u64, u64)>>());
        proofs += 1;
    }
    assert_eq!(proofs, 3);
}
