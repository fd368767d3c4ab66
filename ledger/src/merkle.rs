//! The Merkle tree of RFC 6962 / 9162 with SHA-256: the one tree outside circuits.
//!
//! Leaf `H(0x00 ‖ bytes)`, node `H(0x01 ‖ left ‖ right)`, empty tree `H("")`. Verification walks
//! the bits of the sizes (RFC 9162 §2.1.3.2 and §2.1.4.2) and consumes every hash of the proof.
//! Specification: `docs/spec/log.md`, vectors `log.json` and `merkle_rfc6962`.

use crate::hash::sha256;
use alloy_primitives::B256;
use sha2::{Digest as _, Sha256};

/// The hash of a leaf's bytes.
pub fn leaf_hash(bytes: &[u8]) -> B256 {
    hash_parts(&[&[0], bytes])
}

/// The hash of two subtrees.
pub fn node_hash(left: B256, right: B256) -> B256 {
    hash_parts(&[&[1], left.as_slice(), right.as_slice()])
}

fn hash_parts(parts: &[&[u8]]) -> B256 {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    B256::new(hasher.finalize().into())
}

/// The root over leaf hashes.
pub fn root(leaves: &[B256]) -> B256 {
    match leaves {
        [] => sha256([]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(root(left), root(right))
        }
    }
}

/// The greatest power of two below `n` ≥ 2.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The proof that leaf `index` is in the tree over `leaves`, from the leaf upwards.
///
/// # Panics
/// Where `index` is no leaf's.
pub fn inclusion_proof(leaves: &[B256], index: usize) -> Vec<B256> {
    assert!(index < leaves.len(), "leaf {index} of {}", leaves.len());
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, sibling) = if index < left.len() {
        (inclusion_proof(left, index), root(right))
    } else {
        (inclusion_proof(right, index - left.len()), root(left))
    };
    proof.push(sibling);
    proof
}

/// The proof that the tree over the first `old` leaves is a prefix of the one over all.
/// Empty for `old` = 0 and for `old` = all.
///
/// # Panics
/// Where `old` is more than there are.
pub fn consistency_proof(leaves: &[B256], old: usize) -> Vec<B256> {
    assert!(old <= leaves.len(), "{old} of {} leaves", leaves.len());
    if old == 0 { Vec::new() } else { subproof(leaves, old, true) }
}

fn subproof(leaves: &[B256], old: usize, whole: bool) -> Vec<B256> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = if old <= left.len() {
        (subproof(left, old, whole), root(right))
    } else {
        (subproof(right, old - left.len(), false), root(left))
    };
    proof.push(other);
    proof
}

/// Why a Merkle proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not below the size, or the old size above the new one.
    #[error("{0} is not within a tree of {1} leaves")]
    OutOfRange(u64, u64),
    /// Hashes too few or too many.
    #[error("the proof has {0} hashes, which is not what these sizes need")]
    Length(usize),
    /// The recomputed root is another.
    #[error("the proof leads to {computed}, not to {expected}")]
    Root {
        /// The root that the proof leads to.
        computed: B256,
        /// The root given.
        expected: B256,
    },
}

fn same(computed: B256, expected: B256) -> Result<(), ProofError> {
    if computed == expected { Ok(()) } else { Err(ProofError::Root { computed, expected }) }
}

/// Verifies that `leaf` is at `index` of the tree of `size` leaves with `root`.
///
/// # Errors
/// Says which part does not hold.
pub fn verify_inclusion(
    leaf: B256,
    index: u64,
    size: u64,
    proof: &[B256],
    root: B256,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange(index, size));
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length(proof.len()));
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(*sibling, hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length(proof.len()));
    }
    same(hash, root)
}

/// Verifies that the tree of `old` leaves is a prefix of the tree of `new` leaves. An empty tree
/// is a prefix of all, with its root named and an empty proof; equal sizes need equal roots and an
/// empty proof.
///
/// # Errors
/// Says which part does not hold.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: B256,
    new_root: B256,
    proof: &[B256],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange(old, new));
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(ProofError::Length(proof.len()));
        }
        return same(old_root, if old == 0 { sha256([]) } else { new_root });
    }
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let mut hashes = proof.iter().copied();
    let short = ProofError::Length(proof.len());
    let first = if at == 0 { old_root } else { hashes.next().ok_or(short)? };
    let (mut from_old, mut from_new) = (first, first);
    for hash in hashes {
        if last == 0 {
            return Err(short);
        }
        if at & 1 == 1 || at == last {
            from_old = node_hash(hash, from_old);
            from_new = node_hash(hash, from_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(from_new, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(short);
    }
    same(from_old, old_root)?;
    same(from_new, new_root)
}
