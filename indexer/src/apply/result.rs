//! Circuits, posted results and readers' words on what they were delivered.

use super::{At, bytes, time};
use crate::row::blob;
use alloy_primitives::B256;
use ledger::CircuitId;
use ledger::posting::{Attested, Posted};
use rusqlite::params;

pub(super) fn register(
    (transaction, place): At,
    circuit: CircuitId,
    protocol: &str,
    fingerprint: B256,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO circuits (circuit, protocol, fingerprint, block, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![bytes(circuit.0), protocol, bytes(fingerprint), place.block, place.tx])?;
    Ok(())
}

pub(super) fn post((transaction, place): At, posted: &Posted) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO results (result, dataset, poster, circuit, version, grant, query, value, \
             step, record, block, time, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            blob(posted.result),
            blob(posted.dataset),
            posted.poster.0.0,
            bytes(posted.circuit.0),
            posted.version.cast_signed(),
            blob(posted.grant),
            blob(posted.query),
            blob(posted.value),
            bytes(posted.step.0),
            bytes(posted.record),
            place.block,
            time(posted.time),
            place.tx,
        ])?;
    Ok(())
}

pub(super) fn attest((transaction, place): At, attested: &Attested) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO attestations (grant, dataset, account, version, equal, evidence, block, \
             time, tx) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            blob(attested.grant),
            blob(attested.dataset),
            attested.by.0.0,
            attested.version.cast_signed(),
            attested.equal,
            bytes(attested.evidence),
            place.block,
            time(attested.time),
            place.tx,
        ])?;
    Ok(())
}
