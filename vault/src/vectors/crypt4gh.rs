//! Files and headers made by other implementations; see `tests/data/vectors/crypt4gh`.

use super::{Lcg, array, bytes, number, others, parse, published, rows, text, word};
use crate::body::open_body;
use crate::data_key::DataKey;
use crate::header::{HeaderError, read_header};
use crate::secret::Secret;
use ledger::hash::sha256;
use serde_json::Value;
use std::io::Read;

fn reader(row: &Value) -> Secret<32> {
    match row["reader_secret"].as_str() {
        None | Some("identity") => published().x25519().clone(),
        Some(_) => Secret::from(array(row, "reader_secret")),
    }
}

#[test]
fn vectors_crypt4gh_files() {
    let folder = others("crypt4gh");
    for row in rows(&parse(&folder.join("crypt4gh.json")), "files") {
        let name = text(row, "file");
        let file = std::fs::read(folder.join(name)).unwrap();
        let (header, body) = file.split_at(number(row, "header_bytes") as usize);
        let key = read_header(header, &reader(row)).unwrap();
        let mut plain = Vec::new();
        open_body(body, &key, word(row, "content_root")).read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len() as u64, number(row, "plain_bytes"), "{name}");
        assert_eq!(sha256(&plain), word(row, "plain_sha256"), "{name}");
        if text(row, "plain") == "lcg" {
            let mut expected = vec![0; plain.len()];
            Lcg(1).read_exact(&mut expected).unwrap();
            assert!(plain == expected, "{name}");
        }
    }
}

#[test]
fn vectors_crypt4gh_headers() {
    for row in rows(&parse(&others("crypt4gh").join("crypt4gh.json")), "headers") {
        let found = read_header(&bytes(row, "header"), &reader(row));
        match row["key"].as_str() {
            Some(_) => assert_eq!(found, Ok(DataKey::from(Secret::from(array(row, "key"))))),
            None => {
                let expected = match text(row, "error") {
                    "NotForReader" => HeaderError::NotForReader,
                    "SeveralKeys" => HeaderError::SeveralKeys,
                    "EditList" => HeaderError::EditList,
                    "Cipher(1)" => HeaderError::Cipher(1),
                    "DataKey(0)" => HeaderError::DataKey(0),
                    other => panic!("{other}"),
                };
                assert_eq!(found, Err(expected), "{}", text(row, "what"));
            }
        }
    }
}
