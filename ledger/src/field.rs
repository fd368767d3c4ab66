//! Elements of BN254's scalar field and their one byte form: 32 bytes, big-endian, below the
//! modulus. Bytes at or above it are an error, never reduced. Specification: `docs/spec/hashes.md`.

use alloy_primitives::{B256, U256};
use ark_ff::{BigInteger, PrimeField};

pub use ark_bn254::Fr;

/// 32 big-endian bytes that are not below the modulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not below the scalar field's modulus")]
pub struct NotInField(pub B256);

/// The element with these 32 big-endian bytes.
///
/// # Errors
/// Bytes at or above the modulus.
pub fn from_bytes(bytes: B256) -> Result<Fr, NotInField> {
    let limbs = U256::from_be_bytes(bytes.0).into_limbs();
    Fr::from_bigint(ark_ff::BigInt(limbs)).ok_or(NotInField(bytes))
}

/// The element's 32 big-endian bytes.
pub fn to_bytes(element: Fr) -> B256 {
    B256::from_slice(&element.into_bigint().to_bytes_be())
}

/// The element as an EVM word.
pub fn to_word(element: Fr) -> U256 {
    U256::from_limbs(element.into_bigint().0)
}

/// The element with this EVM word.
///
/// # Errors
/// A word at or above the modulus.
pub fn from_word(word: U256) -> Result<Fr, NotInField> {
    from_bytes(B256::from(word))
}
