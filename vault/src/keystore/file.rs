//! The JSON of a keystore. Fields that version 3 does not have are ignored, but for one of ours:
//! `checksum` tells damage from a wrong passphrase.
//!
//! `checksum = SHA-256(salt ‖ u64 N ‖ u32 r ‖ u32 p ‖ iv ‖ ciphertext ‖ mac)`; with PBKDF2, the
//! rounds stand for N, and r and p are 0.

use super::cost::Kdf;
use super::{KeystoreError, MAX_BYTES};
use alloy_primitives::Address;
use ledger::hash::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a keystore says.
pub(super) struct File {
    pub(super) crypto: Crypto,
    pub(super) id: Option<[u8; 16]>,
    pub(super) address: Option<Address>,
}

pub(super) struct Crypto {
    pub(super) kdf: Kdf,
    pub(super) iv: [u8; 16],
    pub(super) ciphertext: Vec<u8>,
    pub(super) mac: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Json {
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(alias = "Crypto")]
    crypto: JsonCrypto,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct JsonCrypto {
    cipher: String,
    cipherparams: JsonIv,
    ciphertext: String,
    kdf: String,
    kdfparams: Value,
    mac: String,
}

#[derive(Serialize, Deserialize)]
struct JsonIv {
    iv: String,
}

#[derive(Serialize, Deserialize)]
struct JsonScrypt {
    dklen: u32,
    n: u64,
    r: u32,
    p: u32,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct JsonPbkdf2 {
    dklen: u32,
    c: u32,
    prf: String,
    salt: String,
}

impl File {
    /// What the file says, and whether its checksum shows it intact; without one, nobody knows.
    pub(super) fn parse(json: &[u8]) -> Result<(Self, bool), KeystoreError> {
        if json.len() > MAX_BYTES {
            return Err(damaged(format!("it has {} bytes", json.len())));
        }
        // The parser's own words are not passed on: they can quote the file.
        let json: Json = serde_json::from_slice(json)
            .map_err(|e| damaged(format!("line {}, column {}", e.line(), e.column())))?;
        if json.version != 3 {
            return Err(damaged(format!("it is of version {}, not 3", json.version)));
        }
        if json.crypto.cipher != "aes-128-ctr" {
            return Err(damaged("its cipher is not aes-128-ctr".to_owned()));
        }
        let crypto = Crypto {
            kdf: kdf(&json.crypto.kdf, json.crypto.kdfparams)?,
            iv: fixed("iv", &json.crypto.cipherparams.iv)?,
            ciphertext: bytes("ciphertext", &json.crypto.ciphertext)?,
            mac: fixed("mac", &json.crypto.mac)?,
        };
        let address = json.address.map(|text| fixed("address", &text)).transpose()?;
        let intact = match json.checksum {
            None => false,
            Some(text) if fixed("checksum", &text)? == crypto.checksum() => true,
            Some(_) => return Err(damaged("its checksum is wrong".to_owned())),
        };
        Ok((Self { crypto, id: None, address: address.map(Address::new) }, intact))
    }

    pub(super) fn to_json(&self) -> String {
        let crypto = &self.crypto;
        let (kdf, kdfparams) = match &crypto.kdf {
            Kdf::Scrypt { log_n, r, p, salt } => {
                let (n, salt) = (1_u64 << log_n, hex::encode(salt));
                ("scrypt", serde_json::json!({"dklen": 32, "n": n, "r": r, "p": p, "salt": salt}))
            }
            Kdf::Pbkdf2 { rounds, salt } => {
                let (prf, salt) = ("hmac-sha256", hex::encode(salt));
                ("pbkdf2", serde_json::json!({"dklen": 32, "c": rounds, "prf": prf, "salt": salt}))
            }
        };
        let json = Json {
            version: 3,
            id: self.id.map(uuid),
            address: self.address.map(hex::encode),
            crypto: JsonCrypto {
                cipher: "aes-128-ctr".to_owned(),
                cipherparams: JsonIv { iv: hex::encode(crypto.iv) },
                ciphertext: hex::encode(&crypto.ciphertext),
                kdf: kdf.to_owned(),
                kdfparams,
                mac: hex::encode(crypto.mac),
            },
            checksum: Some(hex::encode(crypto.checksum())),
        };
        serde_json::to_string_pretty(&json).expect("texts and numbers are JSON") + "\n"
    }
}

impl Crypto {
    fn checksum(&self) -> [u8; 32] {
        let (salt, n, r, p) = match &self.kdf {
            Kdf::Scrypt { log_n, r, p, salt } => (salt, 1_u64 << log_n, *r, *p),
            Kdf::Pbkdf2 { rounds, salt } => (salt, u64::from(*rounds), 0, 0),
        };
        let parts = [
            salt.as_slice(),
            &n.to_be_bytes(),
            &r.to_be_bytes(),
            &p.to_be_bytes(),
            &self.iv,
            &self.ciphertext,
            &self.mac,
        ];
        sha256(parts.concat()).0
    }
}

fn kdf(name: &str, params: Value) -> Result<Kdf, KeystoreError> {
    let malformed = |_| damaged(format!("its parameters of {name} are malformed"));
    let (dklen, kdf) = match name {
        "scrypt" => {
            let params: JsonScrypt = serde_json::from_value(params).map_err(malformed)?;
            if !params.n.is_power_of_two() || params.n < 2 || params.r == 0 || params.p == 0 {
                return Err(damaged("its parameters of scrypt are no such parameters".to_owned()));
            }
            let (log_n, salt) = (params.n.ilog2() as u8, bytes("salt", &params.salt)?);
            (params.dklen, Kdf::Scrypt { log_n, r: params.r, p: params.p, salt })
        }
        "pbkdf2" => {
            let params: JsonPbkdf2 = serde_json::from_value(params).map_err(malformed)?;
            if params.prf != "hmac-sha256" || params.c == 0 {
                return Err(damaged("its parameters of pbkdf2 are no such parameters".to_owned()));
            }
            let salt = bytes("salt", &params.salt)?;
            (params.dklen, Kdf::Pbkdf2 { rounds: params.c, salt })
        }
        _ => return Err(damaged("its kdf is neither scrypt nor pbkdf2".to_owned())),
    };
    if dklen == 32 { Ok(kdf) } else { Err(damaged(format!("its dklen is {dklen}, not 32"))) }
}

fn bytes(field: &str, text: &str) -> Result<Vec<u8>, KeystoreError> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(text).map_err(|_| damaged(format!("its {field} is not in hex")))
}

fn fixed<const N: usize>(field: &str, text: &str) -> Result<[u8; N], KeystoreError> {
    let bytes = bytes(field, text)?;
    bytes.try_into().map_err(|_| damaged(format!("its {field} has not {N} bytes")))
}

fn damaged(what: String) -> KeystoreError {
    KeystoreError::Damaged(what)
}

/// Random bytes as a UUID of version 4.
fn uuid(mut id: [u8; 16]) -> String {
    id[6] = id[6] & 0x0f | 0x40;
    id[8] = id[8] & 0x3f | 0x80;
    let text = hex::encode(id);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}
