//! A pgen's first tracks, decompressed slowly, from the format's own specification (`pgen_spec` of
//! plink-ng) and `docs/spec/genotypes.md`.

use crate::packed::{Meaning, Record, rows, value};

const BED: Meaning = [Some(2), None, Some(1), Some(0)];
const HARD_CALLS: Meaning = [Some(0), Some(1), Some(2), None];

/// The records of a pgen of fewer than 65,536, from its mode on; `None` where it is malformed.
pub fn records(file: &[u8], samples: usize) -> Option<Vec<Record>> {
    let (mode, rest) = file.split_first()?;
    if *mode == 1 {
        return rows(rest, samples, BED);
    }
    let mut rest = Bytes(rest);
    let (count, how) = (rest.number(4)? as usize, rest.skip(4)?.number(1)?);
    let flags = if how >> 6 == 3 { count.div_ceil(8) } else { 0 };
    if *mode == 2 {
        return rows(rest.skip(flags)?.0, samples, HARD_CALLS);
    }
    if count == 0 {
        return Some(Vec::new());
    }
    let place = rest.number(8)? as usize;
    let entries = entries(&mut rest, count, how as usize & 15, samples.div_ceil(4))?;
    // The two bytes before the mode count too.
    let mut tracks = Bytes(file.get(place.checked_sub(2)?..)?);
    let mut base: Option<Vec<u8>> = None;
    let mut records = Vec::new();
    for (kind, length) in entries {
        let values = track(&mut Bytes(tracks.take(length)?), kind & 7, samples, base.as_deref())?;
        records.push(values.iter().map(|value| HARD_CALLS[usize::from(*value)]).collect());
        if !matches!(kind & 7, 2 | 3) {
            base = Some(values);
        }
    }
    Some(records)
}

/// Each record's kind and length.
fn entries(rest: &mut Bytes<'_>, count: usize, how: usize, row: usize) -> Option<Vec<(u8, usize)>> {
    let (kind_bits, length_bits) = match how {
        0..4 => (4, 8 * (how + 1)),
        4..8 => (8, 8 * (how - 3)),
        8 => (0, 2),
        _ => (0, 4),
    };
    let kinds = Bytes(rest.take((count * kind_bits).div_ceil(8))?);
    let lengths = Bytes(rest.take((count * length_bits).div_ceil(8))?);
    let entry = |i| match kind_bits {
        0 => Some((0, row + lengths.bits(i, length_bits)?)),
        bits => Some((kinds.bits(i, bits)? as u8, lengths.bits(i, length_bits)?)),
    };
    (0..count).map(entry).collect()
}

fn track(bytes: &mut Bytes<'_>, kind: u8, samples: usize, base: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut values: Vec<u8> = match kind {
        0 => {
            let row = bytes.take(samples.div_ceil(4))?;
            return (0..samples).map(|i| value(row, i)).collect();
        }
        1 => {
            let [low, high] = match bytes.number(1)? {
                1 => [0, 1],
                2 => [0, 2],
                3 => [0, 3],
                5 => [1, 2],
                6 => [1, 3],
                9 => [2, 3],
                _ => return None,
            };
            let bits = bytes.take(samples.div_ceil(8))?;
            (0..samples).map(|i| if bits[i / 8] >> (i % 8) & 1 == 1 { high } else { low }).collect()
        }
        2 | 3 => base?.to_vec(),
        4 | 6 | 7 => vec![kind - 4; samples],
        _ => return None,
    };
    for (sample, value) in differences(bytes, samples)? {
        *values.get_mut(sample)? = value;
    }
    if kind == 3 {
        values.iter_mut().for_each(|value| *value = [2, 1, 0, 3][usize::from(*value)]);
    }
    Some(values)
}

/// Samples and what they have, in groups of 64.
fn differences(bytes: &mut Bytes<'_>, samples: usize) -> Option<Vec<(usize, u8)>> {
    let count = bytes.varint()?;
    if count > samples {
        return None;
    }
    let width = [1 << 8, 1 << 16, 1 << 24].iter().filter(|most| samples > **most).count() + 1;
    let groups = count.div_ceil(64);
    let mut firsts = Bytes(bytes.take(groups * width)?);
    bytes.skip(groups.saturating_sub(1))?;
    let values = bytes.take(count.div_ceil(4))?;
    let mut sample = 0;
    (0..count)
        .map(|i| {
            let step = if i % 64 == 0 { None } else { Some(bytes.varint()?) };
            sample = match step {
                None => firsts.number(width)? as usize,
                Some(step) => sample + step,
            };
            Some((sample, value(values, i)?))
        })
        .collect()
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn skip(&mut self, count: usize) -> Option<&mut Self> {
        self.take(count)?;
        Some(self)
    }

    fn number(&mut self, width: usize) -> Option<u64> {
        let bytes = self.take(width)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The number of this place, each of so many bits.
    fn bits(&self, place: usize, bits: usize) -> Option<usize> {
        (0..bits).try_fold(0, |number, bit| {
            let at = place * bits + bit;
            Some(number | usize::from(self.0.get(at / 8)? >> (at % 8) & 1) << bit)
        })
    }

    /// Seven bits of each byte, the lowest first.
    fn varint(&mut self) -> Option<usize> {
        let mut number = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.number(1)?;
            number |= (byte & 127) << shift;
            if byte < 128 {
                return usize::try_from(number).ok();
            }
        }
        None
    }
}
