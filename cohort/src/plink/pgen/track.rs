//! A record's first track: genotypes of two bits, uncompressed, as the two most frequent values,
//! as differences from a record before, or as all those that have not one value.

use super::PgenFault;
use crate::genotype::Counts;
use crate::genotype::packed::{self, Code, Packed, Ploidy};

/// The bits of a record's kind that say how its first track is written.
const MAIN: u8 = 7;

/// Bytes of a record, taken from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track<'a>(pub(super) &'a [u8]);

impl<'a> Track<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], PgenFault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PgenFault::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, PgenFault> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn varint(&mut self) -> Result<u32, PgenFault> {
        if let [byte @ 0..128, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok(u32::from(*byte));
        }
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return u32::try_from(value).map_err(|_| PgenFault::SampleList);
            }
        }
        Err(PgenFault::SampleList)
    }

    /// A list of samples, each with a value of two bits where `values` says so, handed to `take`.
    pub(super) fn list(
        &mut self,
        samples: usize,
        values: bool,
        mut take: impl FnMut(usize, u8),
    ) -> Result<(), PgenFault> {
        let head = self.head(samples, values)?;
        let mut sample = 0usize;
        for i in 0..head.count {
            let before = sample;
            sample = match i % GROUP {
                0 => head.first(i / GROUP),
                _ => sample.saturating_add(self.varint()? as usize),
            };
            if sample >= samples || (i > 0 && sample <= before) {
                return Err(PgenFault::SampleList);
            }
            take(sample, head.values.get(i / 4).map_or(0, |byte| byte >> (2 * (i % 4)) & 3));
        }
        Ok(())
    }

    /// Reads through a list of samples with values, and counts how many have each value.
    pub(super) fn count(&mut self, samples: usize) -> Result<Values, PgenFault> {
        let head = self.head(samples, true)?;
        let mut last = None;
        for group in 0..head.count.div_ceil(GROUP) {
            let mut sample = head.first(group);
            if sample >= samples || last.is_some_and(|last| sample <= last) {
                return Err(PgenFault::SampleList);
            }
            let others = (head.count - group * GROUP).min(GROUP) - 1;
            // Most are of one byte each, and then their sum is all there is to know.
            match self.0.split_at_checked(others) {
                Some((steps, rest)) if steps.iter().all(|step| (1..128).contains(step)) => {
                    sample += steps.iter().map(|step| usize::from(*step)).sum::<usize>();
                    self.0 = rest;
                }
                _ => {
                    for _ in 0..others {
                        let step = self.varint()? as usize;
                        sample = sample.saturating_add(step);
                        if step == 0 || sample >= samples {
                            return Err(PgenFault::SampleList);
                        }
                    }
                }
            }
            if sample >= samples {
                return Err(PgenFault::SampleList);
            }
            last = Some(sample);
        }
        Ok(values(head.values, head.count))
    }

    /// How a list begins: all that comes before the steps from sample to sample.
    fn head(&mut self, samples: usize, values: bool) -> Result<Head<'a>, PgenFault> {
        let count = self.varint()? as usize;
        if count > samples {
            return Err(PgenFault::SampleList);
        }
        let width = match samples {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            0x1_0001..=0x100_0000 => 3,
            _ => 4,
        };
        let groups = count.div_ceil(GROUP);
        let firsts = self.take(groups * width)?;
        let _lengths_of_groups = self.take(groups.saturating_sub(1))?;
        let values = self.take(if values { count.div_ceil(4) } else { 0 })?;
        Ok(Head { count, width, firsts, values })
    }

    /// What all samples have before the list. `base` is the last row from which differences may be
    /// stated.
    pub(super) fn start(
        &mut self,
        kind: u8,
        samples: usize,
        base: Option<&'a [u8]>,
    ) -> Result<Start<'a>, PgenFault> {
        Ok(match kind & MAIN {
            0 => Start::Row(self.take(packed::row(samples))?),
            1 => {
                let (low, step) = match self.byte()? {
                    pair @ (1..=3 | 5 | 6 | 9) => (pair >> 2, pair & 3),
                    _ => return Err(PgenFault::Compression),
                };
                Start::Two { low, step, bits: self.take(samples.div_ceil(8))? }
            }
            2 | 3 => Start::Row(base.ok_or(PgenFault::NoBase)?),
            5 => return Err(PgenFault::Compression),
            // Of one value, 0, 2 or 3.
            common => Start::All(common & 3),
        })
    }

    /// Fills a row.
    pub(super) fn main(
        &mut self,
        kind: u8,
        samples: usize,
        base: Option<&'a [u8]>,
        row: &mut [u8],
    ) -> Result<(), PgenFault> {
        self.start(kind, samples, base)?.fill(row);
        if kind & MAIN != 0 {
            self.list(samples, true, |sample, value| {
                let shift = 2 * (sample % 4);
                let byte = &mut row[sample / 4];
                *byte = *byte & !(3 << shift) | value << shift;
            })?;
        }
        if is_swapped(kind) {
            row.iter_mut().for_each(|byte| *byte = inverted(*byte));
        }
        Ok(())
    }
}

