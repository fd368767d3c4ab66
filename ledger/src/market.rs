//! What is sold and how: terms, orders and the phases that datasets and grants go through.
//! Specification: `docs/spec/contracts.md`.

use alloy_primitives::{Address, B256, U256, keccak256};
use serde::{Deserialize, Serialize};

/// What a grant costs and how long its phases last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// In the token's smallest unit, below 2^96.
    pub price: u128,
    /// The pay token.
    pub token: Address,
    /// Access, counted from delivery.
    pub access_seconds: u32,
    /// From purchase to the last moment of delivery.
    pub delivery_seconds: u32,
    /// From delivery to settlement.
    pub dispute_seconds: u32,
}

impl Terms {
    /// `keccak256(abi.encode(terms))`, as the registry stores them.
    pub fn hash(&self) -> B256 {
        let numbers = [self.access_seconds, self.delivery_seconds, self.dispute_seconds];
        let mut words = vec![U256::from(self.price).into(), self.token.into_word()];
        words.extend(numbers.map(|n| B256::from(U256::from(n))));
        keccak256(words.concat())
    }
}

/// What was bought; the grant commits to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The dataset's token.
    pub dataset: U256,
    /// The version that was current.
    pub version: u64,
    /// The price, in the token's smallest unit.
    pub amount: u128,
    /// The pay token.
    pub token: Address,
    /// Who is paid at settlement.
    pub payee: Address,
    /// Who alone may deliver and decline.
    pub deliverer: Address,
    /// Access, counted from delivery.
    pub access_seconds: u32,
    /// From delivery to settlement.
    pub dispute_seconds: u32,
    /// SHA-256 of the request block.
    pub request: B256,
    /// Commitment to the request's secret, a field element.
    pub answer_commit: B256,
}

/// Whether a dataset is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleStatus {
    /// It is.
    OnSale,
    /// Not for now.
    Paused,
}

impl SaleStatus {
    /// The word that is stored, printed and served.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnSale => "on_sale",
            Self::Paused => "paused",
        }
    }

    /// The status with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::OnSale, Self::Paused].into_iter().find(|status| status.word() == word)
    }
}

/// Where a grant is between purchase and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantStatus {
    /// Paid into escrow, not yet delivered.
    Paid,
    /// Delivered; the price is still in escrow.
    Delivered,
    /// The provider was paid.
    Settled,
    /// Declined by the provider, and refunded.
    Declined,
    /// Never delivered, and refunded.
    Refunded,
    /// Ended by the provider before settlement, and refunded.
    Withdrawn,
    /// Ended by the provider after settlement.
    Revoked,
}

impl GrantStatus {
    /// The word that is stored, printed and served.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Delivered => "delivered",
            Self::Settled => "settled",
            Self::Declined => "declined",
            Self::Refunded => "refunded",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
        }
    }

    /// The status with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        use GrantStatus::{Declined, Delivered, Paid, Refunded, Revoked, Settled, Withdrawn};
        [Paid, Delivered, Settled, Declined, Refunded, Withdrawn, Revoked]
            .into_iter()
            .find(|status| status.word() == word)
    }
}
