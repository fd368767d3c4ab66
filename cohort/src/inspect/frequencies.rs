//! How frequent ALTs are. Specification: `docs/spec/genotypes.md`, "Inspection".

use serde::Serialize;

use super::seen::Seen;
use super::spread::Bin;

/// ALTs by AC / AN.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frequencies {
    /// No copy was called, though alleles were.
    pub absent: u64,
    /// One copy was called.
    pub once: u64,
    /// The others by AC / AN.
    pub bins: Vec<Bin>,
    /// No allele was called.
    pub uncalled: u64,
    /// The file does not say how many alleles were called: X, Y and the mitochondrion of a PLINK
    /// set.
    pub ploidy_unknown: u64,
}

/// Ends of the bins, in ten-thousandths.
const ENDS: [u64; 9] = [0, 10, 100, 500, 1000, 2500, 5000, 7500, 10_000];

impl Default for Frequencies {
    fn default() -> Frequencies {
        let part = |end: u64| end as f64 / 10_000.0;
        let bin = |ends: &[u64]| Bin { above: part(ends[0]), up_to: part(ends[1]), count: 0 };
        let bins = ENDS.windows(2).map(bin).collect();
        Frequencies { absent: 0, once: 0, bins, uncalled: 0, ploidy_unknown: 0 }
    }
}

impl Frequencies {
    pub(super) fn add(&mut self, seen: &Seen, says_ploidy: bool) {
        let all: u64 = seen.alleles.iter().sum();
        let Some((_, alternates)) = seen.alleles.split_first() else { return };
        for copies in alternates {
            match *copies {
                _ if !says_ploidy => self.ploidy_unknown += 1,
                _ if all == 0 => self.uncalled += 1,
                0 => self.absent += 1,
                1 => self.once += 1,
                copies => {
                    let within =
                        |end: &u64| copies.saturating_mul(10_000) <= all.saturating_mul(*end);
                    if let Some(place) = ENDS[1..].iter().position(within) {
                        self.bins[place].count += 1;
                    }
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Frequencies) {
        self.absent += other.absent;
        self.once += other.once;
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += more.count;
        }
        self.uncalled += other.uncalled;
        self.ploidy_unknown += other.ploidy_unknown;
    }
}
