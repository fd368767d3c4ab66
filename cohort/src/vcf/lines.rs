//! The lines of a VCF file after its header, batch by batch.
//! Specification: `docs/spec/genotypes.md`, "Records".

use std::sync::Arc;

use super::{Vcf, line, without_end};
use crate::batch::{Batch, BatchFault, Batches, Unit};
use crate::header::Header;
use crate::read_error::ReadError;
use crate::record::{At, Record, RecordFault};
use crate::source::Source;

pub(crate) struct Lines {
    pub(crate) cursor: Cursor,
    pub(crate) batches: Batches,
    batch: Batch,
    /// Where in the batch the next line begins.
    at: usize,
}

/// Where in a file one reads, line by line.
pub(crate) struct Cursor {
    name: Arc<str>,
    /// How many columns each line must have.
    columns: usize,
    /// Lines before the next.
    lines: u64,
    /// The first of the empty lines just passed.
    empty: Option<u64>,
    /// No container says whether the file is whole.
    plain: bool,
}

impl Lines {
    pub(crate) fn of(vcf: Vcf, name: &Arc<str>, header: &Header) -> Lines {
        let cursor = Cursor {
            name: name.clone(),
            columns: header.columns,
            lines: vcf.lines,
            empty: None,
            plain: matches!(vcf.source, Source::Plain(_)),
        };
        let batches = Batches::of(vcf.source, vcf.begun, Unit::Line);
        Lines { cursor, batches, batch: Batch::default(), at: 0 }
    }

    /// Sees to it that the batch has lines left; false at the end of the file.
    pub(crate) fn load(&mut self) -> Result<bool, ReadError> {
        let loaded = self.batches.load(&mut self.batch, &mut self.at);
        loaded.map_err(|fault| self.cursor.fault(fault))
    }

    /// The records of the batch.
    pub(crate) fn records(&mut self) -> impl Iterator<Item = Result<(At, Record<'_>), ReadError>> {
        self.cursor.records(self.batch.bytes(), &mut self.at)
    }

    /// Bytes of the file used up to the end of the batch, or a little beyond.
    pub(crate) fn consumed(&self) -> u64 {
        self.batch.consumed
    }
}

impl Cursor {
    /// Why there is no next line.
    pub(crate) fn fault(&self, fault: BatchFault) -> ReadError {
        ReadError::batch_fault(&self.name, At::Line(self.lines + 1), fault)
    }

    /// The records of these lines from `at` on.
    pub(crate) fn records<'a>(
        &mut self,
        text: &'a [u8],
        at: &mut usize,
    ) -> impl Iterator<Item = Result<(At, Record<'a>), ReadError>> {
        let Cursor { name, columns, lines, empty, plain } = self;
        std::iter::from_fn(move || {
            while *at < text.len() {
                let rest = &text[*at..];
                let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                let ends = !*plain || rest[..end].ends_with(b"\n");
                let text = without_end(&rest[..end]);
                *at += end;
                *lines += 1;
                if text.is_empty() {
                    empty.get_or_insert(*lines);
                    continue;
                }
                let parsed = match *empty {
                    Some(empty) => Err((empty, RecordFault::EmptyLine)),
                    None if !ends && line::may_be_cut(text, *columns) => {
                        Err((*lines, RecordFault::NoEnd))
                    }
                    None => line::parse(text, *columns).map_err(|fault| (*lines, fault)),
                };
                let named = |(number, fault)| ReadError::record(name, At::Line(number), fault);
                return Some(parsed.map(|record| (At::Line(*lines), record)).map_err(named));
            }
            None
        })
    }
}
