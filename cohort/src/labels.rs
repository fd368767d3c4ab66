//! What is known of the samples beside their genotypes: a table of (sample, column …), joined to a
//! file by the samples' names. No sample is silently left out, and none is in two groups.
//! Specification: `docs/spec/tables.md`, "Labels".

mod joining;
mod labels_error;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::name::name as printable;

pub(crate) use joining::Joined;
pub use joining::{FirstNames, Group, Joining};
pub use labels_error::LabelsError;

/// How a value is written that is not known.
const MISSING: [&str; 3] = ["", "NA", "."];
/// The longest line that is read, and the longest file.
const LONGEST_LINE: u64 = 1 << 20;
const LONGEST: u64 = 1 << 28;

/// What is asked of a labels file.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The column whose values are the groups; `None` counts all together.
    pub by: Option<String>,
    /// Columns and values: only who has one of the values in each of the columns is counted.
    pub only: Vec<(String, String)>,
    /// Whether samples without a row may be there: they are people without a value.
    pub allow_unlabelled: bool,
}

/// The labels file, as far as it is asked for.
#[derive(Clone, Debug)]
pub struct Labels {
    file: String,
    ask: Ask,
    /// The columns that are kept, [`Ask::by`] first.
    columns: Vec<String>,
    rows: HashMap<String, Row>,
    repeated: FirstNames,
}

#[derive(Clone, Debug)]
struct Row {
    line: u64,
    /// A value for each column that is kept.
    values: Vec<Option<Box<str>>>,
}

impl Labels {
    /// Reads a labels file: a heading, then a row for each sample, parted by tabs.
    ///
    /// # Errors
    /// A file that cannot be read or is no such table, a column that is not there, a value that no
    /// row has, a sample with two rows that differ.
    pub fn open(path: &Path, ask: Ask) -> Result<Labels, LabelsError> {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Labels::read(file, &name, ask),
            Err(source) => Err(LabelsError::Read { name, source }),
        }
    }

    /// The same of any reader; `file` stands for it in errors.
    ///
    /// # Errors
    /// As [`Labels::open`].
    pub fn read(reader: impl Read, file: &str, ask: Ask) -> Result<Labels, LabelsError> {
        let mut lines = Lines { reader: BufReader::new(reader), file, line: 0, total: 0 };
        let heading = loop {
            match lines.next()? {
                None => return Err(LabelsError::NoHeading { name: file.to_owned() }),
                Some(text) if text.starts_with("##") || text.is_empty() => {}
                Some(text) => break Heading::read(&text, file, lines.line)?,
            }
        };
        let mut columns: Vec<String> = ask.by.iter().cloned().collect();
        for (column, _) in &ask.only {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        let places = columns.iter().map(|column| heading.place(column, file));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let mut labels = Labels {
            file: file.to_owned(),
            ask,
            columns,
            rows: HashMap::new(),
            repeated: FirstNames::default(),
        };
        while let Some(text) = lines.next()? {
            if !text.is_empty() {
                labels.push(&text, lines.line, &heading, &places)?;
            }
        }
        labels.check_conditions()?;
        Ok(labels)
    }

    fn push(
        &mut self,
        text: &str,
        line: u64,
        heading: &Heading,
        places: &[usize],
    ) -> Result<(), LabelsError> {
        let name = || self.file.clone();
        let fields: Vec<&str> = text.split('\t').collect();
        if fields.len() != heading.names.len() {
            let (found, expected) = (fields.len(), heading.names.len());
            return Err(LabelsError::Columns { name: name(), line, found, expected });
        }
        let sample = match printable(fields[heading.sample].as_bytes()) {
            Ok(sample) => sample.to_owned(),
            Err(fault) => return Err(LabelsError::Name { name: name(), line, fault }),
        };
        let mut values = Vec::with_capacity(places.len());
        for place in places {
            let value = fields[*place];
            values.push(match MISSING.contains(&value) {
                true => None,
                false => match printable(value.as_bytes()) {
                    Ok(value) => Some(value.into()),
                    Err(fault) => {
                        let column = heading.names[*place].clone();
                        return Err(LabelsError::Value { name: name(), line, column, fault });
                    }
                },
            });
        }
        match self.rows.entry(sample) {
            Entry::Vacant(entry) => {
                entry.insert(Row { line, values });
            }
            Entry::Occupied(entry) if entry.get().values == values => {
                self.repeated.add(entry.key());
            }
            Entry::Occupied(entry) => {
                let (sample, first) = (entry.key().clone(), entry.get().line);
                return Err(LabelsError::Differs { name: self.file.clone(), line, sample, first });
            }
        }
        Ok(())
    }

    /// A value that nobody has is a slip of the pen.
    fn check_conditions(&self) -> Result<(), LabelsError> {
        for (column, value) in &self.ask.only {
            let (name, column, value) = (self.file.clone(), column.clone(), value.clone());
            if MISSING.contains(&value.as_str()) {
                return Err(LabelsError::MissingAsked { name, column, value });
            }
            let place = self.place(&column);
            let has = |row: &Row| row.values[place].as_deref() == Some(value.as_str());
            if !self.rows.values().any(has) {
                let mut values: Vec<_> =
                    self.rows.values().filter_map(|row| row.values[place].as_deref()).collect();
                values.sort_unstable();
                values.dedup();
                let mut found = FirstNames::default();
                values.into_iter().for_each(|value| found.add(value));
                return Err(LabelsError::NobodyHas { name, column, value, found });
            }
        }
        Ok(())
    }

    /// Where a row keeps a column that is asked for.
    fn place(&self, column: &str) -> usize {
        let place = self.columns.iter().position(|kept| kept == column);
        place.expect("every column that is asked for is kept")
    }
}

