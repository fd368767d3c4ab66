//! Events of the contracts in the domain's words.

use super::contracts::ResultLedger;
use super::contracts::{DatasetRegistry, GrantMarket, ProtocolRegistry, ProvenanceLog};
use crate::dataset::Version;
use crate::market::{GrantStatus, Order, SaleStatus, Terms};
use crate::network::Contracts;
use crate::posting::{Attested, Posted};
use crate::{CircuitId, Id, LogId, StepId, Thing};
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEventInterface as _;

/// A log as a node gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLog {
    /// Block number.
    pub block: u64,
    /// Block hash.
    pub block_hash: B256,
    /// Transaction hash.
    pub transaction: B256,
    /// Position in the block.
    pub index: u64,
    /// The contract.
    pub address: Address,
    /// Topics, topic 0 first.
    pub topics: Vec<B256>,
    /// Data.
    pub data: Vec<u8>,
}

/// What happened. Roles, approvals, locks and pauses change no row of ours and are [`Event::Other`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are the contracts' own, described in their interfaces")]
pub enum Event {
    Listed { dataset: U256, owner: Address, version: Version, terms: Terms, time: u64 },
    Versioned { dataset: U256, number: u64, version: Version, time: u64 },
    TermsSet { dataset: U256, terms: Terms, time: u64 },
    StatusSet { dataset: U256, status: SaleStatus, time: u64 },
    DatasetTransferred { dataset: U256, from: Address, to: Address },
    Bought { grant: U256, buyer: Address, order: Order, deliver_by: u64, time: u64 },
    Delivered { grant: U256, envelope: B256, settle_after: u64, expires_at: u64, time: u64 },
    Declined { grant: U256, time: u64 },
    Settled { grant: U256, time: u64 },
    Refunded { grant: U256, time: u64 },
    Revoked { grant: U256, by: Address, settled: bool, time: u64 },
    Credited { account: Address, token: Address, amount: U256 },
    Withdrawn { account: Address, token: Address, amount: U256 },
    Registered { circuit: CircuitId, protocol: String, fingerprint: B256 },
    Posted(Posted),
    Attested(Attested),
    Opened { log: LogId, owner: Address, origin: String, key: B256, time: u64 },
    Anchored { log: LogId, old_size: u64, size: u64, root: B256, entries: B256, time: u64 },
    Other,
}

/// A log that no contract of ours can have emitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("log {index} of block {block} is no event of {contract}: {why}")]
pub struct NotEvent {
    block: u64,
    index: u64,
    contract: Address,
    why: String,
}

impl Event {
    /// What `log` says.
    ///
    /// # Errors
    /// A log of another contract, or one that does not decode.
    pub fn decode(contracts: &Contracts, log: &RawLog) -> Result<Self, NotEvent> {
        Self::read(contracts, log.address, &log.topics, &log.data).map_err(|why| NotEvent {
            block: log.block,
            index: log.index,
            contract: log.address,
            why,
        })
    }

    /// What topics and data say that `contract` emitted, or why it did not.
    pub(super) fn read(
        contracts: &Contracts,
        contract: Address,
        topics: &[B256],
        data: &[u8],
    ) -> Result<Self, String> {
        let decoded = if contract == contracts.registry.address {
            registry(topics, data)
        } else if contract == contracts.market.address {
            market(topics, data)
        } else if contract == contracts.protocols.address {
            protocols(topics, data)
        } else if contract == contracts.ledger.address {
            results(topics, data)
        } else if contract == contracts.log.address {
            logs(topics, data)
        } else {
            return Err("the network file does not name it".to_owned());
        };
        decoded.map_err(|why| why.to_string())
    }

    /// The dataset, grant or result that it makes or changes, if it does.
    pub fn subject(&self) -> Option<Id> {
        let (thing, number) = match self {
            Self::Listed { dataset, .. }
            | Self::Versioned { dataset, .. }
            | Self::TermsSet { dataset, .. }
            | Self::StatusSet { dataset, .. }
            | Self::DatasetTransferred { dataset, .. } => (Thing::Dataset, dataset),
            Self::Bought { grant, .. }
            | Self::Delivered { grant, .. }
            | Self::Declined { grant, .. }
            | Self::Settled { grant, .. }
            | Self::Refunded { grant, .. }
            | Self::Revoked { grant, .. } => (Thing::Grant, grant),
            Self::Posted(posted) => (Thing::Result, &posted.result),
            _ => return None,
        };
        Some(Id::new(thing, *number))
    }

