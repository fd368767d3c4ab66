//! What a share of a run's records come to; shares are worked through in parallel.

use super::frequencies::Frequencies;
use super::keys::{Column, Seeds};
use super::people::People;
use super::seen::Seen;
use super::sites::Sites;
use super::{GenotypeCounts, Inspection, Stretch};
use crate::assembly::Build;
use crate::calls::Calls;
use crate::chromosome::Chromosome;
use crate::columns::{Reason, Shape, reason_of_key};
use crate::genotype::Genotype;
use crate::header::Header;
use crate::record::{At, Record, RecordFault};
use crate::runs::Task;

/// What every share is worked through by.
pub(super) struct Survey<'a> {
    pub(super) header: &'a Header,
    pub(super) build: Option<Build>,
    pub(super) seeds: &'a Seeds,
    /// Bits that a position loses to become a window of [`Sites`].
    pub(super) shift: u32,
}

pub(super) struct Share {
    pub(super) stretches: Vec<Stretch>,
    pub(super) columns: Vec<Column>,
    pub(super) people: People,
    pub(super) sites: Sites,
    frequencies: Frequencies,
    genotypes: GenotypeCounts,
    multi_allelic: u64,
    symbolic: u64,
    monomorphic: u64,
    without_alternate: u64,
    without_genotypes: u64,
}

impl Survey<'_> {
    pub(super) fn share(&self, tasks: &[Task<'_>]) -> Result<Share, (At, RecordFault)> {
        let mut share = Share {
            stretches: Vec::new(),
            columns: Vec::new(),
            people: People::default(),
            sites: Sites::share(self.shift),
            frequencies: Frequencies::default(),
            genotypes: GenotypeCounts::default(),
            multi_allelic: 0,
            symbolic: 0,
            monomorphic: 0,
            without_alternate: 0,
            without_genotypes: 0,
        };
        for Task { at, record, .. } in tasks {
            share.place(record);
            let reason = share.genotypes(*at, record, self).map_err(|fault| (*at, fault))?;
            for alternate in record.alternates() {
                let variant = record.variant(alternate).trimmed();
                let reasons = [reason, reason_of_key(&variant)];
                let reason = reasons.into_iter().flatten().min();
                share.columns.push(self.seeds.column(variant, reason));
            }
        }
        Ok(share)
    }
}

impl Share {
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
        found.frequencies.merge(&self.frequencies);
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
        at: At,
        record: &Record<'_>,
        survey: &Survey<'_>,
    ) -> Result<Option<Reason>, RecordFault> {
        let Some(calls) = record.calls(survey.header)? else {
            self.without_genotypes += 1;
            return Ok(Some(Reason::NoGenotypes));
        };
        let (reason, mut seen) = match self.fixed(&calls, survey.header) {
            Some(seen) => (None, seen),
            None => self.any(&calls, record.alternate_count, survey.header)?,
        };
        // The shortcut counts two alleles, however many the record has.
        seen.alleles.resize(record.alternate_count + 1, 0);
        let reason = if calls.say_ploidy() { reason } else { Some(Reason::MixedPloidy) };
        let called = seen.alleles.iter().filter(|copies| **copies > 0).count();
        self.monomorphic += u64::from(record.alternate_count > 0 && called < 2);
        let place = (Chromosome::of(record.contig), record.pos);
        self.people.add(place, survey.build, &seen);
        self.frequencies.add(&seen, calls.say_ploidy());
        self.sites.add(place, at, &seen);
        Ok(reason)
    }

    fn fixed(&mut self, calls: &Calls<'_>, header: &Header) -> Option<Seen> {
        let samples = header.samples.len();
        let counts = calls.counts(samples, None)?;
        let dosages = calls.dosages(samples)?;
        let all = u64::from(counts.called) + u64::from(counts.missing);
        self.genotypes.total += all;
        self.genotypes.diploid += all;
        self.genotypes.phased += u64::from(counts.phased);
        self.genotypes.missing += u64::from(counts.missing);
        Some(Seen::of_dosages(dosages, counts.copies, counts.called, counts.missing))
    }

    /// Returns why no ALT of the record can be a column, too.
    fn any(
        &mut self,
        calls: &Calls<'_>,
        alternates: usize,
        header: &Header,
    ) -> Result<(Option<Reason>, Seen), RecordFault> {
        let mut shape = Shape::default();
        let mut seen = Seen::before(header.samples.len(), alternates);
        calls.each(header, |_, genotype| {
            shape.see(genotype);
            self.count(genotype);
            seen.add(genotype);
        })?;
        Ok((shape.reason(), seen))
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