struct Heading {
    names: Vec<String>,
    /// The place of the samples' names.
    sample: usize,
}

impl Heading {
    /// The first column names the samples; of PLINK's, `IID` after `FID`.
    fn read(text: &str, file: &str, line: u64) -> Result<Heading, LabelsError> {
        let name = || file.to_owned();
        let text = text.strip_prefix('#').unwrap_or(text);
        let names: Vec<String> = text.split('\t').map(str::to_owned).collect();
        if names.len() < 2 {
            return Err(LabelsError::OneColumn { name: name(), line });
        }
        for (place, column) in names.iter().enumerate() {
            if names[..place].contains(column) {
                return Err(LabelsError::ColumnTwice { name: name(), column: column.clone() });
            }
        }
        let family = matches!(
            (names[0].as_str(), names[1].as_str()),
            ("FID", "IID") | ("Family ID", "Individual ID")
        );
        Ok(Heading { names, sample: usize::from(family) })
    }

    fn place(&self, column: &str, file: &str) -> Result<usize, LabelsError> {
        let place = self.names.iter().position(|name| name == column);
        place.ok_or_else(|| {
            let mut has = FirstNames::default();
            self.names.iter().for_each(|name| has.add(name));
            LabelsError::NoColumn { name: file.to_owned(), column: column.to_owned(), has }
        })
    }
}

struct Lines<'a, R> {
    reader: BufReader<R>,
    file: &'a str,
    line: u64,
    total: u64,
}

impl<R: Read> Lines<'_, R> {
    /// The next line without its end; `None` after the last.
    fn next(&mut self) -> Result<Option<String>, LabelsError> {
        let name = || self.file.to_owned();
        self.line += 1;
        let line = self.line;
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes);
        let read = read.map_err(|source| LabelsError::Read { name: name(), source })?;
        self.total += read as u64;
        if bytes.len() as u64 > LONGEST_LINE || self.total > LONGEST {
            return Err(LabelsError::TooLong { name: name(), line });
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        if line == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        let text = String::from_utf8(bytes);
        text.map(Some).map_err(|_| LabelsError::NotUtf8 { name: name(), line })
    }
}
