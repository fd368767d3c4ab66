//! Which rows: conditions of a query, each with its parameter, none of it ever text of the query.

use super::dataset;
use crate::row::blob;
use alloy_primitives::{Address, U256};
use ledger::CircuitId;
use ledger::market::{GrantStatus, SaleStatus};
use rusqlite::types::Value;

/// Which datasets.
#[derive(Clone, Copy, Debug, Default)]
pub struct DatasetFilter {
    /// Held by this account now.
    pub owner: Option<Address>,
    /// Sold, or not, now.
    pub status: Option<SaleStatus>,
    /// With at least so many people.
    pub min_samples: Option<u64>,
}

/// Which grants.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrantFilter {
    /// Bought by this account.
    pub buyer: Option<Address>,
    /// Which this account delivers, or on a dataset that it holds now.
    pub provider: Option<Address>,
    /// On this dataset.
    pub dataset: Option<U256>,
    /// In this phase now.
    pub status: Option<GrantStatus>,
}

/// Which results.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResultFilter {
    /// Of this dataset.
    pub dataset: Option<U256>,
    /// Posted by this account.
    pub poster: Option<Address>,
    /// With a proof of this circuit.
    pub circuit: Option<CircuitId>,
}

/// Conditions of a query, each with its parameter.
#[derive(Default)]
pub(crate) struct Conditions {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    /// One more; `?` in `sql` is `value`.
    pub(crate) fn and(&mut self, sql: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        let number = format!("?{}", self.values.len());
        self.sql += &format!(" AND {}", sql.replace('?', &number));
    }

    pub(super) fn and_word(&mut self, sql: &str, word: impl AsRef<[u8]>) {
        self.and(sql, word.as_ref().to_vec());
    }
}

impl DatasetFilter {
    /// What the conditions are about, joined to `datasets d`.
    pub(crate) fn joins(&self) -> String {
        let joins = [
            (self.owner.is_some(), dataset::OWNER),
            (self.status.is_some(), dataset::STATUS),
            (self.min_samples.is_some(), dataset::LATEST),
        ];
        joins.iter().filter(|(is_asked, _)| *is_asked).map(|(_, join)| *join).collect()
    }

    pub(crate) fn conditions(&self) -> Conditions {
        let mut all = Conditions::default();
        if let Some(owner) = self.owner {
            all.and_word("o.owner = ?", owner);
        }
        if let Some(status) = self.status {
            all.and("s.status = ?", status.word().to_owned());
        }
        if let Some(least) = self.min_samples {
            all.and("v.samples >= ?", i64::try_from(least).unwrap_or(i64::MAX));
        }
        all
    }
}

impl GrantFilter {
    pub(super) fn conditions(&self) -> Conditions {
        let mut all = Conditions::default();
        if let Some(buyer) = self.buyer {
            all.and_word("g.buyer = ?", buyer);
        }
        if let Some(provider) = self.provider {
            let sql = "(g.deliverer = ? OR g.dataset IN \
                       (SELECT dataset FROM owners WHERE owner = ? AND valid_to IS NULL))";
            all.and_word(sql, provider);
        }
        if let Some(dataset) = self.dataset {
            all.and_word("g.dataset = ?", blob(dataset));
        }
        if let Some(status) = self.status {
            all.and("p.status = ?", status.word().to_owned());
        }
        all
    }
}

impl ResultFilter {
    pub(super) fn conditions(&self) -> Conditions {
        let mut all = Conditions::default();
        if let Some(dataset) = self.dataset {
            all.and_word("dataset = ?", blob(dataset));
        }
        if let Some(poster) = self.poster {
            all.and_word("poster = ?", poster);
        }
        if let Some(circuit) = self.circuit {
            all.and_word("circuit = ?", circuit.0);
        }
        all
    }
}
