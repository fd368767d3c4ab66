//! The sites of a set: `bim`, whose columns are always the same, or `pvar`, whose header names
//! them. An allele written `0` or `.` is not known: no ALT, or a REF `.`.

use std::borrow::Cow;

use super::samples::fields;
use crate::batch::{Batch, Batches, Unit};
use crate::chromosome::Chromosome;
use crate::field::{Field, Found};
use crate::front::Front;
use crate::genotype::packed::Ploidy;
use crate::header::{Header, HeaderFault};
use crate::read_error::ReadError;
use crate::record::{self, At, Body, Record, RecordFault};
use crate::source::Source;
use crate::vcf::{LONGEST_HEADER, without_end};

/// What is wrong with a line of sites.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteFault {
    /// Too few or too many columns.
    #[error("{found} columns, expected {expected}")]
    Columns {
        /// How many there are.
        found: usize,
        /// How many each line has.
        expected: usize,
    },
    /// REF, or A2.
    #[error("not an allele: expected printable ASCII characters, no comma{0}")]
    Reference(Found),
    /// ALT, or A1.
    #[error(
        "not a list of alleles: expected '.' alone, or alleles of printable ASCII characters joined by commas{0}"
    )]
    Alternates(Found),
}

/// Which column of a line is what, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    names: Names,
    pos: usize,
    reference: usize,
    alternates: usize,
    width: usize,
    /// Whether more columns may follow.
    open: bool,
}

/// What CHROM, POS, REF and ALT are called.
type Names = [&'static str; 4];

const BIM_NAMES: Names = ["chromosome", "position", "A2", "A1"];
const PVAR_NAMES: Names = ["CHROM", "POS", "REF", "ALT"];

/// Chromosome, name, centimorgans, position, A1 and A2.
const BIM: Layout =
    Layout { names: BIM_NAMES, pos: 3, alternates: 4, reference: 5, width: 6, open: false };
/// The same without centimorgans.
const SHORT_BIM: Layout =
    Layout { names: BIM_NAMES, pos: 2, alternates: 3, reference: 4, width: 5, open: false };

impl Layout {
    /// The column that a fault is about, where it is about one.
    fn field(&self, fault: &RecordFault) -> Option<Field> {
        let [contig, pos, reference, alternates] = self.names;
        let (column, name) = match fault {
            RecordFault::Contig(_) | RecordFault::LongContig => (0, contig),
            RecordFault::Position(_) => (self.pos, pos),
            RecordFault::Site(SiteFault::Reference(_)) => (self.reference, reference),
            RecordFault::Site(SiteFault::Alternates(_)) => (self.alternates, alternates),
            _ => return None,
        };
        Some(Field::new(column + 1, name))
    }
}

/// Where X and Y pair in any of NCBI36, GRCh37 and GRCh38: at their fronts up to here, which is
/// GRCh38's.
const PAIRED_FRONT: u64 = 2_781_479;
/// At the end of X from here on, which is NCBI36's.
const PAIRED_END_OF_X: u64 = 154_584_238;
/// At the end of Y from here on, which is GRCh38's.
const PAIRED_END_OF_Y: u64 = 56_887_903;

/// Sites of which the header was read.
pub(crate) struct UnreadSites {
    name: String,
    source: Source,
    begun: Vec<u8>,
    lines: u64,
    layout: Layout,
}

impl UnreadSites {
    pub(super) fn open(
        mut front: Front,
        name: String,
        header: &mut Header,
    ) -> Result<UnreadSites, ReadError> {
        let mut lines = 0;
        let fault = |fault| ReadError::source_fault(&name, fault);
        while front.peek(1).map_err(fault)? == b"#" {
            lines += 1;
            let wrong = |fault| ReadError::header(&name, lines, fault);
            let Some(end) = front.line(LONGEST_HEADER).map_err(fault)? else { break };
            if front.total > LONGEST_HEADER {
                return Err(wrong(HeaderFault::TooLong));
            }
            let line = without_end(front.take(end));
            if line.starts_with(b"##") {
                header.take_assembly(line).map_err(wrong)?;
                continue;
            }
            let layout = layout(line).map_err(wrong)?;
            let (source, begun) = front.finish();
            return Ok(UnreadSites { name, source, begun, lines, layout });
        }
        let first = front.line(LONGEST_HEADER).map_err(fault)?.unwrap_or(0);
        let first = front.peek(first).map_err(fault)?;
        let layout = if fields(without_end(first)).count() == 5 { SHORT_BIM } else { BIM };
        let (source, begun) = front.finish();
        Ok(UnreadSites { name, source, begun, lines, layout })
    }
}

/// Reads `#CHROM POS ID REF ALT …`; FORMAT and what follows it do not matter.
fn layout(line: &[u8]) -> Result<Layout, HeaderFault> {
    let mut names: Vec<&[u8]> = fields(line).collect();
    if names.first() != Some(&&b"#CHROM"[..]) {
        let found = Found::new(names.first().copied().unwrap_or_default());
        return Err(HeaderFault::ColumnName { column: 1, expected: "#CHROM", found });
    }
    let format = names.iter().position(|name| *name == b"FORMAT");
    names.truncate(format.unwrap_or(names.len()));
    let place = |expected: &'static str| {
        let mut places = names.iter().enumerate().filter(|(_, name)| **name == expected.as_bytes());
        match (places.next(), places.next()) {
            (Some((place, _)), None) => Ok(place),
            _ => Err(HeaderFault::ColumnMissing { expected }),
        }
    };
    Ok(Layout {
        names: PVAR_NAMES,
        pos: place("POS")?,
        reference: place("REF")?,
        alternates: place("ALT")?,
        width: names.len(),
        open: format.is_some(),
    })
}

