//! One record's genotypes as far as the inspection of people needs them.

use crate::genotype::{Genotype, MISSING};

/// What a sample has: the dosages 0 to 3 of a record of one ALT, or one of these where alleles
/// are told apart in no other way.
pub(super) const HOMOZYGOUS: u8 = 0;
pub(super) const HETEROZYGOUS: u8 = 1;
pub(super) const TWO_ALTS: u8 = 2;
pub(super) const UNCALLED: u8 = 3;
pub(super) const HAPLOID: u8 = 4;
/// A half call, or more than two alleles.
pub(super) const ODD: u8 = 5;

/// One record's genotypes.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// One for each sample.
    pub(super) codes: Vec<u8>,
    /// Called alleles of REF and of each ALT.
    pub(super) alleles: Vec<u64>,
    /// Samples of which no allele was called.
    pub(super) missing: u64,
    /// All codes are dosages.
    pub(super) plain: bool,
}

impl Seen {
    /// Of a record of one ALT whose genotypes are all diploid.
    pub(super) fn of_dosages(codes: Vec<u8>, copies: u32, called: u32, missing: u32) -> Seen {
        let (copies, called) = (u64::from(copies), u64::from(called));
        let alleles = vec![2 * called - copies, copies];
        Seen { codes, alleles, missing: missing.into(), plain: true }
    }

    /// Before the genotypes of a record of so many ALTs were seen.
    pub(super) fn before(samples: usize, alternates: usize) -> Seen {
        let codes = Vec::with_capacity(samples);
        Seen { codes, alleles: vec![0; alternates + 1], missing: 0, plain: true }
    }

    pub(super) fn add(&mut self, genotype: &Genotype) {
        let code = code(genotype);
        self.codes.push(code);
        self.missing += u64::from(code == UNCALLED);
        self.plain &= code <= UNCALLED;
        for index in genotype.alleles.iter().filter(|index| **index != MISSING) {
            if let Some(count) = self.alleles.get_mut(*index as usize) {
                *count += 1;
            }
        }
    }

    /// The share of heterozygous genotypes that the alleles' frequencies let expect, 1 − Σp², in
    /// units of 2⁻³²: whole numbers add up to the same in every order.
    pub(super) fn expected(&self) -> u64 {
        let all: u64 = self.alleles.iter().sum();
        if all == 0 {
            return 0;
        }
        let square = |count: &u64| (*count as f64 / all as f64).powi(2);
        let same: f64 = self.alleles.iter().map(square).sum();
        ((1.0 - same) * EXPECTED_UNIT).round().max(0.0) as u64
    }
}

pub(super) const EXPECTED_UNIT: f64 = (1u64 << 32) as f64;

fn code(genotype: &Genotype) -> u8 {
    if genotype.is_missing() {
        return UNCALLED;
    }
    match genotype.alleles[..] {
        [_] => HAPLOID,
        [first, second] if !genotype.is_half() => match first == second {
            true if first == 0 => HOMOZYGOUS,
            true => TWO_ALTS,
            false => HETEROZYGOUS,
        },
        _ => ODD,
    }
}
