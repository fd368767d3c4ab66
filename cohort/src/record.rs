//! A record: where it stands, its alleles, and its genotypes, which are read only when they are
//! asked for. Specification: `docs/spec/genotypes.md`, "Records".

use std::borrow::Cow;
use std::fmt;

use crate::bcf::{self, BcfFault};
use crate::calls::Calls;
use crate::genotype::GenotypeFault;
use crate::genotype::packed::Packed;
use crate::header::Header;
use crate::name::{NameFault, name};
use crate::plink::pgen::PgenBody;
use crate::plink::{PgenFault, SiteFault};
use crate::variant::Variant;
use crate::vcf::line::Line;

/// Where in a file a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A line of text, counted from 1.
    Line(u64),
    /// A record of a file that has no lines, counted from 1.
    Record(u64),
    /// A line, counted from 1 at a virtual offset of BGZF: where reading began by an index.
    LineFrom(u64, u64),
    /// A record of a file that has no lines, counted in the same way.
    RecordFrom(u64, u64),
}

impl At {
    /// Records of one file stand in this order.
    pub(crate) const fn order(self) -> (u64, u64) {
        match self {
            At::Line(number) | At::Record(number) => (0, number),
            At::LineFrom(number, offset) | At::RecordFrom(number, offset) => (offset, number),
        }
    }

    /// The same, counted from a virtual offset.
    pub(crate) fn from(self, offset: u64) -> At {
        match self {
            At::Line(number) => At::LineFrom(number, offset),
            At::Record(number) => At::RecordFrom(number, offset),
            other => other,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Line(number) => write!(f, "line {number}"),
            At::Record(number) => write!(f, "record {number}"),
            At::LineFrom(number, from) => write!(f, "line {number} from virtual offset {from} on"),
            At::RecordFrom(number, from) => {
                write!(f, "record {number} from virtual offset {from} on")
            }
        }
    }
}

/// What is wrong with a record.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordFault {
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
    /// The last line of plain text has no end, and ends with a genotype.
    #[error(
        "the file ends within this line, whose last genotype may be cut; end the line where the file is whole"
    )]
    NoEnd,
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
    /// A line or record longer than 1 GiB.
    #[error("the record is longer than 1 GiB")]
    TooLong,
    /// A record of a BCF file.
    #[error(transparent)]
    Bcf(#[from] BcfFault),
    /// A record of a pgen.
    #[error(transparent)]
    Pgen(#[from] PgenFault),
    /// A line of a PLINK set's sites.
    #[error(transparent)]
    Site(SiteFault),
    /// Genotypes of a format that knows one ALT, and a site of several.
    #[error("several ALTs, but a file of this format has one for each record")]
    SeveralAlternates,
}

/// The part of a record before its genotypes, checked; nothing after it is.
#[derive(Clone, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) contig: &'a str,
    pub(crate) pos: u64,
    pub(crate) reference: &'a str,
    /// Joined by commas; empty where there are none.
    pub(crate) alternates: Cow<'a, str>,
    pub(crate) alternate_count: usize,
    pub(crate) body: Body<'a>,
}

/// What of a record waits until it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    Line(Line<'a>),
    Packed(Packed<'a>),
    Bcf(bcf::calls::Body<'a>),
    Pgen(PgenBody<'a>),
}

impl<'a> Record<'a> {
    pub(crate) fn alternates(&self) -> impl Iterator<Item = &str> {
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

    /// `None` where the record has no genotypes.
    pub(crate) fn calls(&self, header: &Header) -> Result<Option<Calls<'a>>, RecordFault> {
        Ok(match self.body {
            Body::Line(line) => line.calls(self.alternate_count, header.columns)?.map(Calls::Text),
            Body::Packed(packed) => Some(Calls::Packed(packed)),
            Body::Pgen(body) => {
                let patched = body.patched(self.alternate_count, header.samples.len())?;
                Some(patched.map_or(Calls::Packed(body.packed), Calls::Patched))
            }
            Body::Bcf(body) => {
                body.calls(self.alternate_count, header.samples.len())?.map(Calls::Bcf)
            }
        })
    }
}

pub(crate) fn contig(bytes: &[u8]) -> Result<&str, RecordFault> {
    let contig = name(bytes).map_err(RecordFault::Contig)?;
    if contig.contains(' ') { Err(RecordFault::SpaceInContig) } else { Ok(contig) }
}

pub(crate) fn position(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pos = digits.iter().fold(0u64, |pos, digit| pos * 10 + u64::from(digit - b'0'));
    (pos <= i64::MAX as u64).then_some(pos)
}

pub(crate) fn reference(bytes: &[u8]) -> Result<&str, RecordFault> {
    let allele = printable(bytes).filter(|allele| !allele.contains(','));
    allele.ok_or(RecordFault::Reference)
}

/// The ALTs, joined by commas, and how many they are; `.` is none.
pub(crate) fn alternates(bytes: &[u8]) -> Result<(&str, usize), RecordFault> {
    let alternates = printable(bytes).ok_or(RecordFault::Alternates)?;
    if alternates == "." {
        return Ok(("", 0));
    }
    let count = memchr::memchr_iter(b',', bytes).count() + 1;
    if alternates.split(',').any(|alternate| alternate.is_empty() || alternate == ".") {
        return Err(RecordFault::Alternates);
    }
    Ok((alternates, count))
}

fn printable(bytes: &[u8]) -> Option<&str> {
    let printable = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic);
    printable.then(|| str::from_utf8(bytes).ok())?
}
