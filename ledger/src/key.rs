//! Commitments to secrets: the data key behind a dataset and the secret inside a request.
//! Specification: `docs/spec/sealing.md`, vectors `keys.json`.

use crate::{Fr, Tag, hash, poseidon};
use alloy_primitives::B256;
use ark_ff::PrimeField;

/// `P("key"; K_hi, K_lo)`: the data key as two 128-bit limbs, first half first.
pub fn key_commit(key: &[u8; 32]) -> Fr {
    let (high, low) = key.split_at(16);
    poseidon::hash(Tag::KEY, &[Fr::from_be_bytes_mod_order(high), Fr::from_be_bytes_mod_order(low)])
}

/// `s = F(T("request-secret", shared secret))`.
pub fn request_secret(shared: &[u8; 32]) -> Fr {
    hash::to_field(hash::tagged(Tag::REQUEST_SECRET, &[shared]))
}

/// `P("answer"; s)`, named by the order.
pub fn answer_commit(secret: Fr) -> Fr {
    poseidon::hash(Tag::ANSWER, &[secret])
}

/// `T("data", salt ‖ u64 len ‖ H(bytes))` for bytes hashed before.
pub fn data_commit(salt: B256, length: u64, sha256: B256) -> B256 {
    hash::tagged(Tag::DATA, &[salt.as_slice(), &length.to_be_bytes(), sha256.as_slice()])
}
