//! What all readers remember of one state of the index, up to a size: what was asked for lately stays.

use crate::{Index, IndexError};
use std::collections::HashMap;
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
    young: HashMap<K, (V, usize)>,
    /// Bytes of the young ones.
    bytes: usize,
    /// Forgotten where nobody asks for them before the young ones are as many.
    old: HashMap<K, (V, usize)>,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    pub(super) fn new(room: usize) -> Self {
        let (young, old) = (HashMap::new(), HashMap::new());
        Self { room, kept: Mutex::new(Kept { state: 0, young, bytes: 0, old }) }
    }

    /// The values of these keys, where they are remembered of this state.
    pub(super) fn recall<'k>(
        &self,
        state: i64,
        keys: impl IntoIterator<Item = &'k K>,
    ) -> Vec<Option<V>>
    where
        K: Clone + 'k,
    {
        let mut kept = self.kept();
        if kept.state != state {
            return keys.into_iter().map(|_| None).collect();
        }
        let mut one = |key: &K| {
            if let Some((value, _)) = kept.young.get(key) {
                return Some(value.clone());
            }
            let (value, bytes) = kept.old.remove(key)?;
            kept.keep(self.room, key.clone(), value.clone(), bytes);
            Some(value)
        };
        keys.into_iter().map(|key| one(key)).collect()
    }

    /// Remembers values, with the bytes that each takes, unless the index went on since.
    pub(super) fn keep(&self, state: i64, values: impl IntoIterator<Item = (K, V, usize)>) {
        let mut kept = self.kept();
        if state > kept.state {
            *kept = Kept { state, young: HashMap::new(), bytes: 0, old: HashMap::new() };
        }
        if state == kept.state {
            for (key, value, bytes) in values {
                kept.keep(self.room, key, value, bytes);
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    fn keep(&mut self, room: usize, key: K, value: V, bytes: usize) {
        if bytes > room / 2 {
            return;
        }
        if self.bytes + bytes > room / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.young.insert(key, (value, bytes));
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
        // The young ones take half of the room; then they are old.
        keep(1, "b", 20);
        keep(1, "c", 30);
        assert!(has(1, "c") && has(1, "b"));
        // Asked for again, `b` is as young as `c`; `a` went with those that were old.
        keep(1, "d", 1);
        assert!(has(1, "b") && has(1, "d") && !has(1, "a"));
        keep(1, "too large", 51);
        assert!(!has(1, "too large") && has(1, "d"));
        // A reader of an earlier moment neither finds nor leaves anything.
        keep(2, "f", 1);
        keep(1, "g", 1);
        assert!(has(2, "f") && !has(2, "g") && !has(2, "d") && !has(1, "d"));
    }
}
