//! Keys that occur twice, found with 16 bytes for each ALT however long its alleles are.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;

use super::NotProvable;
use crate::columns::Reason;
use crate::variant::Variant;

/// Two keyed 64-bit hashes, of which 120 bits are kept. Their keys are drawn afresh in each run,
/// so that no file can be written to collide.
#[derive(Default)]
pub(super) struct Seeds([RandomState; 2]);

type Digest = [u8; 15];

/// One ALT.
pub(super) struct Column {
    pub(super) variant: Variant,
    pub(super) digest: Digest,
    pub(super) reason: Option<Reason>,
}

impl Seeds {
    pub(super) fn column(&self, variant: Variant, reason: Option<Reason>) -> Column {
        let mut digest = [0; 15];
        let [first, second] = [&self.0[0], &self.0[1]].map(|seed| seed.hash_one(&variant));
        digest[..8].copy_from_slice(&first.to_le_bytes());
        digest[8..].copy_from_slice(&second.to_le_bytes()[..7]);
        Column { variant, digest, reason }
    }
}

/// The ALTs of a file by why they cannot be columns.
pub(super) struct Keys {
    most_examples: usize,
    seen: HashMap<Digest, Option<Reason>>,
    provable: u64,
    counts: [u64; Reason::ALL.len()],
    examples: [Vec<Variant>; Reason::ALL.len()],
}

impl Keys {
    pub(super) fn new(most_examples: usize) -> Keys {
        Keys {
            most_examples,
            seen: HashMap::new(),
            provable: 0,
            counts: Default::default(),
            examples: Default::default(),
        }
    }

    pub(super) fn add(&mut self, column: Column) {
        const TWICE: Option<Reason> = Some(Reason::DuplicateKey);
        match self.seen.entry(column.digest) {
            Entry::Vacant(entry) => {
                entry.insert(column.reason);
                *self.count_of(column.reason) += 1;
                self.example(column.reason, column.variant);
            }
            Entry::Occupied(mut entry) => {
                let before = entry.insert(TWICE);
                if before != TWICE {
                    // The first copy becomes a duplicate too.
                    *self.count_of(before) -= 1;
                    *self.count_of(TWICE) += 1;
                    if let Some(reason) = before {
                        self.examples[reason as usize].retain(|other| *other != column.variant);
                    }
                    self.example(TWICE, column.variant);
                }
                *self.count_of(TWICE) += 1;
            }
        }
    }

    /// How many ALTs can be columns, and the others by reason.
    pub(super) fn count(self) -> (u64, Vec<NotProvable>) {
        let rows = Reason::ALL.into_iter().zip(self.counts).zip(self.examples);
        let not_provable =
            rows.filter(|((_, count), _)| *count > 0).map(|((reason, count), examples)| {
                let examples = examples.iter().map(Variant::to_string).collect();
                NotProvable { reason, count, examples }
            });
        (self.provable, not_provable.collect())
    }

    fn count_of(&mut self, reason: Option<Reason>) -> &mut u64 {
        match reason {
            None => &mut self.provable,
            Some(reason) => &mut self.counts[reason as usize],
        }
    }

    fn example(&mut self, reason: Option<Reason>, variant: Variant) {
        if let Some(reason) = reason
            && self.examples[reason as usize].len() < self.most_examples
        {
            self.examples[reason as usize].push(variant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_of_a_key_is_a_duplicate_and_no_longer_anything_else() {
        let seeds = Seeds::default();
        let mut keys = Keys::new(2);
        let half = Some(Reason::HalfCall);
        for (pos, reason) in
            [(1, None), (2, half), (3, half), (2, None), (1, None), (1, half), (4, half)]
        {
            let variant =
                Variant { contig: "1".into(), pos, reference: "A".into(), alternate: "C".into() };
            keys.add(seeds.column(variant, reason));
        }
        let (provable, not_provable) = keys.count();
        let row = |reason, count, examples: [&str; 2]| NotProvable {
            reason,
            count,
            examples: examples.map(str::to_owned).to_vec(),
        };
        assert_eq!(provable, 0);
        assert_eq!(
            not_provable,
            [
                row(Reason::HalfCall, 2, ["1 3 A C", "1 4 A C"]),
                row(Reason::DuplicateKey, 5, ["1 2 A C", "1 1 A C"]),
            ]
        );
    }
}