/// A line of sites.
pub(crate) struct Site<'a> {
    pub(super) contig: &'a str,
    pos: u64,
    reference: &'a str,
    alternates: &'a str,
    pub(super) alternate_count: usize,
}

impl<'a> Site<'a> {
    fn parse(line: &'a [u8], layout: Layout) -> Result<Site<'a>, RecordFault> {
        let mut found = 0;
        let [mut contig, mut pos, mut reference, mut alternates] = [&b""[..]; 4];
        for (place, field) in fields(line).enumerate() {
            found = place + 1;
            match place {
                0 => contig = field,
                _ if place == layout.pos => pos = field,
                _ if place == layout.reference => reference = field,
                _ if place == layout.alternates => alternates = field,
                _ => {}
            }
        }
        let expected = layout.width;
        if found < expected || (found > expected && !layout.open) {
            return Err(RecordFault::Site(SiteFault::Columns { found, expected }));
        }
        let known = |allele: &'a [u8]| if allele == b"0" { &b"."[..] } else { allele };
        let wrong = |fault| RecordFault::Site(fault);
        let reference = known(reference);
        let allele = str::from_utf8(reference).ok().filter(|_| is_allele(reference));
        let alternates = record::listed(known(alternates), |a| is_allele(a) && a != b".");
        let (alternates, alternate_count) =
            alternates.map_err(|found| wrong(SiteFault::Alternates(found)))?;
        Ok(Site {
            contig: record::contig(contig)?,
            pos: record::position(pos).ok_or_else(|| RecordFault::Position(Found::new(pos)))?,
            reference: allele.ok_or_else(|| wrong(SiteFault::Reference(Found::new(reference))))?,
            alternates,
            alternate_count,
        })
    }

    /// Of X, Y and the mitochondrion by any of their names: PLINK keeps a genotype of one
    /// allele as one of two.
    pub(super) fn ploidy(&self) -> Ploidy {
        let paired = |least| self.pos <= PAIRED_FRONT || self.pos >= least;
        match Chromosome::of(self.contig) {
            Chromosome::X if paired(PAIRED_END_OF_X) => Ploidy::Paired,
            Chromosome::X => Ploidy::X,
            Chromosome::Y if paired(PAIRED_END_OF_Y) => Ploidy::Paired,
            Chromosome::Y => Ploidy::Y,
            Chromosome::Mitochondrion => Ploidy::Mitochondrion,
            Chromosome::Autosome(_) | Chromosome::Other => Ploidy::Two,
        }
    }

    pub(super) fn record(self, body: Body<'a>) -> Record<'a> {
        Record {
            contig: self.contig,
            pos: self.pos,
            reference: self.reference,
            alternates: Cow::Borrowed(self.alternates),
            alternate_count: self.alternate_count,
            body,
        }
    }
}

/// PLINK's alleles may be any letters and numbers, such as `I` and `D`, or `1` and `2`.
fn is_allele(allele: &[u8]) -> bool {
    !allele.is_empty() && allele.iter().all(|byte| byte.is_ascii_graphic() && *byte != b',')
}

pub(super) struct Sites {
    name: String,
    batches: Batches,
    batch: Batch,
    at: usize,
    lines: u64,
    /// The first of the empty lines just passed.
    empty: Option<u64>,
    layout: Layout,
}

impl Sites {
    pub(super) fn of(unread: UnreadSites) -> Sites {
        let UnreadSites { name, source, begun, lines, layout } = unread;
        let batches = Batches::of(source, begun, Unit::Line);
        Sites { name, batches, batch: Batch::default(), at: 0, lines, empty: None, layout }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Passes empty lines; false at the end of the file.
    pub(super) fn load(&mut self) -> Result<bool, ReadError> {
        loop {
            let rest = &self.batch.bytes()[self.at..];
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            if !without_end(&rest[..end]).is_empty() {
                return Ok(true);
            }
            if end > 0 {
                self.at += end;
                self.lines += 1;
                self.empty.get_or_insert(self.lines);
                continue;
            }
            self.batches.give_back(std::mem::take(&mut self.batch));
            self.at = 0;
            match self.batches.next() {
                Ok(Some(batch)) => self.batch = batch,
                Ok(None) => return Ok(false),
                Err(fault) => {
                    let at = At::Line(self.lines + 1);
                    return Err(ReadError::batch_fault(&self.name, at, fault));
                }
            }
        }
    }

    /// The lines of the batch.
    pub(super) fn lines(&mut self) -> SiteLines<'_> {
        let Sites { name, batch, at, lines, empty, layout, .. } = self;
        SiteLines { name, text: batch.bytes(), at, lines, empty: *empty, layout: *layout }
    }
}

pub(super) struct SiteLines<'a> {
    name: &'a str,
    text: &'a [u8],
    at: &'a mut usize,
    lines: &'a mut u64,
    empty: Option<u64>,
    layout: Layout,
}

impl<'a> SiteLines<'a> {
    pub(super) fn is_empty(&self) -> bool {
        *self.at == self.text.len()
    }

