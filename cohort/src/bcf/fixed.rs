//! The shortcut for what most records are: one ALT, and for every genotype two bytes, of REF and
//! ALT or both missing. A genotype is one 16-bit word, so that the compiler turns the loops into
//! vector code. Whatever is not of this shape is `None`, and the general reader decides.

use crate::genotype::Counts;
use crate::sample_set::Kept;

/// Two bytes for each sample.
pub(super) type Pairs<'a> = &'a [[u8; 2]];

/// Both alleles without the bits that say how they are joined.
const ALLELES: u16 = 0xfefe;
/// REF twice; ALT is 2 more.
const NO_COPY: u16 = 0x0202;
/// A `|` before the second allele.
const BAR: u16 = 0x0100;
/// Words whose counts fit 16 bits: two copies each at most.
const STRETCH: usize = 1 << 14;

pub(super) fn count(pairs: Pairs<'_>, kept: Option<&Kept>) -> Option<Counts> {
    let mut counts = Counts::default();
    for (i, pairs) in pairs.chunks(STRETCH).enumerate() {
        let mut sum = Sum::default();
        match kept {
            None => pairs.iter().for_each(|pair| sum.add(u16::from_le_bytes(*pair), 1)),
            Some(kept) => {
                let kept = kept.each().get(i * STRETCH..)?;
                for (pair, keep) in pairs.iter().zip(kept) {
                    sum.add(u16::from_le_bytes(*pair), *keep as u16);
                }
            }
        }
        if usize::from(sum.valid) != pairs.len() {
            return None;
        }
        counts.called += u32::from(sum.called);
        counts.missing += u32::from(sum.missing);
        counts.copies += u32::from(sum.copies);
        counts.both += u32::from(sum.both);
        counts.phased += u32::from(sum.phased);
    }
    Some(counts)
}

/// One dosage for each sample, 3 where it is missing.
pub(super) fn dosages(pairs: Pairs<'_>) -> Option<Vec<u8>> {
    let mut valid = true;
    let dosages = pairs.iter().map(|pair| {
        let cell = Cell::of(u16::from_le_bytes(*pair));
        valid &= (cell.called | cell.missing) == 1;
        (cell.copies() | (3 * cell.missing)) as u8
    });
    let dosages = dosages.collect();
    valid.then_some(dosages)
}

/// `called` and `missing` are 0 or 1; the others' bits 1 and 9 are the two alleles'.
struct Cell {
    called: u16,
    missing: u16,
    alternates: u16,
}

impl Cell {
    #[inline(always)]
    fn of(word: u16) -> Cell {
        let above = (word & ALLELES).wrapping_sub(NO_COPY);
        let called = u16::from((above & !NO_COPY) == 0);
        let missing = u16::from((word & ALLELES) == 0);
        Cell { called, missing, alternates: above & called.wrapping_neg() }
    }

    #[inline(always)]
    fn copies(&self) -> u16 {
        ((self.alternates >> 1) & 1) + (self.alternates >> 9)
    }
}

#[derive(Default)]
struct Sum {
    valid: u16,
    called: u16,
    missing: u16,
    copies: u16,
    both: u16,
    phased: u16,
}

impl Sum {
    /// At most two for each of a stretch's words: nothing wraps, and saying so lets the checked
    /// build use vector code too.
    #[inline(always)]
    fn add(&mut self, word: u16, keep: u16) {
        let cell = Cell::of(word);
        let add = |sum: &mut u16, value: u16| *sum = sum.wrapping_add(value);
        let copies = cell.copies();
        add(&mut self.valid, cell.called | cell.missing);
        add(&mut self.called, cell.called & keep);
        add(&mut self.missing, cell.missing & keep);
        add(&mut self.copies, copies & keep.wrapping_neg());
        add(&mut self.both, (copies >> 1) & keep);
        add(&mut self.phased, (word & BAR) >> 8 & keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_bytes_is_counted_or_left_to_the_general_reader() {
        for word in 0..=u16::MAX {
            let [one, two] = (word & ALLELES).to_le_bytes();
            let dosage = match (one, two) {
                (0, 0) => Some(3),
                (2 | 4, 2 | 4) => Some(u8::from(one == 4) + u8::from(two == 4)),
                _ => None,
            };
            let pair = [word.to_le_bytes()];
            assert_eq!(dosages(&pair), dosage.map(|dosage| vec![dosage]), "{word:#x}");
            let expected = dosage.map(|dosage| Counts {
                called: u32::from(dosage < 3),
                missing: u32::from(dosage == 3),
                copies: u32::from(dosage % 3),
                both: u32::from(dosage == 2),
                phased: u32::from(word & BAR > 0),
            });
            assert_eq!(count(&pair, None), expected, "{word:#x}");
        }
    }

    #[test]
    fn stretches_add_up() {
        let pairs = vec![[4, 5]; 3 * STRETCH + 1];
        let kept = Kept::new((0..pairs.len()).map(|i| u32::from(i >= STRETCH)).collect());
        let counts = |called| Counts {
            called,
            missing: 0,
            copies: 2 * called,
            both: called,
            phased: called,
        };
        assert_eq!(count(&pairs, None), Some(counts(3 * STRETCH as u32 + 1)));
        assert_eq!(count(&pairs, Some(&kept)), Some(counts(2 * STRETCH as u32 + 1)));
    }
}
