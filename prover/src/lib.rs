//! What is proved and how: the commitment to a panel, the circuits over it, their keys, proofs.

mod allele_frequency;
mod circuit;
mod development;
mod key_cache;
pub mod panel;
mod point;
mod proof;
mod proving;
mod r1cs;
mod shape;
pub mod shape_table;
pub mod snarkjs;
mod verifying_key;

pub use allele_frequency::{Listed, PrivateColumn, ProveError, Proved, prove_allele_frequency};
pub use development::development_circuit;
pub use key_cache::{KeyCache, KeyFileError, Progress};
pub use point::NotAPoint;
pub use proof::{DoesNotHold, MalformedProof, Proof, verify};
pub use proving::ProvingError;
pub use shape::{MOST_COLUMNS, NoShape, Shape};
pub use verifying_key::{MalformedKey, VerifyingKey};
