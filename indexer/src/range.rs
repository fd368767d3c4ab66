//! How many blocks to ask for at once: halved when the node refuses, doubled after five successes,
//! and kept small enough that a batch fits into memory and one transaction.
//! Specification: `docs/spec/index.md`.

const FIRST: u64 = 2_000;
const MOST: u64 = 10_000;
/// Successes before the range grows.
const PATIENCE: u32 = 5;
/// Logs in a batch above which the range shrinks, and above half of which it does not grow.
const LOGS: usize = 20_000;

/// How many blocks to ask for at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    blocks: u64,
    successes: u32,
}

impl Range {
    pub(crate) const fn new() -> Self {
        Self { blocks: FIRST, successes: 0 }
    }

    pub(crate) const fn blocks(self) -> u64 {
        self.blocks
    }

    /// The node refused `asked` blocks; false where that was one block, which cannot be halved.
    pub(crate) fn refused(&mut self, asked: u64) -> bool {
        *self = Self { blocks: (asked / 2).max(1), successes: 0 };
        asked > 1
    }

    /// The node gave `logs` logs.
    pub(crate) fn succeeded(&mut self, logs: usize) {
        self.successes += 1;
        if logs > LOGS {
            *self = Self { blocks: (self.blocks / 2).max(1), successes: 0 };
        } else if self.successes >= PATIENCE && logs <= LOGS / 2 {
            *self = Self { blocks: (self.blocks * 2).min(MOST), successes: 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_at_once_and_doubles_with_patience() {
        let mut range = Range::new();
        assert!(range.refused(2_000) && range.refused(range.blocks()));
        assert_eq!(range.blocks(), 500);
        for blocks in [500, 500, 500, 500, 1_000] {
            range.succeeded(10);
            assert_eq!(range.blocks(), blocks);
        }
        for _ in 0..50 {
            range.succeeded(10);
        }
        assert_eq!(range.blocks(), MOST);
        range.succeeded(LOGS + 1);
        assert_eq!(range.blocks(), MOST / 2);
        while range.refused(range.blocks()) {}
        assert_eq!(range.blocks(), 1);
    }
}
