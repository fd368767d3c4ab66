//! Which columns are asked for: a list of variants or a region.
//! Specification: `docs/spec/genotypes.md`, "Columns files".

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::record::Record;
use crate::variant::Variant;

/// Columns by name, or all within a region.
#[derive(Clone, Debug)]
pub struct ColumnSet(Ask);

#[derive(Clone, Debug)]
enum Ask {
    Region {
        contig: String,
        first: u64,
        last: u64,
    },
    /// Each contig's columns, by their trimmed spelling in ascending order.
    List(HashMap<String, Vec<Named>>),
}

#[derive(Clone, Debug)]
struct Named {
    trimmed: Variant,
    /// As the list spells it.
    written: Variant,
    /// Its place in the list, from 0.
    place: usize,
    line: u64,
}

/// Why a list or a region cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnSetError {
    /// The file cannot be read.
    #[error("{name}: cannot be read")]
    Read {
        /// The file.
        name: String,
        /// The system's word.
        source: io::Error,
    },
    /// A line is not a column.
    #[error("{name}, line {line}: {fault}")]
    Line {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// Why.
        fault: ColumnFault,
    },
    /// No line names a column.
    #[error("{name} names no column")]
    Empty {
        /// The file.
        name: String,
    },
    /// Not a region.
    #[error("{0:?} is not a region: expected CONTIG:FIRST-LAST, such as 22:16050075-16060000")]
    Region(String),
}

/// What is wrong with a line of a columns file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnFault {
    /// Not four fields.
    #[error("{0} fields, expected four: chrom pos ref alt")]
    Fields(usize),
    /// The second field is not a position.
    #[error("the position is not a whole number from 0 to 9223372036854775807")]
    Position,
    /// ALT is a list or `.`.
    #[error("expected one ALT; each ALT of a record is a column of its own")]
    Alternate,
    /// The same column twice, perhaps in two spellings.
    #[error("the same column as line {0}")]
    Duplicate(u64),
    /// Not text.
    #[error("not UTF-8")]
    NotUtf8,
}

impl ColumnSet {
    /// Reads a columns file.
    ///
    /// # Errors
    /// A file that cannot be read, a line that is not a column, a column named twice, no column.
    pub fn open(path: &Path) -> Result<ColumnSet, ColumnSetError> {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => ColumnSet::read(file, &name),
            Err(source) => Err(ColumnSetError::Read { name, source }),
        }
    }

    /// Reads `chrom pos ref alt` lines, of tabs or spaces, in the file's or the trimmed spelling.
    /// Empty lines, lines beginning with `#` and a first line `chrom pos ref alt` say nothing.
    ///
    /// # Errors
    /// As [`ColumnSet::open`].
    pub fn read(reader: impl Read, name: &str) -> Result<ColumnSet, ColumnSetError> {
        let mut contigs: HashMap<String, Vec<Named>> = HashMap::new();
        let wrong = |line, fault| ColumnSetError::Line { name: name.to_owned(), line, fault };
        let mut place = 0;
        for (i, text) in BufReader::new(reader).split(b'\n').enumerate() {
            let line = i as u64 + 1;
            let text =
                text.map_err(|source| ColumnSetError::Read { name: name.to_owned(), source })?;
            let text = String::from_utf8(text).map_err(|_| wrong(line, ColumnFault::NotUtf8))?;
            let Some(written) = column(&text, place == 0).map_err(|fault| wrong(line, fault))?
            else {
                continue;
            };
            let trimmed = written.trimmed();
            let contig = contigs.entry(written.contig.clone()).or_default();
            contig.push(Named { trimmed, written, place, line });
            place += 1;
        }
        if place == 0 {
            return Err(ColumnSetError::Empty { name: name.to_owned() });
        }
        for columns in contigs.values_mut() {
            columns.sort_by(|a, b| (&a.trimmed, a.line).cmp(&(&b.trimmed, b.line)));
        }
        let pairs = contigs.values().flat_map(|columns| columns.windows(2));
        let twice =
            pairs.filter(|pair| pair[0].trimmed == pair[1].trimmed).min_by_key(|pair| pair[1].line);
        if let Some([first, second]) = twice {
            return Err(wrong(second.line, ColumnFault::Duplicate(first.line)));
        }
        Ok(ColumnSet(Ask::List(contigs)))
    }

    /// Reads `CONTIG:FIRST-LAST`: every ALT of the records whose POS, as the file has it, is from
    /// FIRST to LAST, both included. The last colon ends the contig's name.
    ///
    /// # Errors
    /// Other text, or a FIRST above LAST.
    pub fn region(text: &str) -> Result<ColumnSet, ColumnSetError> {
        let parse = || {
            let (contig, range) = text.rsplit_once(':')?;
            let (first, last) = range.split_once('-')?;
            let (first, last) = (position(first)?, position(last)?);
            let contig = (!contig.is_empty() && first <= last).then(|| contig.to_owned())?;
            Some(ColumnSet(Ask::Region { contig, first, last }))
        };
        parse().ok_or_else(|| ColumnSetError::Region(text.chars().take(80).collect()))
    }

    /// Whether a variant, as a file spells it, is asked for.
    #[must_use]
    pub fn matches(&self, variant: &Variant) -> bool {
        match &self.0 {
            Ask::Region { contig, first, last } => {
                variant.contig == *contig && (*first..=*last).contains(&variant.pos)
            }
            Ask::List(contigs) => {
                let trimmed = variant.trimmed();
                let columns = contigs.get(&variant.contig);
                columns.is_some_and(|columns| find(columns, &trimmed).is_some())
            }
        }
    }

    /// How many columns the list names; `None` for a region.
    #[must_use]
    pub fn named(&self) -> Option<usize> {
        match &self.0 {
            Ask::Region { .. } => None,
            Ask::List(contigs) => Some(contigs.values().map(Vec::len).sum()),
        }
    }
}

