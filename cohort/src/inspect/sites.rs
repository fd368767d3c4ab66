//! The records by which people are compared: common, of one ALT, on autosomes, and spread over the
//! genome, since neighbours say the same. Each window of the genome keeps its most informative
//! record; windows are doubled until few enough are left. The choice is a maximum, so that it is
//! the same in whatever order and shares the records come.
//! Specification: `docs/spec/genotypes.md`, "Inspection".

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::seen::{Seen, UNCALLED};
use crate::chromosome::Chromosome;
use crate::record::At;

/// Windows are at first of 2¹⁵ bases.
const FIRST_SHIFT: u32 = 15;
/// Records that are kept at most.
const MOST: usize = 1 << 14;
/// Bytes that their genotypes take at most.
const BUDGET: usize = 1 << 26;
/// One in so many alleles must be the rarer one.
const LEAST_COMMON: u64 = 20;
/// One in so many genotypes may be missing.
const MOST_MISSING: u64 = 20;

/// A record that was chosen.
pub(super) struct Site {
    /// The share of the rarer allele, in units of 2⁻³².
    minor: u64,
    /// Earlier records come first where shares are equal.
    at: Reverse<(u64, u64)>,
    /// Two bits for each sample, a dosage or 3.
    pub(super) row: Box<[u8]>,
}

pub(super) struct Sites {
    /// Bits that a position loses to become its window.
    shift: u32,
    most: usize,
    best: BTreeMap<(u8, u64), Site>,
}

impl Sites {
    pub(super) fn new(samples: usize) -> Sites {
        let most = (BUDGET / samples.div_ceil(4).max(1)).clamp(1, MOST);
        Sites { shift: FIRST_SHIFT, most, best: BTreeMap::new() }
    }

    /// An empty choice of the same windows.
    pub(super) fn share(shift: u32) -> Sites {
        Sites { shift, most: usize::MAX, best: BTreeMap::new() }
    }

    pub(super) const fn shift(&self) -> u32 {
        self.shift
    }

    pub(super) fn add(&mut self, place: (Chromosome, u64), at: At, seen: &Seen) {
        let ((Chromosome::Autosome(number), pos), [_, _]) = (place, &seen.alleles[..]) else {
            return;
        };
        let Some(minor) = minor(seen) else { return };
        let at = Reverse(at.order());
        let entry = self.best.entry((number, pos >> self.shift));
        let better = |site: &Site| site.rank() < (minor, at);
        match entry {
            Entry::Occupied(mut entry) if better(entry.get()) => {
                entry.insert(Site { minor, at, row: pack(&seen.codes) });
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(entry) => {
                entry.insert(Site { minor, at, row: pack(&seen.codes) });
            }
        }
    }

    /// Takes those of a share of these windows, or of smaller ones.
    pub(super) fn merge(&mut self, share: Sites) {
        for ((number, window), site) in share.best {
            self.insert((number, window >> (self.shift - share.shift)), site);
            while self.best.len() > self.most && self.shift < u64::BITS - 1 {
                self.shift += 1;
                for ((number, window), site) in std::mem::take(&mut self.best) {
                    self.insert((number, window >> 1), site);
                }
            }
        }
    }

    fn insert(&mut self, window: (u8, u64), site: Site) {
        match self.best.entry(window) {
            Entry::Occupied(mut entry) => {
                if entry.get().rank() < site.rank() {
                    entry.insert(site);
                }
            }
            Entry::Vacant(entry) => {
                entry.insert(site);
            }
        }
    }

    /// Bases of a window.
    pub(super) const fn window(&self) -> u64 {
        1 << self.shift
    }

    /// In the order of the genome.
    pub(super) fn chosen(self) -> Vec<Box<[u8]>> {
        self.best.into_values().map(|site| site.row).collect()
    }
}

impl Site {
    fn rank(&self) -> (u64, Reverse<(u64, u64)>) {
        (self.minor, self.at)
    }
}

/// The share of the rarer allele, where it is common and enough is called.
fn minor(seen: &Seen) -> Option<u64> {
    let [reference, alternate] = seen.alleles[..] else { return None };
    let (all, rarer) = (reference + alternate, reference.min(alternate));
    let called = seen.missing * MOST_MISSING <= seen.codes.len() as u64;
    let fits = seen.plain && called && rarer * LEAST_COMMON >= all && rarer > 0;
    fits.then(|| (rarer << 32) / all)
}

fn pack(codes: &[u8]) -> Box<[u8]> {
    let byte = |four: &[u8]| {
        four.iter()
            .enumerate()
            .fold(0, |byte, (place, code)| byte | (code & UNCALLED) << (2 * place))
    };
    codes.chunks(4).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(codes: &[u8]) -> Seen {
        let of = |code| codes.iter().filter(|this| **this == code).count() as u32;
        Seen::of_dosages(codes.to_vec(), of(1) + 2 * of(2), of(0) + of(1) + of(2), of(3))
    }

    fn chosen(order: &[usize], shares: usize, most: usize) -> (u64, Vec<Box<[u8]>>) {
        let records: Vec<(u64, Seen)> = (0..400u64)
            .map(|place| {
                let code = |sample: u64| ((place * 7 + sample * sample) % 3) as u8;
                (place * 20_000, seen(&(0..40).map(code).collect::<Vec<_>>()))
            })
            .collect();
        let mut sites = Sites { most, ..Sites::new(40) };
        for share in order.chunks(order.len().div_ceil(shares)) {
            let mut part = Sites::share(sites.shift());
            for place in share {
                let (pos, seen) = &records[*place];
                part.add((Chromosome::Autosome(3), *pos), At::Record(*place as u64), seen);
            }
            sites.merge(part);
        }
        (sites.window(), sites.chosen())
    }

    #[test]
    fn the_choice_is_the_same_in_every_order_and_is_bounded() {
        let forward: Vec<usize> = (0..400).collect();
        let backward: Vec<usize> = (0..400).rev().collect();
        let (window, all) = chosen(&forward, 1, 1000);
        assert_eq!((window, all.len()), (32_768, 244));
        for most in [1000, 100, 7] {
            let first = chosen(&forward, 1, most);
            assert!(first.1.len() <= most && first.1.len() * 3 > most.min(244));
            for shares in [2, 9, 400] {
                assert_eq!(chosen(&forward, shares, most), first, "{most} {shares}");
                assert_eq!(chosen(&backward, shares, most), first, "{most} {shares}");
            }
        }
    }

    #[test]
    fn rare_half_missing_and_haploid_records_are_not_chosen() {
        let mut sites = Sites::new(40);
        let autosome = (Chromosome::Autosome(1), 5);
        let of = |ones: usize, missing: usize| {
            let mut codes = vec![0; 40];
            codes[..ones].fill(1);
            codes[40 - missing..].fill(3);
            seen(&codes)
        };
        for (place, seen) in [
            (autosome, of(3, 0)),
            (autosome, of(0, 0)),
            (autosome, of(4, 3)),
            (autosome, Seen { plain: false, ..of(20, 0) }),
            ((Chromosome::X, 5), of(20, 0)),
        ] {
            sites.add(place, At::Line(1), &seen);
        }
        assert!(sites.best.is_empty());
        sites.add(autosome, At::Line(1), &of(4, 2));
        assert_eq!(sites.chosen(), [Box::from([0b0101_0101, 0, 0, 0, 0, 0, 0, 0, 0, 0b1111_0000])]);
    }
}
