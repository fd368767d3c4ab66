//! A panel's commitment: what the chain carries of a dataset's genotypes, and what a proof opens.
//! Every column has a leaf, salted from the data key, so that leaves say nothing to anybody else;
//! the leaves form a tree of arity 16. Specification: `docs/spec/panel.md`.

pub mod column;
mod committer;
mod leaves;
mod refused;
mod runs;
pub mod tree;

pub use committer::{CommitError, Committed, Committer};
pub use leaves::{LeafList, LeafListError};
pub use refused::Refused;

use alloy_primitives::B256;
use ledger::hash::{self, TooLong, length_prefix};
use ledger::{Fr, Tag, poseidon};

/// Genotypes in one field element, two bits each.
pub const GENOTYPES_PER_ELEMENT: usize = 126;

/// The panel's kind in its root: columns over samples.
pub const BY_COLUMN: u64 = 1;

/// What a data root commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panel {
    /// People.
    pub samples: u64,
    /// Provable columns.
    pub columns: u64,
    /// The salted commitment to the people's names.
    pub samples_commit: B256,
    /// The root over the leaves; 0 without columns.
    pub tree_root: Fr,
}

impl Panel {
    /// Levels of nodes above the leaves.
    pub const fn depth(&self) -> usize {
        tree::depth(self.columns)
    }

    /// `P("panel"; kind, samples, columns, depth, tree_root, F(samples_commit))`.
    pub fn data_root(&self) -> Fr {
        poseidon::hash(
            Tag::PANEL,
            &[
                BY_COLUMN.into(),
                self.samples.into(),
                self.columns.into(),
                (self.depth() as u64).into(),
                self.tree_root,
                hash::to_field(self.samples_commit),
            ],
        )
    }
}

/// `T("samples", salt ‖ u64 n ‖ names)`, the salt from the data key.
///
/// # Errors
/// A name of more than 65,535 bytes.
pub fn samples_commit(data_key: &[u8; 32], names: &[impl AsRef<str>]) -> Result<B256, TooLong> {
    let salt: [u8; 32] = hash::hkdf(data_key, Tag::SAMPLES_SALT, &[]);
    let mut bytes = salt.to_vec();
    bytes.extend_from_slice(&(names.len() as u64).to_be_bytes());
    for name in names {
        let name = name.as_ref().as_bytes();
        bytes.extend_from_slice(&length_prefix(name)?);
        bytes.extend_from_slice(name);
    }
    Ok(hash::tagged(Tag::SAMPLES, &[&bytes]))
}
