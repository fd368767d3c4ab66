//! What is counted for each sample while the records pass. Needs some 40 bytes of memory for each
//! sample, twice where a record is not diploid throughout, in each of the shares worked on.

use super::each_sample::EachSample;
use super::seen::{HAPLOID, HETEROZYGOUS, HOMOZYGOUS, ODD, Seen, TWO_ALTS, UNCALLED};
use super::sex::SexChromosome;
use super::spread::Spread;
use crate::assembly::Build;
use crate::chromosome::Chromosome;

#[derive(Default)]
pub(super) struct People {
    pub(super) autosomes: Autosomes,
    /// Records that are neither on an autosome nor on Y.
    elsewhere: u64,
    missing_elsewhere: EachSample,
    pub(super) records: Spread,
    pub(super) sexes: Sexes,
}

/// Records of autosomes that have an ALT.
#[derive(Default)]
pub(super) struct Autosomes {
    pub(super) records: u64,
    pub(super) missing: EachSample,
    pub(super) heterozygous: EachSample,
    /// Haploid, half called, or more than two alleles.
    pub(super) not_diploid: EachSample,
    /// What is expected of a sample whose every genotype is called.
    pub(super) expected: u64,
    /// What of it is on records where the sample has no diploid call; nothing where all have.
    pub(super) expected_elsewhere: Vec<u64>,
}

/// Records of X, Y and the mitochondrion.
#[derive(Default)]
pub(super) struct Sexes {
    pub(super) x: SexChromosome,
    pub(super) y: SexChromosome,
    pub(super) mitochondrion: SexChromosome,
    /// One for each sample as soon as there is a record of X outside of its pseudoautosomal
    /// regions in which two alleles were called.
    pub(super) each_x: Vec<X>,
    /// Records of Y outside of these regions in which anybody was called.
    pub(super) y_records: u64,
    pub(super) y_called: EachSample,
}

/// A sample's calls on X outside of its pseudoautosomal regions.
#[derive(Clone, Debug, Default)]
pub(super) struct X {
    pub(super) haploid: u32,
    pub(super) diploid: u32,
    pub(super) heterozygous: u32,
    /// Of the diploid ones, by the frequencies of the alleles.
    pub(super) expected: u64,
}

impl People {
    pub(super) fn add(&mut self, at: (Chromosome, u64), build: Option<Build>, seen: &Seen) {
        let (chromosome, pos) = at;
        if chromosome != Chromosome::Y {
            self.records.add(seen.missing, seen.codes.len() as u64);
        }
        match chromosome {
            Chromosome::Autosome(_) if seen.alleles.len() > 1 => self.autosomes.add(seen),
            Chromosome::Y => self.sexes.add_y(chromosome.is_pseudoautosomal(pos, build), seen),
            _ => {
                self.elsewhere += 1;
                if seen.missing > 0 {
                    self.missing_elsewhere.add(&seen.codes, UNCALLED);
                }
            }
        }
        match chromosome {
            Chromosome::X => self.sexes.add_x(chromosome.is_pseudoautosomal(pos, build), seen),
            Chromosome::Mitochondrion => self.sexes.mitochondrion.add(seen),
            _ => {}
        }
    }

    pub(super) fn merge(&mut self, other: People) {
        self.autosomes.merge(other.autosomes);
        self.elsewhere += other.elsewhere;
        self.missing_elsewhere.merge(other.missing_elsewhere);
        self.records.merge(&other.records);
        self.sexes.merge(other.sexes);
    }

    /// Records outside of Y, and how many each sample is missing in.
    pub(super) fn missing(&self, samples: usize) -> (u64, Vec<u64>) {
        let autosomes = self.autosomes.missing.clone().counts(samples);
        let elsewhere = self.missing_elsewhere.clone().counts(samples);
        let both = autosomes.iter().zip(&elsewhere);
        let missing = both.map(|(one, other)| u64::from(*one) + u64::from(*other)).collect();
        (self.autosomes.records + self.elsewhere, missing)
    }
}

impl Autosomes {
    fn add(&mut self, seen: &Seen) {
        self.records += 1;
        self.heterozygous.add(&seen.codes, HETEROZYGOUS);
        let expected = seen.expected();
        self.expected += expected;
        if seen.missing > 0 {
            self.missing.add(&seen.codes, UNCALLED);
        }
        if !seen.plain {
            for code in [HAPLOID, ODD] {
                self.not_diploid.add(&seen.codes, code);
            }
        }
        if seen.missing > 0 || !seen.plain {
            self.expected_elsewhere.resize(seen.codes.len(), 0);
            for (sum, code) in self.expected_elsewhere.iter_mut().zip(&seen.codes) {
                *sum += if *code >= UNCALLED { expected } else { 0 };
            }
        }
    }

    fn merge(&mut self, other: Autosomes) {
        self.records += other.records;
        self.missing.merge(other.missing);
        self.heterozygous.merge(other.heterozygous);
        self.not_diploid.merge(other.not_diploid);
        self.expected += other.expected;
        let longest = self.expected_elsewhere.len().max(other.expected_elsewhere.len());
        self.expected_elsewhere.resize(longest, 0);
        for (sum, more) in self.expected_elsewhere.iter_mut().zip(other.expected_elsewhere) {
            *sum += more;
        }
    }
}

impl Sexes {
    fn add_x(&mut self, pseudoautosomal: bool, seen: &Seen) {
        self.x.add(seen);
        if pseudoautosomal {
            self.x.pseudoautosomal += 1;
            return;
        }
        let expected = seen.expected();
        self.each_x.resize(seen.codes.len(), X::default());
        for (x, code) in self.each_x.iter_mut().zip(&seen.codes) {
            match *code {
                HAPLOID => x.haploid += 1,
                HOMOZYGOUS | HETEROZYGOUS | TWO_ALTS => {
                    x.diploid += 1;
                    x.heterozygous += u32::from(*code == HETEROZYGOUS);
                    x.expected += expected;
                }
                _ => {}
            }
        }
    }

    fn add_y(&mut self, pseudoautosomal: bool, seen: &Seen) {
        self.y.add(seen);
        if pseudoautosomal {
            self.y.pseudoautosomal += 1;
            return;
        }
        if seen.missing < seen.codes.len() as u64 {
            self.y_records += 1;
            for code in [HOMOZYGOUS, HETEROZYGOUS, TWO_ALTS, HAPLOID] {
                self.y_called.add(&seen.codes, code);
            }
        }
    }

    fn merge(&mut self, other: Sexes) {
        self.x.merge(&other.x);
        self.y.merge(&other.y);
        self.mitochondrion.merge(&other.mitochondrion);
        let longest = self.each_x.len().max(other.each_x.len());
        self.each_x.resize(longest, X::default());
        for (x, more) in self.each_x.iter_mut().zip(other.each_x) {
            x.haploid += more.haploid;
            x.diploid += more.diploid;
            x.heterozygous += more.heterozygous;
            x.expected += more.expected;
        }
        self.y_records += other.y_records;
        self.y_called.merge(other.y_called);
    }
}
