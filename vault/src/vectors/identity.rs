use super::{array, bytes, load, number, published, rows, text, word};
use crate::data_key::DataKey;
use crate::phrase::Phrase;
use crate::secret::Secret;
use alloy_primitives::Address;
use ledger::signature::Domain;
use ledger::{Signature, StepId};

#[test]
fn vectors_identity() {
    let file = load("identity.json");
    let seed = Phrase::parse(text(&file, "phrase")).unwrap().seed();
    assert_eq!(seed.expose(), &array::<64>(&file, "seed"));
    let identity = published();
    assert_eq!(identity.seed().expose(), &array::<64>(&file, "seed"));

    let ethereum = &file["ethereum"];
    assert_eq!(identity.ethereum_secret().expose(), &array::<32>(ethereum, "secret"));
    assert_eq!(identity.address(), Address::new(array(ethereum, "address")));
    let x25519 = &file["x25519"];
    assert_eq!(identity.x25519().expose(), &array::<32>(x25519, "secret"));
    assert_eq!(identity.reader().x25519.as_bytes(), &array::<32>(x25519, "public"));
    let xwing = bytes(&file["xwing"], "public");
    assert_eq!(identity.reader().xwing.to_bytes().as_slice(), xwing);
    let log = &file["log"];
    assert_eq!(identity.log_key().to_bytes(), array(log, "secret"));
    assert_eq!(identity.log_public().to_bytes(), array(log, "public"));
    assert_eq!(format!("{identity:?}"), format!("Identity({})", identity.address()));
}

#[test]
fn vectors_step_signatures() {
    let file = load("steps.json");
    let log = Address::new(array(&file["log"], "contract"));
    for row in rows(&file, "steps") {
        let domain = Domain { chain: number(row, "chain"), log };
        let signature = published().sign_step(&domain, StepId(word(row, "step_id")));
        assert_eq!(signature, Signature(array(row, "signature")));
    }
}

#[test]
fn vectors_key_commitments() {
    for row in rows(&load("keys.json"), "key_commit") {
        let key = DataKey::from(Secret::from(array(row, "key")));
        assert_eq!(key.commit(), word(row, "key_commit"));
        assert_eq!(format!("{key:?}"), "DataKey");
    }
}
