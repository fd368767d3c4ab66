use super::*;
use ledger::accumulator;
use ledger::column::{trait_key, variant_key};
use ledger::dataset::{Version, VersionName};
use ledger::hash::{self, sha256, tagged};
use ledger::{Cid, Codec, Tag, key, poseidon};

#[test]
fn vectors_tags() {
    let file = load("tags.json");
    for row in rows(&file, "tags") {
        let tag = Tag::find(text(row, "tag")).expect("the table has every tag");
        assert_eq!(sha256(tag.as_str()), word(row, "tag_hash"));
    }
}

#[test]
fn vectors_tagged_hash() {
    let file = load("tagged_hash.json");
    for row in rows(&file, "T") {
        let tag = Tag::find(text(row, "tag")).expect("the table has every tag");
        let t = tagged(tag, &[&bytes(row, "x")]);
        assert_eq!(t, word(row, "T"));
        assert_eq!(hex_of(hash::to_field(t)), text(row, "F"));
    }
    for row in rows(&file, "F") {
        assert_eq!(hex_of(hash::to_field(word(row, "h"))), text(row, "F"));
    }
}

#[test]
fn vectors_poseidon() {
    let file = load("poseidon.json");
    for case in rows(&file, "cases") {
        let tag = Tag::find(text(case, "tag")).expect("the table has every tag");
        let inputs: Vec<Fr> =
            rows(case, "inputs").iter().map(|x| element(x.as_str().unwrap())).collect();
        assert_eq!(hex_of(poseidon::initial(tag, inputs.len())), text(case, "initial"));
        let mut carried = poseidon::initial(tag, inputs.len());
        for (block, row) in inputs.chunks(16).zip(rows(case, "blocks")) {
            assert_eq!(block.len() as u64 + 1, number(&row["t"]));
            carried = poseidon::hash_from(carried, block);
            assert_eq!(hex_of(carried), text(row, "element_0_after"));
        }
        assert_eq!(hex_of(poseidon::hash(tag, &inputs)), text(case, "output"));
    }
    for row in rows(&file, "rejected") {
        for input in row["inputs"].as_array().unwrap() {
            let bytes = B256::from_slice(&hex::decode(input.as_str().unwrap()).unwrap());
            assert_eq!(field::from_bytes(bytes), Err(field::NotInField(bytes)));
        }
    }
}

#[test]
fn vectors_keys() {
    let file = load("keys.json");
    for row in rows(&file, "key_commit") {
        assert_eq!(hex_of(key::key_commit(&array(row, "key"))), text(row, "key_commit"));
    }
    let (chain, market) = (number(&file["chain"]), address(&file, "market"));
    let context = hash::to_field(tagged(Tag::MARKET, &[&chain.to_be_bytes(), market.as_slice()]));
    let data_key: [u8; 32] = array(&file, "data_key");
    for row in rows(&file, "answers") {
        let secret = key::request_secret(&array(row, "shared_secret"));
        assert_eq!(hex_of(secret), text(row, "s"));
        assert_eq!(hex_of(key::answer_commit(secret)), text(row, "answer_commit"));
        assert_eq!(hex_of(context), text(row, "market_context"));
        for (i, limb) in data_key.chunks(16).enumerate() {
            let inputs = [context, secret, Fr::from(number(&row["grant"])), Fr::from(i as u64)];
            let mask = poseidon::hash(Tag::MASK, &inputs);
            assert_eq!(hex_of(mask), row["masks"][i].as_str().unwrap());
            let limb = element(&format!("{}{}", "0".repeat(32), hex::encode(limb)));
            assert_eq!(hex_of(limb + mask), row["masked_limbs"][i].as_str().unwrap());
        }
    }
}

