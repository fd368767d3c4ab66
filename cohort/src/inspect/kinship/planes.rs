//! Each person's genotypes as rows of bits, of which 64 are compared at once.

use rayon::prelude::*;

use super::Shared;

/// What a person's genotypes are, one bit for each record and each of these.
const PLANES: usize = 4;

/// For each sample four rows of words: called, heterozygous, no ALT, two ALTs.
pub(in crate::inspect) struct Planes {
    samples: usize,
    records: usize,
    words: usize,
    bits: Vec<u64>,
    /// Nobody is missing anywhere; the heterozygous genotypes of each sample are then the same
    /// beside everybody.
    complete: bool,
    heterozygous: Vec<u32>,
}

impl Planes {
    /// Of records of two bits a sample. Takes half a byte for each record and sample.
    pub(in crate::inspect) fn of(rows: &[Box<[u8]>], samples: usize) -> Planes {
        let words = rows.len().div_ceil(u64::BITS as usize);
        let mut bits = vec![0; samples * PLANES * words];
        if words > 0 {
            bits.par_chunks_mut(PLANES * words).enumerate().for_each(|(sample, person)| {
                let (called, rest) = person.split_at_mut(words);
                let (one, rest) = rest.split_at_mut(words);
                let (none, two) = rest.split_at_mut(words);
                for (place, row) in rows.iter().enumerate() {
                    let dosage = row[sample / 4] >> (2 * (sample % 4)) & 3;
                    let (word, bit) = (place / 64, place % 64);
                    called[word] |= u64::from(dosage < 3) << bit;
                    one[word] |= u64::from(dosage == 1) << bit;
                    none[word] |= u64::from(dosage == 0) << bit;
                    two[word] |= u64::from(dosage == 2) << bit;
                }
            });
        }
        let (mut complete, mut heterozygous) = (true, Vec::with_capacity(samples));
        for sample in 0..samples {
            let person = &bits[sample * PLANES * words..][..PLANES * words];
            complete &= count(&person[..words]) as usize == rows.len();
            heterozygous.push(count(&person[words..2 * words]));
        }
        Planes { samples, records: rows.len(), words, bits, complete, heterozygous }
    }

    pub(super) const fn samples(&self) -> usize {
        self.samples
    }

    fn person(&self, sample: usize) -> [&[u64]; PLANES] {
        let begin = sample * PLANES * self.words;
        let plane = |place: usize| &self.bits[begin + place * self.words..][..self.words];
        [plane(0), plane(1), plane(2), plane(3)]
    }

    pub(in crate::inspect) fn shared(&self, first: usize, second: usize) -> Shared {
        let [called_a, one_a, none_a, two_a] = self.person(first);
        let [called_b, one_b, none_b, two_b] = self.person(second);
        let mut shared = Shared::default();
        for (((one_a, one_b), (none_a, none_b)), (two_a, two_b)) in
            one_a.iter().zip(one_b).zip(none_a.iter().zip(none_b)).zip(two_a.iter().zip(two_b))
        {
            shared.both_heterozygous += (one_a & one_b).count_ones();
            shared.opposite += (none_a & two_b | two_a & none_b).count_ones();
        }
        if self.complete {
            shared.called = self.records as u32;
            shared.heterozygous = [self.heterozygous[first], self.heterozygous[second]];
            return shared;
        }
        for ((called_a, called_b), (one_a, one_b)) in
            called_a.iter().zip(called_b).zip(one_a.iter().zip(one_b))
        {
            shared.called += (called_a & called_b).count_ones();
            shared.heterozygous[0] += (one_a & called_b).count_ones();
            shared.heterozygous[1] += (one_b & called_a).count_ones();
        }
        shared
    }
}

fn count(words: &[u64]) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}
