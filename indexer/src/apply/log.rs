//! Logs and the heads that were anchored of them.

use super::{At, bytes, time};
use alloy_primitives::{Address, B256};
use ledger::LogId;
use rusqlite::params;

pub(super) fn open(
    (transaction, place): At,
    log: LogId,
    owner: Address,
    origin: &str,
    key: B256,
    seconds: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO logs (log, owner, origin, key, block, time, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            bytes(log.0),
            owner.0.0,
            origin,
            bytes(key),
            place.block,
            time(seconds),
            place.tx,
        ])?;
    Ok(())
}

pub(super) fn anchor(
    (transaction, place): At,
    log: LogId,
    (old_size, size): (u64, u64),
    (root, entries): (B256, B256),
    seconds: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO anchors (log, old_size, size, root, entries, block, time, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            bytes(log.0),
            old_size.cast_signed(),
            size.cast_signed(),
            bytes(root),
            bytes(entries),
            place.block,
            time(seconds),
            place.tx,
        ])?;
    Ok(())
}
