//! Regions: which records are read by where they stand, and how an index finds them. A record
//! belongs to a region where its POS lies in it, so that regions that part a contig part its records.
//! Specification: `docs/spec/genotypes.md`, "Regions".

mod bins;
mod block;
mod feed;
mod index;
mod plan;
mod watch;

use std::collections::HashMap;

pub(crate) use feed::Feed;
pub use index::IndexFault;
pub use plan::{Access, WholeRead};
pub(crate) use plan::{Plan, plan};

use crate::header::Header;
use crate::read_error::ReadError;
use crate::record;

/// A contig, or the part of it from one position to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    contig: String,
    first: u64,
    last: u64,
    /// The whole text where it names positions: a header may have a contig of that name.
    whole: Option<String>,
}

/// Why a text is no region.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegionError {
    /// No contig, or a range that ends before it begins.
    #[error(
        "{0:?} is not a region: expected CONTIG, CONTIG:POS, CONTIG:FIRST-LAST or CONTIG:FIRST-"
    )]
    Text(String),
}

impl Region {
    /// Reads `CONTIG`, `CONTIG:POS`, `CONTIG:FIRST-LAST` or `CONTIG:FIRST-`, counted from 1. What
    /// follows the last colon is of this kind or belongs to the contig's name; of a file whose header
    /// has a contig of the whole name, that contig is meant.
    ///
    /// # Errors
    /// No name, numbers above 2⁶³ − 1, or a FIRST above LAST.
    pub fn parse(text: &str) -> Result<Region, RegionError> {
        let Some((contig, range)) = text.rsplit_once(':').filter(|(_, range)| is_range(range))
        else {
            return match text {
                "" => Err(RegionError::Text(String::new())),
                contig => Ok(Region::contig(contig.to_owned())),
            };
        };
        let bounds = match range.split_once('-') {
            None => position(range).map(|only| (only, only)),
            Some((first, "")) => position(first).map(|first| (first, LAST)),
            Some((first, last)) => position(first).zip(position(last)),
        };
        match bounds {
            Some((first, last)) if first <= last && !contig.is_empty() => {
                let (contig, whole) = (contig.to_owned(), Some(text.to_owned()));
                Ok(Region { contig, first, last, whole })
            }
            _ => Err(RegionError::Text(text.chars().take(80).collect())),
        }
    }

    fn contig(contig: String) -> Region {
        Region { contig, first: 0, last: LAST, whole: None }
    }
}

/// The last position that a record can have.
const LAST: u64 = i64::MAX as u64;

fn is_range(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, last) = text.split_once('-').unwrap_or((text, ""));
    !first.is_empty() && digits(first) && digits(last)
}

fn position(digits: &str) -> Option<u64> {
    record::position(digits.as_bytes())
}

/// Regions joined where they overlap or touch, so that each record is read once.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    asked: Vec<Region>,
    contigs: HashMap<String, Asked>,
    /// Contigs of the records passed, as many as an error names.
    met: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Asked {
    /// In ascending order.
    ranges: Vec<(u64, u64)>,
    /// Whether the file has a record on the contig.
    met: bool,
}

/// How many contigs an error names.
const NAMED: usize = 8;

impl FromIterator<Region> for Regions {
    fn from_iter<T: IntoIterator<Item = Region>>(regions: T) -> Regions {
        let asked = regions.into_iter().collect();
        let mut joined = Regions { asked, ..Regions::default() };
        for Region { contig, first, last, .. } in &joined.asked {
            joined.contigs.entry(contig.clone()).or_default().ranges.push((*first, *last));
        }
        for asked in joined.contigs.values_mut() {
            asked.ranges.sort_unstable();
            let mut ranges: Vec<(u64, u64)> = Vec::new();
            for (first, last) in asked.ranges.drain(..) {
                match ranges.last_mut() {
                    Some(before) if first <= before.1.saturating_add(1) => {
                        before.1 = before.1.max(last);
                    }
                    _ => ranges.push((first, last)),
                }
            }
            asked.ranges = ranges;
        }
        joined
    }
}

impl Regions {
    /// The same of a file with this header: a text that is the name of one of its contigs means that
    /// contig, whatever follows the last colon.
    pub(crate) fn of(self, header: &Header) -> Regions {
        let declared = |name: &String| header.contigs.iter().any(|contig| contig.name == *name);
        let meant = |region: Region| match region.whole {
            Some(name) if declared(&name) => Region::contig(name),
            _ => region,
        };
        self.asked.into_iter().map(meant).collect()
    }

    /// Whether a record is asked for; remembers its contig.
    pub(crate) fn have(&mut self, contig: &str, pos: u64) -> bool {
        if self.met.len() <= NAMED && !self.met.iter().any(|met| met == contig) {
            self.met.push(contig.to_owned());
        }
        let Some(asked) = self.contigs.get_mut(contig) else { return false };
        asked.met = true;
        let after = asked.ranges.partition_point(|(first, _)| *first <= pos);
        after > 0 && pos <= asked.ranges[after - 1].1
    }

