//! Who has more or fewer heterozygous genotypes than the others: mixed samples, inbreeding,
//! failed ones. The numbers are those of PLINK 2's `--het`.
//! Specification: `docs/spec/genotypes.md`, "Inspection".

use serde::Serialize;

use super::people::Autosomes;
use super::seen::EXPECTED_UNIT;
use super::spread::{Bin, Named, histogram};

/// Over the records of autosomes, 1 to 22, that have an ALT.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Heterozygosity {
    /// Records.
    pub records: u64,
    /// Heterozygous genotypes out of all diploid ones; nothing where there are none.
    pub rate: Option<f64>,
    /// People whose F is known well enough to be compared.
    pub people: u64,
    /// The mean of their F.
    pub mean_f: Option<f64>,
    /// And its standard deviation.
    pub sd_f: Option<f64>,
    /// People by F.
    pub f: Vec<Bin>,
    /// Those whose F lies more than three standard deviations from the mean.
    pub outliers: Named<HeterozygosityOutlier>,
}

/// A person who has other shares of heterozygous genotypes than most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeterozygosityOutlier {
    /// The name.
    pub sample: String,
    /// Heterozygous genotypes out of the diploid ones.
    pub rate: f64,
    /// One minus the heterozygous genotypes over those expected by the alleles' frequencies.
    pub f: f64,
    /// How many standard deviations above the mean, or below where it is negative.
    pub deviations: f64,
}

/// Expected heterozygous genotypes below which F says little: its standard error is then up to 0.14.
pub(super) const LEAST_EXPECTED: f64 = 50.0;
/// People below whom no standard deviation is taken.
const LEAST_PEOPLE: usize = 20;
const DEVIATIONS: f64 = 3.0;
const BINS: usize = 12;

/// One minus the heterozygous genotypes over the expected ones, in units of 2⁻³²; nothing where
/// fewer than 50 are expected.
pub(super) fn f(heterozygous: u64, expected: u64) -> Option<f64> {
    let expected = expected as f64 / EXPECTED_UNIT;
    (expected >= LEAST_EXPECTED).then(|| 1.0 - heterozygous as f64 / expected)
}

struct Person<'a> {
    sample: &'a str,
    rate: f64,
    f: f64,
}

pub(super) fn heterozygosity(autosomes: Autosomes, samples: &[String]) -> Heterozygosity {
    let Autosomes { records, expected, expected_elsewhere, .. } = autosomes;
    let heterozygous = autosomes.heterozygous.counts(samples.len());
    let missing = autosomes.missing.counts(samples.len());
    let not_diploid = autosomes.not_diploid.counts(samples.len());
    let (mut all_heterozygous, mut all_diploid) = (0, 0);
    let mut people = Vec::new();
    for (place, sample) in samples.iter().enumerate() {
        let heterozygous = u64::from(heterozygous[place]);
        let others = u64::from(missing[place]) + u64::from(not_diploid[place]);
        let diploid = records.saturating_sub(others);
        all_heterozygous += heterozygous;
        all_diploid += diploid;
        let expected = expected - expected_elsewhere.get(place).copied().unwrap_or(0);
        if let Some(f) = f(heterozygous, expected) {
            people.push(Person { sample, rate: heterozygous as f64 / diploid as f64, f });
        }
    }
    let rate = (all_diploid > 0).then(|| all_heterozygous as f64 / all_diploid as f64);
    let mut found = Heterozygosity { records, rate, ..Heterozygosity::default() };
    compare(&people, &mut found);
    found
}

fn compare(people: &[Person<'_>], found: &mut Heterozygosity) {
    found.people = people.len() as u64;
    if people.len() < LEAST_PEOPLE {
        return;
    }
    let mean = people.iter().map(|person| person.f).sum::<f64>() / people.len() as f64;
    let squares = people.iter().map(|person| (person.f - mean).powi(2)).sum::<f64>();
    let sd = (squares / (people.len() - 1) as f64).sqrt();
    (found.mean_f, found.sd_f) = (Some(mean), Some(sd));
    found.f = histogram(&people.iter().map(|person| person.f).collect::<Vec<_>>(), BINS);
    let outlier = |person: &Person<'_>| HeterozygosityOutlier {
        sample: person.sample.to_owned(),
        rate: person.rate,
        f: person.f,
        deviations: (person.f - mean) / sd,
    };
    let far = |person: &&Person<'_>| (person.f - mean).abs() > DEVIATIONS * sd;
    let mut outliers: Vec<_> = people.iter().filter(far).map(outlier).collect();
    outliers.sort_by(|a, b| b.deviations.abs().total_cmp(&a.deviations.abs()));
    found.outliers = Named::first_of(outliers);
}
