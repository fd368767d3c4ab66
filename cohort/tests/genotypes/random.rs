//! Random small cohorts, written as VCF text and counted a second time here, from the alleles
//! that were drawn and not from the text.

use cohort::{ColumnSet, HalfCall, Options, SampleSet, allele_frequency, cohort_count, inspect};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::{lines_of, open, panel, text};

/// `None` is an allele that was not called.
pub(crate) type Genotype = Vec<Option<usize>>;

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) pos: u64,
    pub(crate) alternates: Vec<String>,
    pub(crate) genotypes: Vec<Genotype>,
    /// GT alone, GT first among others, GT last.
    pub(crate) format: u8,
    pub(crate) bar: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Cohort {
    pub(crate) samples: Vec<String>,
    pub(crate) records: Vec<Record>,
}

pub(crate) fn cohort(
    ploidies: &'static [usize],
    half_calls: bool,
) -> impl Strategy<Value = Cohort> {
    (1..70usize).prop_flat_map(move |samples| {
        let records = prop::collection::vec(record(samples, ploidies, half_calls), 0..12);
        records.prop_map(move |records| Cohort {
            samples: (0..samples).map(|i| format!("S{i}")).collect(),
            records,
        })
    })
}

fn record(
    samples: usize,
    ploidies: &'static [usize],
    half_calls: bool,
) -> impl Strategy<Value = Record> {
    let alternates = prop_oneof![4 => 1..2usize, 2 => 2..4usize, 1 => 9..13usize, 1 => 0..1usize];
    (alternates, 0..20u64, 0..3u8, any::<bool>()).prop_flat_map(move |(count, pos, format, bar)| {
        let one = prop_oneof![2 => Just(Some(0)), 3 => (0..=count).prop_map(Some)];
        let called = prop::sample::select(ploidies)
            .prop_flat_map(move |ploidy| prop::collection::vec(one.clone(), ploidy));
        let genotype = (called, 0..10u8).prop_map(move |(mut alleles, missing)| {
            match missing {
                0 => alleles.iter_mut().for_each(|allele| *allele = None),
                1 if half_calls => alleles[0] = None,
                _ => {}
            }
            alleles
        });
        let alternates: Vec<_> = (0..count).map(|i| "C".repeat(i + 1)).collect();
        prop::collection::vec(genotype, samples).prop_map(move |genotypes| Record {
            pos,
            alternates: alternates.clone(),
            genotypes,
            format,
            bar,
        })
    })
}

