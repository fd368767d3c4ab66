use super::*;
use ledger::dag_cbor;
use ledger::key::data_commit;
use ledger::log::{leaf, log_id};
use ledger::merkle::leaf_hash;
use ledger::signature::{Domain, SignatureError};
use ledger::step::{CodeFile, Environment, Input, Origin, StepError, code_hash, config_hash};
use ledger::{Signature, Step, StepId};

#[test]
fn vectors_step_parts() {
    let file = load("steps.json");
    for row in rows(&file, "data_commit") {
        let content = bytes(row, "bytes");
        let digest = ledger::hash::sha256(&content);
        let commit = data_commit(word(row, "salt"), content.len() as u64, digest);
        assert_eq!(commit, word(row, "data_commit"));
    }
    let files: Vec<CodeFile> = rows(&file["code"], "files")
        .iter()
        .map(|row| CodeFile {
            path: text(row, "path").to_owned(),
            executable: number(&row["mode"]) == 0o100_755,
            size: bytes(row, "content").len() as u64,
            digest: ledger::hash::sha256(bytes(row, "content")),
        })
        .collect();
    assert_eq!(code_hash(&files).unwrap(), word(&file["code"], "code_hash"));
    let config = dag_cbor::decode(&bytes(&file["config"], "config")).unwrap();
    assert_eq!(config_hash(&config), word(&file["config"], "config_hash"));
    for row in rows(&file, "env") {
        let digest = word(row, "digest");
        let environment = match number(&row["kind"]) {
            1 => Environment::Image(digest),
            2 => Environment::Toolchain(digest),
            other => panic!("environment kind {other}"),
        };
        assert_eq!(environment.hash(), word(row, "env_hash"));
    }
    let log = &file["log"];
    let (chain, contract) = (number(&log["chain"]), address(log, "contract"));
    let id = log_id(chain, contract, address(log, "owner"), text(log, "origin"));
    assert_eq!(id.0, word(log, "log_id"));
}

#[test]
fn vectors_steps() {
    let file = load("steps.json");
    let contract = address(&file["log"], "contract");
    let steps: Vec<Step> =
        rows(&file, "steps").iter().map(|row| Step::decode(&bytes(row, "body")).unwrap()).collect();
    let parent = |id: StepId| steps.iter().find(|step| step.id() == id);
    for (step, row) in steps.iter().zip(rows(&file, "steps")) {
        assert_eq!(step.encode(), bytes(row, "body"));
        assert_eq!(step.cid().digest(), word(row, "body_sha256"));
        assert_eq!(step.id().0, word(row, "step_id"));
        assert_eq!(step.verify_links(parent), Ok(()));
        let domain = Domain { chain: step.chain, log: contract };
        assert_eq!(domain.separator(), word(row, "domain_separator"));
        assert_eq!(domain.digest(step.id()), word(row, "signing_digest"));
        let signature = Signature(array(row, "signature"));
        assert_eq!(signature.verify(&domain, step.id(), step.actor), Ok(()));
        let high = Signature(array(row, "signature_high_s_rejected"));
        assert_eq!(high.verify(&domain, step.id(), step.actor), Err(SignatureError::Malformed));
        let leaf = leaf(step.id(), step.actor, &signature);
        assert_eq!(
            (hex::encode(&leaf).as_str(), leaf_hash(&leaf)),
            (text(row, "log_leaf"), word(row, "log_leaf_hash"),)
        );
    }
}

/// Each refused form, put into an otherwise good step and encoded as its sender would.
#[test]
fn vectors_steps_refused() {
    let file = load("steps.json");
    let steps: Vec<Step> =
        rows(&file, "steps").iter().map(|row| Step::decode(&bytes(row, "body")).unwrap()).collect();
    let parent = |id: StepId| steps.iter().find(|step| step.id() == id);
    for row in rows(&file, "rejected") {
        let why = text(row, "why");
        let mut step = Step { inputs: Vec::new(), parents: Vec::new(), ..steps[1].clone() };
        if let Some(parents) = row["parents"].as_array() {
            let id =
                |p: &Value| StepId(B256::from_slice(&hex::decode(p.as_str().unwrap()).unwrap()));
            step.parents = parents.iter().map(id).collect();
            assert_eq!(Step::decode(&step.encode()), Err(StepError::Parents), "{why}");
        } else if let Some(count) = row["count"].as_u64() {
            step.parents = (0..count).map(|i| StepId(U256::from(i).into())).collect();
            assert_eq!(Step::decode(&step.encode()), Err(StepError::Parents), "{why}");
        } else {
            let (name, codes, commit) = entry(&bytes(row, "entry"));
            let known = row["parents"].as_u64().unwrap_or_default();
            step.parents = (0..known).map(|i| StepId(U256::from(i).into())).collect();
            if row.get("parent").is_some() {
                step.parents = vec![StepId(word(row, "parent"))];
                let origin = Origin::Parent { parent: codes[1], output: codes[2] };
                step.inputs = vec![Input { name: name.clone(), origin, commit }];
                let step = Step::decode(&step.encode()).unwrap();
                assert_eq!(step.verify_links(parent), Err(StepError::Link(name)), "{why}");
            } else {
                let body = with_entry(&step, &name, codes, commit);
                assert_eq!(Step::decode(&body), Err(StepError::Origin(name)), "{why}");
            }
        }
    }
}

/// `u16 name_len ‖ name ‖ u8 origin ‖ u32 parent ‖ u32 output ‖ commit`, taken apart.
fn entry(bytes: &[u8]) -> (String, [u32; 3], B256) {
    let length = u16::from_be_bytes([bytes[0], bytes[1]]) as usize;
    let (name, rest) = bytes[2..].split_at(length);
    let number = |at: usize| u32::from_be_bytes(rest[at..at + 4].try_into().unwrap());
    let codes = [u32::from(rest[0]), number(1), number(5)];
    (String::from_utf8(name.to_vec()).unwrap(), codes, B256::from_slice(&rest[9..]))
}

/// The step's body with one input that no [`Input`] can be.
fn with_entry(step: &Step, name: &str, codes: [u32; 3], commit: B256) -> Vec<u8> {
    use dag_cbor::Value;
    let Value::Map(mut fields) = dag_cbor::decode(&step.encode()).unwrap() else { panic!() };
    let [origin, parent, output] = codes.map(|code| Value::Uint(code.into()));
    let input = Value::map([
        ("name", Value::from(name)),
        ("origin", origin),
        ("parent", parent),
        ("output", output),
        ("commit", commit.into()),
    ]);
    let inputs = fields.iter_mut().find(|(key, _)| key == "inputs").unwrap();
    inputs.1 = Value::List(vec![input]);
    Value::Map(fields).encode()
}
