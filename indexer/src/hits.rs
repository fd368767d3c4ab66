//! What words find, the best first. To rank the hits of a common word takes a look at each of them,
//! so a list is remembered until what manifests say changes: `meta` counts the changes.

use crate::IndexError;
use crate::row::{all, first};
use rusqlite::{Connection, Transaction};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Hits that are remembered in all: 8 MiB.
const REMEMBERED: usize = 1 << 20;

/// Which versions a query finds: a title weighs most, and the older comes first among equals.
const RANKED: &str = "SELECT rowid FROM words WHERE words MATCH ?1 \
     ORDER BY bm25(words, 8.0, 1.0, 2.0, 2.0), rowid";

/// Lists of hits, shared by all who read one index.
#[derive(Default)]
pub(crate) struct Hits(Mutex<Lists>);

#[derive(Default)]
struct Lists {
    /// How often the manifests had changed.
    changes: i64,
    of: HashMap<String, Arc<[i64]>>,
    hits: usize,
}

/// The versions that a query finds.
pub(crate) fn hits_of(
    connection: &Connection,
    known: &Hits,
    query: &str,
) -> Result<Arc<[i64]>, IndexError> {
    let count = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'word changes'";
    let changes = first(connection, count, [], |c| c.get())?.unwrap_or_default();
    if let Some(hits) = known.recall(changes, query) {
        return Ok(hits);
    }
    let hits: Arc<[i64]> = all(connection, RANKED, [query], |c| c.get())?.into();
    known.remember(changes, query, &hits);
    Ok(hits)
}

/// To be called where a transaction changes `words`.
pub(crate) fn words_changed(transaction: &Transaction) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO meta VALUES ('word changes', 1) \
             ON CONFLICT (key) DO UPDATE SET value = value + 1",
        )?
        .execute([])?;
    Ok(())
}

impl Hits {
    fn recall(&self, changes: i64, query: &str) -> Option<Arc<[i64]>> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let current = lists.changes == changes;
        current.then(|| lists.of.get(query).map(Arc::clone)).flatten()
    }

    /// One who reads an older moment of the index remembers nothing.
    fn remember(&self, changes: i64, query: &str, hits: &Arc<[i64]>) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A query that finds nothing takes room too.
        let room = hits.len() + query.len();
        if changes > lists.changes || lists.hits + room > REMEMBERED {
            *lists = Lists { changes, ..Lists::default() };
        }
        if changes == lists.changes && room <= REMEMBERED {
            lists.of.insert(query.to_owned(), Arc::clone(hits));
            lists.hits += room;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_recalled_until_something_changes_and_never_too_many() {
        let hits = Hits::default();
        let list = |n: usize| -> Arc<[i64]> { vec![1; n].into() };
        hits.remember(0, "a", &list(2));
        assert_eq!(hits.recall(0, "a"), Some(list(2)));
        assert_eq!((hits.recall(0, "b"), hits.recall(1, "a")), (None, None));
        hits.remember(1, "b", &list(3));
        hits.remember(0, "a", &list(2));
        assert_eq!((hits.recall(1, "b"), hits.recall(1, "a")), (Some(list(3)), None));
        hits.remember(1, "large", &list(REMEMBERED - 5));
        assert_eq!(hits.recall(1, "large"), Some(list(REMEMBERED - 5)));
        assert_eq!(hits.recall(1, "b"), None);
        hits.remember(1, "too large", &list(REMEMBERED));
        assert_eq!(hits.recall(1, "too large"), None);
    }
}
