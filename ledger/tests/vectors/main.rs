//! The shared vectors of the formats, run by the Rust definitions. `PROVENOME_VECTORS` names
//! another folder of the same files.

mod dag_cbor;
mod hashes;
mod logs;
#[cfg(feature = "chain")]
mod proofs;
mod statements;
mod steps;

use alloy_primitives::{Address, B256, U256};
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

fn bytes(value: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(value, key)).unwrap()
}

fn array<const N: usize>(value: &Value, key: &str) -> [u8; N] {
    bytes(value, key).try_into().unwrap()
}

fn word(value: &Value, key: &str) -> B256 {
    B256::new(array(value, key))
}

fn address(value: &Value, key: &str) -> Address {
    Address::new(array(value, key))
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

fn u256(value: &Value) -> U256 {
    match value.as_str() {
        Some(decimal) => U256::from_str_radix(decimal, 10).unwrap(),
        None => U256::from(number(value)),
    }
}

fn element(text: &str) -> Fr {
    field::from_bytes(B256::from_slice(&hex::decode(text).unwrap())).unwrap()
}

fn hex_of(element: Fr) -> String {
    hex::encode(field::to_bytes(element))
}
