//! The network file: which chain, which contracts with which code, and which circuits count. It is
//! the root of trust; whoever gives it to you decides what your verdicts mean.
//! Specification: `docs/spec/network.md`.

use crate::CircuitId;
use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

/// A contract and the keccak-256 of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Where it is.
    pub address: Address,
    /// What it is.
    pub code_hash: B256,
}

/// The contracts of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contracts {
    /// `DatasetRegistry`.
    pub registry: Contract,
    /// `GrantMarket`.
    pub market: Contract,
    /// `ProtocolRegistry`.
    pub protocols: Contract,
    /// `ResultLedger`.
    pub ledger: Contract,
    /// `ProvenanceLog`.
    pub log: Contract,
}

impl Contracts {
    /// All with their names, in the order of deployment.
    pub fn all(&self) -> [(&'static str, Contract); 5] {
        [
            ("DatasetRegistry", self.registry),
            ("ProtocolRegistry", self.protocols),
            ("GrantMarket", self.market),
            ("ProvenanceLog", self.log),
            ("ResultLedger", self.ledger),
        ]
    }
}

/// A token that prices may be in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The ERC-20 contract.
    pub address: Address,
    /// Its symbol, for people.
    pub symbol: String,
    /// Its decimals.
    pub decimals: u8,
    /// Whether it is the worthless token of a development network, which anyone may mint.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
}

/// From which block on an event counts for what cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finality {
    /// The latest block: only where nobody else makes blocks.
    Head,
    /// The chain's finalized block.
    Finalized,
}

/// What a verdict may rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Circuits whose proofs count. Being registered is no endorsement.
    pub circuits: Vec<CircuitId>,
    /// Whether proofs under keys that anyone can forge with count, marked as such.
    #[serde(default)]
    pub development_keys: bool,
    /// Whether a step outside its log's anchored head fails an audit.
    #[serde(default)]
    pub require_anchored: bool,
    /// From which block on a payment is acted on.
    pub finality: Finality,
}

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// For people.
    pub name: String,
    /// The chain's id.
    pub chain: u64,
    /// Hash of the chain's first block.
    pub genesis: B256,
    /// The block before which no event of ours can be.
    pub deployed_at: u64,
    /// The contracts.
    pub contracts: Contracts,
    /// Tokens that people may write by symbol.
    pub tokens: Vec<Token>,
    /// What counts.
    pub policy: Policy,
}

/// Bytes that a network file may have.
const MAX_BYTES: usize = 1 << 20;

/// A text that is no network file.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// Too large.
    #[error("the network file has {0} bytes; at most {MAX_BYTES} are read")]
    TooLarge(usize),
    /// Not JSON of the schema.
    #[error("the network file is malformed: {0}")]
    Json(#[from] serde_json::Error),
}

impl Network {
    /// Reads a network file.
    ///
    /// # Errors
    /// Anything but JSON of the schema; unknown fields are refused.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        if text.len() > MAX_BYTES {
            return Err(NetworkError::TooLarge(text.len()));
        }
        Ok(serde_json::from_str(text)?)
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a network is plain data");
        text + "\n"
    }

    /// The token with this address.
    pub fn token(&self, address: Address) -> Option<&Token> {
        self.tokens.iter().find(|token| token.address == address)
    }
}
