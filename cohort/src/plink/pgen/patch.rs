//! A record's second track: which genotypes have an ALT after the first. The first track knows
//! them as of one ALT or two, of which this one says which.

use std::borrow::Cow;

use super::PgenFault;
use super::index::number;
use super::sparse::{Base, Sparse};
use super::track::{Track, is_plain};
use crate::calls::Calls;
use crate::genotype::Genotype;
use crate::genotype::packed::{self, Code, Packed, Ploidy};

/// The bit of a record's kind that says that it has this track.
const SEVERAL: u8 = 8;
/// The bits of tracks that are not read: phases and dosages.
const LATER: u8 = 0xf0;

/// A record as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PgenBody<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) kind: u8,
    /// The row from which it may state its differences.
    pub(crate) base: Option<Base<'a>>,
    pub(crate) ploidy: Ploidy,
    /// How many alleles there are, where the header says so.
    pub(crate) alleles: Option<u32>,
}

/// A sample, and its alleles in place of those of the first track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) sample: usize,
    pub(crate) alleles: [u32; 2],
}

/// Genotypes of several ALTs.
pub(crate) struct Patched<'a> {
    row: Cow<'a, [u8]>,
    ploidy: Ploidy,
    /// In the order of samples.
    patches: Vec<Patch>,
}

impl<'a> PgenBody<'a> {
    /// Reads its tracks, of a site of so many ALTs.
    pub(crate) fn calls(self, alternates: usize, samples: usize) -> Result<Calls<'a>, PgenFault> {
        let PgenBody { kind, base, ploidy, .. } = self;
        let mut track = Track(self.bytes);
        let first = if is_plain(kind) {
            let bytes = track.take(packed::row(samples))?;
            Calls::Packed(Packed { bytes, code: Code::Pgen, ploidy })
        } else {
            Calls::Sparse(Sparse::read(&mut track, kind, samples, base, ploidy)?)
        };
        if self.alleles.is_some_and(|alleles| alleles as usize != (alternates + 1).max(2)) {
            return Err(PgenFault::Alleles);
        }
        let several = kind & SEVERAL > 0;
        if several && alternates < 2 {
            return Err(PgenFault::Alleles);
        }
        let mut calls = first;
        if alternates > 1 {
            let row = match &calls {
                Calls::Sparse(sparse) => Cow::Owned(sparse.row(samples)),
                _ => Cow::Borrowed(&self.bytes[..packed::row(samples)]),
            };
            let patches =
                if several { patches(&mut track, alternates, &row, samples)? } else { Vec::new() };
            calls = Calls::Patched(Patched { row, ploidy, patches });
        }
        if kind & LATER == 0 && !track.0.is_empty() {
            return Err(PgenFault::TrailingBytes);
        }
        Ok(calls)
    }
}

fn patches(
    track: &mut Track<'_>,
    alternates: usize,
    row: &[u8],
    samples: usize,
) -> Result<Vec<Patch>, PgenFault> {
    let how = track.byte()?;
    let packed = Packed { bytes: row, code: Code::Pgen, ploidy: Ploidy::Two };
    let dosages = packed.dosages(samples);
    let mut patches = Vec::new();
    one_alternate(track, how & 15, alternates, &dosages, &mut patches)?;
    two_alternates(track, how >> 4, alternates, &dosages, &mut patches)?;
    patches.sort_by_key(|patch| patch.sample);
    Ok(patches)
}

impl Patched<'_> {
    pub(crate) fn ploidy(&self) -> Ploidy {
        self.ploidy
    }

    /// Hands each sample's genotype to `take`, with the sample's place.
    pub(crate) fn each(&self, samples: usize, mut take: impl FnMut(usize, &Genotype)) {
        let mut patches = self.patches.iter().peekable();
        let mut patched = Genotype::default();
        let packed = Packed { bytes: &self.row, code: Code::Pgen, ploidy: self.ploidy };
        packed.each(samples, |place, genotype| match patches.next_if(|p| p.sample == place) {
            None => take(place, genotype),
            Some(patch) => {
                patched.clear();
                patch.alleles.iter().for_each(|allele| patched.push(*allele));
                take(place, &patched);
            }
        });
    }
}

/// REF and an ALT after the first.
fn one_alternate(
    track: &mut Track<'_>,
    how: u8,
    alternates: usize,
    dosages: &[u8],
    patches: &mut Vec<Patch>,
) -> Result<(), PgenFault> {
    let samples = chosen(track, how, 1, dosages)?;
    let bits = match alternates {
        ..=2 => 0,
        3 => 1,
        4..=5 => 2,
        6..=17 => 4,
        18..=257 => 8,
        258..=65_537 => 16,
        _ => 24,
    };
    let values = track.take((samples.len() * bits).div_ceil(8))?;
    for (i, sample) in samples.into_iter().enumerate() {
        let allele = number(values, i * bits, bits) + 2;
        push(patches, sample, [0, allele], alternates)?;
    }
    Ok(())
}

