use super::{Lcg, array, bytes, load, number, published, rows, text, u256, word};
use crate::body::{open_body, seal_with};
use crate::curve::LowOrder;
use crate::data_key::DataKey;
use crate::envelope::{Binding, Envelope, EnvelopeError, Fresh};
use crate::header::{read_header, write_header_with};
use crate::identity::Identity;
use crate::request::{Decline, NewRequest, Request};
use crate::secret::Secret;
use crate::xwing::{self, XWingError, XWingPublic};
use alloy_primitives::{Address, B256, U256};
use ledger::hash::sha256;
use proptest::prelude::*;
use serde_json::Value;
use std::io::Read;

#[test]
fn vectors_xwing() {
    for row in rows(&load("sealing.json"), "xwing") {
        let secret = Secret::from(array::<32>(row, "seed"));
        let public = XWingPublic::of(&secret);
        assert_eq!(public.to_bytes().as_slice(), bytes(row, "pk"));
        assert_eq!(XWingPublic::new(&bytes(row, "pk")), Ok(public.clone()));
        let (ciphertext, shared) = public.encapsulate(&Secret::from(array(row, "eseed")));
        assert_eq!(ciphertext.as_slice(), bytes(row, "ct"));
        assert_eq!(shared.expose(), &array::<32>(row, "ss"));
        assert_eq!(xwing::decapsulate(&secret, &ciphertext).unwrap(), shared);
    }
}

#[test]
fn xwing_keys_are_checked() {
    let good = published().reader().xwing.to_bytes();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut key = good.to_vec();
        change(&mut key);
        XWingPublic::new(&key)
    };
    assert_eq!(with(&|key| key.truncate(1215)), Err(XWingError::Length(1215)));
    assert_eq!(with(&|key| key.push(0)), Err(XWingError::Length(1217)));
    // The first coefficient, 12 bits little-endian, becomes 3,329: the modulus, zero in disguise.
    let modulus = with(&|key| {
        key[0] = 0x01;
        key[1] = key[1] & 0xf0 | 0x0d;
    });
    assert_eq!(modulus, Err(XWingError::Modulus));
    let low = with(&|key| key[1184..].fill(0));
    assert_eq!(low, Err(XWingError::LowOrder(LowOrder)));
}

/// The provider has no phrase in the vectors, only an X-Wing seed.
fn provider(file: &Value) -> Identity {
    let secret = Secret::from(array(&file["request"], "provider_xwing_seed"));
    published().with_xwing(secret)
}

#[test]
fn vectors_request() {
    let file = load("sealing.json");
    let row = &file["request"];
    let (reader, provider) = (published(), provider(&file));
    assert_eq!(provider.reader().xwing.to_bytes().as_slice(), bytes(row, "provider_xwing"));
    let randomness = Secret::from(array(row, "eseed"));
    let made = NewRequest::with(reader.reader(), &provider.reader().xwing, &randomness);
    assert_eq!(made.block, bytes(row, "block"));
    assert_eq!(made.block.len() as u64, number(row, "length"));
    assert_eq!(made.answer_commit, word(row, "answer_commit"));
    assert_eq!(made.shared.expose(), &array::<32>(row, "shared_secret"));
    let read = Request::read(&made.block, &provider, made.answer_commit).unwrap();
    assert_eq!(read, Request { reader: reader.reader().clone(), digest: word(row, "digest") });
}

