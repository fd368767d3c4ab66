//! A record's fixed columns, as slices of its line. Only the first five are read to decide
//! whether a line is asked for; the rest waits for [`Record::genotypes`].
//! Specification: `docs/spec/genotypes.md`, "Records".

use crate::genotype::{GenotypeFault, GenotypeReader};
use crate::header::Header;
use crate::name::{NameFault, name};
use crate::variant::Variant;

/// What is wrong with a line of the file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineFault {
    /// Too few or too many columns.
    #[error("{found} columns, but the header names {expected}")]
    Columns {
        /// How many there are.
        found: usize,
        /// How many the line of column names has.
        expected: usize,
    },
    /// A line beginning with `#` after the first record.
    #[error("a header line among the records")]
    HeaderLine,
    /// A line without text, and later one with.
    #[error("an empty line among the records")]
    EmptyLine,
    /// CHROM cannot be used as a name.
    #[error("CHROM {0}")]
    Contig(NameFault),
    /// CHROM has a space.
    #[error("CHROM has a space")]
    SpaceInContig,
    /// POS is not a number.
    #[error("POS is not a whole number from 0 to 9223372036854775807")]
    Position,
    /// REF is not an allele.
    #[error("REF is not an allele: expected one or more printable ASCII characters, no comma")]
    Reference,
    /// An ALT is not an allele.
    #[error(
        "ALT is not a list of alleles: expected '.' alone, or alleles of printable ASCII characters joined by commas"
    )]
    Alternates,
    /// FORMAT names GT twice.
    #[error("FORMAT names GT twice")]
    GenotypesTwice,
    /// A genotype that cannot be read; its text is nowhere repeated.
    #[error("sample {sample}: {fault}")]
    Genotype {
        /// The sample's name.
        sample: String,
        /// Why.
        fault: GenotypeFault,
    },
    /// A record whose ALTs times samples or times REF would fill the memory.
    #[error("{alternates} ALTs are more than are read at this many samples and this length of REF")]
    TooWide {
        /// How many ALTs there are.
        alternates: usize,
    },
    /// A line longer than 1 GiB.
    #[error("the line is longer than 1 GiB")]
    TooLong,
}

/// The columns up to ALT, checked; nothing after them is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) line: &'a [u8],
    pub(crate) contig: &'a str,
    pub(crate) pos: u64,
    pub(crate) reference: &'a str,
    /// Joined by commas; empty where ALT is `.`.
    alternates: &'a str,
    pub(crate) alternate_count: usize,
    /// QUAL, FILTER, INFO and all after.
    rest: &'a [u8],
}

/// Where a record's genotypes are.
pub(crate) struct Genotypes<'a> {
    /// Which of the colon-separated parts of each sample's field is the genotype.
    pub(crate) part: usize,
    /// FORMAT is GT alone.
    pub(crate) alone: bool,
    /// The samples' fields, joined by tabs.
    pub(crate) fields: &'a [u8],
}

impl<'a> Record<'a> {
    /// `line` has no line end.
    pub(crate) fn parse(line: &'a [u8], columns: usize) -> Result<Record<'a>, LineFault> {
        if line.first() == Some(&b'#') {
            return Err(LineFault::HeaderLine);
        }
        let mut rest = line;
        let mut next = || field(&mut rest).ok_or_else(|| ragged(line, columns));
        let contig = name(next()?).map_err(LineFault::Contig)?;
        if contig.contains(' ') {
            return Err(LineFault::SpaceInContig);
        }
        let pos = position(next()?).ok_or(LineFault::Position)?;
        let _id = next()?;
        let reference = allele(next()?).filter(|reference| !reference.contains(','));
        let reference = reference.ok_or(LineFault::Reference)?;
        let alternates = allele(next()?).ok_or(LineFault::Alternates)?;
        let (alternates, alternate_count) = if alternates == "." {
            ("", 0)
        } else {
            let count = memchr::memchr_iter(b',', alternates.as_bytes()).count() + 1;
            if alternates.split(',').any(|alternate| alternate.is_empty() || alternate == ".") {
                return Err(LineFault::Alternates);
            }
            (alternates, count)
        };
        Ok(Record { line, contig, pos, reference, alternates, alternate_count, rest })
    }

    pub(crate) fn alternates(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.alternates.split(',').take(self.alternate_count)
    }

    pub(crate) fn variant(&self, alternate: &str) -> Variant {
        Variant {
            contig: self.contig.to_owned(),
            pos: self.pos,
            reference: self.reference.to_owned(),
            alternate: alternate.to_owned(),
        }
    }

    /// Finds GT in FORMAT; `None` where the record has no genotypes, after its columns were
    /// counted. `columns` are those of the header.
    pub(crate) fn genotypes(&self, columns: usize) -> Result<Option<Genotypes<'a>>, LineFault> {
        let mut rest = self.rest;
        let mut next = || field(&mut rest);
        let format = match (next(), next(), next(), next()) {
            (Some(_), Some(_), Some(_), Some(format)) if columns > 9 => format,
            _ => return self.check_columns(columns).map(|()| None),
        };
        if format == b"GT" {
            return Ok(Some(Genotypes { part: 0, alone: true, fields: rest }));
        }
        let mut parts = format.split(|b| *b == b':').enumerate().filter(|(_, key)| *key == b"GT");
        match (parts.next(), parts.next()) {
            (Some((part, _)), None) => Ok(Some(Genotypes { part, alone: false, fields: rest })),
            (Some(_), Some(_)) => Err(LineFault::GenotypesTwice),
            (None, _) => self.check_columns(columns).map(|()| None),
        }
    }

