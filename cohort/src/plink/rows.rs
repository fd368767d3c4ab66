//! The genotypes of a set, a record at a time.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::pgen::{Opened, PgenBody, Slot, Variable};
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
    /// Where in memory the next row begins.
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
            Kind::Variable(variable) if self.at < variable.rows.len() => Ok(true),
            Kind::Variable(variable) => {
                self.at = 0;
                variable.next()
            }
        }
    }

    pub(super) fn rows(&mut self) -> RowsInMemory<'_> {
        let Rows { name, row, at, kind } = self;
        let (bytes, code, variable) = match kind {
            Kind::Fixed(fixed) => (fixed.batch.bytes(), fixed.code, None),
            Kind::Variable(variable) => (&variable.rows[..], Code::Pgen, Some(&**variable)),
        };
        RowsInMemory { name, row: *row, at, bytes, code, variable }
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
    bytes: &'a [u8],
    code: Code,
    variable: Option<&'a Variable>,
}

impl<'a> RowsInMemory<'a> {
    pub(super) fn is_empty(&self) -> bool {
        *self.at == self.bytes.len()
    }

    /// The genotypes of a site; `at` is where an error says that they are.
    pub(super) fn next(&mut self, at: At, site: &Site<'a>) -> Result<Body<'a>, ReadError> {
        let rest = &self.bytes[*self.at..];
        let Some(bytes) = rest.get(..self.row) else {
            return Err(ReadError::CutRecord { name: self.name.to_owned(), at });
        };
        let place = *self.at / self.row;
        *self.at += self.row;
        let packed = Packed { bytes, code: self.code, ploidy: site.ploidy() };
        let slot: Option<(&Variable, &Slot)> =
            self.variable.and_then(|variable| Some((variable, variable.slots.get(place)?)));
        match slot {
            Some((variable, slot)) => {
                let (kind, alleles, rest) = (slot.kind, slot.alleles, variable.rest(slot));
                Ok(Body::Pgen(PgenBody { packed, kind, rest, alleles }))
            }
            None if site.alternate_count > 1 => {
                Err(ReadError::record(self.name, at, RecordFault::SeveralAlternates))
            }
            None => Ok(Body::Packed(packed)),
        }
    }
}
