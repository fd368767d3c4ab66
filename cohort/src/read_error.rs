//! Why a file cannot be read to its end. Texts name the file, the line and the column, and never
//! repeat a genotype.

use std::io;

use crate::batch::BatchFault;
use crate::field::{After, Field};
use crate::genotypes::{OF_CONSUMER_TEST, OTHERWISE};
use crate::header::HeaderFault;
use crate::plink::PgenFault;
use crate::record::{At, RecordFault};
use crate::region::IndexFault;
use crate::source::SourceFault;

/// Why a file cannot be read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The system refuses the file.
    #[error("{name}: cannot be read")]
    Io {
        /// The file.
        name: String,
        /// The system's word.
        source: io::Error,
    },
    /// A directory, not a file.
    #[error("{name} is a directory, expected a file of genotypes")]
    Directory {
        /// The directory.
        name: String,
    },
    /// A file of no bytes.
    #[error("{name} is empty, expected genotypes")]
    Empty {
        /// The file.
        name: String,
    },
    /// A file of no format that is read.
    #[error("{name} is not a genotype file: {found}, expected VCF, BCF or a PLINK set")]
    Unknown {
        /// The file.
        name: String,
        /// What the first bytes look like.
        found: &'static str,
    },
    /// A compressed file that was cut.
    #[error("{name} is truncated: it ends inside its compressed data")]
    Truncated {
        /// The file.
        name: String,
    },
    /// A BGZF file that was cut between blocks, or never finished.
    #[error("{name} is truncated: it ends without the BGZF end-of-file marker")]
    NoEndOfFile {
        /// The file.
        name: String,
    },
    /// A compressed file that contradicts itself.
    #[error("{name} is corrupt: {what}")]
    Corrupt {
        /// The file.
        name: String,
        /// The contradiction.
        what: &'static str,
    },
    /// A file that ends inside its header.
    #[error("{name} is truncated: it ends inside its header")]
    CutHeader {
        /// The file.
        name: String,
    },
    /// A file of records that ends inside one.
    #[error("{name} is truncated: it ends inside {at}")]
    CutRecord {
        /// The file.
        name: String,
        /// The record.
        at: At,
    },
    /// A set whose genotypes end before its sites.
    #[error("{name} has {records} records, but {sites} has more")]
    TooFewRecords {
        /// The file of genotypes.
        name: String,
        /// How many it has.
        records: u64,
        /// The file of sites.
        sites: String,
    },
    /// A set whose sites end before its genotypes.
    #[error("{name} has more than the {records} records of {sites}")]
    TooManyRecords {
        /// The file of genotypes.
        name: String,
        /// How many the file of sites has.
        records: u64,
        /// The file of sites.
        sites: String,
    },
    /// A pgen's header.
    #[error("{name}: {fault}")]
    Pgen {
        /// The file.
        name: String,
        /// Why.
        fault: PgenFault,
    },
    /// A file that a set needs beside its genotypes.
    #[error("{name}: cannot be read, and {genotypes} needs it")]
    Beside {
        /// The file.
        name: String,
        /// The file of genotypes.
        genotypes: String,
        /// The system's word.
        source: io::Error,
    },
    /// A file of sites or samples without the genotypes of its set.
    #[error(
        "{name} belongs to a PLINK set, but has no genotypes beside it: {genotypes} is not there"
    )]
    NoGenotypes {
        /// The file.
        name: String,
        /// The file that would have the genotypes.
        genotypes: String,
    },
    /// An index that was given, or that the records contradict.
    #[error("{index} is not an index of {name}: {fault}; make it again, or read without it")]
    Index {
        /// The index.
        index: String,
        /// The file of genotypes.
        name: String,
        /// Why.
        fault: IndexFault,
    },
    /// A region's contig that neither the header nor a record has.
    #[error("{name} has no contig {contig:?}; it has {known}")]
    NoContig {
        /// The file.
        name: String,
        /// The contig asked for.
        contig: String,
        /// The first of those that the file has.
        known: String,
    },
    /// A compressed file with something after it.
    #[error("{name} has bytes after its compressed data that are not compressed data")]
    TrailingBytes {
        /// The file.
        name: String,
    },
    /// A line of the header.
    #[error("{name}, line {line}{}: {fault}", After(.field.as_deref()))]
    Header {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// The column, where it is about one.
        field: Option<Box<Field>>,
        /// Why.
        fault: HeaderFault,
    },
    /// A record.
    #[error("{name}, {at}{}: {fault}", After(.field.as_deref()))]
    Record {
        /// The file.
        name: String,
        /// Which record.
        at: At,
        /// The field, where it is about one.
        field: Option<Box<Field>>,
        /// Why.
        fault: RecordFault,
    },
    /// The reading thread was lost: a defect of this program, never of the file.
    #[error("{name}: the reader stopped before the file's end")]
    Lost {
        /// The file.
        name: String,
    },
}

impl ReadError {
    /// Whether the file may hold genotypes in a format that other programs make VCF of.
    #[must_use]
    pub fn may_be_converted(&self) -> bool {
        matches!(self, ReadError::Unknown { found, .. } if [OF_CONSUMER_TEST, OTHERWISE].contains(found))
    }

    pub(crate) fn source_fault(name: &str, fault: SourceFault) -> ReadError {
        let name = name.to_owned();
        match fault {
            SourceFault::Io(source) => ReadError::Io { name, source },
            SourceFault::Truncated => ReadError::Truncated { name },
            SourceFault::NoEndOfFile => ReadError::NoEndOfFile { name },
            SourceFault::Corrupt(what) => ReadError::Corrupt { name, what },
            SourceFault::TrailingBytes => ReadError::TrailingBytes { name },
        }
    }

    /// `at` is the record that would have come next.
    pub(crate) fn batch_fault(name: &str, at: At, fault: BatchFault) -> ReadError {
        match fault {
            BatchFault::Source(fault) => ReadError::source_fault(name, fault),
            BatchFault::TooLong => ReadError::record(name, at, RecordFault::TooLong),
            BatchFault::Lost => ReadError::Lost { name: name.to_owned() },
        }
    }

    pub(crate) fn header(name: &str, line: u64, fault: HeaderFault) -> ReadError {
        let field = fault.field().map(Box::new);
        ReadError::Header { name: name.to_owned(), line, field, fault }
    }

    pub(crate) fn record(name: &str, at: At, fault: RecordFault) -> ReadError {
        let field = fault.field();
        let field = if at.is_line() { field } else { field.map(Field::without_column) };
        ReadError::Record { name: name.to_owned(), at, field: field.map(Box::new), fault }
    }
}
