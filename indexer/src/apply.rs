//! What an event changes: rows that come once, and histories whose row holds until the next one ends
//! it. Nothing here looks at anything but the event and the rows before it, so that following again
//! gives the same rows. Specification: `docs/spec/index.md`.

mod dataset;
mod grant;
mod log;
mod result;

use alloy_primitives::B256;
use ledger::chain::{Event, RawLog};
use ledger::market::GrantStatus;
use rusqlite::Transaction;

/// Where an event stands.
pub(crate) struct Place {
    block: i64,
    tx: [u8; 32],
}

impl Place {
    pub(crate) fn of(log: &RawLog) -> Self {
        Self { block: log.block.cast_signed(), tx: log.transaction.0 }
    }
}

/// Applies one event.
pub(crate) fn apply(
    transaction: &Transaction,
    event: &Event,
    place: &Place,
) -> rusqlite::Result<()> {
    let at = (transaction, place);
    match event {
        Event::Listed { dataset, owner, version, terms, time } => {
            dataset::list(at, *dataset, *owner, version, terms, *time)
        }
        Event::Versioned { dataset, number, version, time } => {
            dataset::add_version(at, *dataset, *number, version, *time)
        }
        Event::TermsSet { dataset, terms, time } => dataset::set_terms(at, *dataset, terms, *time),
        Event::StatusSet { dataset, status, time } => {
            dataset::set_status(at, *dataset, *status, *time)
        }
        // The mint comes just before `Listed`, which names the owner too.
        Event::DatasetTransferred { from, .. } if from.is_zero() => Ok(()),
        Event::DatasetTransferred { dataset, to, .. } => dataset::set_owner(at, *dataset, *to),
        Event::Bought { grant, buyer, order, deliver_by, time } => {
            grant::buy(at, *grant, *buyer, order, *deliver_by, *time)
        }
        Event::Delivered { grant, envelope, settle_after, expires_at, time } => {
            grant::deliver(at, *grant, *envelope, (*settle_after, *expires_at), *time)
        }
        Event::Declined { grant, time } => {
            grant::enter(at, *grant, GrantStatus::Declined, None, *time)
        }
        Event::Settled { grant, time } => {
            grant::enter(at, *grant, GrantStatus::Settled, None, *time)
        }
        Event::Refunded { grant, time } => {
            grant::enter(at, *grant, GrantStatus::Refunded, None, *time)
        }
        Event::Revoked { grant, by, settled, time } => {
            let status = if *settled { GrantStatus::Revoked } else { GrantStatus::Withdrawn };
            grant::enter(at, *grant, status, Some(*by), *time)
        }
        Event::Credited { account, token, amount } => {
            grant::credit(at, *account, *token, |owed| owed.saturating_add(*amount))
        }
        Event::Withdrawn { account, token, amount } => {
            grant::credit(at, *account, *token, |owed| owed.saturating_sub(*amount))
        }
        Event::Registered { circuit, protocol, fingerprint } => {
            result::register(at, *circuit, protocol, *fingerprint)
        }
        Event::Posted(posted) => result::post(at, posted),
        Event::Attested(attested) => result::attest(at, attested),
        Event::Opened { log, owner, origin, key, time } => {
            log::open(at, *log, *owner, origin, *key, *time)
        }
        Event::Anchored { log, old_size, size, root, entries, time } => {
            log::anchor(at, *log, (*old_size, *size), (*root, *entries), *time)
        }
        Event::Other => Ok(()),
    }
}

/// Where to write, and what the event's place is.
type At<'a> = (&'a Transaction<'a>, &'a Place);

fn time(seconds: u64) -> i64 {
    seconds.cast_signed()
}

fn bytes(word: B256) -> [u8; 32] {
    word.0
}
