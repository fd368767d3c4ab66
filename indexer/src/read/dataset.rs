//! Datasets, their versions and their histories.

use super::manifest::{Metadata, metadata};
use crate::row::{Columns, Moment, all, blob, first, malformed};
use crate::{Index, IndexError};
use alloy_primitives::{Address, B256, U256};
use ledger::dataset::Version;
use ledger::market::{SaleStatus, Terms};

/// A listed dataset as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// Its token.
    pub dataset: U256,
    /// Who holds it.
    pub owner: Address,
    /// Whether it is sold.
    pub status: SaleStatus,
    /// What a grant costs now.
    pub terms: Terms,
    /// When it was listed.
    pub listed: Moment,
    /// The version on sale: the latest.
    pub latest: VersionRow,
}

/// One version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// The dataset's token.
    pub dataset: U256,
    /// From 1.
    pub number: u64,
    /// What the chain commits to.
    pub version: Version,
    /// When it was added.
    pub added: Moment,
    /// What is known of its manifest.
    pub metadata: Metadata,
}

/// Who held a dataset, from a block's end on until another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerSpan {
    /// Who.
    pub owner: Address,
    /// From this block.
    pub from: u64,
    /// Until this one; none is now.
    pub to: Option<u64>,
    /// The transaction that made it so.
    pub transaction: B256,
}

/// What a grant cost, from a block's end on until another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermsSpan {
    /// The terms.
    pub terms: Terms,
    /// From this block.
    pub from: u64,
    /// Until this one; none is now.
    pub to: Option<u64>,
    /// Seconds since 1970, when they were set.
    pub time: u64,
}

/// Which root two versions share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// The panel's.
    Data,
    /// The encrypted body's, as both manifests say.
    Content,
}

/// A version of another dataset that was there first with the same root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameRoot {
    /// The other dataset.
    pub dataset: U256,
    /// Which version of it.
    pub number: u64,
    /// What they share.
    pub root: Root,
}

const COLUMNS: &str = "SELECT d.dataset, o.owner, s.status, \
     t.price, t.token, t.access_seconds, t.delivery_seconds, t.dispute_seconds, \
     d.block, d.time, d.tx, \
     v.dataset, v.number, v.manifest, v.data_root, v.key_commit, v.samples, v.columns, \
     v.block, v.time, v.tx, m.state, m.tries, m.why, m.bytes ";
/// What holds of `datasets d` now, each by itself. In this order: a plan that begins elsewhere sorts
/// all datasets to show the first few.
pub(crate) const OWNER: &str =
    "CROSS JOIN owners o ON o.dataset = d.dataset AND o.valid_to IS NULL ";
pub(crate) const STATUS: &str =
    "CROSS JOIN statuses s ON s.dataset = d.dataset AND s.valid_to IS NULL ";
pub(crate) const LATEST: &str = "CROSS JOIN versions v ON v.dataset = d.dataset \
     AND v.number = (SELECT max(number) FROM versions WHERE dataset = d.dataset) ";
const TERMS_NOW: &str = "CROSS JOIN terms t ON t.dataset = d.dataset AND t.valid_to IS NULL ";
const MANIFEST: &str = "CROSS JOIN manifests m ON m.id = v.id ";

/// All of [`COLUMNS`], from the datasets that `from` has as `d`.
pub(crate) fn select(from: &str) -> String {
    [COLUMNS, from, " ", OWNER, STATUS, TERMS_NOW, LATEST, MANIFEST].concat()
}

pub(crate) const VERSION: &str = "SELECT v.dataset, v.number, v.manifest, v.data_root, \
     v.key_commit, v.samples, v.columns, v.block, v.time, v.tx, m.state, m.tries, m.why, m.bytes ";
const VERSIONS: &str = "FROM versions v JOIN manifests m ON m.id = v.id ";
pub(crate) const TERMS: &str = "SELECT price, token, access_seconds, delivery_seconds, \
     dispute_seconds, valid_from, valid_to, time ";

const SAME_ROOTS: &str = "SELECT b.dataset, b.number, 0 AS root FROM versions a \
     JOIN versions b ON b.data_root = a.data_root AND b.dataset <> a.dataset AND b.id < a.id \
     WHERE a.dataset = ?1 \
     UNION SELECT b.dataset, b.number, 1 FROM versions a JOIN manifests m ON m.id = a.id \
     JOIN manifests n ON n.content_root = m.content_root AND n.id < m.id \
     JOIN versions b ON b.id = n.id AND b.dataset <> a.dataset WHERE a.dataset = ?1 \
     ORDER BY 1, 2, 3";