    /// `None` where only empty lines are left in the batch.
    pub(super) fn next(&mut self) -> Option<Result<Site<'a>, ReadError>> {
        let rest = &self.text[*self.at..];
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = without_end(&rest[..end]);
        if line.is_empty() {
            return None;
        }
        *self.at += end;
        *self.lines += 1;
        let parsed = match self.empty {
            Some(empty) => Err((empty, RecordFault::EmptyLine)),
            None => Site::parse(line, self.layout).map_err(|fault| (*self.lines, fault)),
        };
        let (name, layout) = (self.name, self.layout);
        Some(parsed.map_err(|(line, fault)| ReadError::Record {
            name: name.to_owned(),
            at: At::Line(line),
            field: layout.field(&fault).map(Box::new),
            fault,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ploidy_follows_every_name_of_a_chromosome() {
        for (contig, pos, ploidy) in [
            ("7", 5_000_000, Ploidy::Two),
            ("XY", 5_000_000, Ploidy::Two),
            ("25", 5_000_000, Ploidy::Two),
            ("X", 5_000_000, Ploidy::X),
            ("0X", 5_000_000, Ploidy::X),
            ("chr23", 5_000_000, Ploidy::X),
            ("NC_000023.11", 5_000_000, Ploidy::X),
            ("chrX", 1_000_000, Ploidy::Paired),
            ("chry", 5_000_000, Ploidy::Y),
            ("24", 1_000_000, Ploidy::Paired),
            ("chrM", 1, Ploidy::Mitochondrion),
            ("NC_012920.1", 1, Ploidy::Mitochondrion),
        ] {
            let site = Site { contig, pos, reference: "A", alternates: "C", alternate_count: 1 };
            assert_eq!(site.ploidy(), ploidy, "{contig}:{pos}");
        }
    }
}
