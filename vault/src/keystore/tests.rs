use super::*;
use crate::vectors::basic_keystores;
use proptest::prelude::*;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

/// A cheap keystore of ours, to be spoiled; N = 2^17 would make these tests slow.
fn cheap(secret: &[u8]) -> String {
    let kdf = Kdf::Scrypt { log_n: 4, r: 8, p: 1, salt: vec![5; 32] };
    let derived = kdf.derive(&passphrase("right")).unwrap();
    let mut ciphertext = secret.to_vec();
    apply(&derived, &[6; 16], &mut ciphertext);
    let mac = mac(&derived, &ciphertext);
    let crypto = Crypto { kdf, iv: [6; 16], ciphertext, mac };
    File { crypto, id: None, address: None }.to_json()
}

#[test]
fn vectors_keystore_v3() {
    for (name, json, password, secret) in basic_keystores() {
        let opened = open(json.as_bytes(), &passphrase(&password)).unwrap();
        assert_eq!(opened.as_slice(), secret, "{name}");
        let error = open(json.as_bytes(), &passphrase("wrong")).unwrap_err();
        assert!(matches!(error, KeystoreError::PassphraseOrDamage), "{name}: {error:?}");
    }
}

#[test]
fn a_seed_reads_back_at_full_cost() {
    let (seed, address) = (Secret::random().unwrap(), Address::repeat_byte(7));
    let json = seal(&seed, address, &passphrase("right")).unwrap();
    assert_eq!(super::address(json.as_bytes()).unwrap(), Some(address));
    assert_eq!(open(json.as_bytes(), &passphrase("right")).unwrap().as_slice(), seed.expose());
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let params = &value["crypto"]["kdfparams"];
    assert_eq!((params["n"].as_u64(), params["r"].as_u64()), (Some(1 << 17), Some(8)));
    assert_eq!(value["crypto"]["ciphertext"].as_str().unwrap().len(), 128);
    assert!(!json.contains(&hex::encode(&seed.expose()[..8])));
}

#[test]
fn a_wrong_passphrase_and_a_damaged_file_differ() {
    let json = cheap(b"secret");
    assert_eq!(open(json.as_bytes(), &passphrase("right")).unwrap().as_slice(), b"secret");
    let error = open(json.as_bytes(), &passphrase("wrong")).unwrap_err();
    assert!(matches!(error, KeystoreError::Passphrase), "{error:?}");
    assert_eq!(error.to_string(), "the passphrase is wrong");
    let spoilt = json.replacen(r#""mac": ""#, r#""mac": "ff"#, 1);
    let cases = [
        (spoilt.as_str(), "its mac has not 32 bytes"),
        (&json.replace(r#""n": 16"#, r#""n": 32"#), "its checksum is wrong"),
        (&json.replace("0505", "0506"), "its checksum is wrong"),
        (&json.replace("0606", "0607"), "its checksum is wrong"),
        (&json.replace(r#""version": 3"#, r#""version": 4"#), "it is of version 4, not 3"),
        (&json.replace("aes-128-ctr", "aes-128-cbc"), "its cipher is not aes-128-ctr"),
        (&json.replace("scrypt", "argon2"), "its kdf is neither scrypt nor pbkdf2"),
        (&json.replace(r#""dklen": 32"#, r#""dklen": 16"#), "its dklen is 16, not 32"),
        (&json[..json.len() / 2], "line 14, column 4"),
        ("", "line 1, column 0"),
        (&" ".repeat(MAX_BYTES + 1), "it has 65537 bytes"),
    ];
    for (spoilt, expected) in cases {
        let error = open(spoilt.as_bytes(), &passphrase("right")).unwrap_err();
        match &error {
            KeystoreError::Damaged(what) => assert_eq!(what, expected),
            error => panic!("{expected}: {error:?}"),
        }
    }
}

#[test]
fn the_cost_of_reading_has_a_limit() {
    let json = cheap(b"secret");
    let demand = |n: u64, r: u32, p: u32| {
        let json = json
            .replace(r#""n": 16"#, &format!(r#""n": {n}"#))
            .replace(r#""r": 8"#, &format!(r#""r": {r}"#))
            .replace(r#""p": 1"#, &format!(r#""p": {p}"#));
        let unsigned: String = json.lines().filter(|line| !line.contains("checksum")).collect();
        open(unsigned.replace(r#"},}"#, "}}").as_bytes(), &passphrase("right")).unwrap_err()
    };
    for (n, r, p) in [
        (1 << 21, 8, 1),
        (1 << 17, 8, 9),
        (1 << 17, 65, 1),
        (1 << 63, u32::MAX, u32::MAX),
        (2, u32::MAX, 1),
        (2, 1, u32::MAX),
    ] {
        let error = demand(n, r, p);
        assert!(
            matches!(error, KeystoreError::Cost(CostError::Scrypt { r: found, .. }) if found == r),
            "{n} {r} {p}: {error:?}"
        );
    }
    for (n, r, p) in [(0, 8, 1), (1, 8, 1), (17, 8, 1), (16, 0, 1), (16, 8, 0)] {
        let error = demand(n, r, p);
        assert!(matches!(error, KeystoreError::Damaged(_)), "{n} {r} {p}: {error:?}");
    }
    let (_, pbkdf2, _, _) = basic_keystores().remove(0);
    let dear = pbkdf2.replace("262144", "10000001");
    let error = open(dear.as_bytes(), &passphrase("testpassword")).unwrap_err();
    assert!(matches!(error, KeystoreError::Cost(CostError::Pbkdf2(10_000_001))), "{error:?}");
}

proptest! {
    /// Any change is told as damage; white space, names in hex of either case and the like aside.
    #[test]
    fn mutated_keystores_never_panic(at in 0_usize..900, byte in any::<u8>()) {
        let mut bytes = cheap(b"secret").into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        match open(&bytes, &passphrase("right")) {
            Ok(secret) => prop_assert_eq!(secret.as_slice(), b"secret"),
            Err(KeystoreError::Damaged(_) | KeystoreError::Cost(_)) => {}
            // The name of the checksum was hit.
            Err(error) => prop_assert!(matches!(error, KeystoreError::PassphraseOrDamage)),
        }
    }

    #[test]
    fn random_keystores_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(open(&bytes, &passphrase("right")).is_err());
    }
}
