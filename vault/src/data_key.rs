//! Data keys: 32 random bytes each, never derived, with the record of what they sealed. In a vault
//! each is one file, wrapped under the identity:
//!
//! ```text
//! file  = "PVK1" ‖ nonce[12] ‖ ChaCha20-Poly1305(HKDF(seed, "vault"), nonce, ad = file name, entry)
//! entry = data key[32] ‖ salt[32] ‖ DAG-CBOR {build, grant where it was delivered, length, sha256, title}
//! name  = the key's commitment in hex ‖ ".key"
//! ```
//! Specification: `docs/spec/keys.md`.

use crate::secret::{NoRandomness, Secret, random};
use crate::wrap;
use alloy_primitives::{B256, U256};
use ledger::dag_cbor::{DecodeError, Reader, Value};
use ledger::{field, key};
use std::fmt;
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"PVK1";
/// Bytes that an entry may have: a backup prefixes it with a `u16`.
pub(crate) const MAX_ENTRY: usize = u16::MAX as usize;
/// Bytes that a key's file may have.
pub(crate) const MAX_FILE: usize = MAGIC.len() + wrap::NONCE + MAX_ENTRY + wrap::TAG;

/// The key of one dataset version's body.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey(Secret<32>);

impl DataKey {
    /// A new one from the operating system.
    ///
    /// # Errors
    /// It gives no random bytes.
    pub fn random() -> Result<Self, NoRandomness> {
        Secret::random().map(Self)
    }

    /// Its commitment `P("key"; …)`, a field element: what listings carry and vaults file it under.
    pub fn commit(&self) -> B256 {
        field::to_bytes(key::key_commit(self.expose()))
    }

    /// The bytes: for the cipher, and for the salts of the panel that the key commits to.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl From<Secret<32>> for DataKey {
    fn from(secret: Secret<32>) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

/// Where a data key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Made here, for a file sealed here.
    Sealed,
    /// Delivered for this grant.
    Grant(U256),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed => f.write_str("sealed here"),
            Self::Grant(grant) => write!(f, "grant:{grant}"),
        }
    }
}

/// What a data key sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// As the manifest has it.
    pub title: String,
    /// SHA-256 of the file that was sealed.
    pub sha256: B256,
    /// Its bytes.
    pub length: u64,
    /// The salt of the file's data commitment; it opens the commitment, so it is secret too.
    pub salt: Secret<32>,
    /// The reference build.
    pub build: String,
    /// Where the key came from.
    pub origin: Origin,
}

/// Hides the salt, and the digest, by which a small file can be guessed.
impl fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRecord({:?}, {})", self.title, self.origin)
    }
}

/// A data key and its record, as a vault keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: DataKey,
    /// What it sealed.
    pub record: KeyRecord,
}

/// Why bytes are no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Not the form of a key's file.
    #[error("it is no file of a data key")]
    Form,
    /// Wrapped under another identity or name, or changed.
    #[error("it was changed, renamed, or is of another identity")]
    Wrapping,
    /// The record is not one.
    #[error("its record is malformed")]
    Record(#[from] DecodeError),
    /// The key is not the one that the name says.
    #[error("its key is another than its name says")]
    Name,
    /// A record that is too long to be kept.
    #[error("its record has {0} bytes, more than the {MAX_ENTRY} that are kept")]
    TooLong(usize),
}

impl Entry {
    /// The name of the key's file.
    pub(crate) fn name(&self) -> String {
        name_of(self.key.commit())
    }

    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, EntryError> {
        let record = &self.record;
        let mut fields = vec![
            ("title", Value::Text(record.title.clone())),
            ("sha256", record.sha256.into()),
            ("length", record.length.into()),
            ("build", Value::Text(record.build.clone())),
        ];
        if let Origin::Grant(grant) = record.origin {
            fields.push(("grant", grant.into()));
        }
        let rest = Value::map(fields).encode();
        let length = 64 + rest.len();
        if length > MAX_ENTRY {
            return Err(EntryError::TooLong(length));
        }
        let mut entry = Zeroizing::new(Vec::with_capacity(length));
        entry.extend_from_slice(self.key.expose());
        entry.extend_from_slice(record.salt.expose());
        entry.extend_from_slice(&rest);
        Ok(entry)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        let (key, rest) = bytes.split_first_chunk::<32>().ok_or(EntryError::Form)?;
        let (salt, rest) = rest.split_first_chunk::<32>().ok_or(EntryError::Form)?;
        let mut map = Reader::decode("a data key's record", rest)?;
        let (title, sha256) = (map.text("title")?, map.word("sha256")?);
        let (length, build) = (map.uint("length")?, map.text("build")?);
        let origin = match map.has("grant") {
            true => Origin::Grant(map.u256("grant")?),
            false => Origin::Sealed,
        };
        map.end()?;
        let salt = Secret::from(*salt);
        let record = KeyRecord { title, sha256, length, salt, build, origin };
        Ok(Self { key: DataKey(Secret::from(*key)), record })
    }

    /// The key's file.
    pub(crate) fn wrap(&self, key: &Secret<32>) -> Result<Vec<u8>, WrapError> {
        let nonce = random()?;
        let sealed = wrap::seal(key, &nonce, self.name().as_bytes(), &self.encode()?);
        Ok([MAGIC.as_slice(), &nonce, &sealed].concat())
    }

    /// Reads the key's file, which must be under its own name.
    pub(crate) fn unwrap(file: &[u8], key: &Secret<32>, name: &str) -> Result<Self, EntryError> {
        let rest = file.strip_prefix(MAGIC).ok_or(EntryError::Form)?;
        let (nonce, sealed) = rest.split_first_chunk().ok_or(EntryError::Form)?;
        let entry = wrap::open(key, nonce, name.as_bytes(), sealed);
        let entry = Self::decode(&entry.map_err(|_| EntryError::Wrapping)?)?;
        if entry.name() == name { Ok(entry) } else { Err(EntryError::Name) }
    }
}

/// Why an entry could not be wrapped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WrapError {
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

pub(crate) fn name_of(commit: B256) -> String {
    format!("{}.key", hex::encode(commit))
}
