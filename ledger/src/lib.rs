//! What is public in Provenome: names, hashes, encodings, steps, logs, statements and verdicts.
//!
//! Everything here is pure — no clock, environment, terminal or network — but for [`chain`], the
//! client of a node, behind the feature of that name. Each hash has its one native definition in
//! this crate; circuits and contracts run the same vectors.

pub mod accumulator;
pub mod amount;
#[cfg(feature = "chain")]
pub mod chain;
pub mod checkpoint;
pub mod claim;
pub mod column;
pub mod content;
pub mod dag_cbor;
pub mod dataset;
pub mod field;
pub mod hash;
pub mod id;
pub mod key;
pub mod log;
pub mod manifest;
pub mod market;
pub mod merkle;
pub mod network;
pub mod poseidon;
pub mod posting;
pub mod record;
pub mod signature;
pub mod statement;
pub mod step;
mod tag;
mod text;
pub mod verdict;
pub mod verify;

pub use claim::Claim;
pub use content::{Cid, Codec};
pub use field::Fr;
pub use id::{CircuitId, Id, LogId, StepId, Thing, VersionCommit};
pub use manifest::Manifest;
pub use network::Network;
pub use record::Record;
pub use signature::Signature;
pub use statement::Statement;
pub use step::Step;
pub use tag::Tag;
pub(crate) use text::as_text;
