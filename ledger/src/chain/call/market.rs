//! `GrantMarket`: orders, escrow and what ends them.

use crate::chain::contracts::GrantMarket;
use crate::chain::{Chain, ChainError, Done, PrivateKeySigner};
use crate::dataset::Version;
use crate::market::{Order, Terms};
use alloy_primitives::{Address, B256, U256};

/// An ERC-2612 permit, or none.
pub type Permit = Option<GrantMarket::Permit>;

/// A grant to be bought.
#[derive(Clone, Copy, Debug)]
pub struct Purchase {
    /// The dataset's token.
    pub dataset: U256,
    /// The version that the buyer was shown.
    pub version: Version,
    /// The terms that the buyer was shown.
    pub terms: Terms,
    /// SHA-256 of the request block.
    pub request: B256,
    /// Commitment to the request's secret.
    pub answer_commit: B256,
}

impl Chain {
    /// Buys a grant under exactly this version and these terms.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn buy(
        &self,
        by: &PrivateKeySigner,
        purchase: &Purchase,
        permit: Permit,
    ) -> Result<Done, ChainError> {
        let call = GrantMarket::buyCall {
            dataset: purchase.dataset,
            v: purchase.version.into(),
            terms: purchase.terms.into(),
            request: purchase.request,
            answerCommit: purchase.answer_commit,
            permit: permit.unwrap_or(GrantMarket::Permit {
                value: U256::ZERO,
                deadline: U256::ZERO,
                v: 0,
                r: B256::ZERO,
                s: B256::ZERO,
            }),
        };
        self.act(by, self.market(), &call)
    }

    /// Names a grant's envelope.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn deliver(
        &self,
        by: &PrivateKeySigner,
        grant: U256,
        order: Order,
        envelope: B256,
    ) -> Result<Done, ChainError> {
        let call = GrantMarket::deliverCall { grant, order: order.into(), envelope };
        self.act(by, self.market(), &call)
    }

    /// Declines an order: full refund.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn decline(
        &self,
        by: &PrivateKeySigner,
        grant: U256,
        order: Order,
    ) -> Result<Done, ChainError> {
        let call = GrantMarket::declineCall { grant, order: order.into() };
        self.act(by, self.market(), &call)
    }

    /// Pays the provider after the dispute window.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn settle(
        &self,
        by: &PrivateKeySigner,
        grant: U256,
        order: Order,
        envelope: B256,
    ) -> Result<Done, ChainError> {
        let call = GrantMarket::settleCall { grant, order: order.into(), envelope };
        self.act(by, self.market(), &call)
    }

    /// Pays the buyer back after a missed delivery.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn refund(
        &self,
        by: &PrivateKeySigner,
        grant: U256,
        order: Order,
    ) -> Result<Done, ChainError> {
        let call = GrantMarket::refundCall { grant, order: order.into() };
        self.act(by, self.market(), &call)
    }

    /// Ends a grant; `envelope` is zero where none was delivered.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn revoke(
        &self,
        by: &PrivateKeySigner,
        grant: U256,
        order: Order,
        envelope: B256,
    ) -> Result<Done, ChainError> {
        let call = GrantMarket::revokeCall { grant, order: order.into(), envelope };
        self.act(by, self.market(), &call)
    }

    /// Takes out what the market owes the caller.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn withdraw(
        &self,
        by: &PrivateKeySigner,
        token: Address,
        to: Address,
    ) -> Result<Done, ChainError> {
        self.act(by, self.market(), &GrantMarket::withdrawCall { token, to })
    }

    pub(super) fn market(&self) -> Address {
        self.network().contracts.market.address
    }
}
