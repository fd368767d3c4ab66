//! The genotypes of a PLINK 2 set, of hard calls: the two modes whose records are of one length,
//! and the one that compresses them.
//! Specification: `docs/spec/genotypes.md`, "PLINK 2"; the format's own is `pgen_spec` of plink-ng.

mod index;
mod patch;
mod records;
mod sparse;
mod track;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(crate) use patch::{Patched, PgenBody};
pub(super) use records::Variable;
pub(crate) use sparse::Sparse;

use super::MAGIC;
use crate::genotype::packed;
use crate::read_error::ReadError;
use index::Index;

/// The mode in which all records are of two bits a sample.
const FIXED: u8 = 2;
/// The mode in which each record is compressed in its own way.
const VARIABLE: u8 = 16;
/// Magic, mode, counts of records and samples, and how the rest of the header is written.
const PREFIX: usize = 12;
/// How that byte says that the header has a bit for each record, of REFs that may be none.
const FLAGS: u8 = 3;

/// What is wrong with a pgen.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PgenFault {
    /// A header of a kind that the standard does not know.
    #[error("the header is of an unknown kind")]
    Header,
    /// Other samples than psam or fam has.
    #[error("the header says {found} samples, but psam or fam has {expected}")]
    Samples {
        /// How many the header says.
        found: u32,
        /// How many psam or fam has.
        expected: usize,
    },
    /// More or less records than the header announces.
    #[error("the file has {found} bytes, but its header announces {expected}")]
    Length {
        /// How many it has.
        found: u64,
        /// How many it should have.
        expected: u64,
    },
    /// Records that lie outside of the file.
    #[error("the header says that records lie where the file has none")]
    Place,
    /// A record that is shorter than what it says.
    #[error("genotypes that reach beyond the end of the record")]
    Short,
    /// A record that is longer.
    #[error("bytes after the record's last genotype")]
    TrailingBytes,
    /// A way of compression that the standard does not know.
    #[error("genotypes compressed in an unknown way")]
    Compression,
    /// The first record of a block stated by its differences.
    #[error("differences from a record before, where there is none")]
    NoBase,
    /// A list of samples that are out of order or are none.
    #[error("a list of samples that is out of order or names others than there are")]
    SampleList,
    /// Allele indices where the sites have no such ALT.
    #[error("alleles beyond the ALTs that pvar or bim has")]
    Alleles,
}

/// Genotypes of which the header was read.
pub(super) enum Opened {
    /// Records of one length: where they begin.
    Fixed(File, u64),
    Variable(Box<Variable>),
}

/// Reads the header; `file` stands at the beginning.
pub(super) fn open(path: &Path, samples: usize) -> Result<Opened, ReadError> {
    let name = path.display().to_string();
    let io = |source| ReadError::Io { name: name.clone(), source };
    let wrong = |fault| ReadError::Pgen { name: name.clone(), fault };
    let unknown = |found| ReadError::Unknown { name: name.clone(), found };
    let mut file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut prefix = [0; PREFIX];
    read_exact(&mut file, &mut prefix, &name)?;
    let [magic_1, magic_2, mode, counts @ .., how] = prefix;
    if [magic_1, magic_2] != MAGIC {
        return Err(unknown("it is a compressed PLINK 2 file, which is to be decompressed first"));
    }
    let [a, b, c, d, e, f, g, h] = counts;
    let (records, found) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    if found as usize != samples {
        return Err(wrong(PgenFault::Samples { found, expected: samples }));
    }
    match mode {
        FIXED => {
            let flags = if how >> 6 == FLAGS { u64::from(records).div_ceil(8) } else { 0 };
            let begin = PREFIX as u64 + flags;
            let expected = begin + u64::from(records) * packed::row(samples) as u64;
            if how & 63 != 0 {
                return Err(wrong(PgenFault::Header));
            }
            if length != expected {
                return Err(wrong(PgenFault::Length { found: length, expected }));
            }
            Ok(Opened::Fixed(file, begin))
        }
        VARIABLE => {
            let index = Index::open(file, &name, (records, how), length)?;
            let file = File::open(path).map_err(io)?;
            Ok(Opened::Variable(Box::new(Variable::new(name, index, file, samples))))
        }
        3 | 4 => Err(unknown(
            "it is a PLINK 2 file of fixed-width dosages, which PLINK 2 rewrites by --make-pgen",
        )),
        _ => Err(unknown("it is a PLINK 2 file of another mode than 1, 2 and 16")),
    }
}

fn read_exact(file: &mut impl Read, into: &mut [u8], name: &str) -> Result<(), ReadError> {
    let name = name.to_owned();
    file.read_exact(into).map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::CutHeader { name },
        _ => ReadError::Io { name, source },
    })
}
