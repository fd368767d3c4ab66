//! The shared vectors of the formats, run by the prover's definitions. `PROVENOME_VECTORS` names
//! another folder of the same files.

mod panels;
mod statements;

use alloy_primitives::B256;
use ledger::{Fr, field};
use serde_json::Value;
use std::path::PathBuf;

fn load(file: &str) -> Value {
    let folder = std::env::var_os("PROVENOME_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/vectors/provenome_v1"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn rows<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let rows = value[key].as_array().unwrap_or_else(|| panic!("no rows {key:?}"));
    assert!(!rows.is_empty(), "no rows in {key:?}");
    rows
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key:?} in {value}"))
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("no number {key:?} in {value}"))
}

fn array<const N: usize>(value: &Value, key: &str) -> [u8; N] {
    hex::decode(text(value, key)).unwrap().try_into().unwrap()
}

fn element(text: &str) -> Fr {
    field::from_bytes(B256::from_slice(&hex::decode(text).unwrap())).unwrap()
}

fn elements(value: &Value, key: &str) -> Vec<Fr> {
    rows(value, key).iter().map(|e| element(e.as_str().unwrap())).collect()
}

/// Digits 0 … 3, sample 0 first.
fn dosages(text: &str) -> Vec<u8> {
    text.bytes().map(|digit| digit - b'0').collect()
}
