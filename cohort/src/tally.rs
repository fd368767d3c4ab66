//! What one record's genotypes come to, allele by allele.
//! Specification: `docs/spec/genotypes.md`, "Counting".

mod groups;

use crate::calls::Calls;
use crate::evaluate::{HalfCall, Refusal};
use crate::genotype::packed::Ploidy;
use crate::genotype::{Counts, Genotype, MISSING};
use crate::header::{Header, Sex};
use crate::record::{Record, RecordFault};
use crate::sample_set::Kept;

pub(crate) use groups::Groups;

/// Whose genotypes are counted, and how.
pub(crate) struct Rules<'a> {
    pub(crate) header: &'a Header,
    /// `None` counts all.
    pub(crate) kept: Option<&'a Kept>,
    pub(crate) half_call: HalfCall,
    /// Refuse genotypes that are not of two alleles.
    pub(crate) diploid: bool,
}

/// Counts over the samples kept. Index 0 is REF.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Copies of each allele.
    pub(crate) copies: Vec<u64>,
    /// Genotypes of two copies of the allele; right only where all are diploid.
    pub(crate) both: Vec<u64>,
    /// Called alleles: AN.
    pub(crate) alleles: u64,
    /// Genotypes that count.
    pub(crate) called: u64,
    /// Genotypes that do not.
    pub(crate) missing: u64,
    /// Whether genotypes were of one allele or two by their samples' sex.
    pub(crate) by_sex: bool,
}

/// Why a record has no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoTally {
    Fault(RecordFault),
    Refused(Refusal),
}

impl From<RecordFault> for NoTally {
    fn from(fault: RecordFault) -> Self {
        NoTally::Fault(fault)
    }
}

/// Why a genotype cannot be counted, of the sample with this name and place.
type Why = fn(String, usize) -> Refusal;

impl Rules<'_> {
    /// The genotypes of a record; `None` where it has neither them nor an ALT to count.
    fn calls<'a>(&self, record: &Record<'a>) -> Result<Option<Calls<'a>>, NoTally> {
        let counts = record.alternate_count > 0;
        match record.calls(self.header)? {
            Some(calls) if counts && calls.ploidy() == Ploidy::Paired => {
                Err(NoTally::Refused(Refusal::MayPair))
            }
            None if counts => Err(NoTally::Refused(Refusal::NoGenotypes)),
            calls => Ok(calls),
        }
    }

    /// Whether a record is of a PLINK set on X, Y or the mitochondrion, where genotypes of one allele
    /// are written as of two.
    fn is_by_sex(&self, record: &Record<'_>, calls: &Calls<'_>) -> bool {
        record.alternate_count > 0 && !calls.say_ploidy()
    }
}

impl Tally {
    /// Counts a record's genotypes, or checks them where it has no ALT to count.
    pub(crate) fn count(&mut self, record: &Record<'_>, rules: &Rules<'_>) -> Result<(), NoTally> {
        let Some(calls) = rules.calls(record)? else { return Ok(()) };
        self.by_sex = rules.is_by_sex(record, &calls);
        if !self.by_sex && self.count_fixed(&calls, rules) {
            return Ok(());
        }
        self.count_any(record, &calls, rules)
    }

    /// Returns false where the record is not of the shortcut's shape.
    fn count_fixed(&mut self, calls: &Calls<'_>, rules: &Rules<'_>) -> bool {
        let Some(counts) = calls.counts(rules.header.samples.len(), rules.kept) else {
            return false;
        };
        self.take(counts);
        true
    }

    fn take(&mut self, counts: Counts) {
        self.clear(2);
        let [called, copies, both] = [counts.called, counts.copies, counts.both].map(u64::from);
        self.alleles = 2 * called;
        self.called = called;
        self.missing = u64::from(counts.missing);
        self.copies.copy_from_slice(&[2 * called - copies, copies]);
        self.both.copy_from_slice(&[called + both - copies, both]);
    }

    fn count_any(
        &mut self,
        record: &Record<'_>,
        calls: &Calls<'_>,
        rules: &Rules<'_>,
    ) -> Result<(), NoTally> {
        self.clear(record.alternate_count + 1);
        let mut refused = None;
        calls.each(rules.header, |sample, genotype| {
            let kept = rules.kept.is_none_or(|kept| kept.each().get(sample) == Some(&1));
            if kept && record.alternate_count > 0 && refused.is_none() {
                let why = self.add_of(sample, genotype, calls.ploidy(), rules);
                refused = why.map(|why| why(rules.header.samples[sample].clone(), sample));
            }
        })?;
        refused.map_or(Ok(()), |refusal| Err(NoTally::Refused(refusal)))
    }