/// Two ALTs that are not both the first.
fn two_alternates(
    track: &mut Track<'_>,
    how: u8,
    alternates: usize,
    dosages: &[u8],
    patches: &mut Vec<Patch>,
) -> Result<(), PgenFault> {
    let samples = chosen(track, how, 2, dosages)?;
    let bits = match alternates {
        ..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        17..=256 => 8,
        257..=65_536 => 16,
        _ => 24,
    };
    let each = if alternates > 2 { 2 * bits } else { bits };
    let values = track.take((samples.len() * each).div_ceil(8))?;
    for (i, sample) in samples.into_iter().enumerate() {
        let value = |bit: usize| number(values, bit, bits) + 1;
        let alleles = match alternates {
            2 => [value(i), 2],
            _ => [value(i * each), value(i * each + bits)],
        };
        push(patches, sample, alleles, alternates)?;
    }
    Ok(())
}

fn push(
    patches: &mut Vec<Patch>,
    sample: usize,
    alleles: [u32; 2],
    alternates: usize,
) -> Result<(), PgenFault> {
    if alleles[0] > alleles[1] || alleles[1] as usize > alternates {
        return Err(PgenFault::Alleles);
    }
    patches.push(Patch { sample, alleles });
    Ok(())
}

/// Which samples of this dosage are patched: a bit for each of them, or a list.
fn chosen(
    track: &mut Track<'_>,
    how: u8,
    dosage: u8,
    dosages: &[u8],
) -> Result<Vec<usize>, PgenFault> {
    let of_dosage = || dosages.iter().enumerate().filter(move |(_, other)| **other == dosage);
    match how {
        15 => Ok(Vec::new()),
        0 => {
            let bits = track.take(of_dosage().count().div_ceil(8))?;
            let set = of_dosage().enumerate().filter(|(i, _)| bits[i / 8] >> (i % 8) & 1 == 1);
            Ok(set.map(|(_, (sample, _))| sample).collect())
        }
        1 => {
            let mut samples = Vec::new();
            track.list(dosages.len(), false, |sample, _| samples.push(sample))?;
            let all = samples.iter().all(|sample| dosages[*sample] == dosage);
            if all { Ok(samples) } else { Err(PgenFault::SampleList) }
        }
        _ => Err(PgenFault::Compression),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six samples of dosages 1, 1, 2, 2, 3, 2.
    fn patches(
        kind: u8,
        alternates: usize,
        rest: &[u8],
    ) -> Result<Vec<(usize, [u32; 2])>, PgenFault> {
        let bytes = &[&[0b1010_0101, 0b1011], rest].concat();
        let body = PgenBody { bytes, kind, base: None, ploidy: Ploidy::Two, alleles: None };
        match body.calls(alternates, 6)? {
            Calls::Patched(all) => Ok(all.patches.iter().map(|p| (p.sample, p.alleles)).collect()),
            _ => Ok(Vec::new()),
        }
    }

    #[test]
    fn alternates_after_the_first_are_found() {
        for (alternates, rest, expected) in [
            (2, &[0xff][..], &[][..]),
            (2, &[0x00, 0b10, 0b101, 0b10], &[(1, [0, 2]), (2, [1, 2]), (5, [2, 2])]),
            (2, &[0x11, 1, 0, 2, 3, 2, 0b01], &[(0, [0, 2]), (3, [2, 2]), (5, [1, 2])]),
            (3, &[0x00, 0b11, 0b10, 0b001, 0b1000], &[(0, [0, 2]), (1, [0, 3]), (2, [1, 3])]),
            (6, &[0x00, 0b01, 0x4, 0b010, 0x51], &[(0, [0, 6]), (3, [2, 6])]),
            (300, &[0xf0, 0b01, 42, 1], &[(0, [0, 300])]),
        ] {
            assert_eq!(patches(8, alternates, rest), Ok(expected.to_vec()), "{rest:?}");
        }
        assert_eq!(patches(0x18, 2, &[0xff, 7, 7]), Ok(Vec::new()));
    }

    #[test]
    fn wrong_patches_are_refused() {
        for (kind, alternates, rest, fault) in [
            (8, 1, &[0xff][..], PgenFault::Alleles),
            (8, 2, &[], PgenFault::Short),
            (8, 2, &[0xf0], PgenFault::Short),
            (8, 2, &[0xf2], PgenFault::Compression),
            (8, 2, &[0xff, 0], PgenFault::TrailingBytes),
            (0, 1, &[0], PgenFault::TrailingBytes),
            (8, 2, &[0xf1, 1, 2], PgenFault::SampleList),
            (8, 2, &[0xf1, 1, 6], PgenFault::SampleList),
            (8, 4, &[0xf0, 0b01, 3], PgenFault::Alleles),
            (8, 3, &[0x0f, 0b001, 0b0001], PgenFault::Alleles),
            (8, 3, &[0x0f, 0b001, 0b1100], PgenFault::Alleles),
        ] {
            assert_eq!(patches(kind, alternates, rest), Err(fault), "{rest:?}");
        }
    }
}
