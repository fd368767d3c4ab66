//! A record's first track counted as it is written: what all samples have, and a list of those who
//! have something else. Most are never written out in full.

use super::PgenFault;
use super::track::{Start, Track, Values, is_swapped};
use crate::genotype::Counts;
use crate::genotype::packed::{self, Code, Packed, Ploidy};

/// The row from which others state their differences, and how many samples have each value in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base<'a> {
    pub(crate) row: &'a [u8],
    pub(crate) values: Values,
}

/// A first track that has a list, read through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sparse<'a> {
    bytes: &'a [u8],
    kind: u8,
    base: Option<&'a [u8]>,
    values: Values,
    pub(crate) ploidy: Ploidy,
}

impl<'a> Sparse<'a> {
    pub(super) fn read(
        track: &mut Track<'a>,
        kind: u8,
        samples: usize,
        base: Option<Base<'a>>,
        ploidy: Ploidy,
    ) -> Result<Sparse<'a>, PgenFault> {
        let bytes = track.0;
        let row = base.map(|base| base.row);
        let start = track.start(kind, samples, row)?;
        let mut values = match start {
            Start::All(value) => {
                let mut values = track.count(samples)?;
                values[usize::from(value)] += samples as u32 - values.iter().sum::<u32>();
                values
            }
            Start::Two { low, step, bits } => of_two(low, step, bits, samples),
            Start::Row(_) => base.ok_or(PgenFault::NoBase)?.values,
        };
        if !matches!(start, Start::All(_)) {
            track.list(samples, true, |sample, other| {
                values[usize::from(other)] += 1;
                values[usize::from(start.value(sample))] -= 1;
            })?;
        }
        if is_swapped(kind) {
            values.swap(0, 2);
        }
        Ok(Sparse { bytes, kind, base: row, values, ploidy })
    }

    /// Of all samples, as they were counted when it was read.
    pub(crate) fn counts(&self) -> Counts {
        let [none, one, two, missing] = self.values;
        let called = none + one + two;
        Counts { called, missing, copies: one + 2 * two, both: two, phased: 0 }
    }

    /// Written out in full.
    pub(crate) fn row(&self, samples: usize) -> Vec<u8> {
        let mut row = vec![0; packed::row(samples)];
        let read = Track(self.bytes).main(self.kind, samples, self.base, &mut row);
        read.expect("it was read through before");
        row
    }

    /// `row` as what it is, written out in full.
    pub(crate) fn packed<'r>(&self, row: &'r [u8]) -> Packed<'r> {
        Packed { bytes: row, code: Code::Pgen, ploidy: self.ploidy }
    }
}

/// How many samples have the lower value, and how many the other.
fn of_two(low: u8, step: u8, bits: &[u8], samples: usize) -> Values {
    let whole = &bits[..samples / 8];
    let mut set: u32 = whole.iter().map(|bits| bits.count_ones()).sum();
    if let Some(last) = bits.get(samples / 8) {
        set += (last & ((1 << (samples % 8)) - 1)).count_ones();
    }
    let mut values = [0; 4];
    values[usize::from(low)] = samples as u32 - set;
    values[usize::from(low + step)] = set;
    values
}

#[cfg(test)]
mod tests {
    use super::super::track::values;
    use super::*;

