//! The lines before the records: what the file says of itself, and whose genotypes it holds.
//! Specification: `docs/spec/genotypes.md`, "Header".

use std::collections::HashSet;

use serde::Serialize;

use crate::field::{FIRST_SAMPLE, Field, Found};
use crate::name::{NameFault, name};

const FIXED: [&str; 8] = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"];

/// What the lines beginning with `#` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// `VCFv4.1` and the like.
    pub fileformat: String,
    /// One name per genotype column, in the file's order; unique, never empty.
    pub samples: Vec<String>,
    /// The `##contig` lines, in the file's order.
    pub contigs: Vec<Contig>,
    /// The values of `##reference` and `##assembly` lines.
    pub references: Vec<String>,
    /// Whether a line declares FORMAT/GT; files without it are read all the same.
    pub genotypes_declared: bool,
    /// For each sample what a fam or psam says; empty for other formats.
    pub declared_sex: Vec<Option<Sex>>,
    /// How many columns each record must have.
    pub(crate) columns: usize,
}

/// A person's sex, as a file states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Written `2` or `F`.
    Female,
    /// Written `1` or `M`.
    Male,
}

/// A `##contig` line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contig {
    /// Its `ID`.
    pub name: String,
    /// Its `length`, where it is stated as a number.
    pub length: Option<u64>,
    /// Its `assembly`.
    pub assembly: Option<String>,
}

/// What is wrong with a line of the header, or of the file of a set that names its samples.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderFault {
    /// The first line names a version that is not 4.x.
    #[error("the file says that it is {0:?}, expected VCFv4 and a minor version")]
    Version(String),
    /// The records begin, or the file ends, without a line of column names.
    #[error("expected a line beginning with ## or the line of column names, #CHROM")]
    NoColumnNames,
    /// The line of column names has other names than the standard's.
    #[error("expected the name of the column, and tabs between the columns{found}")]
    ColumnName {
        /// Counted from 1.
        column: usize,
        /// The standard's name.
        expected: &'static str,
        /// The file's.
        found: Found,
    },
    /// A sample's name cannot be used.
    #[error("the name {fault}")]
    SampleName {
        /// Counted from 1.
        sample: usize,
        /// The column in which it stands, from 1.
        column: usize,
        /// Why.
        fault: NameFault,
    },
    /// Two columns have the same name.
    #[error("two samples are named {name:?}")]
    DuplicateSample {
        /// The name.
        name: String,
        /// The second of them, counted from 1.
        sample: usize,
        /// The column in which it stands, from 1.
        column: usize,
    },
    /// More header than is read.
    #[error("the header is longer than 256 MiB")]
    TooLong,
    /// A line of samples is too short.
    #[error("{found} columns, expected {expected}")]
    SampleColumns {
        /// How many there are.
        found: usize,
        /// How many there are at least.
        expected: usize,
    },
    /// Text after the line of column names, in a header whose length is stated.
    #[error("text after the line of column names")]
    AfterColumnNames,
    /// An `IDX` that is no number.
    #[error("IDX is not a whole number from 0 to 4294967294")]
    Number,
    /// An `IDX` that two names have, or a name that has two.
    #[error("the number by which BCF records know this line is another's, or it has two")]
    NumberTwice,
    /// A file of samples without any.
    #[error("the file names no sample")]
    NoSamples,
    /// A line without text, and later one with.
    #[error("an empty line among the samples")]
    EmptyLine,
    /// The line of column names lacks one that is needed, or has it twice.
    #[error("the line of column names must name {expected} once")]
    ColumnMissing {
        /// The name.
        expected: &'static str,
    },
}

impl HeaderFault {
    /// The column that this is about, where it is about one.
    pub(crate) fn field(&self) -> Option<Field> {
        match self {
            HeaderFault::ColumnName { column, expected, .. } => Some(Field::new(*column, expected)),
            HeaderFault::SampleName { column, sample, .. }
            | HeaderFault::DuplicateSample { column, sample, .. } => {
                Some(Field::new(*column, &format!("sample {sample}")))
            }
            _ => None,
        }
    }
}

impl Header {
    /// Takes the line after those already taken; `Ok(true)` after the line of column names.
    pub(crate) fn take(&mut self, line: &[u8]) -> Result<bool, HeaderFault> {
        if let Some(meta) = line.strip_prefix(b"##") {
            self.take_meta(meta)?;
            return Ok(false);
        }
        if !line.starts_with(b"#") {
            return Err(HeaderFault::NoColumnNames);
        }
        self.take_column_names(line)?;
        Ok(true)
    }

    /// Takes what a line says of the reference, whatever version of whatever format it is of.
    pub(crate) fn take_assembly(&mut self, line: &[u8]) -> Result<(), HeaderFault> {
        match line.strip_prefix(b"##") {
            Some(meta) if !meta.starts_with(b"fileformat=") => self.take_meta(meta),
            _ => Ok(()),
        }
    }

    fn take_meta(&mut self, meta: &[u8]) -> Result<(), HeaderFault> {
        let Some(equals) = memchr::memchr(b'=', meta) else { return Ok(()) };
        let (key, value) = (&meta[..equals], String::from_utf8_lossy(&meta[equals + 1..]));
        match key {
            b"fileformat" if self.fileformat.is_empty() => {
                if !value.starts_with("VCFv4.") {
                    return Err(HeaderFault::Version(value.chars().take(40).collect()));
                }
                self.fileformat = value.into_owned();
            }
            b"reference" | b"assembly" => self.references.push(value.into_owned()),
            b"contig" => self.contigs.extend(contig(&value)),
            b"FORMAT" => {
                self.genotypes_declared |= attribute(&value, "ID").is_some_and(|id| id == "GT");
            }
            _ => {}
        }
        Ok(())
    }

