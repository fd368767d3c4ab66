//! Genotypes of two bits, as PLINK keeps them: four samples a byte, the first in the lowest bits.
//! Counted 32 at a time, by their bits; the bits after the last sample are not looked at.
//! Specification: `docs/spec/genotypes.md`, "PLINK 1" and "PLINK 2".

use super::{Counts, Genotype, MISSING};
use crate::sample_set::Kept;

/// The lowest bit of every genotype of a word.
pub(crate) const LANES: u64 = 0x5555_5555_5555_5555;
/// Genotypes in a word.
pub(crate) const WORD: usize = 32;

/// What the values 0 to 3 stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Two ALTs, missing, one ALT, none.
    Bed,
    /// None, one ALT, two ALTs, missing.
    Pgen,
}

/// How many alleles a genotype stands for, which two bits do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ploidy {
    Two,
    /// One for males, two for females.
    X,
    /// One for males, none for females.
    Y,
    /// One for everyone.
    Mitochondrion,
    /// Of X or Y, where in some build of the reference the two pair.
    Paired,
}

/// The genotypes of one record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) code: Code,
    pub(crate) ploidy: Ploidy,
}

impl Code {
    /// Copies of the ALT, 3 where they are not known.
    const fn dosage(self, value: u8) -> u8 {
        match self {
            Code::Pgen => value,
            Code::Bed => [2, 3, 1, 0][value as usize],
        }
    }

    /// The four dosages of every byte.
    const fn table(self) -> [[u8; 4]; 256] {
        let mut table = [[0; 4]; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut sample = 0;
            while sample < 4 {
                table[byte][sample] = self.dosage((byte >> (2 * sample)) as u8 & 3);
                sample += 1;
            }
            byte += 1;
        }
        table
    }
}

static BED: [[u8; 4]; 256] = Code::Bed.table();
static PGEN: [[u8; 4]; 256] = Code::Pgen.table();

/// How many bytes the genotypes of so many samples take.
pub(crate) fn row(samples: usize) -> usize {
    samples.div_ceil(4)
}

impl Packed<'_> {
    /// Counts the samples kept, or all.
    pub(crate) fn counts(&self, samples: usize, kept: Option<&Kept>) -> Counts {
        let (low, high, both) = match kept {
            None => self.bits(|place| lanes(samples.saturating_sub(place * WORD))),
            Some(kept) => self.bits(|place| kept.lanes().get(place).copied().unwrap_or(0)),
        };
        let samples = kept.map_or(samples as u32, |kept| kept.count() as u32);
        let values = [samples + both - low - high, low - both, high - both, both];
        let [none, one, two, missing] = match self.code {
            Code::Pgen => values,
            Code::Bed => [values[3], values[2], values[0], values[1]],
        };
        let called = none + one + two;
        Counts { called, missing, copies: one + 2 * two, both: two, phased: 0 }
    }

    /// How many low bits, high bits and pairs of both are set, among the genotypes of the lanes
    /// that `lanes` gives for each word.
    fn bits(&self, lanes: impl Fn(usize) -> u64) -> (u32, u32, u32) {
        let (words, rest) = self.bytes.as_chunks::<8>();
        let mut last = [[0; 8]];
        last[0][..rest.len()].copy_from_slice(rest);
        let mut sums = [0; 3];
        let stretches = words.chunks(STRETCH).chain([&last[..]]);
        let places = (0..words.len()).step_by(STRETCH).chain([words.len()]);
        for (words, first) in stretches.zip(places) {
            let mut fields = [0u64; 3];
            for (i, word) in words.iter().enumerate() {
                let (word, lanes) = (u64::from_le_bytes(*word), lanes(first.wrapping_add(i)));
                let (low, high) = (word & lanes, word >> 1 & lanes);
                // Four at most for each byte of a stretch's words: nothing wraps, and saying so
                // lets the checked build use vector code too.
                for (field, bits) in fields.iter_mut().zip([low, high, low & high]) {
                    *field = field.wrapping_add(fours(bits));
                }
            }
            for (sum, field) in sums.iter_mut().zip(fields) {
                *sum += total(field);
            }
        }
        (sums[0], sums[1], sums[2])
    }

    /// One dosage for each sample, 3 where it is missing.
    pub(crate) fn dosages(&self, samples: usize) -> Vec<u8> {
        let table = match self.code {
            Code::Bed => &BED,
            Code::Pgen => &PGEN,
        };
        let mut dosages = Vec::with_capacity(self.bytes.len() * 4);
        for byte in self.bytes {
            dosages.extend_from_slice(&table[usize::from(*byte)]);
        }
        dosages.truncate(samples);
        dosages
    }

    /// Hands each sample's genotype to `take`, with the sample's place.
    pub(crate) fn each(&self, samples: usize, mut take: impl FnMut(usize, &Genotype)) {
        let mut genotype = Genotype::default();
        for (place, dosage) in self.dosages(samples).into_iter().enumerate() {
            genotype.clear();
            for allele in alleles(dosage) {
                genotype.push(allele);
            }
            take(place, &genotype);
        }
    }
}

