//! The ERC-20 tokens that prices are in.

use crate::chain::contracts::{GrantMarket, TestToken};
use crate::chain::node::At;
use crate::chain::{Chain, ChainError, Done, Permit, PrivateKeySigner};
use alloy::signers::SignerSync as _;
use alloy_primitives::{Address, U256, keccak256};

/// What an account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balances {
    /// Of the token.
    pub token: U256,
    /// What the market may take of it.
    pub allowance: U256,
    /// What the market owes it after a payment failed.
    pub credit: U256,
}

impl Chain {
    /// What an account holds of a token, here and in the market.
    ///
    /// # Errors
    /// No answer.
    pub fn balances(&self, account: Address, token: Address) -> Result<Balances, ChainError> {
        let market = self.market();
        let owner = account;
        let allowance = TestToken::allowanceCall { owner, spender: market };
        Ok(Balances {
            token: self.ask(token, &TestToken::balanceOfCall { account }, At::Latest)?,
            allowance: self.ask(token, &allowance, At::Latest)?,
            credit: self.ask(market, &GrantMarket::creditCall { account, token }, At::Latest)?,
        })
    }

    /// A token's symbol and decimals, as it says itself.
    ///
    /// # Errors
    /// No answer, or no such token.
    pub fn token_facts(&self, token: Address) -> Result<(String, u8), ChainError> {
        let symbol = self.ask(token, &TestToken::symbolCall {}, At::Latest)?;
        Ok((symbol, self.ask(token, &TestToken::decimalsCall {}, At::Latest)?))
    }

    /// Signs a permit for the market to take `value`, good until `deadline`. The domain is made
    /// here, from the token's address, so that no node can have something else signed.
    ///
    /// # Errors
    /// As [`super::Node::call`]: a token without permits among them.
    pub fn permit(
        &self,
        by: &PrivateKeySigner,
        token: Address,
        value: U256,
        deadline: u64,
    ) -> Result<Permit, ChainError> {
        let owner = by.address();
        let nonce = self.ask(token, &TestToken::noncesCall { owner }, At::Latest)?;
        let name = self.ask(token, &TestToken::nameCall {}, At::Latest)?;
        let domain = alloy_sol_types::Eip712Domain {
            name: Some(name.into()),
            version: Some("1".into()),
            chain_id: Some(U256::from(self.network().chain)),
            verifying_contract: Some(token),
            salt: None,
        };
        let permit_type =
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";
        let deadline = U256::from(deadline);
        let message = keccak256(
            [
                keccak256(permit_type),
                owner.into_word(),
                self.market().into_word(),
                value.into(),
                nonce.into(),
                deadline.into(),
            ]
            .concat(),
        );
        let separator = domain.separator();
        let digest = keccak256([&[0x19, 1], separator.as_slice(), message.as_slice()].concat());
        let signature = by.sign_hash_sync(&digest).expect("a key in memory signs any hash");
        Ok(Some(GrantMarket::Permit {
            value,
            deadline,
            v: 27 + u8::from(signature.v()),
            r: signature.r().into(),
            s: signature.s().into(),
        }))
    }

    /// Mints the worthless token of a development network.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn mint_test_token(
        &self,
        by: &PrivateKeySigner,
        token: Address,
        to: Address,
        amount: U256,
    ) -> Result<Done, ChainError> {
        self.act(by, token, &TestToken::mintCall { to, amount })
    }
}