/// Whether a record states its differences from one before.
pub(super) const fn is_stated_from_base(kind: u8) -> bool {
    matches!(kind & MAIN, 2 | 3)
}

/// Whether values 0 and 2 are swapped at last. PLINK 2 states the differences before it swaps,
/// though its standard reads otherwise.
pub(super) const fn is_swapped(kind: u8) -> bool {
    kind & MAIN == 3
}

/// Whether a row is written as it is, without a list.
pub(super) const fn is_plain(kind: u8) -> bool {
    kind & MAIN == 0
}

/// The front of a list of samples.
struct Head<'a> {
    count: usize,
    /// Bytes of each sample that is stated whole.
    width: usize,
    firsts: &'a [u8],
    values: &'a [u8],
}

impl Head<'_> {
    /// The first sample of a group.
    fn first(&self, group: usize) -> usize {
        let first = &self.firsts[group * self.width..][..self.width];
        first.iter().rev().fold(0, |sample, byte| sample << 8 | usize::from(*byte))
    }
}

/// How many samples have each value.
pub(crate) type Values = [u32; 4];

/// How many samples have each value in a row.
pub(super) fn values(row: &[u8], samples: usize) -> Values {
    let packed = Packed { bytes: row, code: Code::Pgen, ploidy: Ploidy::Two };
    let Counts { called, missing, copies, both, .. } = packed.counts(samples, None);
    [called + both - copies, copies - 2 * both, both, missing]
}

/// What all samples have before the list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start<'a> {
    Row(&'a [u8]),
    /// The lower value, what a bit adds to it, and a bit for each sample.
    Two {
        low: u8,
        step: u8,
        bits: &'a [u8],
    },
    All(u8),
}

impl Start<'_> {
    /// One sample's value.
    pub(super) fn value(&self, sample: usize) -> u8 {
        match self {
            Start::Row(row) => row[sample / 4] >> (2 * (sample % 4)) & 3,
            Start::Two { low, step, bits } => low + step * (bits[sample / 8] >> (sample % 8) & 1),
            Start::All(value) => *value,
        }
    }

    fn fill(&self, row: &mut [u8]) {
        match self {
            Start::Row(start) => row.copy_from_slice(start),
            Start::Two { low, step, bits } => {
                // Values of two bits, each in a place of its own: nothing wraps.
                let low = spread(0xff).wrapping_mul(u16::from(*low));
                let step = u16::from(*step);
                let eight =
                    |bits: &u8| spread(*bits).wrapping_mul(step).wrapping_add(low).to_le_bytes();
                let (pairs, last) = row.as_chunks_mut::<2>();
                for (bits, pair) in bits.iter().zip(&mut *pairs) {
                    *pair = eight(bits);
                }
                if let ([last], Some(bits)) = (last, bits.get(pairs.len())) {
                    *last = eight(bits)[0];
                }
            }
            Start::All(value) => row.fill(value * 0b0101_0101),
        }
    }
}