/// Words whose bits a byte can count: four for each word.
const STRETCH: usize = 63;

/// How many of the lanes of each byte are set, byte by byte. Plain arithmetic: without saying for
/// which processor the program is built, it has no instruction that counts bits.
fn fours(lanes: u64) -> u64 {
    let pairs = (lanes & 0x3333_3333_3333_3333).wrapping_add(lanes >> 2 & 0x3333_3333_3333_3333);
    pairs.wrapping_add(pairs >> 4) & 0x0f0f_0f0f_0f0f_0f0f
}

/// The sum of a word's bytes.
fn total(bytes: u64) -> u32 {
    let pairs = (bytes & 0x00ff_00ff_00ff_00ff) + (bytes >> 8 & 0x00ff_00ff_00ff_00ff);
    (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32
}

/// The alleles of a dosage, 3 being missing.
pub(crate) fn alleles(dosage: u8) -> [u32; 2] {
    match dosage {
        0 => [0, 0],
        1 => [0, 1],
        2 => [1, 1],
        _ => [MISSING, MISSING],
    }
}

/// The lowest bits of the genotypes of so many samples, at most a word's.
fn lanes(samples: usize) -> u64 {
    if samples >= WORD { LANES } else { LANES & ((1 << (2 * samples)) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_add_up() {
        let bytes = vec![0xff; 8 * (3 * STRETCH + 1) + 3];
        let packed = Packed { bytes: &bytes, code: Code::Pgen, ploidy: Ploidy::Two };
        let samples = bytes.len() * 4;
        let counts = Counts { missing: samples as u32, ..Counts::default() };
        assert_eq!(packed.counts(samples, None), counts);
        assert_eq!(packed.counts(samples, Some(&Kept::new(vec![1; samples]))), counts);
    }

    #[test]
    fn every_value_is_counted_and_what_follows_the_last_sample_is_not() {
        // 0, 1, 2, 3 and so on, for one sample up to three words of them.
        let bytes = [0b1110_0100u8; 25];
        for (code, meaning) in [(Code::Bed, [2, 3, 1, 0]), (Code::Pgen, [0, 1, 2, 3])] {
            for samples in 1..=97 {
                let packed = Packed { bytes: &bytes[..row(samples)], code, ploidy: Ploidy::Two };
                let expected: Vec<u8> = (0..samples).map(|i| meaning[i % 4]).collect();
                assert_eq!(packed.dosages(samples), expected, "{samples}");
                let kept: Vec<u32> = (0..samples).map(|i| u32::from(i % 3 != 1)).collect();
                let every = vec![1; samples];
                for (keep, counts) in [
                    (&kept, packed.counts(samples, Some(&Kept::new(kept.clone())))),
                    (&every, packed.counts(samples, None)),
                ] {
                    let of = |dosage: u8| {
                        let same =
                            expected.iter().zip(keep).filter(|(d, k)| **d == dosage && **k == 1);
                        same.count() as u32
                    };
                    let expected = Counts {
                        called: of(0) + of(1) + of(2),
                        missing: of(3),
                        copies: of(1) + 2 * of(2),
                        both: of(2),
                        phased: 0,
                    };
                    assert_eq!(counts, expected, "{samples}");
                }
                let mut seen = Vec::new();
                packed.each(samples, |place, genotype| {
                    let copies = genotype.alleles.iter().filter(|allele| **allele == 1).count();
                    assert_eq!((place, genotype.ploidy()), (seen.len(), 2));
                    seen.push(if genotype.is_missing() { 3 } else { copies as u8 });
                });
                assert_eq!(seen, expected);
            }
        }
    }
}
