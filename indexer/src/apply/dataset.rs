//! Listings: versions, and the histories of owner, terms and status.

use super::{At, bytes, time};
use crate::row::blob;
use alloy_primitives::{Address, U256};
use ledger::dataset::Version;
use ledger::market::{SaleStatus, Terms};
use rusqlite::params;

pub(super) fn list(
    at: At,
    dataset: U256,
    owner: Address,
    version: &Version,
    terms: &Terms,
    seconds: u64,
) -> rusqlite::Result<()> {
    let (transaction, place) = at;
    transaction
        .prepare_cached("INSERT INTO datasets (dataset, block, time, tx) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![blob(dataset), place.block, time(seconds), place.tx])?;
    set_owner(at, dataset, owner)?;
    set_status(at, dataset, SaleStatus::OnSale, seconds)?;
    set_terms(at, dataset, terms, seconds)?;
    add_version(at, dataset, 1, version, seconds)
}

pub(super) fn set_owner(
    (transaction, place): At,
    dataset: U256,
    owner: Address,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE owners SET valid_to = ?2 WHERE dataset = ?1 AND valid_to IS NULL")?
        .execute(params![blob(dataset), place.block])?;
    transaction
        .prepare_cached(
            "INSERT INTO owners (dataset, owner, tx, valid_from) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![blob(dataset), owner.0.0, place.tx, place.block])?;
    Ok(())
}

pub(super) fn set_status(
    (transaction, place): At,
    dataset: U256,
    status: SaleStatus,
    seconds: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE statuses SET valid_to = ?2 WHERE dataset = ?1 AND valid_to IS NULL",
        )?
        .execute(params![blob(dataset), place.block])?;
    transaction
        .prepare_cached(
            "INSERT INTO statuses (dataset, status, time, valid_from) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![blob(dataset), status.word(), time(seconds), place.block])?;
    Ok(())
}

pub(super) fn set_terms(
    (transaction, place): At,
    dataset: U256,
    terms: &Terms,
    seconds: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE terms SET valid_to = ?2 WHERE dataset = ?1 AND valid_to IS NULL")?
        .execute(params![blob(dataset), place.block])?;
    transaction
        .prepare_cached(
            "INSERT INTO terms (dataset, price, token, access_seconds, delivery_seconds, \
             dispute_seconds, time, valid_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            blob(dataset),
            terms.price.to_be_bytes(),
            terms.token.0.0,
            terms.access_seconds,
            terms.delivery_seconds,
            terms.dispute_seconds,
            time(seconds),
            place.block,
        ])?;
    Ok(())
}

pub(super) fn add_version(
    (transaction, place): At,
    dataset: U256,
    number: u64,
    version: &Version,
    seconds: u64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO versions (dataset, number, manifest, data_root, key_commit, samples, \
             columns, block, time, tx) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            blob(dataset),
            number.cast_signed(),
            bytes(version.manifest),
            bytes(version.data_root),
            bytes(version.key_commit),
            version.samples.cast_signed(),
            version.columns.cast_signed(),
            place.block,
            time(seconds),
            place.tx,
        ])?;
    transaction
        .prepare_cached("INSERT INTO manifests (id, state, tries) VALUES (?1, 'missing', 0)")?
        .execute([transaction.last_insert_rowid()])?;
    Ok(())
}
