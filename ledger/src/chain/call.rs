//! What can be asked of the contracts, in the domain's words.

use super::contracts::{DatasetRegistry, GrantMarket, ProtocolRegistry, ProvenanceLog};
use super::contracts::{ResultLedger, TestToken};
use super::error::ChainError;
use super::event::Event;
use super::node::{At, Call, Included, Node};
use super::{Chain, PrivateKeySigner};
use crate::claim::ProofWords;
use crate::dataset::{Version, VersionName};
use crate::market::{Order, SaleStatus, Terms};
use crate::{CircuitId, LogId, StepId};
use alloy::signers::SignerSync as _;
use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolCall;

/// A transaction that went through, and what it made happen.
#[derive(Clone, Debug)]
pub struct Done {
    /// Where it stands.
    pub included: Included,
    /// The events of our contracts, in order.
    pub events: Vec<Event>,
}

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

/// A log's head to be put on the chain.
#[derive(Clone, Debug)]
pub struct Anchoring {
    /// The log.
    pub log: LogId,
    /// Leaves anchored so far.
    pub old_size: u64,
    /// Leaves from now on.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: B256,
    /// SHA-256 of the last entries block.
    pub entries: B256,
    /// RFC 6962 consistency proof.
    pub proof: Vec<B256>,
}

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

    fn registry(&self) -> Address {
        self.network().contracts.registry.address
    }

    fn market(&self) -> Address {
        self.network().contracts.market.address
    }

    /// Lists a dataset.
    ///
    /// # Errors
    /// As [`super::Node::send`]; so are those of all actions below.
    pub fn list(
        &self,
        by: &PrivateKeySigner,
        version: Version,
        terms: Terms,
    ) -> Result<Done, ChainError> {
        let call = DatasetRegistry::listCall { v: version.into(), terms: terms.into() };
        self.act(by, self.registry(), &call)
    }

    /// Adds a version to a dataset.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn new_version(
        &self,
        by: &PrivateKeySigner,
        dataset: U256,
        version: Version,
    ) -> Result<Done, ChainError> {
        let call = DatasetRegistry::newVersionCall { dataset, v: version.into() };
        self.act(by, self.registry(), &call)
    }

    /// Replaces a dataset's terms.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn set_terms(
        &self,
        by: &PrivateKeySigner,
        dataset: U256,
        terms: Terms,
    ) -> Result<Done, ChainError> {
        let call = DatasetRegistry::setTermsCall { dataset, terms: terms.into() };
        self.act(by, self.registry(), &call)
    }

    /// Pauses or resumes a dataset's sale.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn set_status(
        &self,
        by: &PrivateKeySigner,
        dataset: U256,
        status: SaleStatus,
    ) -> Result<Done, ChainError> {
        let status = match status {
            SaleStatus::OnSale => 1,
            SaleStatus::Paused => 2,
        };
        self.act(by, self.registry(), &DatasetRegistry::setStatusCall { dataset, status })
    }

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

    /// Opens a log under `origin`, whose checkpoints `key` signs.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn open_log(
        &self,
        by: &PrivateKeySigner,
        origin: &str,
        key: B256,
    ) -> Result<Done, ChainError> {
        let call = ProvenanceLog::openCall { origin: origin.to_owned(), key };
        self.act(by, self.network().contracts.log.address, &call)
    }

    /// Moves a log's head forward.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn anchor(&self, by: &PrivateKeySigner, anchor: &Anchoring) -> Result<Done, ChainError> {
        let call = ProvenanceLog::anchorCall {
            logId: anchor.log.0,
            oldSize: anchor.old_size,
            newSize: anchor.size,
            newRoot: anchor.root,
            entries: anchor.entries,
            proof: anchor.proof.clone(),
        };
        self.act(by, self.network().contracts.log.address, &call)
    }

    /// Registers a circuit; only the registrar may.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn register(
        &self,
        by: &PrivateKeySigner,
        circuit: &super::Circuit,
    ) -> Result<Done, ChainError> {
        let call = ProtocolRegistry::registerCall {
            protocol: circuit.protocol.clone(),
            fingerprint: circuit.fingerprint,
            key: circuit.key.clone(),
        };
        self.act(by, self.network().contracts.protocols.address, &call)
    }

    /// A contract's accumulator.
    ///
    /// # Errors
    /// No answer.
    pub fn acc(&self, contract: Address, at: At) -> Result<B256, ChainError> {
        self.acc_at(self.node(), contract, at)
    }

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

fn ask<C: SolCall>(node: &Node, to: Address, call: &C, at: At) -> Result<C::Return, ChainError> {
    let call = Call { to: Some(to), data: call.abi_encode().into(), from: Address::ZERO };
    let answer = node.call(&call, at)?;
    C::abi_decode_returns(&answer)
        .map_err(|e| ChainError::Answer { contract: to, why: e.to_string() })
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
