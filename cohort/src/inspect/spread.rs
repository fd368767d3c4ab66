//! How numbers are spread, and the few that are named.

use serde::Serialize;

/// How many a list of [`Named`] has at most.
pub(super) const MOST_NAMED: usize = 20;

/// How many numbers lie above `above`, up to and with `up_to`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The lower end, which does not belong to it.
    pub above: f64,
    /// The upper end, which does.
    pub up_to: f64,
    /// How many.
    pub count: u64,
}

/// How many there are of something, and the first of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named<T> {
    /// How many there are.
    pub total: u64,
    /// At most 20, the most conspicuous first.
    pub named: Vec<T>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named { total: 0, named: Vec::new() }
    }
}

impl<T> Named<T> {
    /// Of all of them, in order.
    pub(super) fn first_of(mut all: Vec<T>) -> Named<T> {
        let total = all.len() as u64;
        all.truncate(MOST_NAMED);
        Named { total, named: all }
    }
}

/// Which share of genotypes is missing, over records or over people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Nothing is missing.
    pub none: u64,
    /// By the share that is missing, from 0 to 1.
    pub bins: Vec<Bin>,
    /// More than a twentieth is missing.
    pub above_5_percent: u64,
    /// More than a tenth is.
    pub above_10_percent: u64,
}

/// Ends of the bins, in thousandths.
const ENDS: [u64; 8] = [0, 1, 10, 20, 50, 100, 500, 1000];

impl Default for Spread {
    fn default() -> Spread {
        let part = |thousandths: u64| thousandths as f64 / 1000.0;
        let bin = |ends: &[u64]| Bin { above: part(ends[0]), up_to: part(ends[1]), count: 0 };
        let bins = ENDS.windows(2).map(bin).collect();
        Spread { none: 0, bins, above_5_percent: 0, above_10_percent: 0 }
    }
}

impl Spread {
    /// One of which `missing` are missing out of `all`; nothing where there are none.
    pub(super) fn add(&mut self, missing: u64, all: u64) {
        if missing == 0 {
            self.none += u64::from(all > 0);
            return;
        }
        let within =
            |thousandths: u64| missing.saturating_mul(1000) <= all.saturating_mul(thousandths);
        if let Some(place) = ENDS[1..].iter().position(|end| within(*end)) {
            self.bins[place].count += 1;
        }
        self.above_5_percent += u64::from(!within(50));
        self.above_10_percent += u64::from(!within(100));
    }

    pub(super) fn merge(&mut self, other: &Spread) {
        self.none += other.none;
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.count += more.count;
        }
        self.above_5_percent += other.above_5_percent;
        self.above_10_percent += other.above_10_percent;
    }
}

/// So many bins of one width over the numbers; one where all are the same.
pub(super) fn histogram(numbers: &[f64], bins: usize) -> Vec<Bin> {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if numbers.is_empty() {
        return Vec::new();
    }
    if least >= most {
        return vec![Bin { above: least, up_to: most, count: numbers.len() as u64 }];
    }
    let width = (most - least) / bins as f64;
    let end = |place: usize| least + width * place as f64;
    let bin = |place| Bin { above: end(place), up_to: end(place + 1), count: 0 };
    let mut all: Vec<Bin> = (0..bins).map(bin).collect();
    for number in numbers {
        let place = (((number - least) / width).ceil() as usize).saturating_sub(1).min(bins - 1);
        all[place].count += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_bins_belong_to_the_lower_one() {
        let mut spread = Spread::default();
        for missing in [0, 1, 2, 50, 51, 100, 101, 1000] {
            spread.add(missing, 1000);
        }
        spread.add(0, 0);
        let counts: Vec<u64> = spread.bins.iter().map(|bin| bin.count).collect();
        assert_eq!((spread.none, counts), (1, vec![1, 1, 0, 1, 2, 1, 1]));
        assert_eq!((spread.above_5_percent, spread.above_10_percent), (4, 2));
    }

    #[test]
    fn a_histogram_has_every_number_once() {
        let bins = histogram(&[0.0, 1.0, 2.0, 2.5, 4.0], 4);
        let counts: Vec<u64> = bins.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [2, 1, 1, 1]);
        assert_eq!((bins[0].above, bins[3].up_to), (0.0, 4.0));
        assert_eq!(histogram(&[2.0, 2.0], 4), [Bin { above: 2.0, up_to: 2.0, count: 2 }]);
        assert_eq!(histogram(&[], 4), []);
    }
}
