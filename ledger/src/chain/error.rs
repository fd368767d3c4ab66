//! Why the chain did not do what was asked: it said no, or it could not be asked.

use super::contracts::{DatasetRegistry, GrantMarket, ProtocolRegistry, ProvenanceLog};
use super::contracts::{ResultLedger, TestToken};
use alloy::transports::TransportError;
use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::{Revert, SolError as _, SolInterface as _};

/// Why the chain did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Not an address of a node.
    #[error("{url:?} is no node's address: {why}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// No answer.
    #[error("the node {url} does not answer: {why}")]
    Unreachable {
        /// The node.
        url: String,
        /// The cause.
        why: String,
    },
    /// An answer that no honest node gives.
    #[error("the node {url} answers strangely: {why}")]
    Strange {
        /// The node.
        url: String,
        /// What is strange.
        why: String,
    },
    /// The node refused the request itself.
    #[error("the node {url} refuses the request: {why}")]
    Request {
        /// The node.
        url: String,
        /// Its words.
        why: String,
    },
    /// A contract said no.
    #[error("the contract refuses: {0}")]
    Refused(Refusal),
    /// The account cannot pay for the transaction.
    #[error("the account has not enough coin to pay for the transaction: {0}")]
    Coin(String),
    /// Sent, but in no block yet.
    #[error("the transaction {transaction} was sent but is in no block yet: {why}")]
    NotIncluded {
        /// Its hash.
        transaction: B256,
        /// The cause.
        why: String,
    },
    /// In a block, and reverted.
    #[error("the transaction {transaction} was reverted")]
    Reverted {
        /// Its hash.
        transaction: B256,
    },
    /// The chain is not the network file's.
    #[error("the chain is not the network file's: {0}")]
    WrongNetwork(String),
    /// Nodes that contradict each other.
    #[error("the nodes {a} and {b} disagree about {what}")]
    Disagree {
        /// One node.
        a: String,
        /// Another.
        b: String,
        /// About what.
        what: String,
    },
    /// A call's answer that does not decode.
    #[error("{contract} answers what its interface does not say: {why}")]
    Answer {
        /// The contract.
        contract: Address,
        /// The cause.
        why: String,
    },
}

/// A contract's error by name, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The error's name, such as `BadProof`.
    pub name: String,
    /// Name and arguments, for people.
    pub text: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Refusal {
    /// Decodes revert data by the errors of all contracts.
    pub fn decode(data: &Bytes) -> Self {
        macro_rules! try_errors {
            ($($errors:ty),*) => {$(
                if let Ok(error) = <$errors>::abi_decode(data) {
                    return Self::of_debug(&format!("{error:?}"));
                }
            )*};
        }
        if let Ok(revert) = Revert::abi_decode(data) {
            return Self { name: "Error".to_owned(), text: revert.reason };
        }
        try_errors!(
            ResultLedger::ResultLedgerErrors,
            GrantMarket::GrantMarketErrors,
            DatasetRegistry::DatasetRegistryErrors,
            ProtocolRegistry::ProtocolRegistryErrors,
            ProvenanceLog::ProvenanceLogErrors,
            TestToken::TestTokenErrors
        );
        let text = match data.len() {
            0 => "it gives no reason".to_owned(),
            _ => format!("an unknown error 0x{}", hex::encode(&data[..data.len().min(64)])),
        };
        Self { name: String::new(), text }
    }

    /// `Name(Name { a: 1 })` as the generated enums print becomes `Name { a: 1 }`.
    fn of_debug(debug: &str) -> Self {
        let (name, rest) = debug.split_once('(').unwrap_or((debug, ""));
        let text = rest.strip_suffix(')').unwrap_or(debug);
        Self { name: name.to_owned(), text: text.to_owned() }
    }
}

impl ChainError {
    pub(super) fn from_rpc(url: &str, error: &TransportError) -> Self {
        let url = url.to_owned();
        let Some(response) = error.as_error_resp() else {
            return Self::Unreachable { url, why: error.to_string() };
        };
        if let Some(data) = response.as_revert_data() {
            return Self::Refused(Refusal::decode(&data));
        }
        let why = response.message.to_string();
        if why.to_lowercase().contains("insufficient funds") {
            return Self::Coin(why);
        }
        Self::Request { url, why }
    }

    /// The name of the contract's error, where one said no.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.name),
            _ => None,
        }
    }

    /// Whether the chain was asked and said no, rather than could not be asked.
    pub fn is_no(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Reverted { .. } | Self::WrongNetwork(_))
    }
}