/// Samples of a list whose first is stated whole.
const GROUP: usize = 64;

/// Values 0 and 2 swapped, four times.
fn inverted(byte: u8) -> u8 {
    byte ^ (!byte & 0b0101_0101) << 1
}

/// Each bit in the lowest of two.
fn spread(bits: u8) -> u16 {
    let mut bits = u16::from(bits);
    for (shift, mask) in [(4, 0x0f0f), (2, 0x3333), (1, 0x5555)] {
        bits = (bits | bits << shift) & mask;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five samples, after a record of 0, 1, 2, 3, 2.
    fn values(kind: u8, bytes: &[u8]) -> Result<Vec<u8>, PgenFault> {
        let base = Some(&[0b1110_0100, 0b10][..]);
        let (mut track, mut row) = (Track(bytes), [0; 2]);
        track.main(kind, 5, base, &mut row)?;
        assert_eq!(track.0.len(), 0);
        Ok((0..5).map(|i| row[i / 4] >> (2 * (i % 4)) & 3).collect())
    }

    #[test]
    fn every_compression_gives_values_back() {
        for (kind, bytes, expected) in [
            (0, &[0b0001_1011, 0b01][..], [3, 2, 1, 0, 1]),
            (1, &[1, 0b1_0010, 0], [0, 1, 0, 0, 1]),
            (1, &[6, 0b0_0011, 2, 0, 0b1000, 4], [0, 3, 1, 1, 2]),
            (1, &[9, 0b1_0000, 0], [2, 2, 2, 2, 3]),
            (2, &[0], [0, 1, 2, 3, 2]),
            (2, &[2, 1, 0b0011, 3], [0, 3, 2, 3, 0]),
            (3, &[0], [2, 1, 0, 3, 0]),
            (3, &[2, 1, 0b0011, 3], [2, 3, 0, 3, 2]),
            (4, &[1, 4, 3], [0, 0, 0, 0, 3]),
            (6, &[1, 0, 1], [1, 2, 2, 2, 2]),
            (7, &[0], [3, 3, 3, 3, 3]),
            (0xf8, &[0, 0], [0; 5]),
        ] {
            assert_eq!(values(kind, bytes), Ok(expected.to_vec()), "{kind} {bytes:?}");
        }
    }

    #[test]
    fn wrong_tracks_are_refused() {
        for (kind, bytes, fault) in [
            (0, &[0][..], PgenFault::Short),
            (1, &[], PgenFault::Short),
            (1, &[1], PgenFault::Short),
            (1, &[1, 0], PgenFault::Short),
            (1, &[4, 0, 0], PgenFault::Compression),
            (1, &[7, 0, 0], PgenFault::Compression),
            (5, &[0], PgenFault::Compression),
            (4, &[1, 0], PgenFault::Short),
            (4, &[2, 0, 0], PgenFault::Short),
            (4, &[6, 0, 0, 0, 1, 1, 1, 1, 1], PgenFault::SampleList),
            (4, &[1, 5, 0], PgenFault::SampleList),
            (4, &[2, 3, 0, 0], PgenFault::SampleList),
            (4, &[2, 3, 0, 2], PgenFault::SampleList),
            (4, &[0x80, 0x80, 0x80, 0x80, 0x10], PgenFault::SampleList),
            (4, &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80], PgenFault::SampleList),
            (4, &[2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f], PgenFault::SampleList),
        ] {
            assert_eq!(values(kind, bytes), Err(fault), "{kind} {bytes:?}");
        }
        assert_eq!(Track(&[0]).main(2, 5, None, &mut [0; 2]), Err(PgenFault::NoBase));
    }
}
