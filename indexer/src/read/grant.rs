//! Grants, by whom they concern and by what may be done about them; and what the market owes.
//!
//! Whether a deadline has passed is judged by the time that the caller gives: a block's, as in
//! [`crate::Position`], never a clock's.

use crate::row::{Columns, Moment, all, blob, first, malformed};
use crate::{Index, IndexError};
use alloy_primitives::{Address, B256, U256};
use ledger::market::{GrantStatus, Order};

/// A grant as it is now, and how it came there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its token.
    pub grant: U256,
    /// The reader.
    pub buyer: Address,
    /// What was bought.
    pub order: Order,
    /// The last second of delivery.
    pub deliver_by: u64,
    /// Where it is.
    pub status: GrantStatus,
    /// When it was bought.
    pub bought: Moment,
    /// The delivery, if there was one.
    pub delivered: Option<Delivery>,
    /// When the provider was paid, if ever.
    pub settled: Option<Moment>,
    /// When it was declined, refunded, withdrawn or revoked, if ever.
    pub ended: Option<Moment>,
    /// Who withdrew or revoked it.
    pub ended_by: Option<Address>,
}

/// A grant's delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// SHA-256 of the envelope.
    pub envelope: B256,
    /// The last second of the dispute window.
    pub settle_after: u64,
    /// The second at which access ends.
    pub expires_at: u64,
    /// When it was delivered.
    pub at: Moment,
}

/// How often somebody ended grants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revocations {
    /// Before the provider was paid: the buyers were refunded.
    pub refunded: u64,
    /// After it.
    pub paid: u64,
}

pub(crate) const COLUMNS: &str = "SELECT g.grant, g.buyer, g.dataset, g.version, g.amount, g.token, g.payee, \
     g.deliverer, g.access_seconds, g.dispute_seconds, g.request, g.answer_commit, g.deliver_by, \
     g.block, g.time, g.tx, p.status, \
     s.valid_from, s.time, s.tx, e.valid_from, e.time, e.tx, e.actor, \
     d.valid_from, d.time, d.tx, d.envelope, d.settle_after, d.expires_at ";
pub(crate) const GRANTS: &str =
    "FROM grants g JOIN phases p ON p.grant = g.grant AND p.valid_to IS NULL ";
/// Few grants are in these phases at a time, so the search begins there.
const IN_PHASE: &str =
    "FROM phases p CROSS JOIN grants g ON g.grant = p.grant AND p.valid_to IS NULL ";
pub(crate) const PHASES: &str = "LEFT JOIN phases d ON d.grant = g.grant AND d.status = 'delivered' \
     LEFT JOIN phases s ON s.grant = g.grant AND s.status = 'settled' \
     LEFT JOIN phases e ON e.grant = g.grant \
       AND e.status IN ('declined', 'refunded', 'withdrawn', 'revoked') ";

pub(crate) fn grant(c: &mut Columns) -> rusqlite::Result<Grant> {
    Ok(Grant {
        grant: c.uint()?,
        buyer: c.address()?,
        order: Order {
            dataset: c.uint()?,
            version: c.number()?,
            amount: c.amount()?,
            token: c.address()?,
            payee: c.address()?,
            deliverer: c.address()?,
            access_seconds: c.seconds()?,
            dispute_seconds: c.seconds()?,
            request: c.word()?,
            answer_commit: c.word()?,
        },
        deliver_by: c.number()?,
        bought: c.moment()?,
        status: {
            let word: String = c.get()?;
            GrantStatus::from_word(&word)
                .ok_or_else(|| malformed(&format!("{word:?} is no status of a grant")))?
        },
        settled: c.moment_if_any()?,
        ended: c.moment_if_any()?,
        ended_by: c.get::<Option<[u8; 20]>>()?.map(Address::from),
        delivered: match c.moment_if_any()? {
            None => None,
            Some(at) => Some(Delivery {
                envelope: c.word()?,
                settle_after: c.number()?,
                expires_at: c.number()?,
                at,
            }),
        },
    })
}