    /// Adds a sample's genotype, as of one allele where its sex says so.
    fn add_of(
        &mut self,
        sample: usize,
        genotype: &Genotype,
        ploidy: Ploidy,
        rules: &Rules<'_>,
    ) -> Option<Why> {
        let sex = rules.header.declared_sex.get(sample).copied().flatten();
        let is_haploid = match (ploidy, sex) {
            _ if genotype.is_missing() => false,
            (Ploidy::Two, _) | (Ploidy::X, Some(Sex::Female)) => false,
            (Ploidy::X | Ploidy::Y, Some(Sex::Male)) | (Ploidy::Mitochondrion, _) => true,
            (_, None) => return Some(|sample, place| Refusal::NoSex { sample, place }),
            (_, Some(_)) => return Some(|_, _| Refusal::NotOfSex),
        };
        match genotype.alleles[..] {
            _ if !is_haploid => self.add(genotype, rules),
            [first, second] if first == second => {
                let mut one = Genotype::default();
                one.push(first);
                self.add(&one, rules)
            }
            _ => Some(|_, _| Refusal::NotOfSex),
        }
    }

    /// Adds one genotype, or says why it cannot be counted.
    fn add(&mut self, genotype: &Genotype, rules: &Rules<'_>) -> Option<Why> {
        if rules.diploid && genotype.ploidy() != 2 {
            return Some(Refusal::not_diploid);
        }
        if genotype.is_missing() {
            self.missing += 1;
            return None;
        }
        let mut missing_is = None;
        if genotype.is_half() {
            match rules.half_call {
                HalfCall::Refuse => return Some(Refusal::half_call),
                HalfCall::Haploid if rules.diploid => return Some(Refusal::not_diploid),
                HalfCall::Haploid => {}
                HalfCall::Missing => {
                    self.missing += 1;
                    return None;
                }
                HalfCall::Reference => missing_is = Some(0),
            }
        }
        self.called += 1;
        let alleles = genotype.alleles.iter().map(|index| match index {
            &MISSING => missing_is,
            index => Some(*index as usize),
        });
        for index in alleles.clone().flatten() {
            self.copies[index] += 1;
            self.alleles += 1;
        }
        let mut alleles = alleles;
        if let (Some(Some(one)), Some(Some(other)), None) =
            (alleles.next(), alleles.next(), alleles.next())
            && one == other
        {
            self.both[one] += 1;
        }
        None
    }

