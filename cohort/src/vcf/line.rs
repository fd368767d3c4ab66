//! A record's line, as slices. Only the first five columns are read to decide whether it is
//! asked for; the rest waits for [`Line::calls`].
//! Specification: `docs/spec/genotypes.md`, "Records".

use std::borrow::Cow;

use crate::field::Found;
use crate::genotype::Genotype;
use crate::genotype::text::GenotypeReader;
use crate::header::Header;
use crate::record::{self, Body, Record, RecordFault};

/// A line of which the columns up to ALT were read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    all: &'a [u8],
    /// QUAL, FILTER, INFO and all after.
    rest: &'a [u8],
}

/// Where a line's genotypes are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextCalls<'a> {
    line: Line<'a>,
    /// How many ALTs the record has.
    pub(crate) alternates: usize,
    /// Which of the colon-separated parts of each sample's field is the genotype.
    pub(crate) part: usize,
    /// How many keys FORMAT has: no field has more parts.
    pub(crate) parts: usize,
    /// The samples' fields, joined by tabs.
    pub(crate) fields: &'a [u8],
}

/// `line` has no line end; `columns` are those of the header. A line of too few or too many columns
/// is that before it is anything else: what stands in a column may then be of another.
pub(crate) fn parse(line: &[u8], columns: usize) -> Result<Record<'_>, RecordFault> {
    if line.first() == Some(&b'#') {
        return Err(RecordFault::HeaderLine);
    }
    site(line, columns).map_err(|fault| check_columns(line, columns).err().unwrap_or(fault))
}

fn site(line: &[u8], columns: usize) -> Result<Record<'_>, RecordFault> {
    let mut rest = line;
    let mut next = || field(&mut rest).ok_or_else(|| ragged(line, columns));
    let contig = record::contig(next()?)?;
    let pos = next()?;
    let pos = record::position(pos).ok_or_else(|| RecordFault::Position(Found::new(pos)))?;
    let _id = next()?;
    let reference = record::reference(next()?)?;
    let (alternates, alternate_count) = record::alternates(next()?)?;
    let alternates = Cow::Borrowed(alternates);
    let body = Body::Line(Line { all: line, rest });
    Ok(Record { contig, pos, reference, alternates, alternate_count, body })
}

/// Whether a line without an end may have lost some of its last genotype: it is not there, or has
/// fewer alleles than two or than the first, or an index that could have another digit.
pub(super) fn may_be_cut(line: &[u8], columns: usize) -> bool {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
    let [_, _, _, _, alternates, _, _, _, format, first, ..] = fields[..] else { return false };
    let part = format.split(|byte| *byte == b':').position(|key| key == b"GT");
    let Some(part) = part.filter(|_| fields.len() == columns) else { return false };
    let genotype = |sample: &'_ [u8]| sample.split(|byte| *byte == b':').nth(part).map(alleles);
    let last = fields[columns - 1];
    if memchr::memchr_iter(b':', last).count() > part {
        return false;
    }
    let long_indexes = memchr::memchr_iter(b',', alternates).count() + 1 > 9;
    let least = genotype(first).unwrap_or(0).max(2);
    long_indexes || genotype(last).is_none_or(|found| found < least)
}

/// Joined by `/` or `|`, of which one may stand in front.
fn alleles(genotype: &[u8]) -> usize {
    1 + genotype.iter().skip(1).filter(|byte| matches!(byte, b'/' | b'|')).count()
}

impl<'a> Line<'a> {
    /// Finds GT in FORMAT; `None` where the record has no genotypes, after its columns were
    /// counted. `columns` are those of the header.
    pub(crate) fn calls(
        self,
        alternates: usize,
        columns: usize,
    ) -> Result<Option<TextCalls<'a>>, RecordFault> {
        let mut rest = self.rest;
        let mut next = || field(&mut rest);
        let format = match (next(), next(), next(), next()) {
            (Some(_), Some(_), Some(_), Some(format)) if columns > 9 => format,
            _ => return self.check_columns(columns).map(|()| None),
        };
        let calls = TextCalls { line: self, alternates, part: 0, parts: 1, fields: rest };
        if format == b"GT" {
            return Ok(Some(calls));
        }
        let keys = || format.split(|b| *b == b':').enumerate();
        let mut places = keys().filter(|(_, key)| *key == b"GT");
        match (places.next(), places.next()) {
            (Some(_), None) if keys().any(|(_, key)| key.is_empty()) => Err(RecordFault::EmptyKey),
            (Some((part, _)), None) => {
                let parts = memchr::memchr_iter(b':', format).count() + 1;
                Ok(Some(TextCalls { part, parts, ..calls }))
            }
            (Some(_), Some(_)) => Err(RecordFault::GenotypesTwice),
            (None, _) => self.check_columns(columns).map(|()| None),
        }
    }

    fn check_columns(self, columns: usize) -> Result<(), RecordFault> {
        check_columns(self.all, columns)
    }
}

