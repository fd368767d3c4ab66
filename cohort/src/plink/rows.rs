//! The genotypes of a set, a record at a time.

use super::sites::Site;
use crate::batch::{Batch, Batches, Unit};
use crate::front::Front;
use crate::genotype::packed::{Code, Packed};
use crate::read_error::ReadError;
use crate::record::{At, Body, RecordFault};

/// Genotypes of which nothing was read but the beginning of the file.
pub(crate) struct Unread {
    name: String,
    front: Front,
    /// Bytes of each record.
    row: usize,
}

impl Unread {
    pub(super) fn fixed(name: String, front: Front, row: usize) -> Unread {
        Unread { name, front, row }
    }

    pub(super) fn start(self) -> Result<Rows, ReadError> {
        let Unread { name, front, row } = self;
        let (source, begun) = front.finish();
        match Batches::start(source, begun, Unit::Bytes(row)) {
            Err(source) => Err(ReadError::Io { name, source }),
            Ok(batches) => Ok(Rows { name, row, batches, batch: Batch::default(), at: 0 }),
        }
    }
}

pub(super) struct Rows {
    name: String,
    row: usize,
    batches: Batches,
    batch: Batch,
    at: usize,
}

impl Rows {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Sees to it that the batch has rows left; false at the end of the file.
    pub(super) fn load(&mut self) -> Result<bool, ReadError> {
        let loaded = self.batches.load(&mut self.batch, &mut self.at);
        loaded.map_err(|fault| ReadError::batch_fault(&self.name, At::Record(1), fault))
    }

    pub(super) fn rows(&mut self) -> RowsOfBatch<'_> {
        let Rows { name, row, batch, at, .. } = self;
        RowsOfBatch { name, row: *row, bytes: batch.bytes(), at }
    }

    pub(super) fn consumed(&self) -> u64 {
        self.batch.consumed
    }
}

pub(super) struct RowsOfBatch<'a> {
    name: &'a str,
    row: usize,
    bytes: &'a [u8],
    at: &'a mut usize,
}

impl<'a> RowsOfBatch<'a> {
    pub(super) fn is_empty(&self) -> bool {
        *self.at == self.bytes.len()
    }

    /// The genotypes of a site; `at` is where an error says that they are.
    pub(super) fn next(&mut self, at: At, site: &Site<'a>) -> Result<Body<'a>, ReadError> {
        let rest = &self.bytes[*self.at..];
        let Some(bytes) = rest.get(..self.row) else {
            return Err(ReadError::CutRecord { name: self.name.to_owned(), at });
        };
        *self.at += self.row;
        if site.alternate_count > 1 {
            let fault = RecordFault::SeveralAlternates;
            return Err(ReadError::record(self.name, at, fault));
        }
        Ok(Body::Packed(Packed { bytes, code: Code::Bed, says_ploidy: site.says_ploidy() }))
    }
}
