//! One sample's genotype, of any ploidy and phasing, whatever file it comes from.
//! Specification: `docs/spec/genotypes.md`, "Genotypes".

pub(crate) mod fixed;
pub(crate) mod packed;
pub(crate) mod text;

/// What is wrong with a genotype. Nothing of its text is repeated: it is a person's.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenotypeFault {
    /// No characters.
    #[error("the genotype is empty: expected allele numbers, or '.' where it is missing")]
    Empty,
    /// Something else than alleles joined by `/` or `|`.
    #[error("the genotype is malformed: expected allele numbers or '.', joined by '/' or '|'")]
    Malformed,
    /// A number that BCF keeps for itself, or one after the genotype's end.
    #[error(
        "the genotype is malformed: a number that BCF reserves, or one after the genotype's end"
    )]
    Reserved,
    /// A number above that of the record's ALTs.
    #[error("an allele index beyond the record's ALTs: expected {most} at most")]
    BeyondAlternates {
        /// The number of ALTs.
        most: u32,
    },
    /// More parts between colons than FORMAT has keys, so that none is sure to be its key's.
    #[error("{found} parts between colons, but FORMAT names {expected}")]
    Parts {
        /// How many there are.
        found: usize,
        /// How many keys FORMAT has.
        expected: usize,
    },
}

/// An allele that was not called.
pub(crate) const MISSING: u32 = u32::MAX;

/// The highest allele index that a genotype may name. Without an ALT none is too high, since none
/// counts; writers keep those of the record from which they removed the ALTs.
pub(crate) fn highest_allele(alternates: usize) -> u32 {
    let highest = u32::try_from(alternates).unwrap_or(MISSING).min(MISSING - 1);
    if alternates == 0 { MISSING - 1 } else { highest }
}

/// A genotype; readers fill the same one again and again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Genotype {
    /// Allele numbers, [`MISSING`] among them; empty where the sample has no GT at all.
    pub(crate) alleles: Vec<u32>,
    /// How many of them are missing.
    pub(crate) missing: usize,
    /// Two or more alleles, joined by `|` throughout.
    pub(crate) phased: bool,
}

impl Genotype {
    pub(crate) fn clear(&mut self) {
        self.alleles.clear();
        (self.missing, self.phased) = (0, false);
    }

    /// Adds an allele, which may be [`MISSING`].
    pub(crate) fn push(&mut self, allele: u32) {
        self.missing += usize::from(allele == MISSING);
        self.alleles.push(allele);
    }

    /// No allele was called.
    pub(crate) fn is_missing(&self) -> bool {
        self.missing == self.alleles.len()
    }

    /// Some alleles were called, and some not.
    pub(crate) fn is_half(&self) -> bool {
        self.missing > 0 && !self.is_missing()
    }

    /// A lone `.` and a dropped GT are missing diploid calls.
    pub(crate) fn ploidy(&self) -> usize {
        if self.is_missing() && self.alleles.len() < 2 { 2 } else { self.alleles.len() }
    }
}

/// What the genotypes of a record come to where all are diploid, none is a half call, and there
/// is one ALT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) called: u32,
    pub(crate) missing: u32,
    /// Copies of the ALT.
    pub(crate) copies: u32,
    /// Genotypes of two ALTs.
    pub(crate) both: u32,
    pub(crate) phased: u32,
}
