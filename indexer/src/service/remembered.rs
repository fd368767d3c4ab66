//! What all readers remember of one state of the index, up to a size: what was asked for lately stays.

use crate::{Index, IndexError};
use lru::LruCache;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys with values that were made of one state of the index.
pub(super) struct Remembered<K, V> {
    /// Bytes of values.
    room: usize,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    /// How often the index had been written to.
    state: i64,
    /// With the bytes of each.
    values: LruCache<K, (V, usize)>,
    bytes: usize,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    pub(super) fn new(room: usize) -> Self {
        Self { room, kept: Mutex::new(Kept { state: 0, values: LruCache::unbounded(), bytes: 0 }) }
    }

    /// The values of these keys, where they are remembered of this state.
    pub(super) fn recall<'k>(
        &self,
        state: i64,
        keys: impl IntoIterator<Item = &'k K>,
    ) -> Vec<Option<V>>
    where
        K: 'k,
    {
        let mut kept = self.kept();
        let is_of_it = kept.state == state;
        let one = |key| kept.values.get(key).filter(|_| is_of_it).map(|(value, _)| value.clone());
        keys.into_iter().map(one).collect()
    }

    /// Remembers values, with the bytes that each takes, unless the index went on since.
    pub(super) fn keep(&self, state: i64, values: impl IntoIterator<Item = (K, V, usize)>) {
        let mut kept = self.kept();
        if state > kept.state {
            *kept = Kept { state, values: LruCache::unbounded(), bytes: 0 };
        }
        if state < kept.state {
            return;
        }
        for (key, value, bytes) in values.into_iter().filter(|(_, _, bytes)| *bytes <= self.room) {
            kept.bytes += bytes;
            if let Some((_, before)) = kept.values.put(key, (value, bytes)) {
                kept.bytes -= before;
            }
        }
        while kept.bytes > self.room {
            let Some((_, (_, bytes))) = kept.values.pop_lru() else { break };
            kept.bytes -= bytes;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    /// How often the index was written to; held, as of the moment held.
    pub(super) fn state(&self) -> Result<i64, IndexError> {
        let mut statement = self.connection.prepare_cached("SELECT written FROM following")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_of_one_state_and_never_too_many() {
        let memory = Remembered::new(100);
        let has = |state, key: &'static str| memory.recall(state, [&key]) == [Some(key)];
        let keep = |state, key: &'static str, bytes| memory.keep(state, [(key, key, bytes)]);
        assert!(!has(0, "a"));
        keep(1, "a", 30);
        assert!(has(1, "a") && !has(1, "b") && !has(0, "a") && !has(2, "a"));
        keep(1, "b", 40);
        keep(1, "b", 30);
        keep(1, "c", 40);
        assert!(has(1, "a") && has(1, "c") && has(1, "b"));
        // `a` was asked for the longest ago.
        keep(1, "d", 10);
        assert!(has(1, "b") && has(1, "c") && has(1, "d") && !has(1, "a"));
        keep(1, "too large", 101);
        assert!(!has(1, "too large") && has(1, "d"));
        // A reader of an earlier moment neither finds nor leaves anything.
        keep(2, "f", 1);
        keep(1, "g", 1);
        assert!(has(2, "f") && !has(2, "g") && !has(2, "d") && !has(1, "d"));
    }
}