    /// After the last record: each contig asked for must be one of the header's or of a record.
    pub(crate) fn check(&self, name: &str, declared: &[&str]) -> Result<(), ReadError> {
        let unknown = |(contig, asked): &(&String, &Asked)| {
            !asked.met && !declared.contains(&contig.as_str())
        };
        let Some((contig, _)) = self.contigs.iter().filter(unknown).min_by_key(|(name, _)| *name)
        else {
            return Ok(());
        };
        let mut known = declared.to_vec();
        for met in &self.met {
            if !known.contains(&met.as_str()) {
                known.push(met);
            }
        }
        let (name, contig) = (name.to_owned(), contig.clone());
        Err(ReadError::NoContig { name, contig, known: listed(&known) })
    }

    /// Each contig's ranges.
    fn ranges(&self) -> impl Iterator<Item = (&str, &[(u64, u64)])> {
        self.contigs.iter().map(|(contig, asked)| (contig.as_str(), &asked.ranges[..]))
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "no contig at all".to_owned(),
        all if all.len() <= NAMED => all.join(", "),
        all => format!("{} and others", all[..NAMED].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Contig;

    #[test]
    fn positions_follow_the_last_colon() {
        for (text, contig, first, last) in [
            ("22:5-7", "22", 5, 7),
            ("22:5-", "22", 5, LAST),
            ("22:5", "22", 5, 5),
            ("HLA*01:01", "HLA*01", 1, 1),
            ("HLA*01:01:5-5", "HLA*01:01", 5, 5),
        ] {
            let (contig, whole) = (contig.to_owned(), Some(text.to_owned()));
            assert_eq!(Region::parse(text), Ok(Region { contig, first, last, whole }), "{text}");
        }
        for text in ["22", "a:-5", "a:", "a:5-6-7", "a:x"] {
            assert_eq!(Region::parse(text), Ok(Region::contig(text.to_owned())), "{text}");
        }
        for text in
            ["", ":5-7", ":5", "22:7-5", "22:5-9999999999999999999", "22:9999999999999999999"]
        {
            let error = Region::parse(text).unwrap_err().to_string();
            let expected =
                "is not a region: expected CONTIG, CONTIG:POS, CONTIG:FIRST-LAST or CONTIG:FIRST-";
            assert_eq!(error, format!("{text:?} {expected}"));
        }
    }

    #[test]
    fn a_contig_of_the_whole_name_is_meant_before_positions() {
        let contigs = ["HLA*01", "HLA*01:01", "7:5-6"]
            .map(|name| Contig { name: name.into(), ..Contig::default() });
        let header = Header { contigs: contigs.to_vec(), ..Header::default() };
        let asked = ["HLA*01:01", "HLA*01:02", "HLA*01:01:7", "7:5-6", "7:6-6"];
        let regions: Regions = asked.iter().map(|text| Region::parse(text).unwrap()).collect();
        let mut found: Vec<_> = regions
            .of(&header)
            .contigs
            .into_iter()
            .map(|(name, asked)| (name, asked.ranges))
            .collect();
        found.sort();
        let expected = [
            ("7", vec![(6, 6)]),
            ("7:5-6", vec![(0, LAST)]),
            ("HLA*01", vec![(2, 2)]),
            ("HLA*01:01", vec![(0, LAST)]),
        ];
        assert_eq!(found, expected.map(|(name, ranges)| (name.to_owned(), ranges)));
    }

    #[test]
    fn regions_are_joined_and_contigs_that_are_not_there_are_named() {
        let regions = ["1:5-7", "1:8-9", "2", "1:20-30", "1:25-26"];
        let mut regions: Regions =
            regions.iter().map(|text| Region::parse(text).unwrap()).collect();
        assert_eq!(regions.contigs["1"].ranges, [(5, 9), (20, 30)]);
        let inside = [4, 5, 9, 10, 19, 20, 30, 31].map(|pos| regions.have("1", pos));
        assert_eq!(inside, [false, true, true, false, false, true, true, false]);
        assert!(!regions.have("chr2", 5));
        regions.check("x", &["2"]).unwrap();
        let error = regions.check("x", &["7"]).unwrap_err().to_string();
        assert_eq!(error, "x has no contig \"2\"; it has 7, 1, chr2");
        for i in 0..9 {
            regions.have(&format!("c{i}"), 1);
        }
        let error = regions.check("x", &[]).unwrap_err().to_string();
        assert_eq!(
            error,
            "x has no contig \"2\"; it has 1, chr2, c0, c1, c2, c3, c4, c5 and others"
        );
        assert!(regions.have("2", 0));
        regions.check("x", &[]).unwrap();
    }
}