pub(crate) fn dataset(c: &mut Columns) -> rusqlite::Result<Dataset> {
    Ok(Dataset {
        dataset: c.uint()?,
        owner: c.address()?,
        status: {
            let word: String = c.get()?;
            let other = || malformed(&format!("{word:?} is no status of a dataset"));
            SaleStatus::from_word(&word).ok_or_else(other)?
        },
        terms: terms(c)?,
        listed: c.moment()?,
        latest: version(c)?,
    })
}

fn terms(c: &mut Columns) -> rusqlite::Result<Terms> {
    Ok(Terms {
        price: c.amount()?,
        token: c.address()?,
        access_seconds: c.seconds()?,
        delivery_seconds: c.seconds()?,
        dispute_seconds: c.seconds()?,
    })
}

pub(crate) fn terms_span(c: &mut Columns) -> rusqlite::Result<TermsSpan> {
    Ok(TermsSpan {
        terms: terms(c)?,
        from: c.number()?,
        to: c.get::<Option<i64>>()?.map(i64::cast_unsigned),
        time: c.number()?,
    })
}

pub(crate) fn version(c: &mut Columns) -> rusqlite::Result<VersionRow> {
    Ok(VersionRow {
        dataset: c.uint()?,
        number: c.number()?,
        version: Version {
            manifest: c.word()?,
            data_root: c.word()?,
            key_commit: c.word()?,
            samples: c.number()?,
            columns: c.number()?,
        },
        added: c.moment()?,
        metadata: metadata(c)?,
    })
}

impl Index {
    /// A dataset, if there is such a one.
    ///
    /// # Errors
    /// The database could not be read; so are those of all below.
    pub fn dataset(&self, number: U256) -> Result<Option<Dataset>, IndexError> {
        let sql = select("FROM datasets d") + "WHERE d.dataset = ?1";
        Ok(first(&self.connection, &sql, [blob(number)], dataset)?)
    }

    /// All datasets, in the order in which they were listed.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn datasets(&self) -> Result<Vec<Dataset>, IndexError> {
        let sql = select("FROM datasets d") + "ORDER BY d.id";
        Ok(all(&self.connection, &sql, [], dataset)?)
    }

    /// A dataset's versions, from the first.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn versions(&self, dataset: U256) -> Result<Vec<VersionRow>, IndexError> {
        let sql = format!("{VERSION} {VERSIONS} WHERE v.dataset = ?1 ORDER BY v.number");
        Ok(all(&self.connection, &sql, [blob(dataset)], version)?)
    }

    /// One version, if there is such a one.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn version(&self, dataset: U256, number: u64) -> Result<Option<VersionRow>, IndexError> {
        let sql = format!("{VERSION} {VERSIONS} WHERE v.dataset = ?1 AND v.number = ?2");
        let key = (blob(dataset), number.cast_signed());
        Ok(first(&self.connection, &sql, key, version)?)
    }

    /// Who held a dataset at the end of a block.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn owner_at(&self, dataset: U256, block: u64) -> Result<Option<Address>, IndexError> {
        let sql = "SELECT owner FROM owners WHERE dataset = ?1 AND valid_from <= ?2 \
                   AND (valid_to IS NULL OR valid_to > ?2) ORDER BY id DESC LIMIT 1";
        let key = (blob(dataset), block.cast_signed());
        Ok(first(&self.connection, sql, key, |c| c.address())?)
    }

    /// Everyone who held a dataset, from the first.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn owners(&self, dataset: U256) -> Result<Vec<OwnerSpan>, IndexError> {
        let sql = "SELECT owner, valid_from, valid_to, tx FROM owners WHERE dataset = ?1 \
                   ORDER BY id";
        Ok(all(&self.connection, sql, [blob(dataset)], |c| {
            Ok(OwnerSpan {
                owner: c.address()?,
                from: c.number()?,
                to: c.get::<Option<i64>>()?.map(i64::cast_unsigned),
                transaction: c.word()?,
            })
        })?)
    }

    /// A dataset's terms, from the first.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn terms(&self, dataset: U256) -> Result<Vec<TermsSpan>, IndexError> {
        let sql = format!("{TERMS} FROM terms WHERE dataset = ?1 ORDER BY id");
        Ok(all(&self.connection, &sql, [blob(dataset)], terms_span)?)
    }

    /// Versions of other datasets that were there before one of this dataset's with the same data
    /// root, or the same content root where both manifests are known.
    ///
    /// # Errors
    /// As [`Index::dataset`].
    pub fn same_roots(&self, dataset: U256) -> Result<Vec<SameRoot>, IndexError> {
        Ok(all(&self.connection, SAME_ROOTS, [blob(dataset)], |c| {
            Ok(SameRoot {
                dataset: c.uint()?,
                number: c.number()?,
                root: if c.get::<i64>()? == 0 { Root::Data } else { Root::Content },
            })
        })?)
    }
}