fn find<'a>(columns: &'a [Named], trimmed: &Variant) -> Option<&'a Named> {
    let at = columns.binary_search_by(|column| column.trimmed.cmp(trimmed)).ok()?;
    columns.get(at)
}

fn column(text: &str, first: bool) -> Result<Option<Variant>, ColumnFault> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    if fields.is_empty()
        || text.starts_with('#')
        || (first && fields == ["chrom", "pos", "ref", "alt"])
    {
        return Ok(None);
    }
    let [contig, pos, reference, alternate] = fields[..] else {
        return Err(ColumnFault::Fields(fields.len()));
    };
    if alternate == "." || alternate.contains(',') {
        return Err(ColumnFault::Alternate);
    }
    Ok(Some(Variant {
        contig: contig.to_owned(),
        pos: position(pos).ok_or(ColumnFault::Position)?,
        reference: reference.to_owned(),
        alternate: alternate.to_owned(),
    }))
}

fn position(digits: &str) -> Option<u64> {
    crate::record::position(digits.as_bytes())
}

/// Which ALTs of a record are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    All,
    /// Places among the record's ALTs, ascending.
    Some(Vec<usize>),
}

impl Wanted {
    pub(crate) fn has(&self, alternate: usize) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Some(places) => places.binary_search(&alternate).is_ok(),
        }
    }
}

/// A [`ColumnSet`] at work on one file: it remembers which columns it has met.
pub(crate) struct Selection {
    set: Option<ColumnSet>,
    seen: Vec<bool>,
}

impl Selection {
    pub(crate) fn new(set: Option<ColumnSet>) -> Selection {
        let seen = vec![false; set.as_ref().and_then(ColumnSet::named).unwrap_or(0)];
        Selection { set, seen }
    }

    /// `None` where nothing of the record is asked for.
    pub(crate) fn of(&mut self, record: &Record<'_>) -> Option<Wanted> {
        let contigs = match &self.set {
            None => return Some(Wanted::All),
            Some(ColumnSet(Ask::Region { contig, first, last })) => {
                let inside = record.contig == contig && (*first..=*last).contains(&record.pos);
                return inside.then_some(Wanted::All);
            }
            Some(ColumnSet(Ask::List(contigs))) => contigs,
        };
        let columns = contigs.get(record.contig)?;
        // Trimming moves POS within REF, so that most records need no trimming.
        let end = record.pos.saturating_add(record.reference.len() as u64);
        let from = columns.partition_point(|column| column.trimmed.pos < record.pos);
        columns.get(from).filter(|column| column.trimmed.pos < end)?;
        let mut places = Vec::new();
        for (place, alternate) in record.alternates().enumerate() {
            if let Some(column) = find(columns, &record.variant(alternate).trimmed()) {
                self.seen[column.place] = true;
                places.push(place);
            }
        }
        (!places.is_empty()).then_some(Wanted::Some(places))
    }