impl Cohort {
    pub(crate) fn text(&self) -> String {
        let samples: Vec<_> = self.samples.iter().map(String::as_str).collect();
        let records: Vec<_> = self.records.iter().map(Record::line).collect();
        text(&samples, &records.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// `allele-frequency`, or `cohort-count` where all are diploid.
    pub(crate) fn expected(
        &self,
        half_call: HalfCall,
        genotypes: bool,
        keep: impl Fn(usize) -> bool,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        for record in &self.records {
            let mut counted: Vec<Genotype> = Vec::new();
            let mut missing = 0;
            for (_, genotype) in record.genotypes.iter().enumerate().filter(|(i, _)| keep(*i)) {
                let uncalled = genotype.iter().filter(|allele| allele.is_none()).count();
                match half_call {
                    _ if uncalled == 0 => counted.push(genotype.clone()),
                    _ if uncalled == genotype.len() => missing += 1,
                    HalfCall::Missing => missing += 1,
                    HalfCall::Reference => {
                        counted.push(genotype.iter().map(|allele| allele.or(Some(0))).collect());
                    }
                    _ => counted.push(genotype.iter().copied().filter(Option::is_some).collect()),
                }
            }
            for (i, alternate) in record.alternates.iter().enumerate() {
                let copies =
                    |g: &Genotype| g.iter().filter(|allele| **allele == Some(i + 1)).count();
                let ac: usize = counted.iter().map(copies).sum();
                let an: usize = counted.iter().map(Vec::len).sum();
                let mut line = format!("7\t{}\tA\t{alternate}\t{ac}\t{an}", record.pos);
                if genotypes {
                    for dosage in 0..3 {
                        let with = counted.iter().filter(|g| copies(g) == dosage).count();
                        line += &format!("\t{with}");
                    }
                    line += &format!("\t{missing}");
                }
                lines.push(line);
            }
        }
        lines
    }
}

impl Record {
    fn line(&self) -> String {
        let alternates = match self.alternates.join(",") {
            none if none.is_empty() => ".".to_owned(),
            some => some,
        };
        let format = ["GT", "GT:DP", "DP:AD:GT"][usize::from(self.format)];
        let mut line = format!("7\t{}\t.\tA\t{alternates}\t.\t.\tX\t{format}", self.pos);
        for (i, genotype) in self.genotypes.iter().enumerate() {
            let alleles = genotype.iter().map(|a| a.map_or(".".to_owned(), |a| a.to_string()));
            let gt =
                alleles.collect::<Vec<_>>().join(if self.bar ^ (i % 5 == 0) { "|" } else { "/" });
            line += &match self.format {
                0 => format!("\t{gt}"),
                1 if i % 2 == 0 => format!("\t{gt}:{i}"),
                1 => format!("\t{gt}"),
                // What is dropped at the end is missing.
                _ if gt == "./." => format!("\t{i}"),
                _ => format!("\t{i}:3,4:{gt}"),
            };
        }
        line
    }
}

pub(crate) fn config(seed: u64) -> Config {
    Config {
        cases: 300,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(1))]

    #[test]
    fn any_ploidy_counts_what_is_called(cohort in cohort(&[1, 2, 2, 2, 3], true), half in 0..3usize) {
        let half_call = [HalfCall::Haploid, HalfCall::Missing, HalfCall::Reference][half];
        let options = Options { half_call, ..Options::default() };
        let lines = lines_of(allele_frequency, open(cohort.text()).unwrap(), &options).unwrap();
        prop_assert_eq!(lines, cohort.expected(half_call, false, |_| true));
        inspect(open(cohort.text()).unwrap(), 1, &mut |_| {}).unwrap();
    }
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn diploid_genotypes_are_counted(cohort in cohort(&[2], false), keep in any::<u128>()) {
        let kept = |i: usize| i == 0 || keep >> i & 1 == 1;
        let names: Vec<_> = cohort.samples.iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, s)| s.as_str()).collect();
        let samples = SampleSet::read(names.join("\n").as_bytes(), "s").unwrap();
        let options = Options { samples: Some(samples), ..Options::default() };
        let lines = lines_of(cohort_count, open(cohort.text()).unwrap(), &options).unwrap();
        prop_assert_eq!(lines, cohort.expected(HalfCall::Refuse, true, kept));
        let all = lines_of(cohort_count, open(cohort.text()).unwrap(), &Options::default()).unwrap();
        let every = cohort.expected(HalfCall::Refuse, true, |_| true);
        prop_assert_eq!(&all, &every);

        let region = ColumnSet::region("7:3-11").unwrap();
        let options = Options { columns: Some(region), ..Options::default() };
        let lines = lines_of(cohort_count, open(cohort.text()).unwrap(), &options).unwrap();
        let inside = |line: &&String| (3..12).contains(&line.split('\t').nth(1).unwrap().parse().unwrap());
        prop_assert_eq!(lines, every.iter().filter(inside).cloned().collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(config(3))]

    #[test]
    fn columns_hold_what_was_drawn(cohort in cohort(&[2], false)) {
        let mut columns = panel(cohort.text()).unwrap().into_iter();
        for record in &cohort.records {
            for i in 0..record.alternates.len() {
                let dosage = |g: &Genotype| match g.iter().any(Option::is_none) {
                    true => 3,
                    false => g.iter().filter(|allele| **allele == Some(i + 1)).count() as u8,
                };
                let expected: Vec<u8> = record.genotypes.iter().map(dosage).collect();
                prop_assert_eq!(columns.next().unwrap().genotypes, Ok(expected));
            }
        }
        prop_assert_eq!(columns.next(), None);
    }
}