    fn clear(&mut self, alleles: usize) {
        for counts in [&mut self.copies, &mut self.both] {
            counts.clear();
            counts.resize(alleles, 0);
        }
        (self.alleles, self.called, self.missing) = (0, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genotype::GenotypeFault;
    use crate::vcf::line;

    fn count(
        line: &str,
        half_call: HalfCall,
        diploid: bool,
        kept: Option<&[u32]>,
    ) -> Result<Tally, NoTally> {
        let samples = ["A", "B", "C"].map(str::to_owned).to_vec();
        let header = Header { samples, columns: 12, ..Header::default() };
        let record = line::parse(line.as_bytes(), 12).unwrap();
        let kept = kept.map(|each| Kept::new(each.to_vec()));
        let rules = Rules { header: &header, kept: kept.as_ref(), half_call, diploid };
        let mut tally = Tally::default();
        tally.count(&record, &rules).map(|()| tally)
    }

    fn line(alternates: &str, format: &str, fields: &str) -> String {
        format!("1\t1\t.\tA\t{alternates}\t.\t.\t.\t{format}\t{fields}")
    }

    /// AC of each ALT, AN, and how many genotypes do not count.
    fn frequency(alternates: &str, fields: &str, half_call: HalfCall) -> (Vec<u64>, u64, u64) {
        let tally = count(&line(alternates, "GT", fields), half_call, false, None).unwrap();
        (tally.copies[1..].to_vec(), tally.alleles, tally.missing)
    }

    #[test]
    fn what_is_called_is_counted() {
        use HalfCall::*;
        for (alternates, fields, half_call, ac, an, missing) in [
            ("C", "0/1\t1|1\t./.", Refuse, &[3][..], 4, 1),
            ("C,G", "0/1\t1/2\t2/2", Refuse, &[2, 3], 6, 0),
            ("C", "0\t1\t.", Refuse, &[1], 2, 1),
            ("C", "0/1/1\t0/0/0\t./././.", Refuse, &[2], 6, 1),
            ("C", "./1\t0/.\t.", Haploid, &[1], 2, 1),
            ("C", "./1\t0/.\t0/1", Missing, &[1], 2, 2),
            ("C", "./1\t0/.\t.", Reference, &[1], 4, 1),
            ("C,*,<DEL>", "./1/3\t3\t2/0", Haploid, &[1, 1, 2], 5, 0),
            ("C,*,<DEL>", "./1/3\t3\t2/0", Reference, &[1, 1, 2], 6, 0),
        ] {
            let expected = (ac.to_vec(), an, missing);
            assert_eq!(
                frequency(alternates, fields, half_call),
                expected,
                "{fields:?} {half_call:?}"
            );
        }
    }

    #[test]
    fn genotypes_of_two_copies_are_found_in_diploids_alone() {
        let tally =
            count(&line("C,G", "GT", "1/1\t1/2\t0/0"), HalfCall::Refuse, true, None).unwrap();
        assert_eq!((tally.both, tally.called), (vec![1, 1, 0], 3));
        let half =
            count(&line("C", "GT", "1/1\t0/.\t./1"), HalfCall::Reference, true, None).unwrap();
        assert_eq!((half.both, half.copies), (vec![1, 1], vec![3, 3]));
    }

    #[test]
    fn what_cannot_be_counted_is_refused_by_sample() {
        let b = || "B".to_owned();
        for (fields, half_call, diploid, refusal) in [
            ("0/1\t./1\t0/0", HalfCall::Refuse, false, Refusal::half_call(b(), 1)),
            ("0/1\t./1\t0/0", HalfCall::Refuse, true, Refusal::half_call(b(), 1)),
            ("0/1\t./1\t0/0", HalfCall::Haploid, true, Refusal::not_diploid(b(), 1)),
            ("0/1\t1\t0/0", HalfCall::Missing, true, Refusal::not_diploid(b(), 1)),
            ("0/1\t././.\t0/0", HalfCall::Missing, true, Refusal::not_diploid(b(), 1)),
        ] {
            let refused = count(&line("C", "GT", fields), half_call, diploid, None);
            assert_eq!(refused, Err(NoTally::Refused(refusal)), "{fields:?}");
        }
        let without = count(&line("C", "DP", "1\t1\t1"), HalfCall::Refuse, false, None);
        assert_eq!(without, Err(NoTally::Refused(Refusal::NoGenotypes)));
    }

    #[test]
    fn a_wrong_line_is_a_fault_before_any_refusal() {
        let columns = |found| RecordFault::Columns { found, expected: 12 };
        let genotype = |fault| RecordFault::Genotype { sample: "C".into(), place: 2, fault };
        for (fields, fault) in [
            ("./1\t0/0\tx", genotype(GenotypeFault::Malformed)),
            ("./1\t0/0\t0/2", genotype(GenotypeFault::BeyondAlternates { most: 1 })),
            ("./1\t0/0\t", genotype(GenotypeFault::Empty)),
            ("./1\t0/0\t0/1:2", genotype(GenotypeFault::Parts { found: 2, expected: 1 })),
            ("./1\t0/0", columns(11)),
            ("./1\t0/0\t0/0\t0/0", columns(13)),
            ("0/1\t0/0\tx\t0/0", columns(13)),
            ("0/1\t0/0\t0/0\t", columns(13)),
        ] {
            let wrong = count(&line("C", "GT", fields), HalfCall::Refuse, false, None);
            assert_eq!(wrong, Err(NoTally::Fault(fault)), "{fields:?}");
        }
    }

    #[test]
    fn records_without_alternate_are_checked_not_counted() {
        for fields in ["0/0\t./0\t.", "0\t0/0/0\t0/.", "0/0\t0/1\t7|8"] {
            assert!(count(&line(".", "GT", fields), HalfCall::Refuse, true, None).is_ok());
        }
        assert!(count(&line(".", "DP", "1\t1\t1"), HalfCall::Refuse, true, None).is_ok());
        for fields in ["0/0\t0/x\t0/0", "0/0\t0/0"] {
            assert!(count(&line(".", "GT", fields), HalfCall::Refuse, true, None).is_err());
        }
    }

    #[test]
    fn samples_left_out_are_checked_not_counted() {
        let keep = Some(&[0, 0, 1][..]);
        let any = count(&line("C", "GT", "./1\t1\t0/1"), HalfCall::Refuse, true, keep).unwrap();
        assert_eq!((any.copies, any.alleles, any.missing), (vec![1, 1], 2, 0));
        let fixed = count(&line("C", "GT", "1/1\t./.\t0/1"), HalfCall::Refuse, true, keep).unwrap();
        assert_eq!((fixed.copies, fixed.alleles, fixed.missing), (vec![1, 1], 2, 0));
        assert!(count(&line("C", "GT", "x\t1\t0/1"), HalfCall::Refuse, true, keep).is_err());
    }
}