#[test]
fn every_changed_request_is_declined() {
    let file = load("sealing.json");
    let (block, order) =
        (bytes(&file["request"], "block"), word(&file["request"], "answer_commit"));
    let provider = provider(&file);
    let read = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut block = block.clone();
        change(&mut block);
        Request::read(&block, &provider, order)
    };
    assert!(read(&|_| ()).is_ok());
    assert_eq!(read(&|b| b[0] ^= 1), Err(Decline::Form));
    assert_eq!(read(&|b| b.truncate(2371)), Err(Decline::Form));
    assert_eq!(read(&|b| b.push(0)), Err(Decline::Form));
    assert_eq!(read(&|b| b[4..36].fill(0)), Err(Decline::ReaderX25519));
    assert_eq!(
        read(&|b| b[1220..1252].fill(0)),
        Err(Decline::ReaderXWing(XWingError::LowOrder(LowOrder)))
    );
    assert_eq!(read(&|b| b[36..39].fill(0xff)), Err(Decline::ReaderXWing(XWingError::Modulus)));
    assert_eq!(read(&|b| b[2340..].fill(0)), Err(Decline::Encapsulation));
    for at in [1252, 1800, 2339, 2340, 2371] {
        let declined = read(&|b| b[at] ^= 1);
        assert!(matches!(declined, Err(Decline::AnswerCommit { order: o, .. }) if o == order));
    }
    let another = Request::read(&block, &published(), order);
    assert!(matches!(another, Err(Decline::AnswerCommit { .. })), "another provider's");
    let declined = Request::read(&block, &provider, B256::ZERO).unwrap_err();
    assert_eq!(declined, Decline::AnswerCommit { order: B256::ZERO, request: order });
}

fn envelope_row(row: &Value) -> (Binding, DataKey, Envelope) {
    let binding = Binding {
        chain: number(row, "chain"),
        market: Address::new(array(row, "market")),
        grant: u256(row, "grant"),
        dataset: u256(row, "dataset"),
        version: number(row, "version"),
        request: word(row, "request_digest"),
        manifest: word(row, "manifest_digest"),
    };
    let fresh = Fresh {
        encapsulation: Secret::from(array(row, "eseed")),
        writer: Secret::from(array(row, "writer_secret")),
        header_nonce: array(row, "header_nonce"),
    };
    let key = DataKey::from(Secret::from(array(row, "data_key")));
    let envelope = Envelope::seal_with(&key, published().reader(), &binding, &fresh);
    (binding, key, envelope)
}

#[test]
fn vectors_envelope() {
    let file = load("sealing.json");
    let row = &file["envelope"];
    let (binding, key, envelope) = envelope_row(row);
    assert_eq!(binding.associated_data(), bytes(row, "ad"));
    assert_eq!(envelope.block(), bytes(row, "block"));
    assert_eq!(sha256(envelope.block()), word(row, "digest"));
    let opened = Envelope::open(envelope.block(), &published(), &binding, key.commit());
    assert_eq!(opened, Ok(key));
}

#[test]
fn vectors_header() {
    let file = load("sealing.json");
    let row = &file["envelope"];
    let key = DataKey::from(Secret::from(array(row, "data_key")));
    let (writer, nonce) = (Secret::from(array(row, "writer_secret")), array(row, "header_nonce"));
    let header = write_header_with(&key, &published().reader().x25519, &writer, &nonce);
    assert_eq!(header.as_slice(), bytes(row, "header"));
    assert_eq!(read_header(&header, published().x25519()), Ok(key));
}

/// `must_not_open`: any changed byte of the block, any other binding, a byte more or less.
#[test]
fn vectors_envelope_must_not_open() {
    let file = load("sealing.json");
    let row = &file["envelope"];
    assert_eq!(rows(row, "must_not_open").len(), 4, "all of its sentences stand below");
    let (binding, key, envelope) = envelope_row(row);
    let (reader, commit) = (published(), key.commit());
    let open = |block: &[u8], binding: &Binding| Envelope::open(block, &reader, binding, commit);
    for at in 0..envelope.block().len() {
        let mut block = envelope.block().to_vec();
        block[at] ^= 1 << (at % 8);
        let expected = if at < 4 { EnvelopeError::Form } else { EnvelopeError::Sealed };
        // The top bit of an X25519 point is not read, but it is hashed into the shared secret.
        assert_eq!(open(&block, &binding), Err(expected), "byte {at}");
    }
    let one = U256::from(1);
    let other = B256::repeat_byte(9);
    for binding in [
        Binding { grant: binding.grant + one, ..binding },
        Binding { market: Address::repeat_byte(9), ..binding },
        Binding { chain: binding.chain + 1, ..binding },
        Binding { dataset: binding.dataset + one, ..binding },
        Binding { version: binding.version + 1, ..binding },
        Binding { request: other, ..binding },
        Binding { manifest: other, ..binding },
    ] {
        assert_eq!(open(envelope.block(), &binding), Err(EnvelopeError::Sealed), "{binding:?}");
    }
    let (block, mut longer) = (envelope.block(), envelope.block().to_vec());
    longer.push(0);
    assert_eq!(open(&longer, &binding), Err(EnvelopeError::Form));
    assert_eq!(open(&block[..1263], &binding), Err(EnvelopeError::Form));
    let mut low = block.to_vec();
    low[4 + 1088..4 + 1120].fill(0);
    assert_eq!(open(&low, &binding), Err(EnvelopeError::LowOrder));
    let another = Envelope::open(block, &provider(&file), &binding, commit);
    assert_eq!(another, Err(EnvelopeError::Sealed), "another reader");
    let another = Envelope::open(block, &reader, &binding, B256::ZERO);
    assert_eq!(another, Err(EnvelopeError::AnotherKey));
}

