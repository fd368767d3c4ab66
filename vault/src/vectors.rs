//! The shared vectors, run by this crate's definitions. They lie inside the crate because sealing
//! with fixed randomness is for tests alone. `PROVENOME_VECTORS` names another folder of the
//! formats' own files.

mod crypt4gh;
mod identity;
mod sealing;

use crate::identity::Identity;
use crate::phrase::Phrase;
use alloy_primitives::{B256, U256};
use serde_json::Value;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A file of the formats' own vectors.
fn load(file: &str) -> Value {
    let folder =
        std::env::var_os("PROVENOME_VECTORS").map_or_else(|| others("provenome_v1"), PathBuf::from);
    parse(&folder.join(file))
}

/// A folder of vectors made by others.
fn others(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/vectors").join(folder)
}

fn parse(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
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

fn number(value: &Value, key: &str) -> u64 {
    let value = &value[key];
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

fn u256(value: &Value, key: &str) -> U256 {
    value[key].as_str().map_or_else(|| U256::from(number(value, key)), |t| t.parse().unwrap())
}

/// The identity of the published phrase, the reader in every row.
fn published() -> Identity {
    let phrase = Phrase::parse(text(&load("identity.json"), "phrase")).unwrap();
    Identity::from_phrase(&phrase).unwrap()
}

/// The byte pattern of vectors made by others.
struct Lcg(u32);

impl Read for Lcg {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in out.iter_mut() {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (self.0 >> 24) as u8;
        }
        Ok(out.len())
    }
}

/// Name, JSON, password and secret of each published keystore.
pub(crate) fn basic_keystores() -> Vec<(String, String, String, Vec<u8>)> {
    let file = parse(&others("keystore_v3").join("basic_tests.json"));
    let rows = file.as_object().unwrap().iter();
    rows.map(|(name, row)| {
        let json = row["json"].to_string();
        (name.clone(), json, text(row, "password").to_owned(), bytes(row, "priv"))
    })
    .collect()
}
