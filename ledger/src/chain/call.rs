//! What can be asked of the contracts, in the domain's words; a file for each contract.

mod log;
mod market;
mod registry;
mod results;
mod token;

pub use log::Anchoring;
pub use market::{Permit, Purchase};
pub use results::Posting;
pub use token::Balances;

use super::contracts::DatasetRegistry;
use super::error::ChainError;
use super::event::Event;
use super::node::{At, Call, Included, Node};
use super::{Chain, PrivateKeySigner};
use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;

/// A transaction that went through, and what it made happen.
#[derive(Clone, Debug)]
pub struct Done {
    /// Where it stands.
    pub included: Included,
    /// The events of our contracts, in order.
    pub events: Vec<Event>,
}

impl Chain {
    /// A contract's accumulator.
    ///
    /// # Errors
    /// No answer.
    pub fn acc(&self, contract: Address, at: At) -> Result<B256, ChainError> {
        self.acc_at(self.node(), contract, at)
    }

    /// Tries, sends and waits.
    fn act(
        &self,
        by: &PrivateKeySigner,
        to: Address,
        call: &impl SolCall,
    ) -> Result<Done, ChainError> {
        let call = Call { to: Some(to), data: call.abi_encode().into(), from: by.address() };
        let included = self.node().send(by, &call)?;
        let contracts = &self.network().contracts;
        let events = included
            .logs
            .iter()
            .filter(|log| self.addresses().contains(&log.address))
            .map(|log| Event::decode(contracts, log))
            .collect::<Result<_, _>>()
            .map_err(|e| ChainError::Strange {
                url: self.node().url().to_owned(),
                why: e.to_string(),
            })?;
        Ok(Done { included, events })
    }

    fn ask<C: SolCall>(&self, to: Address, call: &C, at: At) -> Result<C::Return, ChainError> {
        ask(self.node(), to, call, at)
    }

    pub(super) fn acc_at(
        &self,
        node: &Node,
        contract: Address,
        at: At,
    ) -> Result<B256, ChainError> {
        ask(node, contract, &DatasetRegistry::accCall {}, at)
    }
}

fn ask<C: SolCall>(node: &Node, to: Address, call: &C, at: At) -> Result<C::Return, ChainError> {
    let call = Call { to: Some(to), data: call.abi_encode().into(), from: Address::ZERO };
    let answer = node.call(&call, at)?;
    C::abi_decode_returns(&answer)
        .map_err(|e| ChainError::Answer { contract: to, why: e.to_string() })
}