impl Index {
    /// A grant, if there is such a one.
    ///
    /// # Errors
    /// The database could not be read; so are those of all below.
    pub fn grant(&self, number: U256) -> Result<Option<Grant>, IndexError> {
        let sql = format!("{COLUMNS} {GRANTS} {PHASES} WHERE g.grant = ?1");
        Ok(first(&self.connection, &sql, [blob(number)], grant)?)
    }

    /// The grants that `buyer` bought, from the first.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn grants_of(&self, buyer: Address) -> Result<Vec<Grant>, IndexError> {
        let sql = format!("{COLUMNS} {GRANTS} {PHASES} WHERE g.buyer = ?1 ORDER BY g.id");
        Ok(all(&self.connection, &sql, [buyer.0.0], grant)?)
    }

    /// The grants that `provider` has to do with, from the first: as the order's deliverer, or as
    /// the owner of the dataset now.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn grants_on(&self, provider: Address) -> Result<Vec<Grant>, IndexError> {
        let sql = format!(
            "{COLUMNS} {GRANTS} {PHASES} WHERE g.deliverer = ?1 OR g.dataset IN \
             (SELECT dataset FROM owners WHERE owner = ?1 AND valid_to IS NULL) ORDER BY g.id"
        );
        Ok(all(&self.connection, &sql, [provider.0.0], grant)?)
    }

    /// The orders that wait for `deliverer`, from the first, those past their deadline among them.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn open_orders(&self, deliverer: Address) -> Result<Vec<Grant>, IndexError> {
        let sql = format!(
            "{COLUMNS} {IN_PHASE} {PHASES} WHERE p.status = 'paid' AND g.deliverer = ?1 \
             ORDER BY g.id"
        );
        Ok(all(&self.connection, &sql, [deliverer.0.0], grant)?)
    }

    /// The grants for which `payee` may be paid: delivered, and the dispute window over before
    /// `now`.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn settleable(&self, payee: Address, now: u64) -> Result<Vec<Grant>, IndexError> {
        let sql = format!(
            "{COLUMNS} {IN_PHASE} {PHASES} WHERE p.status = 'delivered' AND p.settle_after < ?2 \
             AND g.payee = ?1 ORDER BY g.id"
        );
        Ok(all(&self.connection, &sql, (payee.0.0, now.cast_signed()), grant)?)
    }

    /// The grants for which `buyer` may be paid back: not delivered, and the deadline before `now`.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn refundable(&self, buyer: Address, now: u64) -> Result<Vec<Grant>, IndexError> {
        let sql = format!(
            "{COLUMNS} {IN_PHASE} {PHASES} WHERE p.status = 'paid' AND g.deliver_by < ?2 \
             AND g.buyer = ?1 ORDER BY g.id"
        );
        Ok(all(&self.connection, &sql, (buyer.0.0, now.cast_signed()), grant)?)
    }

    /// How often `provider` ended a grant, whoever had sold it.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn revocations_by(&self, provider: Address) -> Result<Revocations, IndexError> {
        let sql = "SELECT count(*) FILTER (WHERE status = 'withdrawn'), \
                   count(*) FILTER (WHERE status = 'revoked') FROM phases WHERE actor = ?1";
        let counted = first(&self.connection, sql, [provider.0.0], |c| {
            Ok(Revocations { refunded: c.number()?, paid: c.number()? })
        })?;
        Ok(counted.unwrap_or_default())
    }

    /// What the market owes `account`, by token: payments that the token refused.
    ///
    /// # Errors
    /// As [`Index::grant`].
    pub fn credits(&self, account: Address) -> Result<Vec<(Address, U256)>, IndexError> {
        let sql = "SELECT token, amount FROM credits WHERE account = ?1 AND valid_to IS NULL \
                   AND amount <> zeroblob(32) ORDER BY token";
        Ok(all(&self.connection, sql, [account.0.0], |c| Ok((c.address()?, c.uint()?)))?)
    }
}
