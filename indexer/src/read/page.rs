//! Pages: rows in chain order, a few at a time, and a mark from which to go on.
//!
//! A mark names the last row by its id and by the block that made it. Ids grow with the chain and a
//! rollback cuts their end, so while that block is still on the followed chain, all rows up to the
//! mark are what they were: nothing is shown twice or left out. Once it is not, the mark is refused.

use super::dataset::{Dataset, TERMS, TermsSpan, VERSION, VersionRow};
use super::filter::{Conditions, DatasetFilter, GrantFilter, ResultFilter};
use super::grant::{COLUMNS as GRANT, GRANTS, Grant, PHASES};
use super::log::{Anchor, LOG, LogRow};
use super::result::{ATTESTATION, Attestation, RESULT, ResultRow};
use super::{dataset, grant, log, result};
use crate::row::{Columns, all, blob, first};
use crate::{Index, IndexError};
use alloy_primitives::{Address, B256, U256};
use ledger::LogId;
use rusqlite::params_from_iter;

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last row's id.
    pub id: i64,
    /// The block that made it.
    pub block: u64,
    /// That block's hash.
    pub hash: B256,
}

/// Which page: what follows a mark, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// From the first row where there is none.
    pub after: Option<Mark>,
    /// At most so many rows.
    pub limit: usize,
}

/// Some rows, and the mark after which there are more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in chain order.
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<Mark>,
}

impl Index {
    /// Datasets, in the order in which they were listed.
    ///
    /// # Errors
    /// [`IndexError::MarkGone`]; the database could not be read; so of all below.
    pub fn datasets_page(
        &self,
        filter: &DatasetFilter,
        turn: Turn,
    ) -> Result<Page<Dataset>, IndexError> {
        let Page { rows, next } = self.dataset_ids_page(filter, turn)?;
        Ok(Page { rows: self.datasets_by_id(&rows)?, next })
    }

    /// The same as row ids.
    pub(crate) fn dataset_ids_page(
        &self,
        filter: &DatasetFilter,
        turn: Turn,
    ) -> Result<Page<i64>, IndexError> {
        // One owner's datasets are few, and found by the owner.
        let order = if filter.owner.is_some() { "JOIN" } else { "CROSS JOIN" };
        let joins = filter.joins().replace("CROSS JOIN", order);
        let sql = format!("SELECT d.id, d.id, d.block FROM datasets d {joins}");
        let conditions = filter.conditions();
        self.page(&sql, "d.id", conditions, turn, |c| c.get())
    }

    /// Grants, in the order in which they were bought.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn grants_page(&self, filter: &GrantFilter, turn: Turn) -> Result<Page<Grant>, IndexError> {
        let sql = format!("{GRANT}, g.id, g.block {GRANTS} {PHASES}");
        self.page(&sql, "g.id", filter.conditions(), turn, grant::grant)
    }

    /// Results, in the order in which they were posted.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn results_page(
        &self,
        filter: &ResultFilter,
        turn: Turn,
    ) -> Result<Page<ResultRow>, IndexError> {
        let sql = format!("{RESULT}, id, block FROM results");
        self.page(&sql, "id", filter.conditions(), turn, result::result)
    }

    /// A dataset's versions, from the first.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn versions_page(&self, number: U256, turn: Turn) -> Result<Page<VersionRow>, IndexError> {
        let sql =
            format!("{VERSION}, v.id, v.block FROM versions v JOIN manifests m ON m.id = v.id");
        self.page(&sql, "v.id", of("v.dataset = ?", blob(number)), turn, dataset::version)
    }

    /// A dataset's terms, from the first.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn terms_page(&self, number: U256, turn: Turn) -> Result<Page<TermsSpan>, IndexError> {
        let sql = format!("{TERMS}, id, valid_from FROM terms");
        self.page(&sql, "id", of("dataset = ?", blob(number)), turn, dataset::terms_span)
    }

    /// What readers said of a dataset, from the first.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn attestations_page(
        &self,
        number: U256,
        turn: Turn,
    ) -> Result<Page<Attestation>, IndexError> {
        let sql = format!("{ATTESTATION}, id, block FROM attestations");
        self.page(&sql, "id", of("dataset = ?", blob(number)), turn, result::attestation)
    }

    /// Logs, in the order in which they were opened; of one owner, or of all.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn logs_page(
        &self,
        owner: Option<Address>,
        turn: Turn,
    ) -> Result<Page<LogRow>, IndexError> {
        let conditions = owner.map_or_else(Conditions::default, |owner| of("l.owner = ?", owner));
        let (columns, from) = LOG;
        let sql = format!("{columns}, l.id, l.block {from}");
        self.page(&sql, "l.id", conditions, turn, log::log)
    }

    /// A log's anchors, from the first.
    ///
    /// # Errors
    /// As [`Index::datasets_page`].
    pub fn anchors_page(&self, id: LogId, turn: Turn) -> Result<Page<Anchor>, IndexError> {
        let sql =
            "SELECT block, time, tx, log, old_size, size, root, entries, id, block FROM anchors";
        self.page(sql, "id", of("log = ?", id.0), turn, |c| {
            let at = c.moment()?;
            log::anchor(c, at)
        })
    }

    /// The rows of `select`, whose last two columns are id and block, after the mark.
    fn page<T>(
        &self,
        select: &str,
        id: &str,
        mut conditions: Conditions,
        turn: Turn,
        read: impl Fn(&mut Columns) -> rusqlite::Result<T>,
    ) -> Result<Page<T>, IndexError> {
        if let Some(mark) = turn.after {
            self.verify_mark(&mark)?;
            conditions.and(&format!("{id} > ?"), mark.id);
        }
        // One more than asked for tells whether there is another page.
        let limit = i64::try_from(turn.limit).unwrap_or(i64::MAX).saturating_add(1);
        let sql = format!("{select} WHERE true {} ORDER BY {id} LIMIT {limit}", conditions.sql);
        let mut rows = all(&self.connection, &sql, params_from_iter(conditions.values), |c| {
            Ok((read(c)?, c.late::<i64>(1)?, c.late::<i64>(0)?.cast_unsigned()))
        })?;
        let more = rows.len() > turn.limit;
        rows.truncate(turn.limit);
        let next = match rows.last() {
            Some((_, id, block)) if more => Some(self.mark(*id, *block)?),
            _ => None,
        };
        Ok(Page { rows: rows.into_iter().map(|(row, ..)| row).collect(), next })
    }

    fn mark(&self, id: i64, block: u64) -> Result<Mark, IndexError> {
        let hash = self.block_with_events(block)?.ok_or_else(|| IndexError::Damaged {
            why: format!("a row is of block {block}, which has no event"),
        })?;
        Ok(Mark { id, block, hash })
    }

    fn verify_mark(&self, mark: &Mark) -> Result<(), IndexError> {
        match self.block_with_events(mark.block)? {
            Some(hash) if hash == mark.hash => Ok(()),
            _ => Err(IndexError::MarkGone { block: mark.block }),
        }
    }

    fn block_with_events(&self, block: u64) -> Result<Option<B256>, IndexError> {
        let sql = "SELECT block_hash FROM events WHERE block = ?1 LIMIT 1";
        Ok(first(&self.connection, sql, [block.cast_signed()], |c| c.word())?)
    }
}

fn of(sql: &str, word: impl AsRef<[u8]>) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.and_word(sql, word);
    conditions
}
