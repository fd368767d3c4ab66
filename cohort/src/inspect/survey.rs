//! What a share of a run's records come to; shares are worked through in parallel.

use super::keys::{Column, Seeds};
use super::{GenotypeCounts, Inspection, Stretch};
use crate::calls::Calls;
use crate::columns::{Reason, Shape, reason_of_key};
use crate::genotype::{Genotype, MISSING};
use crate::header::Header;
use crate::record::{At, Record, RecordFault};
use crate::runs::Task;

#[derive(Default)]
pub(super) struct Survey {
    pub(super) stretches: Vec<Stretch>,
    pub(super) columns: Vec<Column>,
    genotypes: GenotypeCounts,
    multi_allelic: u64,
    symbolic: u64,
    monomorphic: u64,
    without_alternate: u64,
    without_genotypes: u64,
}

impl Survey {
    pub(super) fn of(
        tasks: &[Task<'_>],
        header: &Header,
        seeds: &Seeds,
    ) -> Result<Survey, (At, RecordFault)> {
        let mut survey = Survey::default();
        for Task { at, record, .. } in tasks {
            survey.place(record);
            let reason = survey.genotypes(record, header).map_err(|fault| (*at, fault))?;
            for alternate in record.alternates() {
                let variant = record.variant(alternate).trimmed();
                let reasons = [reason, reason_of_key(&variant)];
                let reason = reasons.into_iter().flatten().min();
                survey.columns.push(seeds.column(variant, reason));
            }
        }
        Ok(survey)
    }

    pub(super) fn add_to(&self, found: &mut Inspection) {
        let (all, more) = (&mut found.genotypes, &self.genotypes);
        all.total += more.total;
        all.phased += more.phased;
        all.missing += more.missing;
        all.half_calls += more.half_calls;
        all.haploid += more.haploid;
        all.diploid += more.diploid;
        all.ploidy_above_two += more.ploidy_above_two;
        found.columns += self.columns.len() as u64;
        found.multi_allelic += self.multi_allelic;
        found.symbolic += self.symbolic;
        found.monomorphic += self.monomorphic;
        found.without_alternate += self.without_alternate;
        found.without_genotypes += self.without_genotypes;
    }

    fn place(&mut self, record: &Record<'_>) {
        let count = record.alternate_count;
        self.multi_allelic += u64::from(count > 1);
        self.without_alternate += u64::from(count == 0);
        let symbolic = |alternate: &str| alternate == "*" || alternate.contains(['<', '[', ']']);
        self.symbolic += u64::from(record.alternates().any(symbolic));
        if self.stretches.last().is_none_or(|last| last.contig != record.contig) {
            let contig = record.contig.to_owned();
            self.stretches.push(Stretch { contig, columns: 0, positions: Vec::new() });
        }
        if let Some(stretch) = self.stretches.last_mut() {
            stretch.columns += count as u64;
            stretch.positions.push(record.pos);
        }
    }

    fn genotypes(
        &mut self,
        record: &Record<'_>,
        header: &Header,
    ) -> Result<Option<Reason>, RecordFault> {
        let Some(calls) = record.calls(header)? else {
            self.without_genotypes += 1;
            return Ok(Some(Reason::NoGenotypes));
        };
        let (reason, alleles) = match self.fixed(&calls, header) {
            Some(alleles) => (None, alleles),
            None => self.any(&calls, header)?,
        };
        let reason = if calls.say_ploidy() { reason } else { Some(Reason::MixedPloidy) };
        self.monomorphic += u64::from(record.alternate_count > 0 && alleles < 2);
        Ok(reason)
    }

    /// Returns how many different alleles were called.
    fn fixed(&mut self, calls: &Calls<'_>, header: &Header) -> Option<usize> {
        let counts = calls.counts(header.samples.len(), None)?;
        let all = u64::from(counts.called) + u64::from(counts.missing);
        self.genotypes.total += all;
        self.genotypes.diploid += all;
        self.genotypes.phased += u64::from(counts.phased);
        self.genotypes.missing += u64::from(counts.missing);
        Some(usize::from(counts.copies > 0) + usize::from(counts.copies < 2 * counts.called))
    }

    /// Returns why no ALT of the record can be a column, and how many different alleles were
    /// called, no more than 2.
    fn any(
        &mut self,
        calls: &Calls<'_>,
        header: &Header,
    ) -> Result<(Option<Reason>, usize), RecordFault> {
        let mut shape = Shape::default();
        let (mut first, mut several) = (None, false);
        calls.each(header, |_, genotype| {
            shape.see(genotype);
            self.count(genotype);
            for index in genotype.alleles.iter().filter(|index| **index != MISSING) {
                several |= *first.get_or_insert(*index) != *index;
            }
        })?;
        Ok((shape.reason(), usize::from(first.is_some()) + usize::from(several)))
    }

    fn count(&mut self, genotype: &Genotype) {
        let counts = &mut self.genotypes;
        counts.total += 1;
        counts.phased += u64::from(genotype.phased);
        counts.missing += u64::from(genotype.is_missing());
        counts.half_calls += u64::from(genotype.is_half());
        match genotype.ploidy() {
            1 => counts.haploid += 1,
            2 => counts.diploid += 1,
            _ => counts.ploidy_above_two += 1,
        }
    }
}
