//! Grants: the order once, a row for each phase it enters; and what the market owes to whom.

use super::{At, bytes, time};
use crate::row::{blob, first};
use alloy_primitives::{Address, B256, U256};
use ledger::market::{GrantStatus, Order};
use rusqlite::params;

pub(super) fn buy(
    at: At,
    grant: U256,
    buyer: Address,
    order: &Order,
    deliver_by: u64,
    seconds: u64,
) -> rusqlite::Result<()> {
    let (transaction, place) = at;
    transaction
        .prepare_cached(
            "INSERT INTO grants (grant, buyer, dataset, version, amount, token, payee, deliverer, \
             access_seconds, dispute_seconds, request, answer_commit, deliver_by, block, time, tx) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            blob(grant),
            buyer.0.0,
            blob(order.dataset),
            order.version.cast_signed(),
            order.amount.to_be_bytes(),
            order.token.0.0,
            order.payee.0.0,
            order.deliverer.0.0,
            order.access_seconds,
            order.dispute_seconds,
            bytes(order.request),
            bytes(order.answer_commit),
            time(deliver_by),
            place.block,
            time(seconds),
            place.tx,
        ])?;
    enter(at, grant, GrantStatus::Paid, None, seconds)
}

pub(super) fn deliver(
    at: At,
    grant: U256,
    envelope: B256,
    (settle_after, expires_at): (u64, u64),
    seconds: u64,
) -> rusqlite::Result<()> {
    enter(at, grant, GrantStatus::Delivered, None, seconds)?;
    let (transaction, _) = at;
    transaction
        .prepare_cached(
            "UPDATE phases SET envelope = ?2, settle_after = ?3, expires_at = ?4 WHERE id = ?1",
        )?
        .execute(params![
            transaction.last_insert_rowid(),
            bytes(envelope),
            time(settle_after),
            time(expires_at),
        ])?;
    Ok(())
}

/// Ends the grant's phase and begins the next.
pub(super) fn enter(
    (transaction, place): At,
    grant: U256,
    status: GrantStatus,
    actor: Option<Address>,
    seconds: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE phases SET valid_to = ?2 WHERE grant = ?1 AND valid_to IS NULL")?
        .execute(params![blob(grant), place.block])?;
    transaction
        .prepare_cached(
            "INSERT INTO phases (grant, status, actor, time, tx, valid_from) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            blob(grant),
            status.word(),
            actor.map(|actor| actor.0.0),
            time(seconds),
            place.tx,
            place.block,
        ])?;
    Ok(())
}

/// Changes what the market owes an account in a token.
pub(super) fn credit(
    (transaction, place): At,
    account: Address,
    token: Address,
    change: impl FnOnce(U256) -> U256,
) -> rusqlite::Result<()> {
    let whose = (account.0.0, token.0.0);
    let sql = "SELECT amount FROM credits WHERE account = ?1 AND token = ?2 AND valid_to IS NULL";
    let owed = first(transaction, sql, whose, |c| c.uint())?.unwrap_or_default();
    transaction
        .prepare_cached(
            "UPDATE credits SET valid_to = ?3 \
             WHERE account = ?1 AND token = ?2 AND valid_to IS NULL",
        )?
        .execute(params![whose.0, whose.1, place.block])?;
    transaction
        .prepare_cached(
            "INSERT INTO credits (account, token, amount, valid_from) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![whose.0, whose.1, blob(change(owed)), place.block])?;
    Ok(())
}
