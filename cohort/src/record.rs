//! A record: where it stands, its alleles, and its genotypes, which are read only when they are
//! asked for. Specification: `docs/spec/genotypes.md`, "Records".

use std::borrow::Cow;
use std::fmt;

use crate::allele::{is_alternate, is_bases, is_contig};
use crate::bcf::{self, BcfFault};
use crate::calls::Calls;
use crate::field::{Field, Found};
use crate::genotype::GenotypeFault;
use crate::genotype::packed::Packed;
use crate::header::Header;
use crate::name::LONGEST;
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

    /// Whether it is a line, which has columns.
    pub(crate) const fn is_line(self) -> bool {
        matches!(self, At::Line(_) | At::LineFrom(..))
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
    #[error(
        "not the name of a contig: expected printable ASCII without spaces, quotes, commas, backslashes and brackets, and no * or = in front; all of it may stand in <>{0}"
    )]
    Contig(Found),
    /// CHROM is long.
    #[error("the contig's name is longer than 65535 bytes")]
    LongContig,
    /// POS is not a number.
    #[error("not a whole number from 0 to 9223372036854775807{0}")]
    Position(Found),
    /// REF is not of bases.
    #[error(
        "not an allele: expected A, C, G, T and N in either case, and for an ambiguous base the first of its bases, such as A for R{0}"
    )]
    Reference(Found),
    /// An ALT is not an allele.
    #[error(
        "not a list of alleles: expected '.' alone, or joined by commas bases (A, C, G, T, N and *), <ID>s and breakends such as A[22:5[{0}"
    )]
    Alternates(Found),
    /// FORMAT names GT twice.
    #[error("GT is named twice")]
    GenotypesTwice,
    /// FORMAT has an empty key: which part of a field is GT is not sure.
    #[error("an empty key, expected keys joined by colons")]
    EmptyKey,
    /// A genotype that cannot be read; its text is nowhere repeated.
    #[error("{fault}")]
    Genotype {
        /// The sample's name.
        sample: String,
        /// The sample's place among all, from 0.
        place: usize,
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
    #[error("{fault}")]
    Bcf {
        /// The field that is read, where it has a name.
        field: Option<&'static str>,
        /// Why.
        fault: BcfFault,
    },
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

impl From<BcfFault> for RecordFault {
    fn from(fault: BcfFault) -> Self {
        RecordFault::Bcf { field: None, fault }
    }
}

impl RecordFault {
    /// The field of a VCF that this is about, where it is about one.
    pub(crate) fn field(&self) -> Option<Field> {
        Some(match self {
            RecordFault::Contig(_) | RecordFault::LongContig => Field::new(1, "CHROM"),
            RecordFault::Position(_) => Field::new(2, "POS"),
            RecordFault::Reference(_) => Field::new(4, "REF"),
            RecordFault::Alternates(_) | RecordFault::TooWide { .. } => Field::new(5, "ALT"),
            RecordFault::GenotypesTwice | RecordFault::EmptyKey => Field::format(),
            RecordFault::Genotype { sample, place, .. } => Field::sample(*place, sample),
            RecordFault::Bcf { field, .. } => Field::new(0, (*field)?).without_column(),
            _ => return None,
        })
    }
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
            Body::Pgen(body) => Some(body.calls(self.alternate_count, header.samples.len())?),
            Body::Bcf(body) => {
                body.calls(self.alternate_count, header.samples.len())?.map(Calls::Bcf)
            }
        })
    }
}

pub(crate) fn contig(bytes: &[u8]) -> Result<&str, RecordFault> {
    if bytes.len() > LONGEST {
        return Err(RecordFault::LongContig);
    }
    let contig = str::from_utf8(bytes).ok().filter(|_| is_contig(bytes));
    contig.ok_or_else(|| RecordFault::Contig(Found::new(bytes)))
}

pub(crate) fn position(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pos = digits.iter().fold(0u64, |pos, digit| pos * 10 + u64::from(digit - b'0'));
    (pos <= i64::MAX as u64).then_some(pos)
}

pub(crate) fn reference(bytes: &[u8]) -> Result<&str, RecordFault> {
    let reference = str::from_utf8(bytes).ok().filter(|_| is_bases(bytes));
    reference.ok_or_else(|| RecordFault::Reference(Found::new(bytes)))
}

/// The ALTs, joined by commas, and how many they are; `.` is none.
pub(crate) fn alternates(bytes: &[u8]) -> Result<(&str, usize), RecordFault> {
    listed(bytes, is_alternate).map_err(RecordFault::Alternates)
}

/// Alleles joined by commas, and how many they are, or the first that is none; `.` is no allele.
pub(crate) fn listed(bytes: &[u8], is_allele: fn(&[u8]) -> bool) -> Result<(&str, usize), Found> {
    if bytes == b"." {
        return Ok(("", 0));
    }
    let mut count = 0;
    for allele in bytes.split(|byte| *byte == b',') {
        if !is_allele(allele) {
            return Err(Found::new(allele));
        }
        count += 1;
    }
    str::from_utf8(bytes).map(|alleles| (alleles, count)).map_err(|_| Found::new(bytes))
}
