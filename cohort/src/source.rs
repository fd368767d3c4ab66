//! The bytes of a file, decompressed where they are compressed. What a file is, is read from its
//! first bytes, never from its name. The end of the data is reached only where the container says
//! so: a cut or damaged file is a [`SourceFault`], never a shorter file.
//! Specification: `docs/spec/genotypes.md`, "Files".

mod blocks;
mod gzip;
mod input;
mod piece;

use std::fs::File;
use std::io::{self, Read};

use gzip::Gzip;
use input::{Bytes, Input};
pub(crate) use piece::Piece;

/// Why no more bytes could be had.
#[derive(Debug)]
pub(crate) enum SourceFault {
    Io(io::Error),
    /// The file ends inside a gzip member.
    Truncated,
    /// A BGZF file ends without its empty last block.
    NoEndOfFile,
    /// What the compressed data contradicts.
    Corrupt(&'static str),
    /// Bytes after the last gzip member that begin no other.
    TrailingBytes,
}

impl From<io::Error> for SourceFault {
    fn from(error: io::Error) -> Self {
        SourceFault::Io(error)
    }
}

/// A file's text, from its first byte to its last.
pub(crate) enum Source {
    Plain(Input),
    Gzip(Box<Gzip>),
}

impl Source {
    /// `Ok(None)` is a file of no bytes.
    pub(crate) fn open(reader: Box<dyn Read + Send>) -> Result<Option<Source>, SourceFault> {
        Source::of(Bytes::Stream(reader))
    }

    /// As [`Source::open`], from the file's beginning.
    pub(crate) fn open_file(file: File) -> Result<Option<Source>, SourceFault> {
        Source::of(Bytes::of_file(file)?)
    }

    fn of(bytes: Bytes) -> Result<Option<Source>, SourceFault> {
        let mut input = Input::new(bytes);
        Ok(match input.peek(2)? {
            [] => None,
            [0x1f, 0x8b] => Some(Source::Gzip(Box::new(Gzip::new(input)))),
            _ => Some(Source::Plain(input)),
        })
    }

    /// Bytes that are not compressed, whatever they look like.
    pub(crate) fn plain(reader: Box<dyn Read + Send>) -> Source {
        Source::Plain(Input::new(Bytes::Stream(reader)))
    }

    /// Fills the front of `into` and returns how much; 0 only at the end of the text or where
    /// `into` is empty.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> Result<usize, SourceFault> {
        match self {
            Source::Plain(input) => Ok(input.read(into)?),
            Source::Gzip(gzip) => gzip.read(into),
        }
    }

    /// How many bytes of the file itself have been used.
    pub(crate) fn consumed(&self) -> u64 {
        match self {
            Source::Plain(input) => input.consumed(),
            Source::Gzip(gzip) => gzip.consumed(),
        }
    }
}
