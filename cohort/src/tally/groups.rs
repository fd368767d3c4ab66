//! One record's genotypes counted apart for each group of samples, in one pass over them.
//! Specification: `docs/spec/tables.md`, "Labels".

use super::{NoTally, Rules, Tally};
use crate::calls::Calls;
use crate::genotype::Counts;
use crate::record::Record;
use crate::sample_set::Kept;

/// Groups up to which it is faster to count packed genotypes once for each than one by one.
const FEW: usize = 32;

/// Samples in groups; each is in one, or in none.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    pub(crate) names: Vec<String>,
    of: Vec<usize>,
    /// Who is in each group, where there are few.
    kept: Vec<Kept>,
}

impl Groups {
    /// `of` has for each sample the place of its group's name, and the number of names where it is
    /// in none.
    pub(crate) fn new(names: Vec<String>, of: Vec<usize>) -> Groups {
        let kept = |group: usize| Kept::new(of.iter().map(|g| u32::from(*g == group)).collect());
        let few = if names.len() > FEW { 0 } else { names.len() };
        Groups { kept: (0..few).map(kept).collect(), names, of }
    }

    /// Counts a record into `tallies`, one for each group.
    pub(crate) fn count(
        &self,
        tallies: &mut [Tally],
        record: &Record<'_>,
        rules: &Rules<'_>,
    ) -> Result<(), NoTally> {
        let Some(calls) = rules.calls(record)? else { return Ok(()) };
        let by_sex = rules.is_by_sex(record, &calls);
        tallies.iter_mut().for_each(|tally| tally.by_sex = by_sex);
        let row;
        let packed = match &calls {
            Calls::Packed(packed) => Some(*packed),
            Calls::Sparse(sparse) => {
                row = sparse.row(self.of.len());
                Some(sparse.packed(&row))
            }
            _ => None,
        };
        if let Some(packed) = packed.filter(|_| !self.kept.is_empty() && !by_sex) {
            for (tally, kept) in tallies.iter_mut().zip(&self.kept) {
                tally.take(packed.counts(self.of.len(), Some(kept)));
            }
            return Ok(());
        }
        if let Some(dosages) = calls.dosages(self.of.len()).filter(|_| !by_sex) {
            self.count_dosages(tallies, &dosages);
            return Ok(());
        }
        tallies.iter_mut().for_each(|tally| tally.clear(record.alternate_count + 1));
        let mut refused = None;
        calls.each(rules.header, |sample, genotype| {
            let tally = tallies.get_mut(self.of[sample]);
            if let Some(tally) = tally.filter(|_| record.alternate_count > 0 && refused.is_none()) {
                let why = tally.add_of(sample, genotype, calls.ploidy(), rules);
                refused = why.map(|why| why(rules.header.samples[sample].clone(), sample));
            }
        })?;
        refused.map_or(Ok(()), |refusal| Err(NoTally::Refused(refusal)))
    }

    fn count_dosages(&self, tallies: &mut [Tally], dosages: &[u8]) {
        let mut counts = vec![[0u32; 4]; self.names.len() + 1];
        for (group, dosage) in self.of.iter().zip(dosages) {
            counts[*group][usize::from(*dosage & 3)] += 1;
        }
        for (tally, [none, one, two, missing]) in tallies.iter_mut().zip(counts) {
            let (called, copies) = (none + one + two, one + 2 * two);
            tally.take(Counts { called, missing, copies, both: two, phased: 0 });
        }
    }
}
