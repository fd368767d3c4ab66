//! GT of a BCF record: for each sample as many numbers, of which each is an allele's index plus
//! one, doubled, and one more where a `|` stands before it; 0 and 1 are `.`.

use super::fixed::{self, Pairs};
use super::value::{BcfFault, Kind, Values, within};
use crate::genotype::{Counts, Genotype, GenotypeFault, MISSING, highest_allele};
use crate::header::Header;
use crate::record::RecordFault;
use crate::sample_set::Kept;

/// What each sample has, not yet read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body<'a> {
    pub(super) bytes: &'a [u8],
    /// How many keys FORMAT has.
    pub(super) formats: u32,
    /// The number of the key GT.
    pub(super) genotype: Option<u32>,
}

/// The numbers of GT.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BcfCalls<'a> {
    kind: Kind,
    /// How many for each sample.
    each: usize,
    bytes: &'a [u8],
    alternates: usize,
}

impl<'a> Body<'a> {
    /// Finds GT; `None` where the record has none.
    pub(crate) fn calls(
        self,
        alternates: usize,
        samples: usize,
    ) -> Result<Option<BcfCalls<'a>>, RecordFault> {
        let mut values = Values(self.bytes);
        let mut calls = None;
        for _ in 0..self.formats {
            let format = within("FORMAT");
            let key = u32::try_from(values.integer().map_err(&format)?).ok();
            let (kind, each) = values.kind().map_err(&format)?;
            let length = kind.width().saturating_mul(each).saturating_mul(samples);
            let bytes = values.take(length).map_err(format)?;
            if key.is_none() || key != self.genotype {
                continue;
            }
            if calls.is_some() {
                return Err(RecordFault::GenotypesTwice);
            }
            if matches!(kind, Kind::Float | Kind::Text) {
                return Err(within("GT")(BcfFault::Genotypes));
            }
            calls = Some(BcfCalls { kind, each, bytes, alternates });
        }
        if !values.0.is_empty() {
            return Err(BcfFault::TrailingBytes.into());
        }
        Ok(calls.filter(|_| samples > 0))
    }
}

impl BcfCalls<'_> {
    /// Counts the samples kept, or all; `None` where the shortcut does not fit.
    pub(crate) fn counts(&self, kept: Option<&Kept>) -> Option<Counts> {
        fixed::count(self.pairs()?, kept)
    }

    /// One dosage for each sample, 3 where it is missing; `None` where the shortcut does not fit.
    pub(crate) fn dosages(&self) -> Option<Vec<u8>> {
        fixed::dosages(self.pairs()?)
    }

    fn pairs(&self) -> Option<Pairs<'_>> {
        let fits = self.kind == Kind::Int8 && self.each == 2 && self.alternates == 1;
        fits.then_some(self.bytes.as_chunks().0)
    }

    /// Hands each sample's genotype to `take`, with the sample's place.
    pub(crate) fn each(
        &self,
        header: &Header,
        mut take: impl FnMut(usize, &Genotype),
    ) -> Result<(), RecordFault> {
        let highest = highest_allele(self.alternates);
        let length = self.each * self.kind.width();
        let mut genotype = Genotype::default();
        for (place, sample) in header.samples.iter().enumerate() {
            let bytes = &self.bytes[place * length..][..length];
            let read = match self.kind {
                Kind::Int8 => {
                    let values = bytes.iter().map(|b| widen(i32::from(*b as i8), LEAST_8));
                    read(values, highest, &mut genotype)
                }
                Kind::Int16 => {
                    let values =
                        bytes.as_chunks().0.iter().map(|b| i32::from(i16::from_le_bytes(*b)));
                    read(values.map(|value| widen(value, LEAST_16)), highest, &mut genotype)
                }
                _ => {
                    let values = bytes.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b));
                    read(values, highest, &mut genotype)
                }
            };
            read.map_err(|fault| RecordFault::Genotype { sample: sample.clone(), place, fault })?;
            take(place, &genotype);
        }
        Ok(())
    }
}

/// A value that is not there.
const NOT_THERE: i32 = i32::MIN;
/// After the last value of a vector that is shorter than the longest.
const END: i32 = i32::MIN + 1;

/// A narrow number as a wide one, with the two special ones in their places.
fn widen(value: i32, least: i32) -> i32 {
    match value - least {
        0 => NOT_THERE,
        1 => END,
        _ => value,
    }
}

/// The least numbers of the narrow types.
const LEAST_8: i32 = i8::MIN as i32;
const LEAST_16: i32 = i16::MIN as i32;

/// A sample without values has no GT.
fn read(
    values: impl Iterator<Item = i32>,
    highest: u32,
    genotype: &mut Genotype,
) -> Result<(), GenotypeFault> {
    genotype.clear();
    let (mut ended, mut empty, mut bars) = (false, true, 0);
    for value in values {
        let first = std::mem::take(&mut empty);
        if value == END {
            if first {
                return Err(GenotypeFault::Empty);
            }
            ended = true;
            continue;
        }
        if ended || (value < 0 && value != NOT_THERE) {
            return Err(GenotypeFault::Reserved);
        }
        bars += usize::from(!first && value & 1 == 1);
        let allele = match value >> 1 {
            _ if value == NOT_THERE => MISSING,
            0 => MISSING,
            index => index as u32 - 1,
        };
        if allele != MISSING && allele > highest {
            return Err(GenotypeFault::BeyondAlternates { most: highest });
        }
        genotype.push(allele);
    }
    genotype.phased = genotype.alleles.len() > 1 && bars == genotype.alleles.len() - 1;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_alleles() {
        const M: u32 = MISSING;
        for (values, alleles, phased) in [
            (&[2, 5][..], &[0, 1][..], true),
            (&[3, 4], &[0, 1], false),
            (&[0, 1], &[M, M], true),
            (&[4, END], &[1], false),
            (&[NOT_THERE, END], &[M], false),
            (&[2, 5, 6], &[0, 1, 2], false),
            (&[2, 5, 7], &[0, 1, 2], true),
            (&[], &[], false),
        ] {
            let mut genotype = Genotype::default();
            assert_eq!(read(values.iter().copied(), 2, &mut genotype), Ok(()));
            assert_eq!((&genotype.alleles[..], genotype.phased), (alleles, phased), "{values:?}");
        }
        for (values, fault) in [
            (&[END, END][..], GenotypeFault::Empty),
            (&[2, END, 2], GenotypeFault::Reserved),
            (&[2, END + 1], GenotypeFault::Reserved),
            (&[-1, 2], GenotypeFault::Reserved),
            (&[2, 8], GenotypeFault::BeyondAlternates { most: 2 }),
            (&[2, i32::MAX], GenotypeFault::BeyondAlternates { most: 2 }),
        ] {
            let read = read(values.iter().copied(), 2, &mut Genotype::default());
            assert_eq!(read, Err(fault), "{values:?}");
        }
        let widened = [-128, -127, -126].map(|value| widen(value, LEAST_8));
        assert_eq!(widened, [NOT_THERE, END, -126]);
        let widened = [-32_768, -32_767, 300].map(|value| widen(value, LEAST_16));
        assert_eq!(widened, [NOT_THERE, END, 300]);
    }
}
