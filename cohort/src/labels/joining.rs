//! A labels file held against the samples of a genotype file.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::Serialize;

use super::{Labels, LabelsError};
use crate::header::Header;
use crate::sample_set::Kept;
use crate::tally::Groups;

/// The group of people without a value: no value is written like this.
const LEFTOVER: &str = ".";
/// Groups that one evaluation counts.
const MOST_GROUPS: usize = 1000;
/// Names that are told of many.
const NAMED: usize = 3;

/// How many there are of something, and the first few by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FirstNames {
    /// How many.
    pub count: u64,
    /// The first three.
    pub first: Vec<String>,
}

impl FirstNames {
    pub(crate) fn add(&mut self, name: &str) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(name.to_owned());
        }
    }
}

impl fmt::Display for FirstNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first.join(", "))?;
        match self.count.saturating_sub(self.first.len() as u64) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// How labels and genotypes fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Joining {
    /// Samples of the genotypes that have no row.
    pub unlabelled: FirstNames,
    /// Rows whose sample the genotypes do not have.
    pub without_sample: FirstNames,
    /// Rows that say again what an earlier row says.
    pub repeated: FirstNames,
    /// Samples whose row has no value in a column that was asked for.
    pub empty: FirstNames,
    /// The groups in the table's order, and how many people are in each; empty without groups.
    pub groups: Vec<Group>,
}

/// People of one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The value; `.` is people without one.
    pub group: String,
    /// How many people.
    pub samples: u64,
}

/// Who is counted, and in which group.
pub(crate) struct Joined {
    pub(crate) kept: Kept,
    pub(crate) groups: Option<Groups>,
    pub(crate) joining: Joining,
}

impl Labels {
    /// Joins the labels to those samples of the header that are `kept`, or to all.
    pub(crate) fn join(&self, header: &Header, kept: Option<&Kept>) -> Result<Joined, LabelsError> {
        let mut joining = Joining {
            unlabelled: FirstNames::default(),
            without_sample: self.without_sample(header),
            repeated: self.repeated.clone(),
            empty: FirstNames::default(),
            groups: Vec::new(),
        };
        let mut keep = vec![0; header.samples.len()];
        let mut values: Vec<Option<&str>> = vec![None; header.samples.len()];
        for (place, sample) in header.samples.iter().enumerate() {
            if kept.is_some_and(|kept| kept.each()[place] == 0) {
                continue;
            }
            let Some(row) = self.rows.get(sample) else {
                joining.unlabelled.add(sample);
                keep[place] = u32::from(self.ask.only.is_empty());
                continue;
            };
            if row.values.iter().any(Option::is_none) {
                joining.empty.add(sample);
            }
            keep[place] = u32::from(self.meets(&row.values));
            if self.ask.by.is_some() {
                values[place] = row.values[0].as_deref();
            }
        }
        if joining.unlabelled.count > 0 && !self.ask.allow_unlabelled {
            let (name, unlabelled) = (self.file.clone(), joining.unlabelled);
            return Err(LabelsError::Unlabelled { name, unlabelled });
        }
        if !keep.contains(&1) {
            return Err(LabelsError::Nobody { name: self.file.clone() });
        }
        let groups = match self.ask.by {
            Some(_) => Some(self.groups(&keep, &values, &mut joining)?),
            None => None,
        };
        Ok(Joined { kept: Kept::new(keep), groups, joining })
    }

    /// Whether someone of these values is asked for: of one column any value counts, of several
    /// columns all.
    fn meets(&self, values: &[Option<Box<str>>]) -> bool {
        self.ask.only.iter().all(|(column, _)| {
            let own = values[self.place(column)].as_deref();
            let same =
                |(other, value): &(String, String)| other == column && own == Some(value.as_str());
            self.ask.only.iter().any(same)
        })
    }

    fn without_sample(&self, header: &Header) -> FirstNames {
        let samples: HashSet<&str> = header.samples.iter().map(String::as_str).collect();
        let rows = self.rows.iter().filter(|(sample, _)| !samples.contains(sample.as_str()));
        let mut rows: Vec<_> = rows.map(|(sample, row)| (row.line, sample)).collect();
        rows.sort_unstable();
        let mut named = FirstNames::default();
        rows.into_iter().for_each(|(_, sample)| named.add(sample));
        named
    }

    /// Sorted by bytes, people without a value last.
    fn groups(
        &self,
        keep: &[u32],
        values: &[Option<&str>],
        joining: &mut Joining,
    ) -> Result<Groups, LabelsError> {
        let counted = |place: &usize| keep[*place] == 1;
        let mut people: BTreeMap<&str, u64> = BTreeMap::new();
        let mut leftover = 0;
        for place in (0..keep.len()).filter(counted) {
            match values[place] {
                Some(value) => *people.entry(value).or_default() += 1,
                None => leftover += 1,
            }
        }
        if people.len() > MOST_GROUPS {
            let (name, column) = (self.file.clone(), self.columns[0].clone());
            let (values, most) = (people.len(), MOST_GROUPS);
            return Err(LabelsError::TooManyGroups { name, column, values, most });
        }
        let names: Vec<&str> = people.keys().copied().collect();
        let left_out = people.len() + usize::from(leftover > 0);
        let of = (0..keep.len()).map(|place| match (keep[place], values[place]) {
            (0, _) => left_out,
            (_, None) => people.len(),
            (_, Some(value)) => names.binary_search(&value).unwrap_or(left_out),
        });
        let of = of.collect();
        let group = |(group, samples): (&str, u64)| Group { group: group.to_owned(), samples };
        joining.groups = people.iter().map(|(value, count)| group((value, *count))).collect();
        if leftover > 0 {
            joining.groups.push(group((LEFTOVER, leftover)));
        }
        let names = joining.groups.iter().map(|group| group.group.clone()).collect();
        Ok(Groups::new(names, of))
    }
}