/// Counts the whole line's columns.
fn check_columns(line: &[u8], columns: usize) -> Result<(), RecordFault> {
    match ragged(line, columns) {
        RecordFault::Columns { found, expected } if found == expected => Ok(()),
        fault => Err(fault),
    }
}

impl<'a> TextCalls<'a> {
    /// The genotypes of a record of one ALT, first in FORMAT.
    #[cfg(test)]
    pub(crate) fn first(parts: usize, fields: &'a [u8]) -> TextCalls<'a> {
        let line = Line { all: fields, rest: fields };
        TextCalls { line, alternates: 1, part: 0, parts, fields }
    }

    /// Hands each sample's genotype to `take`, with the sample's place. A line of too few or too
    /// many columns is that before it is anything else.
    pub(crate) fn each(
        &self,
        header: &Header,
        mut take: impl FnMut(usize, &Genotype),
    ) -> Result<(), RecordFault> {
        let mut reader = GenotypeReader::new(self.fields, self.part, self.parts, self.alternates);
        for (place, sample) in header.samples.iter().enumerate() {
            match reader.read() {
                Ok(Some(genotype)) => take(place, genotype),
                Ok(None) => return self.line.check_columns(header.columns),
                Err(fault) => {
                    self.line.check_columns(header.columns)?;
                    return Err(RecordFault::Genotype { sample: sample.clone(), place, fault });
                }
            }
        }
        if reader.is_at_end() { Ok(()) } else { self.line.check_columns(header.columns) }
    }
}

fn ragged(line: &[u8], expected: usize) -> RecordFault {
    RecordFault::Columns { found: memchr::memchr_iter(b'\t', line).count() + 1, expected }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Record<'_>, RecordFault> {
        super::parse(line.as_bytes(), 11)
    }

    type Fault = fn(Found) -> RecordFault;

