//! A record's genotypes as its file holds them: counted or spread by the shortcut of its format
//! where that fits, and one by one otherwise.

use crate::bcf::calls::BcfCalls;
use crate::genotype::fixed::{self, Cells};
use crate::genotype::packed::{Packed, Ploidy};
use crate::genotype::{Counts, Genotype};
use crate::header::Header;
use crate::plink::pgen::{Patched, Sparse};
use crate::record::RecordFault;
use crate::sample_set::Kept;
use crate::vcf::line::TextCalls;

pub(crate) enum Calls<'a> {
    Text(TextCalls<'a>),
    Packed(Packed<'a>),
    Sparse(Sparse<'a>),
    Bcf(BcfCalls<'a>),
    Patched(Patched<'a>),
}

impl Calls<'_> {
    /// Whether a genotype of one allele is told from one of two.
    pub(crate) fn say_ploidy(&self) -> bool {
        self.ploidy() == Ploidy::Two
    }

    /// How many alleles a genotype of two stands for.
    pub(crate) fn ploidy(&self) -> Ploidy {
        match self {
            Calls::Text(_) | Calls::Bcf(_) => Ploidy::Two,
            Calls::Packed(packed) => packed.ploidy,
            Calls::Sparse(sparse) => sparse.ploidy,
            Calls::Patched(patched) => patched.ploidy(),
        }
    }

    /// Counts the samples kept, or all; `None` where the shortcut does not fit.
    pub(crate) fn counts(&self, samples: usize, kept: Option<&Kept>) -> Option<Counts> {
        match self {
            Calls::Text(calls) => fixed::count(&Cells::of(calls, samples)?, kept),
            Calls::Packed(packed) => Some(packed.counts(samples, kept)),
            Calls::Sparse(sparse) => Some(match kept {
                None => sparse.counts(),
                kept => sparse.packed(&sparse.row(samples)).counts(samples, kept),
            }),
            Calls::Bcf(calls) => calls.counts(kept),
            Calls::Patched(_) => None,
        }
    }

    /// One dosage for each sample, 3 where it is missing; `None` where the shortcut does not fit.
    pub(crate) fn dosages(&self, samples: usize) -> Option<Vec<u8>> {
        match self {
            Calls::Text(calls) => fixed::dosages(&Cells::of(calls, samples)?),
            Calls::Packed(packed) => Some(packed.dosages(samples)),
            Calls::Sparse(sparse) => Some(sparse.packed(&sparse.row(samples)).dosages(samples)),
            Calls::Bcf(calls) => calls.dosages(),
            Calls::Patched(_) => None,
        }
    }

    /// Hands each sample's genotype to `take`, with the sample's place.
    pub(crate) fn each(
        &self,
        header: &Header,
        take: impl FnMut(usize, &Genotype),
    ) -> Result<(), RecordFault> {
        match self {
            Calls::Text(calls) => calls.each(header, take),
            Calls::Bcf(calls) => calls.each(header, take),
            Calls::Packed(packed) => {
                packed.each(header.samples.len(), take);
                Ok(())
            }
            Calls::Sparse(sparse) => {
                let samples = header.samples.len();
                sparse.packed(&sparse.row(samples)).each(samples, take);
                Ok(())
            }
            Calls::Patched(patched) => {
                patched.each(header.samples.len(), take);
                Ok(())
            }
        }
    }
}