#[test]
fn fresh_envelopes_and_requests_open() {
    let (reader, key) = (published(), DataKey::random().unwrap());
    let (binding, _, _) = envelope_row(&load("sealing.json")["envelope"]);
    let seal = || Envelope::seal(&key, reader.reader(), &binding).unwrap();
    assert_ne!(seal(), seal());
    let opened = Envelope::open(seal().block(), &reader, &binding, key.commit());
    assert_eq!(opened, Ok(key));
    let request = || NewRequest::new(&reader, &reader.reader().xwing).unwrap();
    assert_ne!(request().block, request().block);
    let made = request();
    assert!(Request::read(&made.block, &reader, made.answer_commit).is_ok());
}

#[test]
fn vectors_bodies() {
    for row in rows(&load("sealing.json"), "bodies") {
        let plain = match row["plain"].as_str() {
            Some(_) => bytes(row, "plain"),
            None => bytes(row, "plain_repeat")
                .into_iter()
                .cycle()
                .take(number(row, "plain_length") as usize)
                .collect(),
        };
        let nonces: Vec<u8> = rows(row, "nonces")
            .iter()
            .flat_map(|nonce| hex::decode(nonce.as_str().unwrap()).unwrap())
            .collect();
        let mut given = nonces.as_slice();
        let key = DataKey::from(Secret::from(array(row, "data_key")));
        let mut body = Vec::new();
        let sealed = seal_with(
            plain.as_slice(),
            &mut body,
            &key,
            |nonces| {
                given.read_exact(nonces).unwrap();
                Ok(())
            },
            |_| (),
        )
        .unwrap();
        assert!(given.is_empty());
        match row["body"].as_str() {
            Some(_) => assert_eq!(body, bytes(row, "body")),
            None => assert_eq!(sha256(&body), word(row, "body_sha256")),
        }
        assert_eq!(sealed.content_root, word(row, "content_root"));
        assert_eq!(sealed.plain_sha256, sha256(&plain));
        assert_eq!((sealed.plain_len, sealed.body_len), (plain.len() as u64, body.len() as u64));
        assert_eq!(store::file_cid(body.as_slice()).unwrap().cid.to_string(), text(row, "cid"));
        let mut opened = Vec::new();
        open_body(body.as_slice(), &key, sealed.content_root).read_to_end(&mut opened).unwrap();
        assert!(opened == plain);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Bytes of the right length and first letters, and nothing else right.
    #[test]
    fn random_requests_and_envelopes_never_panic(seed in any::<u32>()) {
        let reader = published();
        let random = |magic: &[u8], length: usize| {
            let mut block = vec![0; length];
            Lcg(seed).read_exact(&mut block).unwrap();
            block[..4].copy_from_slice(magic);
            block
        };
        let declined = Request::read(&random(b"PVR1", 2372), &reader, B256::ZERO);
        prop_assert_eq!(declined, Err(Decline::ReaderXWing(XWingError::Modulus)));
        let (binding, _, _) = envelope_row(&load("sealing.json")["envelope"]);
        let opened = Envelope::open(&random(b"PVE1", 1264), &reader, &binding, B256::ZERO);
        prop_assert_eq!(opened, Err(EnvelopeError::Sealed));
    }
}
