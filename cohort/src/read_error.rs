//! Why a file cannot be read to its end. Texts name the file, the line and the sample, and never
//! repeat a genotype.

use std::io;

use crate::batch::BatchFault;
use crate::header::HeaderFault;
use crate::record::LineFault;
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
    #[error("{name} is a directory, expected a VCF file")]
    Directory {
        /// The directory.
        name: String,
    },
    /// A file of no bytes.
    #[error("{name} is empty, expected a VCF file")]
    Empty {
        /// The file.
        name: String,
    },
    /// Something else than a VCF.
    #[error("{name} is not a VCF file: {found}, expected ##fileformat=VCFv4 at its beginning")]
    NotVcf {
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
    /// A compressed file with something after it.
    #[error("{name} has bytes after its compressed data that are not compressed data")]
    TrailingBytes {
        /// The file.
        name: String,
    },
    /// A line of the header.
    #[error("{name}, line {line}: {fault}")]
    Header {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// Why.
        fault: HeaderFault,
    },
    /// A record's line.
    #[error("{name}, line {line}: {fault}")]
    Line {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// Why.
        fault: LineFault,
    },
    /// The reading thread was lost: a defect of this program, never of the file.
    #[error("{name}: the reader stopped before the file's end")]
    Lost {
        /// The file.
        name: String,
    },
}

impl ReadError {
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

    /// `line` is the one that would have come next.
    pub(crate) fn batch_fault(name: &str, line: u64, fault: BatchFault) -> ReadError {
        match fault {
            BatchFault::Source(fault) => ReadError::source_fault(name, fault),
            BatchFault::LineTooLong => ReadError::line(name, line, LineFault::TooLong),
            BatchFault::Lost => ReadError::Lost { name: name.to_owned() },
        }
    }

    pub(crate) fn line(name: &str, line: u64, fault: LineFault) -> ReadError {
        ReadError::Line { name: name.to_owned(), line, fault }
    }
}
