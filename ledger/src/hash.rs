//! SHA-256, the tagged hash `T`, its field form `F`, and HKDF: everything native but Poseidon.
//! Integers are big-endian, variable parts length-prefixed. Specification: `docs/spec/hashes.md`.

use crate::{Fr, Tag};
use alloy_primitives::B256;
use ark_ff::PrimeField;
use sha2::{Digest as _, Sha256};

/// `H(bytes)`: SHA-256.
pub fn sha256(bytes: impl AsRef<[u8]>) -> B256 {
    B256::new(Sha256::digest(bytes).into())
}

/// `T(tag, x) = H(H(tag) ‖ H(tag) ‖ x)`, with `x` given in parts that are joined.
pub fn tagged(tag: Tag, parts: &[&[u8]]) -> B256 {
    let tag_hash = Sha256::digest(tag.as_str());
    let mut hasher = Sha256::new();
    hasher.update(tag_hash);
    hasher.update(tag_hash);
    for part in parts {
        hasher.update(part);
    }
    B256::new(hasher.finalize().into())
}

/// `F(h)`: the first 31 bytes of `h`, big-endian, as a field element; always below the modulus.
pub fn to_field(hash: B256) -> Fr {
    Fr::from_be_bytes_mod_order(&hash[..31])
}

/// HKDF-SHA256 with empty salt; `info` is the tag followed by `data`.
pub fn hkdf<const N: usize>(key: &[u8], tag: Tag, data: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    hkdf::Hkdf::<Sha256>::new(None, key)
        .expand_multi_info(&[tag.as_str().as_bytes(), data], &mut out)
        .expect("32 to 64 bytes are far below HKDF's limit of 8,160");
    out
}

/// The `u16` length of `part`, big-endian, as it stands before every variable part.
///
/// # Errors
/// A part of more than 65,535 bytes has no prefix.
pub fn length_prefix(part: &[u8]) -> Result<[u8; 2], TooLong> {
    u16::try_from(part.len()).map(u16::to_be_bytes).map_err(|_| TooLong { length: part.len() })
}

/// A variable part that no `u16` length can stand before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are more than the 65,535 that a length prefix can say")]
pub struct TooLong {
    /// Its length in bytes.
    pub length: usize,
}