    fn take_column_names(&mut self, line: &[u8]) -> Result<(), HeaderFault> {
        let mut fields = line.split(|b| *b == b'\t');
        let expect = |column, expected: &'static str, found: &[u8]| match found {
            found if found == expected.as_bytes() => Ok(()),
            found => Err(HeaderFault::ColumnName { column, expected, found: Found::new(found) }),
        };
        for (i, expected) in FIXED.into_iter().enumerate() {
            expect(i + 1, expected, fields.next().unwrap_or_default())?;
        }
        self.columns = FIXED.len();
        let Some(format) = fields.next() else { return Ok(()) };
        self.columns += 1;
        expect(self.columns, "FORMAT", format)?;
        for (place, field) in fields.enumerate() {
            self.push_sample(field, FIRST_SAMPLE + place)?;
        }
        self.columns += self.samples.len();
        self.check_samples(|place| FIRST_SAMPLE + place).map_err(|(_, fault)| fault)
    }

    /// Takes the name of the next sample, which stands in this column.
    pub(crate) fn push_sample(&mut self, bytes: &[u8], column: usize) -> Result<(), HeaderFault> {
        let sample = self.samples.len() + 1;
        let name =
            name(bytes).map_err(|fault| HeaderFault::SampleName { sample, column, fault })?;
        self.samples.push(name.to_owned());
        Ok(())
    }

    /// No two samples have one name; otherwise the place of the second is returned too. `column_of` is
    /// where the name of the sample at a place stands.
    pub(crate) fn check_samples(
        &self,
        column_of: impl Fn(usize) -> usize,
    ) -> Result<(), (usize, HeaderFault)> {
        // As most files have them.
        if self.samples.is_sorted_by(|before, after| before < after) {
            return Ok(());
        }
        let mut seen = HashSet::with_capacity(self.samples.len());
        let mut samples = self.samples.iter().enumerate();
        let Some((place, twice)) = samples.find(|(_, sample)| !seen.insert(sample.as_str())) else {
            return Ok(());
        };
        let (sample, column) = (place + 1, column_of(place));
        Err((place, HeaderFault::DuplicateSample { name: twice.clone(), sample, column }))
    }
}

fn contig(value: &str) -> Option<Contig> {
    Some(Contig {
        name: attribute(value, "ID")?.to_owned(),
        length: attribute(value, "length").and_then(|length| length.parse().ok()),
        assembly: attribute(value, "assembly").map(str::to_owned),
    })
}

/// One value of `<key=value,key="value, with commas",…>`; quotes are not part of it.
pub(crate) fn attribute<'a>(list: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = list.strip_prefix('<')?;
    loop {
        let (name, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => {
                let end = end_of_quoted(quoted)?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => value.split_at(value.find([',', '>'])?),
        };
        if name == key {
            return Some(value);
        }
        rest = after.strip_prefix(',')?;
    }
}

fn end_of_quoted(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.bytes().position(|byte| {
        let end = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        end
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

    fn read(lines: &[&str]) -> Result<Header, HeaderFault> {
        let mut header = Header::default();
        for line in lines {
            header.take(line.as_bytes())?;
        }
        Ok(header)
    }

    #[test]
    fn header_says_samples_contigs_and_reference() {
        let header = read(&[
            "##fileformat=VCFv4.3",
            "##reference=file:///GRCh37.fa",
            "##contig=<ID=1,length=249250621,assembly=\"b37, with, commas\">",
            "##contig=<ID=HLA*01:01,length=many>",
            "##contig=<length=7>",
            r#"##FORMAT=<Description="not the ID=GT, \" nor",ID=GT,Number=1>"#,
            "##odd",
            &format!("{NAMES}\tFORMAT\tA\tB c"),
        ])
        .unwrap();
        assert_eq!(header.samples, ["A", "B c"]);
        assert_eq!(header.columns, 11);
        assert_eq!(header.references, ["file:///GRCh37.fa"]);
        assert!(header.genotypes_declared);
        assert_eq!(header.contigs.len(), 2);
        assert_eq!(header.contigs[0].length, Some(249_250_621));
        assert_eq!(header.contigs[0].assembly.as_deref(), Some("b37, with, commas"));
        assert_eq!(header.contigs[1], Contig { name: "HLA*01:01".into(), ..Contig::default() });
    }

    #[test]
    fn wrong_headers_are_refused() {
        let names = |more: &str| format!("{NAMES}{more}");
        let column_name = |column, expected, found: &str| {
            let found = Found::new(found.as_bytes());
            HeaderFault::ColumnName { column, expected, found }
        };
        for (line, fault) in [
            ("##fileformat=VCFv3.3".to_owned(), HeaderFault::Version("VCFv3.3".into())),
            ("1\t100".to_owned(), HeaderFault::NoColumnNames),
            (String::new(), HeaderFault::NoColumnNames),
            ("#CHROM POS".to_owned(), column_name(1, "#CHROM", "#CHROM POS")),
            ("#CHROM".to_owned(), column_name(2, "POS", "")),
            (names("\tformat\tA"), column_name(9, "FORMAT", "format")),
            (
                names("\tFORMAT\tA\tB\tA"),
                HeaderFault::DuplicateSample { name: "A".into(), sample: 3, column: 12 },
            ),
            (
                names("\tFORMAT\tA\t"),
                HeaderFault::SampleName { sample: 2, column: 11, fault: NameFault::Empty },
            ),
        ] {
            assert_eq!(read(&[&line]).unwrap_err(), fault, "{line:?}");
        }
    }
}
