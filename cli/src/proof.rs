//! Proofs that events are in blocks: fetched beside a row and written, or read from a file, and in
//! both cases held against the hash that the own nodes give the block. Specification:
//! `docs/spec/proof.md`.

use crate::clock;
use crate::failure::Failure;
use crate::reading::Reading;
use crate::session::Session;
use alloy_primitives::{Address, U256};
use indexer::Row;
use ledger::chain::{Event, NotProved, Proved, ReceiptProof};
use ledger::dataset::Version;
use ledger::market::Terms;
use ledger::{Cid, Codec, Id, Thing, dag_cbor};
use serde_json::{Value, json};
use std::path::Path;
use store::UnnamedFile;

/// Bytes that a proof may have.
pub(crate) const MOST: u64 = dag_cbor::MAX_BYTES as u64;

/// The proof of the event behind a row, checked against the own nodes' word; none where the index gives
/// none.
pub(crate) fn fetch(
    session: &Session,
    index: &Reading,
    row: Row,
) -> Result<Option<(Vec<u8>, Proved)>, Failure> {
    let chain = session.chain()?;
    let Some(bytes) = index.proof(chain, row)? else { return Ok(None) };
    let id = row.id();
    let no = |why| {
        Failure::no(format!("the proof of {id} does not hold: {why}"))
            .check("proof")
            .hint("leave --index out to have the proof made from your own node")
    };
    let proof = ReceiptProof::decode(&bytes).map_err(no)?;
    let block = proof.claimed_block().map_err(no)?;
    let hash = chain.block_hash(block)?.ok_or_else(|| {
        Failure::could_not(format!("the node has no block {block}, of which the proof of {id} is"))
            .hint("the node is behind, or the index is: run the command again")
    })?;
    let proved = proof.verify(hash, &chain.network().contracts).map_err(no)?;
    Ok(Some((bytes, proved)))
}

/// Writes a proof, which everybody may read, to a file that is not there yet.
pub(crate) fn write(path: &Path, proof: &[u8]) -> Result<(), Failure> {
    let mut file = UnnamedFile::with_mode(path, 0o644)?;
    file.fill(proof)?;
    Ok(file.publish_new()?)
}

/// An event's name, as the contracts have it.
pub(crate) fn name(event: &Event) -> String {
    let debug = format!("{event:?}");
    debug.split([' ', '(']).next().unwrap_or_default().to_owned()
}

/// What a proved event is of, where that has a number: a reader's word is of its grant's dataset.
pub(crate) fn of(event: &Event) -> Option<Id> {
    match event {
        Event::Attested(attested) => Some(Id::new(Thing::Dataset, attested.dataset)),
        event => event.subject(),
    }
}