    /// The status into which it puts its grant, if it does.
    pub const fn grant_status(&self) -> Option<GrantStatus> {
        Some(match self {
            Self::Bought { .. } => GrantStatus::Paid,
            Self::Delivered { .. } => GrantStatus::Delivered,
            Self::Declined { .. } => GrantStatus::Declined,
            Self::Settled { .. } => GrantStatus::Settled,
            Self::Refunded { .. } => GrantStatus::Refunded,
            Self::Revoked { settled: false, .. } => GrantStatus::Withdrawn,
            Self::Revoked { settled: true, .. } => GrantStatus::Revoked,
            _ => return None,
        })
    }
}

fn registry(topics: &[B256], data: &[u8]) -> alloy_sol_types::Result<Event> {
    use DatasetRegistry::DatasetRegistryEvents as Events;
    Ok(match Events::decode_raw_log(topics, data)? {
        Events::Listed(e) => Event::Listed {
            dataset: e.dataset,
            owner: e.owner,
            version: e.version.into(),
            terms: e.terms.into(),
            time: e.time,
        },
        Events::Versioned(e) => Event::Versioned {
            dataset: e.dataset,
            number: e.version,
            version: e.v.into(),
            time: e.time,
        },
        Events::TermsSet(e) => {
            Event::TermsSet { dataset: e.dataset, terms: e.terms.into(), time: e.time }
        }
        Events::StatusSet(e) => Event::StatusSet {
            dataset: e.dataset,
            status: if e.status == 1 { SaleStatus::OnSale } else { SaleStatus::Paused },
            time: e.time,
        },
        Events::Transfer(e) => {
            Event::DatasetTransferred { dataset: e.tokenId, from: e.from, to: e.to }
        }
        _ => Event::Other,
    })
}

fn market(topics: &[B256], data: &[u8]) -> alloy_sol_types::Result<Event> {
    use GrantMarket::GrantMarketEvents as Events;
    Ok(match Events::decode_raw_log(topics, data)? {
        Events::Bought(e) => Event::Bought {
            grant: e.grant,
            buyer: e.buyer,
            order: e.order.into(),
            deliver_by: e.deliverBy,
            time: e.time,
        },
        Events::Delivered(e) => Event::Delivered {
            grant: e.grant,
            envelope: e.envelope,
            settle_after: e.settleAfter,
            expires_at: e.expiresAt,
            time: e.time,
        },
        Events::Declined(e) => Event::Declined { grant: e.grant, time: e.time },
        Events::Settled(e) => Event::Settled { grant: e.grant, time: e.time },
        Events::Refunded(e) => Event::Refunded { grant: e.grant, time: e.time },
        Events::Revoked(e) => {
            Event::Revoked { grant: e.grant, by: e.by, settled: e.settled, time: e.time }
        }
        Events::Credited(e) => {
            Event::Credited { account: e.account, token: e.token, amount: e.amount }
        }
        Events::Withdrawn(e) => {
            Event::Withdrawn { account: e.account, token: e.token, amount: e.amount }
        }
        _ => Event::Other,
    })
}

fn protocols(topics: &[B256], data: &[u8]) -> alloy_sol_types::Result<Event> {
    use ProtocolRegistry::ProtocolRegistryEvents as Events;
    Ok(match Events::decode_raw_log(topics, data)? {
        Events::Registered(e) => Event::Registered {
            circuit: CircuitId(e.circuit),
            protocol: e.protocol,
            fingerprint: e.fingerprint,
        },
        _ => Event::Other,
    })
}

fn results(topics: &[B256], data: &[u8]) -> alloy_sol_types::Result<Event> {
    use ResultLedger::ResultLedgerEvents as Events;
    Ok(match Events::decode_raw_log(topics, data)? {
        Events::Posted(e) => Event::Posted(Posted {
            result: e.result,
            dataset: e.dataset,
            poster: e.poster,
            circuit: CircuitId(e.circuit),
            version: e.version,
            grant: e.grant,
            query: e.query,
            value: e.value,
            step: StepId(e.stepId),
            record: e.record,
            time: e.time,
        }),
        Events::Attested(e) => Event::Attested(Attested {
            grant: e.grant,
            dataset: e.dataset,
            by: e.by,
            version: e.version,
            equal: e.verdict == 1,
            evidence: e.evidence,
            time: e.time,
        }),
    })
}

fn logs(topics: &[B256], data: &[u8]) -> alloy_sol_types::Result<Event> {
    use ProvenanceLog::ProvenanceLogEvents as Events;
    Ok(match Events::decode_raw_log(topics, data)? {
        Events::Opened(e) => Event::Opened {
            log: LogId(e.logId),
            owner: e.owner,
            origin: e.origin,
            key: e.key,
            time: e.time,
        },
        Events::Anchored(e) => Event::Anchored {
            log: LogId(e.logId),
            old_size: e.oldSize,
            size: e.newSize,
            root: e.root,
            entries: e.entries,
            time: e.time,
        },
    })
}
