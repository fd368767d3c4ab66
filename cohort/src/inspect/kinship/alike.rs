//! Pairs that may be one person twice, found without comparing everybody with everybody: people
//! whose genotypes are the same in one of many short stretches of records. Of two copies of one
//! person that differ or miss in one genotype of fifty, more than half of the stretches are the
//! same; of strangers one in some millions.

use std::collections::BTreeSet;

/// Records in a stretch: their dosages fill a word.
const STRETCH: usize = 16;
/// Stretches that are looked at.
const STRETCHES: usize = 64;
/// People who are the same in a stretch, of whom all pairs are taken; more say that the stretch is
/// one in which many are.
const MOST_ALIKE: usize = 64;
/// Pairs beyond which no more are taken.
const MOST_PAIRS: usize = 1 << 20;

/// Places of two samples each, the lower one first.
pub(super) fn pairs(rows: &[Box<[u8]>], samples: usize) -> Vec<(u32, u32)> {
    let mut pairs = BTreeSet::new();
    // Stretches of records that lie far apart, each record in one of them.
    let stretches = (rows.len() / STRETCH).min(STRETCHES);
    for stretch in 0..stretches {
        let mut people: Vec<(u32, u32)> = (0..samples)
            .filter_map(|sample| {
                let chosen = rows.iter().skip(stretch).step_by(stretches).take(STRETCH);
                let mut word = 0u32;
                for row in chosen {
                    let dosage = u32::from(row[sample / 4] >> (2 * (sample % 4)) & 3);
                    if dosage == 3 {
                        return None;
                    }
                    word = word << 2 | dosage;
                }
                Some((word, sample as u32))
            })
            .collect();
        people.sort_unstable();
        for alike in people.chunk_by(|one, other| one.0 == other.0) {
            let alike = &alike[..alike.len().min(MOST_ALIKE)];
            for (place, (_, first)) in alike.iter().enumerate() {
                pairs.extend(alike[place + 1..].iter().map(|(_, second)| (*first, *second)));
            }
        }
        if pairs.len() > MOST_PAIRS {
            break;
        }
    }
    pairs.into_iter().collect()
}