type Said = Vec<(&'static str, Value)>;

/// What an event says of the row that it makes or changes, under the names of `show`.
pub(crate) fn says(event: &Event) -> Said {
    let record = |digest| json!(Cid::new(Codec::DagCbor, digest));
    let block = |digest| json!(Cid::new(Codec::Raw, digest));
    let dataset = |number| json!(Id::new(Thing::Dataset, number));
    let whose = |account: &Address, token: &Address, amount: &U256| {
        let amount = json!(amount.to_string());
        vec![("account", json!(account)), ("token", json!(token)), ("amount_units", amount)]
    };
    match event {
        Event::Listed { owner, version, terms, time, .. } => {
            let owner = vec![("owner", json!(owner))];
            [owner, committed(version), asked(terms), vec![("time", json!(time))]].concat()
        }
        Event::Versioned { number, version, time, .. } => {
            let number = vec![("version", json!(number))];
            [number, committed(version), vec![("time", json!(time))]].concat()
        }
        Event::TermsSet { terms, time, .. } => [asked(terms), vec![("time", json!(time))]].concat(),
        Event::StatusSet { status, time, .. } => {
            vec![("status", json!(status)), ("time", json!(time))]
        }
        Event::DatasetTransferred { from, to, .. } => {
            vec![("from", json!(from)), ("owner", json!(to))]
        }
        Event::Bought { buyer, order, deliver_by, time, .. } => vec![
            ("dataset", dataset(order.dataset)),
            ("version", json!(order.version)),
            ("buyer", json!(buyer)),
            ("provider", json!(order.deliverer)),
            ("amount_units", json!(order.amount.to_string())),
            ("token", json!(order.token)),
            ("request", block(order.request)),
            ("deliver_by", json!(deliver_by)),
            ("time", json!(time)),
        ],
        Event::Delivered { envelope, settle_after, expires_at, time, .. } => vec![
            ("envelope", block(*envelope)),
            ("settle_after", json!(settle_after)),
            ("expires_at", json!(expires_at)),
            ("time", json!(time)),
        ],
        Event::Declined { time, .. }
        | Event::Settled { time, .. }
        | Event::Refunded { time, .. } => vec![("time", json!(time))],
        Event::Revoked { by, settled, time, .. } => {
            vec![("by", json!(by)), ("settled", json!(settled)), ("time", json!(time))]
        }
        Event::Credited { account, token, amount }
        | Event::Withdrawn { account, token, amount } => whose(account, token, amount),
        Event::Registered { circuit, protocol, fingerprint } => vec![
            ("circuit", json!(circuit)),
            ("protocol", json!(protocol)),
            ("fingerprint", json!(fingerprint)),
        ],
        Event::Posted(posted) => vec![
            ("dataset", dataset(posted.dataset)),
            ("version", json!(posted.version)),
            ("poster", json!(posted.poster)),
            ("circuit", json!(posted.circuit)),
            ("step", json!(posted.step)),
            ("record", record(posted.record)),
            ("time", json!(posted.time)),
        ],
        Event::Attested(attested) => vec![
            ("grant", json!(Id::new(Thing::Grant, attested.grant))),
            ("by", json!(attested.by)),
            ("version", json!(attested.version)),
            ("equal", json!(attested.equal)),
            ("evidence", json!(attested.evidence)),
            ("time", json!(attested.time)),
        ],
        Event::Opened { log, owner, origin, key, time } => vec![
            ("log", json!(log)),
            ("owner", json!(owner)),
            ("origin", json!(origin)),
            ("key", json!(key)),
            ("time", json!(time)),
        ],
        Event::Anchored { log, old_size, size, root, entries, time } => vec![
            ("log", json!(log)),
            ("old_size", json!(old_size)),
            ("size", json!(size)),
            ("root", json!(root)),
            ("entries", record(*entries)),
            ("time", json!(time)),
        ],
        Event::Other => Vec::new(),
    }
}

fn committed(version: &Version) -> Said {
    vec![
        ("manifest", json!(Cid::new(Codec::DagCbor, version.manifest))),
        ("data_root", json!(version.data_root)),
        ("key_commit", json!(version.key_commit)),
        ("samples", json!(version.samples)),
        ("columns", json!(version.columns)),
    ]
}

fn asked(terms: &Terms) -> Said {
    vec![
        ("price_units", json!(terms.price.to_string())),
        ("token", json!(terms.token)),
        ("access_seconds", json!(terms.access_seconds)),
        ("delivery_seconds", json!(terms.delivery_seconds)),
        ("dispute_seconds", json!(terms.dispute_seconds)),
    ]
}

/// The names in [`says`] whose values are seconds.
const TIMES: [&str; 4] = ["time", "deliver_by", "settle_after", "expires_at"];

/// A value as people read it.
pub(crate) fn shown(name: &str, value: &Value) -> String {
    match value {
        Value::Number(seconds) if TIMES.contains(&name) => {
            clock::show(seconds.as_u64().unwrap_or_default())
        }
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

impl From<NotProved> for Failure {
    fn from(error: NotProved) -> Self {
        match error {
            NotProved::Chain(error) => error.into(),
            NotProved::Gone { .. } => Self::could_not(&error)
                .hint("the chain was reorganised, or the node is behind: run the command again"),
            NotProved::False { .. } | NotProved::Absent { .. } => {
                Self::no(&error).check("proof").hint("ask another node with --rpc")
            }
            NotProved::TooLarge { .. } | NotProved::Proof { .. } => Self::could_not(&error),
        }
    }
}
