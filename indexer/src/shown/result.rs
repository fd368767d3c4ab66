//! A posted result as it is shown, and how much stands behind it.
//!
//! The chain takes a result only with a proof that its contract verified; what the numbers in the
//! proof are about, only the record says. So "proved" is said where the circuit is one that the
//! policy names, and the statement, recomputed from the record, is the one on chain. Everything
//! else is "posted". An audit looks at more.

use crate::{Index, IndexError, ResultRow};
use alloy_primitives::Address;
use ledger::dataset::VersionName;
use ledger::posting::Posted;
use ledger::signature::Domain;
use ledger::verdict::Outcome;
use ledger::verify::{Pairing, ResultBlocks, ResultFacts, verify_result};
use ledger::{Cid, CircuitId, Codec, Id, Network, StepId, Thing};
use serde::{Deserialize, Serialize};
use store::{StoreError, Stores};

/// How much stands behind a posted result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It was posted.
    Posted,
    /// And its proof is about what its record says, on the listed panel, by a circuit that counts.
    Proved,
}

/// Checks that must hold for "proved"; the pairing was the contract's to check.
const PROVED: [&str; 6] =
    ["record", "record-names-dataset", "version", "circuit", "statement", "posted-statement"];

/// A posted result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownResult {
    /// `result:N`.
    pub id: Id,
    /// Of which dataset.
    pub dataset: Id,
    /// Of which version of it.
    pub version: u64,
    /// Who posted it.
    pub poster: Address,
    /// The circuit whose proof the chain accepted.
    pub circuit: CircuitId,
    /// The step that made it.
    pub step: StepId,
    /// Its record.
    pub record: Cid,
    /// When it was posted.
    pub time: u64,
    /// How much stands behind it.
    pub standing: Standing,
    /// Where it is not "proved": why.
    pub why: Option<String>,
    /// Whether the network lets proofs count that were made with keys under which anyone can forge.
    pub development_keys: bool,
}

/// Why a block was not had, in words that are the same wherever the stores are.
pub(crate) const fn why_unfound(error: &StoreError) -> &'static str {
    match error {
        StoreError::NoHonestSource { .. } => "a store has other bytes in its stead",
        _ => "no store has it",
    }
}

impl ShownResult {
    /// Of this row, its record looked for in `stores`.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn read(
        index: &Index,
        network: &Network,
        stores: &Stores,
        row: &ResultRow,
    ) -> Result<Self, IndexError> {
        let record = Cid::new(Codec::DagCbor, row.posted.record);
        let found = stores.fetch(record).map_err(|error| why_unfound(&error).to_owned());
        Self::with_record(index, network, found, row)
    }

    /// Of this row and its record, or why that was not had.
    pub(crate) fn with_record(
        index: &Index,
        network: &Network,
        record: Result<Vec<u8>, String>,
        row: &ResultRow,
    ) -> Result<Self, IndexError> {
        let why = match record {
            Ok(record) => why_not_proved(index, network, record, &row.posted)?,
            Err(why) => Some(format!("record: {why}")),
        };
        let posted = &row.posted;
        Ok(Self {
            id: Id::new(Thing::Result, posted.result),
            dataset: Id::new(Thing::Dataset, posted.dataset),
            version: posted.version,
            poster: posted.poster,
            circuit: posted.circuit,
            step: posted.step,
            record: Cid::new(Codec::DagCbor, posted.record),
            time: posted.time,
            standing: if why.is_none() { Standing::Proved } else { Standing::Posted },
            why,
            development_keys: network.policy.development_keys,
        })
    }
}

fn why_not_proved(
    index: &Index,
    network: &Network,
    record: Vec<u8>,
    posted: &Posted,
) -> Result<Option<String>, IndexError> {
    let listed = index.version(posted.dataset, posted.version)?.map(|row| row.version);
    let blocks = ResultBlocks { record: Some(record), ..ResultBlocks::default() };
    let facts = ResultFacts {
        posted,
        name: VersionName {
            chain: network.chain,
            registry: network.contracts.registry.address,
            dataset: posted.dataset,
            version: posted.version,
        },
        listed,
        ledger: network.contracts.ledger.address,
        domain: Domain { chain: network.chain, log: network.contracts.log.address },
        // The contract demanded it; an audit looks again.
        right: Ok(String::new()),
        policy: &network.policy,
    };
    let (verdict, _) = verify_result(&facts, &blocks, &|_, _, _| Pairing::UnknownCircuit);
    for name in PROVED {
        let mut of_name = verdict.checks.iter().filter(|check| check.name == name).peekable();
        if of_name.peek().is_none() {
            return Ok(Some(format!("{name} was not checked")));
        }
        if let Some(check) = of_name.find(|check| check.outcome != Outcome::Holds) {
            return Ok(Some(format!("{name}: {}", check.compared)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standings_are_words() {
        assert_eq!(serde_json::to_string(&Standing::Proved).unwrap(), "\"proved\"");
        assert_eq!(serde_json::from_str::<Standing>("\"posted\"").unwrap(), Standing::Posted);
    }
}
