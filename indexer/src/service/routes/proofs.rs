//! Proofs that the event behind a row is in its block. The index says which event; the node is asked
//! afterwards, outside any reader.

use super::{grants, logs, member, object};
use crate::service::pool::Reader;
use crate::service::question::{Number, Question, found};
use crate::service::refusal::Refusal;
use crate::{AnswerAt, Position, Row};
use alloy_primitives::hex;
use ledger::chain::RawLog;
use serde_json::json;

/// One address.
pub(in crate::service) struct ProofRoute {
    pub(in crate::service) path: &'static str,
    pub(in crate::service) parameters: &'static [&'static str],
    row: fn(&Question) -> Result<Row, Refusal>,
}

/// All of them.
pub(in crate::service) const PROOFS: [ProofRoute; 8] = [
    ProofRoute { path: "/v1/datasets/{number}/proof", parameters: &["value"], row: dataset },
    ProofRoute {
        path: "/v1/datasets/{number}/versions/{version}/proof",
        parameters: &[],
        row: version,
    },
    ProofRoute { path: "/v1/datasets/{number}/terms/{from}/proof", parameters: &[], row: terms },
    ProofRoute {
        path: "/v1/datasets/{number}/attestations/{grant}/proof",
        parameters: &[],
        row: |question| {
            let grant = question.part::<Number>("grant", Number::FORM)?.0;
            Ok(Row::Attestation { dataset: question.number()?, grant })
        },
    },
    ProofRoute {
        path: "/v1/grants/{number}/proof",
        parameters: &["status"],
        row: |question| {
            Ok(Row::Grant { grant: question.number()?, status: grants::status(question)? })
        },
    },
    ProofRoute {
        path: "/v1/results/{number}/proof",
        parameters: &[],
        row: |question| Ok(Row::Result(question.number()?)),
    },
    ProofRoute {
        path: "/v1/logs/{log}/proof",
        parameters: &[],
        row: |question| Ok(Row::Log(logs::id(question)?)),
    },
    ProofRoute {
        path: "/v1/logs/{log}/anchors/{size}/proof",
        parameters: &[],
        row: |question| {
            let size = question.part("size", "a number of steps")?;
            Ok(Row::Anchor { log: logs::id(question)?, size })
        },
    },
];

fn dataset(question: &Question) -> Result<Row, Refusal> {
    let dataset = question.number()?;
    let values = [
        ("owner", Row::Owner(dataset)),
        ("status", Row::Sale(dataset)),
        ("terms", Row::Terms { dataset, from: None }),
        ("version", Row::Version { dataset, number: None }),
    ];
    Ok(question.word("value", &values)?.unwrap_or(Row::Dataset(dataset)))
}

fn version(question: &Question) -> Result<Row, Refusal> {
    let number = Some(question.part("version", "a number from 1")?);
    Ok(Row::Version { dataset: question.number()?, number })
}

fn terms(question: &Question) -> Result<Row, Refusal> {
    let from = Some(question.part("from", "a block's number")?);
    Ok(Row::Terms { dataset: question.number()?, from })
}

/// What is to be proved, in one moment of the index.
pub(in crate::service) struct Sought {
    at: Position,
    row: Row,
    pub(in crate::service) log: RawLog,
}

impl ProofRoute {
    /// The event of the row that is asked for.
    pub(in crate::service) fn seek(
        &self,
        reader: &mut Reader,
        question: &Question,
    ) -> Result<Sought, Refusal> {
        question.verify_names(self.parameters)?;
        let row = (self.row)(question)?;
        let sought = reader.index.at_once(|index, at| {
            Ok::<_, Refusal>(Sought { at, row, log: found(index.event_of(row)?, row)? })
        })?;
        sought.ok_or(Refusal::Empty)
    }
}

impl Sought {
    /// The answer: the proof's bytes, and of which block they are.
    pub(in crate::service) fn whole(&self, proof: &[u8]) -> String {
        let proof = json!({
            "id": self.row.id(),
            "block": self.log.block,
            "hash": self.log.block_hash,
            "bytes": hex::encode_prefixed(proof),
        });
        object(&[member("at", &AnswerAt::from(self.at)), member("proof", &proof)])
    }
}
