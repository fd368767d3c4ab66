//! Records that are compressed each in its own way, some at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use super::PgenFault;
use super::index::{Block, Entry, Index};
use super::patch::PgenBody;
use super::sparse::Base;
use super::track::{Track, Values, is_stated_from_base, values};
use crate::genotype::packed::{self, Ploidy};
use crate::read_error::ReadError;
use crate::record::{At, RecordFault};

/// Compressed bytes after which no more records are read together.
const COMPRESSED: usize = 1 << 20;
/// Bytes of rows written out of the same.
const DECOMPRESSED: usize = 4 << 20;
/// The longest record that is read.
const LONGEST: u32 = 1 << 30;

/// Where a record lies in memory.
#[derive(Clone, Copy, Debug)]
struct Slot {
    kind: u8,
    alleles: Option<u32>,
    bytes: (usize, usize),
    /// Which base it states its differences from.
    base: Option<usize>,
}

pub(in crate::plink) struct Variable {
    name: String,
    index: Index,
    file: File,
    samples: usize,
    block: Block,
    /// Records of the block that were read.
    read: usize,
    /// Records of the file that were read.
    records: u64,
    compressed: Vec<u8>,
    slots: Vec<Slot>,
    /// The rows from which others state their differences, written out.
    bases: Vec<u8>,
    values: Vec<Values>,
    /// The one from which the next record may.
    base: Option<usize>,
    /// What is wrong with the record after those in memory.
    fault: Option<ReadError>,
    pub(in crate::plink) consumed: u64,
}

impl Variable {
    pub(super) fn new(name: String, index: Index, file: File, samples: usize) -> Variable {
        Variable {
            name,
            index,
            file,
            samples,
            block: Block::default(),
            read: 0,
            records: 0,
            compressed: Vec::new(),
            slots: Vec::new(),
            bases: Vec::new(),
            values: Vec::new(),
            base: None,
            fault: None,
            consumed: 0,
        }
    }

    /// Reads the next records in place of those in memory; false at the end of the file.
    pub(in crate::plink) fn next(&mut self) -> Result<bool, ReadError> {
        self.slots.clear();
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let row = packed::row(self.samples);
        if self.read == self.block.entries.len() {
            let Some(block) = self.index.next_block(row)? else { return Ok(false) };
            self.file.seek(SeekFrom::Start(block.place)).map_err(|source| self.io(source))?;
            (self.read, self.consumed) = (0, block.place);
            self.base = None;
            self.block = block;
        }
        self.keep_base(row);
        let entries = self.read_compressed(row)?;
        let mut at = 0;
        for place in entries {
            let Entry { kind, length, alleles } = self.block.entries[place];
            self.records += 1;
            let bytes = (at, at + length as usize);
            at = bytes.1;
            let mut base = None;
            if is_stated_from_base(kind) {
                base = self.base;
            } else if self.is_base(place) {
                if let Err(fault) = self.write_out(kind, bytes, row) {
                    let place = At::Record(self.records);
                    self.fault = Some(ReadError::record(&self.name, place, fault.into()));
                    break;
                }
            } else {
                self.base = None;
            }
            self.slots.push(Slot { kind, alleles, bytes, base });
        }
        match self.fault.take() {
            Some(fault) if self.slots.is_empty() => Err(fault),
            fault => {
                self.fault = fault;
                Ok(true)
            }
        }
    }

    /// Whether the record after the one at this place of the block states differences from it.
    fn is_base(&self, place: usize) -> bool {
        let next = self.block.entries.get(place + 1);
        next.is_some_and(|next| is_stated_from_base(next.kind))
    }

    /// Of the rows in memory keeps the one from which the next record may state its differences.
    fn keep_base(&mut self, row: usize) {
        if let Some(base) = self.base {
            self.bases.copy_within(base * row..(base + 1) * row, 0);
            self.values.swap(0, base);
            self.base = Some(0);
        }
        let kept = usize::from(self.base.is_some());
        self.bases.truncate(kept * row);
        self.values.truncate(kept);
    }

    /// Reads the bytes of as many records as may lie in memory, at least one, and returns their
    /// places in the block.
    fn read_compressed(&mut self, row: usize) -> Result<Range<usize>, ReadError> {
        let (mut length, mut rows) = (0, 0);
        let mut end = self.read;
        while let Some(entry) = self.block.entries.get(end) {
            let next = entry.length as usize;
            rows += if self.is_base(end) { row } else { 0 };
            if end > self.read && (length + next > COMPRESSED || rows > DECOMPRESSED) {
                break;
            }
            if entry.length > LONGEST {
                if end > self.read {
                    break;
                }
                let at = At::Record(self.records + 1);
                return Err(ReadError::record(&self.name, at, RecordFault::TooLong));
            }
            length += next;
            end += 1;
        }
        self.compressed.resize(length, 0);
        self.compressed.shrink_to(COMPRESSED.max(length));
        let read = self.file.read_exact(&mut self.compressed);
        read.map_err(|source| self.io(source))?;
        self.consumed += length as u64;
        Ok(std::mem::replace(&mut self.read, end)..end)
    }

    /// Writes out a row from which the records after it state their differences.
    fn write_out(
        &mut self,
        kind: u8,
        (start, end): (usize, usize),
        row: usize,
    ) -> Result<(), PgenFault> {
        let place = self.bases.len();
        self.bases.resize(place + row, 0);
        let mut track = Track(&self.compressed[start..end]);
        let written = track.main(kind, self.samples, None, &mut self.bases[place..]);
        if written.is_err() {
            self.bases.truncate(place);
            return written;
        }
        self.values.push(values(&self.bases[place..], self.samples));
        self.base = Some(self.values.len() - 1);
        Ok(())
    }

    /// How many records lie in memory.
    pub(in crate::plink) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The record in memory at this place.
    pub(in crate::plink) fn body(&self, place: usize, ploidy: Ploidy) -> Option<PgenBody<'_>> {
        let Slot { kind, alleles, bytes: (start, end), base } = *self.slots.get(place)?;
        let row = packed::row(self.samples);
        let base = base.map(|base| Base {
            row: &self.bases[base * row..(base + 1) * row],
            values: self.values[base],
        });
        Some(PgenBody { bytes: &self.compressed[start..end], kind, base, ploidy, alleles })
    }

    fn io(&self, source: std::io::Error) -> ReadError {
        ReadError::Io { name: self.name.clone(), source }
    }
}
