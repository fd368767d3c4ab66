//! Every verifier of this crate, with each thing it checks changed in turn. The pairing is a stand-in
//! that accepts exactly the statement and proof it was made for; the real one is tested in `prover`.

mod claims;
mod logs;
mod results;

use alloy_primitives::{Address, B256, U256};
use ed25519_dalek::SigningKey;
use ledger::checkpoint::{Checkpoint, NoteError};
use ledger::claim::ClaimError;
use ledger::column::Site;
use ledger::dataset::{Version, VersionName};
use ledger::hash::sha256;
use ledger::key::data_commit;
use ledger::log::{EntriesBlock, Head, Listed, LogError, leaf, log_id, verify_log};
use ledger::manifest::{File, PanelDescription};
use ledger::network::{Finality, Policy};
use ledger::posting::Posted;
use ledger::signature::Domain;
use ledger::statement::{Context, ReleaseRule, SUPPRESSED};
use ledger::step::{Input, Kind, Origin, Output, config_hash};
use ledger::verdict::{Check, Evidence, InputEvidence, Outcome, worst};
use ledger::verify::{
    Pairing, ReadStep, ResultBlocks, ResultFacts, list_config, verify_claim, verify_list,
    verify_result,
};
use ledger::{
    Cid, CircuitId, Claim, Codec, Fr, Manifest, Record, Signature, Statement, Step, StepId, field,
    merkle,
};

const CHAIN: u64 = 31337;

/// The account of identity.json: signatures are made by k256 beside the crate's own verification.
fn signer() -> k256::ecdsa::SigningKey {
    let secret = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    k256::ecdsa::SigningKey::from_slice(&hex::decode(secret).unwrap()).unwrap()
}

fn owner() -> Address {
    Address::from_private_key(&signer())
}

fn contract(n: u8) -> Address {
    Address::repeat_byte(n)
}

fn domain() -> Domain {
    Domain { chain: CHAIN, log: contract(5) }
}

fn sign(step: &Step) -> Signature {
    let digest = domain().digest(step.id());
    let (signature, parity) = signer().sign_prehash_recoverable(digest.as_slice()).unwrap();
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes[64] = 27 + u8::from(parity.is_y_odd());
    Signature(bytes)
}

fn claim() -> Claim {
    let site = |pos, alternate: &str| Site {
        contig: "22".into(),
        pos,
        reference: "A".into(),
        alternate: alternate.into(),
    };
    Claim {
        circuit: CircuitId(B256::repeat_byte(7)),
        context: Context { chain: CHAIN, ledger: contract(4), poster: owner() },
        data_root: Fr::from(5_u64),
        samples: 10,
        build: "GRCh37".into(),
        rule: ReleaseRule::default(),
        places: 16,
        nodes: vec![1],
        sites: vec![site(5, "C"), site(5, "G"), site(9, "T")],
        values: vec![(3, 20), (0, 18), (20, 20)],
        proof: [U256::from(1); 8],
    }
}

/// Accepts the good claim's statement and proof, nothing else.
fn pairing(circuit: CircuitId, statement: &Statement, proof: &[U256; 8]) -> Pairing {
    let good = claim();
    if circuit != good.circuit {
        return Pairing::UnknownCircuit;
    }
    if *statement == good.statement().unwrap() && *proof == good.proof {
        return Pairing::Valid { development: true };
    }
    Pairing::Invalid("the pairing does not hold".into())
}

fn policy() -> Policy {
    Policy {
        circuits: vec![claim().circuit],
        development_keys: true,
        require_anchored: false,
        finality: Finality::Head,
    }
}

fn failing(checks: &[Check]) -> Vec<&'static str> {
    checks.iter().filter(|c| c.outcome == Outcome::Fails).map(|c| c.name).collect()
}

fn manifest() -> Manifest {
    let file = |n: u8, size| File { cid: Cid::new(Codec::Raw, B256::repeat_byte(n)), size };
    Manifest {
        title: "t".into(),
        description: String::new(),
        format: "vcf".into(),
        build: "GRCh37".into(),
        size: 100,
        body: file(1, 128),
        content_root: B256::repeat_byte(2),
        key_commit: B256::with_last_byte(3),
        panel: PanelDescription {
            samples: 10,
            columns: 20,
            depth: 2,
            data_root: field::to_bytes(Fr::from(5_u64)),
            leaves: file(3, 640),
            leaves_sha256: B256::repeat_byte(3),
            refused: vec![("half-call".into(), 2)],
            refused_list: file(4, 40),
        },
        xwing: Box::new([9; 1216]),
        rule: ReleaseRule::default(),
    }
}