#[test]
fn vectors_columns() {
    let file = load("columns.json");
    let data_key: [u8; 32] = array(&file, "data_key");
    let salt = |key: Fr| {
        let salt: [u8; 31] = hash::hkdf(&data_key, Tag::SALT, field::to_bytes(key).as_slice());
        format!("00{}", hex::encode(salt))
    };
    let trimming = &file["trimming"];
    for row in rows(trimming, "rows") {
        let Some(trimmed) = row["trimmed"].as_array() else { continue };
        let (r, a) = (trimmed[1].as_str().unwrap(), trimmed[2].as_str().unwrap());
        let (build, contig) = (text(trimming, "build"), text(trimming, "contig"));
        let key = variant_key(build, contig, number(&trimmed[0]), r, a).unwrap();
        assert_eq!(hex_of(key), text(row, "key"), "{row}");
    }
    for row in rows(&file, "keys") {
        let (build, contig, pos) = (text(row, "build"), text(row, "contig"), number(&row["pos"]));
        let key = variant_key(build, contig, pos, text(row, "ref"), text(row, "alt")).unwrap();
        assert_eq!(
            (hex_of(key).as_str(), salt(key).as_str()),
            (text(row, "key"), text(row, "salt"))
        );
    }
    for row in rows(&file, "long_alleles") {
        let repeat = &row["ref_repeat"];
        let reference = repeat[0].as_str().unwrap().repeat(number(&repeat[1]) as usize);
        let reference = reference + row["ref_then"].as_str().unwrap_or_default();
        let (build, contig, pos) = (text(row, "build"), text(row, "contig"), number(&row["pos"]));
        let key = variant_key(build, contig, pos, &reference, text(row, "alt"));
        match row.get("rejected") {
            Some(_) => assert_eq!(key, Err(hash::TooLong { length: reference.len() })),
            None => assert_eq!(hex_of(key.unwrap()), text(row, "key")),
        }
    }
    for row in rows(&file, "traits") {
        let key = trait_key(text(row, "name")).unwrap();
        assert_eq!(
            (hex_of(key).as_str(), salt(key).as_str()),
            (text(row, "key"), text(row, "salt"))
        );
    }
}

#[test]
fn vectors_dataset() {
    let file = load("dataset.json");
    let manifest = bytes(&file, "manifest");
    let cid = Cid::of(Codec::DagCbor, &manifest);
    assert_eq!(cid.digest(), word(&file, "manifest_digest"));
    assert_eq!(cid.to_string(), text(&file, "manifest_cid"));
    ledger::dag_cbor::decode(&manifest).expect("the manifest is strict");
    let version = Version {
        manifest: cid.digest(),
        data_root: word(&file, "data_root"),
        key_commit: word(&file, "key_commit"),
        samples: number(&file["samples"]),
        columns: number(&file["columns"]),
    };
    assert_eq!(version.commit().0, word(&file, "version_commit"));
    let name = VersionName {
        chain: number(&file["chain"]),
        registry: address(&file, "registry"),
        dataset: u256(&file["dataset"]),
        version: number(&file["version"]),
    };
    assert_eq!(name.commit(&version), word(&file, "dataset_commit"));
    for row in rows(&file, "cids") {
        let codec = match text(row, "codec") {
            "raw" => Codec::Raw,
            "dag-pb" => Codec::DagPb,
            "dag-cbor" => Codec::DagCbor,
            other => panic!("codec {other}"),
        };
        let cid = Cid::new(codec, word(row, "digest"));
        assert_eq!(hex::encode(cid.to_bytes()), text(row, "cid"));
        assert_eq!(cid.to_string(), text(row, "text"));
        assert_eq!(Cid::from_bytes(&cid.to_bytes()), Ok(cid));
        assert_eq!(text(row, "text").parse(), Ok(cid));
    }
}

#[test]
fn vectors_accumulator() {
    let file = load("accumulator.json");
    let mut acc = accumulator::seed(number(&file["chain"]), address(&file, "contract"));
    assert_eq!(acc, word(&file, "seed"));
    for event in rows(&file, "events") {
        let topics: Vec<B256> = event["topics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|topic| B256::from_slice(&hex::decode(topic.as_str().unwrap()).unwrap()))
            .collect();
        acc = accumulator::extend(acc, &topics, &bytes(event, "data"));
        assert_eq!(acc, word(event, "acc"), "{event}");
    }
}
