//! The genotypes of a set, a record at a time.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::pgen::{Opened, Variable};
use super::sites::Site;
use crate::batch::{Batch, Batches, Unit};
use crate::front::Front;
use crate::genotype::packed::{Code, Packed};
use crate::read_error::ReadError;
use crate::record::{At, Body, RecordFault};
use crate::source::Source;

/// Genotypes of which only what comes before them was read.
pub(crate) struct Unread {
    name: String,
    /// Bytes of each record, decompressed.
    row: usize,
    file: UnreadFile,
}

enum UnreadFile {
    Bed(Front),
    Pgen(Opened),
}

impl Unread {
    pub(super) fn bed(name: String, front: Front, row: usize) -> Unread {
        Unread { name, row, file: UnreadFile::Bed(front) }
    }

    pub(super) fn pgen(name: String, opened: Opened, row: usize) -> Unread {
        Unread { name, row, file: UnreadFile::Pgen(opened) }
    }

    pub(super) fn start(self) -> Result<Rows, ReadError> {
        let Unread { name, row, file } = self;
        let (source, begun, code, begin) = match file {
            UnreadFile::Bed(front) => {
                let (source, begun) = front.finish();
                (source, begun, Code::Bed, 0)
            }
            UnreadFile::Pgen(Opened::Fixed(file, begin)) => match plain(file, begin) {
                Ok(source) => (source, Vec::new(), Code::Pgen, begin),
                Err(source) => return Err(ReadError::Io { name, source }),
            },
            UnreadFile::Pgen(Opened::Variable(variable)) => {
                return Ok(Rows { name, row, at: 0, kind: Kind::Variable(variable) });
            }
        };
        let batches = Batches::of(source, begun, Unit::Bytes(row));
        let fixed = Fixed { batches, batch: Batch::default(), code, begin };
        Ok(Rows { name, row, at: 0, kind: Kind::Fixed(fixed) })
    }
}

fn plain(mut file: File, begin: u64) -> std::io::Result<Source> {
    file.seek(SeekFrom::Start(begin))?;
    Ok(Source::plain(Box::new(file)))
}

pub(super) struct Rows {
    name: String,
    row: usize,
    /// Where in memory the next row begins, or which record of a variable length is next.
    at: usize,
    kind: Kind,
}

enum Kind {
    Fixed(Fixed),
    Variable(Box<Variable>),
}

/// Rows that lie in the file one after the other.
struct Fixed {
    batches: Batches,
    batch: Batch,
    code: Code,
    /// Bytes of the file before them.
    begin: u64,
}

impl Rows {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Sees to it that a row lies in memory; false at the end of the file.
    pub(super) fn load(&mut self) -> Result<bool, ReadError> {
        match &mut self.kind {
            Kind::Fixed(Fixed { batches, batch, .. }) => {
                let loaded = batches.load(batch, &mut self.at);
                loaded.map_err(|fault| ReadError::batch_fault(&self.name, At::Record(1), fault))
            }
            Kind::Variable(variable) if self.at < variable.len() => Ok(true),
            Kind::Variable(variable) => {
                self.at = 0;
                variable.next()
            }
        }
    }

    pub(super) fn rows(&mut self) -> RowsInMemory<'_> {
        let Rows { name, row, at, kind } = self;
        let rows = match kind {
            Kind::Fixed(fixed) => Loaded::Fixed(fixed.batch.bytes(), fixed.code),
            Kind::Variable(variable) => Loaded::Variable(variable),
        };
        RowsInMemory { name, row: *row, at, rows }
    }

    pub(super) fn consumed(&self) -> u64 {
        match &self.kind {
            Kind::Fixed(fixed) => fixed.begin + fixed.batch.consumed,
            Kind::Variable(variable) => variable.consumed,
        }
    }
}

pub(super) struct RowsInMemory<'a> {
    name: &'a str,
    row: usize,
    at: &'a mut usize,
    rows: Loaded<'a>,
}

#[derive(Clone, Copy)]
enum Loaded<'a> {
    Fixed(&'a [u8], Code),
    Variable(&'a Variable),
}

impl<'a> RowsInMemory<'a> {
    pub(super) fn is_empty(&self) -> bool {
        match self.rows {
            Loaded::Fixed(bytes, _) => *self.at == bytes.len(),
            Loaded::Variable(variable) => *self.at == variable.len(),
        }
    }

    /// The genotypes of a site; `at` is where an error says that they are.
    pub(super) fn next(&mut self, at: At, site: &Site<'a>) -> Result<Body<'a>, ReadError> {
        let cut = || ReadError::CutRecord { name: self.name.to_owned(), at };
        let ploidy = site.ploidy();
        match self.rows {
            Loaded::Variable(variable) => {
                let body = variable.body(*self.at, ploidy).ok_or_else(cut)?;
                *self.at += 1;
                Ok(Body::Pgen(body))
            }
            Loaded::Fixed(bytes, code) => {
                let bytes = bytes[*self.at..].get(..self.row).ok_or_else(cut)?;
                *self.at += self.row;
                if site.alternate_count > 1 {
                    return Err(ReadError::record(self.name, at, RecordFault::SeveralAlternates));
                }
                Ok(Body::Packed(Packed { bytes, code, ploidy }))
            }
        }
    }
}
