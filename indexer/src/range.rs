//! How many blocks to ask for at once: as many as will have about as many logs as a batch should, by
//! how dense the last ones were; never more than the node has let pass. So a batch fits into memory
//! and one transaction, on an empty chain as on a full one. Specification: `docs/spec/index.md`.

/// Few, because nothing is known of how many logs they have.
const FIRST: u64 = 32;
const MOST: u64 = 10_000;
/// The range grows at most so much at once: the next blocks may be fuller than the last.
const GROWTH: u64 = 4;
/// Logs that a batch should have.
const LOGS: u64 = 10_000;
/// Successes before more is asked for than the node once refused.
const PATIENCE: u32 = 5;

/// How many blocks to ask for at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    blocks: u64,
    /// What the node lets pass, as far as is known.
    most: u64,
    successes: u32,
}

impl Range {
    pub(crate) const fn new() -> Self {
        Self { blocks: FIRST, most: MOST, successes: 0 }
    }

    pub(crate) const fn blocks(self) -> u64 {
        self.blocks
    }

    /// The node refused `asked` blocks; false where that was one block, which cannot be halved.
    pub(crate) fn refused(&mut self, asked: u64) -> bool {
        let blocks = (asked / 2).max(1);
        *self = Self { blocks, most: blocks, successes: 0 };
        asked > 1
    }

    /// The node gave `logs` logs of `blocks` blocks.
    pub(crate) fn succeeded(&mut self, blocks: u64, logs: usize) {
        self.successes += 1;
        if self.successes >= PATIENCE {
            *self = Self { most: (self.most * 2).min(MOST), successes: 0, ..*self };
        }
        let fitting = (blocks * LOGS) / (logs as u64).max(1);
        self.blocks = fitting.min(self.blocks * GROWTH).clamp(1, self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_at_once_and_asks_for_more_with_patience() {
        let mut range = Range::new();
        assert!(range.refused(2_000) && range.refused(range.blocks()));
        for blocks in [500, 500, 500, 500, 500, 1_000] {
            assert_eq!(range.blocks(), blocks);
            range.succeeded(blocks, 10);
        }
        for _ in 0..50 {
            range.succeeded(range.blocks(), 10);
        }
        assert_eq!(range.blocks(), MOST);
        while range.refused(range.blocks()) {}
        assert_eq!(range.blocks(), 1);
    }

    #[test]
    fn it_asks_for_a_batch_full_of_logs() {
        let mut range = Range::new();
        for (blocks, logs, next) in [
            (32, 0, 128),
            (128, 12_800, 100),
            (100, 10_000, 100),
            (100, 1_000_000, 1),
            (1, 500, 4),
            (4, 2_000, 16),
            (16, 8_000, 20),
            (20, 0, 80),
        ] {
            assert_eq!(
                {
                    range.succeeded(blocks, logs);
                    range.blocks()
                },
                next,
                "{logs} logs"
            );
        }
    }
}
