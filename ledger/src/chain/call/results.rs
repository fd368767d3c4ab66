//! `ResultLedger` and `ProtocolRegistry`: results, attestations, circuits.

use crate::chain::contracts::{ProtocolRegistry, ResultLedger};
use crate::chain::node::{At, Call};
use crate::chain::{Chain, ChainError, Circuit, Done, PrivateKeySigner};
use crate::claim::ProofWords;
use crate::dataset::{Version, VersionName};
use crate::market::Order;
use crate::{CircuitId, StepId};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall as _;

/// A result to be posted.
#[derive(Clone, Debug)]
pub struct Posting {
    /// The circuit that the proof is of.
    pub circuit: CircuitId,
    /// Which listed version.
    pub name: VersionName,
    /// Its preimage.
    pub version: Version,
    /// The poster's grant with its order and envelope; none where the owner posts.
    pub grant: Option<(U256, Order, B256)>,
    /// The statement's query.
    pub query: U256,
    /// The statement's result.
    pub result: U256,
    /// The step that made it.
    pub step: StepId,
    /// SHA-256 of the record.
    pub record: B256,
    /// The proof.
    pub proof: ProofWords,
}

impl Chain {
    /// Asks the contract whether it would take a posting; nothing is sent.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn check_post(&self, by: Address, posting: &Posting) -> Result<(), ChainError> {
        let data = post_call(posting).abi_encode().into();
        let to = Some(self.network().contracts.ledger.address);
        self.node().call(&Call { to, data, from: by }, At::Latest).map(|_| ())
    }

    /// Posts a result.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn post(&self, by: &PrivateKeySigner, posting: &Posting) -> Result<Done, ChainError> {
        self.act(by, self.network().contracts.ledger.address, &post_call(posting))
    }

    /// Says whether what was delivered is what was listed.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn attest(
        &self,
        by: &PrivateKeySigner,
        (grant, order, envelope): (U256, Order, B256),
        equal: bool,
        evidence: B256,
    ) -> Result<Done, ChainError> {
        let call = ResultLedger::attestCall {
            dataset: order.dataset,
            version: order.version,
            grant,
            order: order.into(),
            envelope,
            verdict: if equal { 1 } else { 2 },
            evidence,
        };
        self.act(by, self.network().contracts.ledger.address, &call)
    }

    /// Registers a circuit; only the registrar may.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn register(&self, by: &PrivateKeySigner, circuit: &Circuit) -> Result<Done, ChainError> {
        let call = ProtocolRegistry::registerCall {
            protocol: circuit.protocol.clone(),
            fingerprint: circuit.fingerprint,
            key: circuit.key.clone(),
        };
        self.act(by, self.network().contracts.protocols.address, &call)
    }
}

fn post_call(posting: &Posting) -> ResultLedger::postCall {
    let no_order = Order {
        dataset: U256::ZERO,
        version: 0,
        amount: 0,
        token: Address::ZERO,
        payee: Address::ZERO,
        deliverer: Address::ZERO,
        access_seconds: 0,
        dispute_seconds: 0,
        request: B256::ZERO,
        answer_commit: B256::ZERO,
    };
    let (grant, order, envelope) = posting.grant.unwrap_or((U256::ZERO, no_order, B256::ZERO));
    ResultLedger::postCall {
        p: ResultLedger::Posting {
            circuit: posting.circuit.0,
            dataset: posting.name.dataset,
            version: posting.name.version,
            v: posting.version.into(),
            grant,
            order: order.into(),
            envelope,
            query: posting.query,
            result: posting.result,
            stepId: posting.step.0,
            record: posting.record,
            proof: posting.proof,
        },
    }
}
