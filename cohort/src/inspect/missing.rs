//! What was not called, by record and by sample. Specification: `docs/spec/genotypes.md`,
//! "Inspection".

use serde::Serialize;

use super::people::People;
use super::spread::{Named, Spread};

/// Genotypes of which no allele was called. Y counts nowhere here: half of the people have none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Missingness {
    /// Genotypes of which all alleles were called, out of all, Y's among them; nothing where there
    /// are none.
    pub call_rate: Option<f64>,
    /// People by the share of records in which they are missing.
    pub people: Spread,
    /// Records by the share of people who are missing in them.
    pub records: Spread,
    /// The people with the most, where anything is missing.
    pub worst: Named<MissingPerson>,
}

/// A person, and in how many records they are missing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingPerson {
    /// The name.
    pub sample: String,
    /// Records in which no allele was called.
    pub missing: u64,
    /// All records with genotypes, but those of Y.
    pub records: u64,
}

pub(super) fn missing(people: &People, samples: &[String]) -> Missingness {
    let (records, each) = people.missing(samples.len());
    let mut found = Missingness { records: people.records.clone(), ..Missingness::default() };
    for missing in &each {
        found.people.add(*missing, records);
    }
    let mut worst: Vec<_> = each.iter().zip(samples).filter(|(missing, _)| **missing > 0).collect();
    worst.sort_by_key(|(missing, _)| std::cmp::Reverse(**missing));
    let named = |(missing, sample): (&u64, &String)| MissingPerson {
        sample: sample.clone(),
        missing: *missing,
        records,
    };
    let total = worst.len() as u64;
    worst.truncate(super::spread::MOST_NAMED);
    found.worst = Named { total, named: worst.into_iter().map(named).collect() };
    found
}