    /// Every kind of start, with lists, for numbers of samples around a byte's and a group's.
    #[test]
    fn what_is_counted_as_it_is_written_is_what_the_row_has() {
        for samples in [1usize, 3, 4, 5, 8, 9, 63, 64, 65, 130, 300] {
            let bits = samples.div_ceil(8);
            let base: Vec<u8> = (0..packed::row(samples)).map(|i| (i * 89 + 27) as u8).collect();
            let values = values(&base, samples);
            let bits: Vec<u8> = (0..bits).map(|i| (i * 57 + 0b1011) as u8).collect();
            for every in [1, 2, 7, 1000] {
                let list = list(samples, every);
                let two = |pair: u8| [&[pair], &bits[..], &list].concat();
                for (kind, bytes) in [
                    (1, two(1)),
                    (1, two(3)),
                    (1, two(6)),
                    (1, two(9)),
                    (2, list.clone()),
                    (3, list.clone()),
                    (4, list.clone()),
                    (6, list.clone()),
                    (7, list.clone()),
                ] {
                    let known = Some(Base { row: &base, values });
                    let mut track = Track(&bytes);
                    let read = Sparse::read(&mut track, kind, samples, known, Ploidy::Two);
                    let sparse = read.unwrap();
                    assert!(track.0.is_empty(), "{kind} {samples}");
                    let row = sparse.row(samples);
                    let counts = sparse.packed(&row).counts(samples, None);
                    assert_eq!(sparse.counts(), counts, "{kind} {samples} {every}");
                }
            }
        }
    }

    /// Each `every`th sample, with values in turn.
    fn list(samples: usize, every: usize) -> Vec<u8> {
        let chosen: Vec<usize> = (0..samples).step_by(every).collect();
        let mut list = Vec::new();
        let varint = |list: &mut Vec<u8>, mut value: usize| {
            while value > 127 {
                list.push(value as u8 | 128);
                value >>= 7;
            }
            list.push(value as u8);
        };
        varint(&mut list, chosen.len());
        for first in chosen.iter().step_by(64) {
            let bytes = (*first as u32).to_le_bytes();
            list.extend_from_slice(&bytes[..if samples > 256 { 2 } else { 1 }]);
        }
        list.resize(list.len() + chosen.len().div_ceil(64).saturating_sub(1), 0);
        for four in (0..chosen.len()).step_by(4) {
            let values = (four..chosen.len().min(four + 4)).enumerate();
            list.push(values.fold(0, |byte, (i, n)| byte | ((n % 4) as u8) << (2 * i)));
        }
        for (i, pair) in chosen.windows(2).enumerate() {
            if (i + 1) % 64 != 0 {
                varint(&mut list, pair[1] - pair[0]);
            }
        }
        list
    }

    #[test]
    fn a_sparse_record_is_refused_where_its_row_is() {
        let mut state = 1u64;
        let mut byte = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % most
        };
        let base = [0b1110_0100; 33];
        let mut read = 0;
        for n in 0..60_000 {
            let (samples, most) = [(5, 8), (130, 3), (130, 256)][n % 3];
            let kind = byte(8) as u8;
            if kind == 0 {
                continue;
            }
            let length = byte(if samples == 5 { 8 } else { 90 });
            let mut bytes: Vec<u8> = (0..length).map(|_| byte(most) as u8).collect();
            // As many as need two groups.
            let count = bytes.get_mut(if kind == 1 { 18 } else { 0 });
            if let Some(count) = count.filter(|_| samples == 130) {
                *count = 66;
            }
            let row = &base[..packed::row(samples)];
            let known = Some(Base { row, values: values(row, samples) });
            let (mut as_row, mut as_written) = (Track(&bytes), Track(&bytes));
            let mut full = vec![0; row.len()];
            let expected = as_row.main(kind, samples, Some(row), &mut full);
            let found = Sparse::read(&mut as_written, kind, samples, known, Ploidy::Two);
            match (expected, found) {
                (Ok(()), Ok(sparse)) => {
                    read += 1;
                    assert_eq!(as_row.0, as_written.0, "{kind} {bytes:?}");
                    let counts = sparse.packed(&full).counts(samples, None);
                    assert_eq!(sparse.counts(), counts, "{kind} {bytes:?}");
                }
                (expected, found) => {
                    assert_eq!(expected.err(), found.err(), "{kind} {bytes:?}");
                }
            }
        }
        assert!((1_000..50_000).contains(&read), "{read}");
        let none = Sparse::read(&mut Track(&[0]), 2, 5, None, Ploidy::Two);
        assert_eq!(none.err(), Some(PgenFault::NoBase));
    }
}
