use super::*;
use ed25519_dalek::{SigningKey, VerifyingKey};
use ledger::checkpoint::Checkpoint;
use ledger::log::EntriesBlock;
use ledger::merkle::{self, verify_consistency, verify_inclusion};
use ledger::{Cid, Codec};

fn words(value: &Value) -> Vec<B256> {
    let word = |w: &Value| B256::from_slice(&hex::decode(w.as_str().unwrap()).unwrap());
    value.as_array().unwrap().iter().map(word).collect()
}

#[test]
fn vectors_log_tree() {
    let file = load("log.json");
    let hashes: Vec<B256> = rows(&file, "leaves")
        .iter()
        .map(|leaf| merkle::leaf_hash(&hex::decode(leaf.as_str().unwrap()).unwrap()))
        .collect();
    assert_eq!(hashes, words(&file["leaf_hashes"]));
    let roots = words(&file["roots"]);
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(merkle::root(&hashes[..size]), *root);
    }
    for row in rows(&file, "inclusion") {
        let (index, size, proof) =
            (number(&row["index"]), number(&row["size"]), words(&row["proof"]));
        let at = |key: &str, or: u64| row.get(key).map_or(or, number) as usize;
        let (leaf, root) = (hashes[at("leaf", index)], roots[at("root_of", size)]);
        let ok = row["ok"].as_bool().unwrap();
        assert_eq!(verify_inclusion(leaf, index, size, &proof, root).is_ok(), ok, "{row}");
        if ok {
            assert_eq!(merkle::inclusion_proof(&hashes[..size as usize], index as usize), proof);
        }
    }
    for row in rows(&file, "consistency") {
        let (old, new, proof) = (number(&row["old"]), number(&row["new"]), words(&row["proof"]));
        let (from, to) = (roots[old as usize], roots[new as usize]);
        let ok = row["ok"].as_bool().unwrap();
        assert_eq!(verify_consistency(old, new, from, to, &proof).is_ok(), ok, "{row}");
        if ok {
            assert_eq!(merkle::consistency_proof(&hashes[..new as usize], old as usize), proof);
        }
    }
}

#[test]
fn vectors_log_checkpoints() {
    let file = load("log.json");
    let (notes, origin) = (&file["checkpoint"], text(&file["checkpoint"], "origin"));
    let key = VerifyingKey::from_bytes(&array(notes, "public_key")).unwrap();
    let identity = load("identity.json");
    let signer = SigningKey::from_bytes(&array(&identity["log"], "secret"));
    assert_eq!(signer.verifying_key(), key);
    let roots = words(&file["roots"]);
    for row in rows(notes, "notes") {
        let size = number(&row["size"]);
        let checkpoint = Checkpoint { origin: origin.to_owned(), size, root: roots[size as usize] };
        assert_eq!(checkpoint.text(), text(row, "body"));
        assert_eq!(checkpoint.sign(&signer), text(row, "note"));
        assert_eq!(Checkpoint::verify(text(row, "note"), origin, &key), Ok(checkpoint));
    }
}

#[test]
fn vectors_log_entries() {
    let file = load("log.json");
    for row in rows(&file, "entries") {
        let block = bytes(row, "block");
        let cid = Cid::of(Codec::DagCbor, &block);
        assert_eq!(
            (cid.digest(), cid.to_string().as_str()),
            (word(row, "digest"), text(row, "cid"))
        );
        let decoded = EntriesBlock::decode(&block).unwrap();
        assert_eq!(decoded.encode(), block);
    }
}
