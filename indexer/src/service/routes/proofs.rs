//! Proofs that the event behind a row is in its block. The index says which event; the node is asked
//! afterwards, outside any reader.

use super::{grants, member, object};
use crate::service::pool::Reader;
use crate::service::question::{Question, found};
use crate::service::refusal::Refusal;
use crate::{AnswerAt, Position};
use alloy_primitives::hex;
use ledger::chain::RawLog;
use ledger::{Id, Thing};
use serde_json::json;

/// One address.
pub(in crate::service) struct ProofRoute {
    pub(in crate::service) path: &'static str,
    pub(in crate::service) parameters: &'static [&'static str],
    thing: Thing,
}

/// All of them.
pub(in crate::service) const PROOFS: [ProofRoute; 3] = [
    ProofRoute { path: "/v1/datasets/{number}/proof", parameters: &[], thing: Thing::Dataset },
    ProofRoute { path: "/v1/grants/{number}/proof", parameters: &["status"], thing: Thing::Grant },
    ProofRoute { path: "/v1/results/{number}/proof", parameters: &[], thing: Thing::Result },
];

/// What is to be proved, in one moment of the index.
pub(in crate::service) struct Sought {
    at: Position,
    id: Id,
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
        let id = Id::new(self.thing, question.number()?);
        let status = grants::status(question)?;
        let sought = reader.index.at_once(|index, at| {
            let log = index.event_of(id, status)?;
            let log = match status {
                None => found(log, id),
                Some(status) => found(log, format_args!("{id} that was ever {}", status.word())),
            };
            Ok::<_, Refusal>(Sought { at, id, log: log? })
        })?;
        sought.ok_or(Refusal::Empty)
    }
}

impl Sought {
    /// The answer: the proof's bytes, and of which block they are.
    pub(in crate::service) fn whole(&self, proof: &[u8]) -> String {
        let proof = json!({
            "id": self.id,
            "block": self.log.block,
            "hash": self.log.block_hash,
            "bytes": hex::encode_prefixed(proof),
        });
        object(&[member("at", &AnswerAt::from(self.at)), member("proof", &proof)])
    }
}