    fn calls<'a>(record: &Record<'a>) -> Result<Option<TextCalls<'a>>, RecordFault> {
        let Body::Line(line) = record.body else { panic!("a line") };
        line.calls(record.alternate_count, 11)
    }

    #[test]
    fn fixed_columns_are_read() {
        let record =
            parse("chr1\t0\trs1;rs2\tacN\t*,<DEL>,G]17:1]\t.\t.\t.\tDP:GT\t3:0/1\t.").unwrap();
        assert_eq!((record.contig, record.pos, record.reference), ("chr1", 0, "acN"));
        assert_eq!(record.alternates().collect::<Vec<_>>(), ["*", "<DEL>", "G]17:1]"]);
        let genotypes = calls(&record).unwrap().unwrap();
        assert_eq!((genotypes.part, genotypes.parts, genotypes.fields), (1, 2, &b"3:0/1\t."[..]));
        let none = parse("1\t9223372036854775807\t.\tA\t.\t.\t.\t.\tGT\t0\t0").unwrap();
        assert_eq!((none.pos, none.alternates().count()), (i64::MAX as u64, 0));
        assert!(calls(&parse("1\t1\t.\tA\tC\t.\t.\t.\tDP\t0\t0").unwrap()).unwrap().is_none());
    }

    #[test]
    fn a_genotype_at_the_very_end_may_be_cut() {
        for (alternates, format, first, last, cut) in [
            ("C", "GT", ".", "0/1", false),
            ("C", "GT", "0/1", "0", true),
            ("C", "GT", "0", "1", true),
            ("C", "GT", "0/1/1", "0/1", true),
            ("C", "GT", "0/1", "/0/1", false),
            ("C", "GT:DP", "0/1:2", "0/1", false),
            ("C", "GT:DP", "0/1:2", "0", true),
            ("C", "GT:DP", "0/1:2", "0:", false),
            ("C", "DP:GT", "2:0/1", "3", true),
            ("C", "DP:GT", "2:0/1", "3:0/1", false),
            ("C", "DP:GT", "2:0/1", "3:0", true),
            ("C", "DP:GT", "2:0/1", "3:0:x", false),
            ("C", "DP", "2", "3", false),
            ("C,G,T,CC,CG,CT,GC,GG,GT", "GT", "0/1", "0/1", false),
            ("C,G,T,CC,CG,CT,GC,GG,GT,TT", "GT", "0/1", "0/1", true),
        ] {
            let line = format!("1\t1\t.\tA\t{alternates}\t.\t.\t.\t{format}\t{first}\t{last}");
            assert_eq!(may_be_cut(line.as_bytes(), 11), cut, "{line}");
            assert!(!may_be_cut(line.as_bytes(), 12), "its columns are counted");
        }
        assert!(!may_be_cut(b"1\t1\t.\tA\tC\t.\t.\t.", 8));
    }

    #[test]
    fn wrong_lines_are_refused() {
        let columns = |found| RecordFault::Columns { found, expected: 11 };
        for (line, fault) in [
            ("", columns(1)),
            ("1\t1\t.\tA\tC", columns(5)),
            ("1\tx\t.\tA\tC\t", columns(6)),
            ("0/1\t0/1\t0/1\t0/1\t0/1\t0/1", columns(6)),
            ("#1\t1\t.\tA\tC\t", RecordFault::HeaderLine),
        ] {
            assert_eq!(parse(line).unwrap_err(), fault, "{line:?}");
        }
        let long = "1".repeat(65_536);
        let contigs = ["", "1 2", "\0", "é", "<1"].map(|text| (text, RecordFault::Contig as Fault));
        let too_long = [(&long[..], (|_| RecordFault::LongContig) as Fault)];
        let numbers = ["", "-1", "+1", "1.0", "9223372036854775808", "99999999999999999999"];
        let numbers = numbers.map(|text| (text, RecordFault::Position as Fault));
        let references =
            ["", "A,G", "A\0", "R", "."].map(|text| (text, RecordFault::Reference as Fault));
        let lists = ["", "C G", "é", "C?"].map(|text| (text, RecordFault::Alternates as Fault));
        for (place, wrong) in
            [(0, &contigs[..]), (0, &too_long), (1, &numbers), (3, &references), (4, &lists)]
        {
            for (text, fault) in wrong {
                let mut fields = ["1", "1", ".", "A", "C", ".", ".", ".", "GT", "0/1", "0/1"];
                fields[place] = text;
                let line = fields.join("\t");
                assert_eq!(
                    parse(&line).unwrap_err(),
                    fault(Found::new(text.as_bytes())),
                    "{text:?}"
                );
            }
        }
        for (list, found) in [("C,", ""), ("C,.", "."), ("<DEL>,R", "R"), (",C", "")] {
            let line = format!("1\t1\t.\tA\t{list}\t.\t.\t.\tGT\t0/1\t0/1");
            let fault = RecordFault::Alternates(Found::new(found.as_bytes()));
            assert_eq!(parse(&line).unwrap_err(), fault, "{list:?}");
        }
        for (line, fault) in [
            ("1\t1\t.\tA\tC\t.\t.\t.", columns(8)),
            ("1\t1\t.\tA\tC\t.\t.\t.\tDP\t1", columns(10)),
            ("1\t1\t.\tA\tC\t.\t.\t.\tGT:DP:GT\t1\t1", RecordFault::GenotypesTwice),
            ("1\t1\t.\tA\tC\t.\t.\t.\t:GT\t1\t1", RecordFault::EmptyKey),
            ("1\t1\t.\tA\tC\t.\t.\t.\tGT::DP\t1\t1", RecordFault::EmptyKey),
            ("1\t1\t.\tA\tC\t.\t.\t.\tGT:\t1\t1", RecordFault::EmptyKey),
        ] {
            assert_eq!(calls(&parse(line).unwrap()).err(), Some(fault), "{line:?}");
        }
    }
}