    /// Hands each sample's genotype to `take`, with the sample's place. A line of too few or too
    /// many columns is that before it is anything else.
    pub(crate) fn each_genotype(
        &self,
        genotypes: &Genotypes<'a>,
        header: &Header,
        mut take: impl FnMut(usize, &GenotypeReader<'a>),
    ) -> Result<(), LineFault> {
        let mut reader =
            GenotypeReader::new(genotypes.fields, genotypes.part, self.alternate_count);
        for (place, sample) in header.samples.iter().enumerate() {
            match reader.read() {
                Ok(true) => take(place, &reader),
                Ok(false) => return self.check_columns(header.columns),
                Err(fault) => {
                    self.check_columns(header.columns)?;
                    return Err(LineFault::Genotype { sample: sample.clone(), fault });
                }
            }
        }
        if reader.is_at_end() { Ok(()) } else { self.check_columns(header.columns) }
    }

    /// Counts the whole line's columns.
    pub(crate) fn check_columns(&self, columns: usize) -> Result<(), LineFault> {
        match ragged(self.line, columns) {
            LineFault::Columns { found, expected } if found == expected => Ok(()),
            fault => Err(fault),
        }
    }
}

fn ragged(line: &[u8], expected: usize) -> LineFault {
    LineFault::Columns { found: memchr::memchr_iter(b'\t', line).count() + 1, expected }
}

/// Takes the bytes before the next tab, or `None` where no tab follows: the caller's field is
/// not the last that the format demands, but for INFO in a file without genotypes, which is
/// never taken.
fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let tab = memchr::memchr(b'\t', rest)?;
    let (field, after) = rest.split_at(tab);
    *rest = &after[1..];
    Some(field)
}

pub(crate) fn position(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pos = digits.iter().fold(0u64, |pos, digit| pos * 10 + u64::from(digit - b'0'));
    (pos <= i64::MAX as u64).then_some(pos)
}

fn allele(bytes: &[u8]) -> Option<&str> {
    let printable = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic);
    printable.then(|| str::from_utf8(bytes).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Record<'_>, LineFault> {
        Record::parse(line.as_bytes(), 11)
    }

    #[test]
    fn fixed_columns_are_read() {
        let record =
            parse("chr1\t0\trs1;rs2\tacN\t*,<DEL>,G]17:1]\t.\t.\t.\tDP:GT\t3:0/1\t.").unwrap();
        assert_eq!((record.contig, record.pos, record.reference), ("chr1", 0, "acN"));
        assert_eq!(record.alternates().collect::<Vec<_>>(), ["*", "<DEL>", "G]17:1]"]);
        let genotypes = record.genotypes(11).unwrap().unwrap();
        assert_eq!(
            (genotypes.part, genotypes.alone, genotypes.fields),
            (1, false, &b"3:0/1\t."[..])
        );
        let none = parse("1\t9223372036854775807\t.\tA\t.\t.\t.\t.\tGT\t0\t0").unwrap();
        assert_eq!((none.pos, none.alternates().count()), (i64::MAX as u64, 0));
        assert!(
            parse("1\t1\t.\tA\tC\t.\t.\t.\tDP\t0\t0").unwrap().genotypes(11).unwrap().is_none()
        );
    }

    #[test]
    fn wrong_lines_are_refused() {
        let columns = |found| LineFault::Columns { found, expected: 11 };
        for (line, fault) in [
            ("", columns(1)),
            ("1\t1\t.\tA\tC", columns(5)),
            ("#1\t1\t.\tA\tC\t", LineFault::HeaderLine),
            ("\t1\t.\tA\tC\t", LineFault::Contig(NameFault::Empty)),
            ("1 2\t1\t.\tA\tC\t", LineFault::SpaceInContig),
            ("1\t\t.\tA\tC\t", LineFault::Position),
            ("1\t-1\t.\tA\tC\t", LineFault::Position),
            ("1\t+1\t.\tA\tC\t", LineFault::Position),
            ("1\t1.0\t.\tA\tC\t", LineFault::Position),
            ("1\t9223372036854775808\t.\tA\tC\t", LineFault::Position),
            ("1\t99999999999999999999\t.\tA\tC\t", LineFault::Position),
            ("1\t1\t.\t\tC\t", LineFault::Reference),
            ("1\t1\t.\tA,G\tC\t", LineFault::Reference),
            ("1\t1\t.\tA\0\tC\t", LineFault::Reference),
            ("1\t1\t.\tA\t\t", LineFault::Alternates),
            ("1\t1\t.\tA\tC,\t", LineFault::Alternates),
            ("1\t1\t.\tA\tC,.\t", LineFault::Alternates),
            ("1\t1\t.\tA\tC G\t", LineFault::Alternates),
            ("1\t1\t.\tA\té\t", LineFault::Alternates),
        ] {
            assert_eq!(parse(line).unwrap_err(), fault, "{line:?}");
        }
        for (line, fault) in [
            ("1\t1\t.\tA\tC\t.\t.\t.", columns(8)),
            ("1\t1\t.\tA\tC\t.\t.\t.\tDP\t1", columns(10)),
            ("1\t1\t.\tA\tC\t.\t.\t.\tGT:DP:GT\t1\t1", LineFault::GenotypesTwice),
        ] {
            let genotypes = parse(line).unwrap().genotypes(11);
            assert_eq!(genotypes.err(), Some(fault), "{line:?}");
        }
    }
}
