//! One record's genotypes counted apart for each group of samples, in one pass over them.
//! Specification: `docs/spec/tables.md`, "Labels".

use super::{NoTally, Rules, Tally};
use crate::genotype::Counts;
use crate::record::Record;

/// Samples in groups; each is in one, or in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    pub(crate) names: Vec<String>,
    /// For each sample the place of its group's name, and one place further where it has none.
    pub(crate) of: Vec<usize>,
}

impl Groups {
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
                refused = why.map(|why| why(rules.header.samples[sample].clone()));
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
