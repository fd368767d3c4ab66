//! What the chain says of a posted result and of a reader's word. Specification:
//! `docs/spec/contracts.md`.

use crate::{CircuitId, StepId};
use alloy_primitives::{Address, B256, U256};

/// A posted result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its number, from 1.
    pub result: U256,
    /// The dataset's token.
    pub dataset: U256,
    /// Who posted it.
    pub poster: Address,
    /// The circuit that accepted the proof.
    pub circuit: CircuitId,
    /// Which version.
    pub version: u64,
    /// The poster's grant; 0 where the owner posted.
    pub grant: U256,
    /// The statement's query.
    pub query: U256,
    /// The statement's result.
    pub value: U256,
    /// The step that made it.
    pub step: StepId,
    /// SHA-256 of the record.
    pub record: B256,
    /// Seconds since 1970, of its block.
    pub time: u64,
}

/// A reader's word on what was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The reader's grant.
    pub grant: U256,
    /// The dataset's token.
    pub dataset: U256,
    /// The reader.
    pub by: Address,
    /// Which version.
    pub version: u64,
    /// Whether the recomputed panel equals the listing.
    pub equal: bool,
    /// Digest of what supports it.
    pub evidence: B256,
    /// Seconds since 1970, of its block.
    pub time: u64,
}