    /// The columns of the list that no record had, in the list's order and spelling.
    pub(crate) fn never_seen(&self) -> Vec<Variant> {
        let Some(ColumnSet(Ask::List(contigs))) = &self.set else { return Vec::new() };
        let unseen = contigs.values().flatten().filter(|column| !self.seen[column.place]);
        let mut unseen: Vec<_> = unseen.collect();
        unseen.sort_by_key(|column| column.place);
        unseen.into_iter().map(|column| column.written.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<ColumnSet, String> {
        ColumnSet::read(text.as_bytes(), "columns.txt").map_err(|error| error.to_string())
    }

    fn record(line: &str) -> Record<'_> {
        crate::vcf::line::parse(line.as_bytes(), 8).unwrap()
    }

    #[test]
    fn both_spellings_find_the_column_and_are_reported() {
        let text =
            "chrom\tpos\tref\talt\r\n# a comment\n\n22  100 ca  CG\r\n22\t200\tA\t*\nX 1 A C";
        let mut selection = Selection::new(Some(list(text).unwrap()));
        for (line, wanted) in [
            ("22\t101\t.\tA\tG,T\t", Some(Wanted::Some(vec![0]))),
            ("22\t99\t.\tACA\tT,ACG,ACG\t", Some(Wanted::Some(vec![1, 2]))),
            ("22\t200\t.\tA\tC,G\t", None),
            ("22\t201\t.\tA\t*\t", None),
            ("chr22\t200\t.\tA\t*\t", None),
            ("22\t101\t.\tA\t.\t", None),
        ] {
            assert_eq!(selection.of(&record(line)), wanted, "{line:?}");
        }
        let never: Vec<_> = selection.never_seen().iter().map(Variant::to_string).collect();
        assert_eq!(never, ["22 200 A *", "X 1 A C"]);
        assert!(list(text).unwrap().matches(&record("22\t99\t.\tACA\tACG\t").variant("ACG")));
    }

    #[test]
    fn a_region_ends_where_it_says() {
        let region = ColumnSet::region("HLA*01:01:5-7").unwrap();
        let mut selection = Selection::new(Some(region));
        for (pos, inside) in [(4, false), (5, true), (7, true), (8, false)] {
            let line = format!("HLA*01:01\t{pos}\t.\tA\tC,G\t");
            assert_eq!(selection.of(&record(&line)), inside.then_some(Wanted::All), "{pos}");
        }
        assert!(selection.never_seen().is_empty());
        for text in ["22", "22:5", ":1-2", "22:7-5", "22:a-7", "22:1-", "22:-1-5", "22:1-2-3", ""] {
            let error = ColumnSet::region(text).unwrap_err().to_string();
            assert!(error.contains(&format!("{text:?} is not a region")), "{error}");
        }
    }

    #[test]
    fn wrong_lists_are_refused_by_line() {
        for (text, error) in [
            ("", "columns.txt names no column"),
            ("chrom pos ref alt\n", "columns.txt names no column"),
            ("1 2 A", "columns.txt, line 1: 3 fields, expected four: chrom pos ref alt"),
            ("1 2 A C 5", "columns.txt, line 1: 5 fields, expected four: chrom pos ref alt"),
            (
                "#\n1 x A C",
                "columns.txt, line 2: the position is not a whole number from 0 to 9223372036854775807",
            ),
            (
                "1 2 A C,G",
                "columns.txt, line 1: expected one ALT; each ALT of a record is a column of its own",
            ),
            (
                "1 2 A .",
                "columns.txt, line 1: expected one ALT; each ALT of a record is a column of its own",
            ),
            ("1 2 CA CG\n2 1 A C\n1 3 A G", "columns.txt, line 3: the same column as line 1"),
            (
                "1 2 A C\nchrom pos ref alt",
                "columns.txt, line 2: the position is not a whole number from 0 to 9223372036854775807",
            ),
        ] {
            assert_eq!(list(text).unwrap_err(), error, "{text:?}");
        }
        let bytes = ColumnSet::read(&b"1 2 A \xff"[..], "x").unwrap_err().to_string();
        assert_eq!(bytes, "x, line 1: not UTF-8");
    }
}
