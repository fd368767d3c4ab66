//! Records that are compressed each in its own way, some at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::PgenFault;
use super::index::{Block, Entry, Index};
use super::track::Track;
use crate::genotype::packed;
use crate::read_error::ReadError;
use crate::record::{At, RecordFault};

/// Compressed bytes after which no more records are read together.
const COMPRESSED: usize = 1 << 20;
/// Decompressed bytes of the same.
const DECOMPRESSED: usize = 4 << 20;
/// The longest record that is read.
const LONGEST: u32 = 1 << 30;

/// What of a record is not in its row.
#[derive(Clone, Copy, Debug)]
pub(in crate::plink) struct Slot {
    pub(in crate::plink) kind: u8,
    pub(in crate::plink) alleles: Option<u32>,
    /// Where the first track ends, and the record.
    rest: (usize, usize),
}

pub(in crate::plink) struct Variable {
    pub(in crate::plink) name: String,
    index: Index,
    file: File,
    samples: usize,
    block: Block,
    /// Records of the block that were read.
    read: usize,
    /// Records of the file that were read.
    records: u64,
    /// The last row from which others state their differences.
    base: Vec<u8>,
    compressed: Vec<u8>,
    pub(in crate::plink) rows: Vec<u8>,
    pub(in crate::plink) slots: Vec<Slot>,
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
            base: Vec::new(),
            compressed: Vec::new(),
            rows: Vec::new(),
            slots: Vec::new(),
            fault: None,
            consumed: 0,
        }
    }

    /// Reads the next records in place of those in memory; false at the end of the file.
    pub(in crate::plink) fn next(&mut self) -> Result<bool, ReadError> {
        self.rows.clear();
        self.slots.clear();
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let row = packed::row(self.samples);
        if self.read == self.block.entries.len() {
            let Some(block) = self.index.next_block(row)? else { return Ok(false) };
            self.file.seek(SeekFrom::Start(block.place)).map_err(|source| self.io(source))?;
            (self.read, self.consumed) = (0, block.place);
            self.base.clear();
            self.block = block;
        }
        let entries = self.read_compressed(row)?;
        let mut at = 0;
        for entry in entries {
            self.records += 1;
            let end = at + entry.length as usize;
            if let Err(fault) = self.decompress(entry, (at, end), row) {
                let place = At::Record(self.records);
                self.fault = Some(ReadError::record(&self.name, place, fault.into()));
                break;
            }
            at = end;
        }
        match self.fault.take() {
            Some(fault) if self.slots.is_empty() => Err(fault),
            fault => {
                self.fault = fault;
                Ok(true)
            }
        }
    }

    /// Reads the bytes of as many records as may lie in memory, at least one.
    fn read_compressed(&mut self, row: usize) -> Result<Vec<Entry>, ReadError> {
        let (mut length, mut rows) = (0, 0);
        let mut entries = Vec::new();
        for entry in &self.block.entries[self.read..] {
            length += entry.length as usize;
            rows += row;
            if !entries.is_empty() && (length > COMPRESSED || rows > DECOMPRESSED) {
                length -= entry.length as usize;
                break;
            }
            if entry.length > LONGEST {
                let at = At::Record(self.records + 1);
                return Err(ReadError::record(&self.name, at, RecordFault::TooLong));
            }
            entries.push(*entry);
        }
        self.compressed.resize(length, 0);
        self.compressed.shrink_to(COMPRESSED.max(length));
        let read = self.file.read_exact(&mut self.compressed);
        read.map_err(|source| self.io(source))?;
        self.read += entries.len();
        self.consumed += length as u64;
        Ok(entries)
    }

    fn decompress(
        &mut self,
        entry: Entry,
        (start, end): (usize, usize),
        row: usize,
    ) -> Result<(), PgenFault> {
        let mut track = Track(&self.compressed[start..end]);
        let place = self.rows.len();
        self.rows.resize(place + row, 0);
        let decompressed =
            track.main(entry.kind, self.samples, &self.base, &mut self.rows[place..]);
        match decompressed {
            Err(fault) => {
                self.rows.truncate(place);
                return Err(fault);
            }
            Ok(true) => {
                self.base.clear();
                self.base.extend_from_slice(&self.rows[place..]);
            }
            Ok(false) => {}
        }
        let rest = (end - track.0.len(), end);
        self.slots.push(Slot { kind: entry.kind, alleles: entry.alleles, rest });
        Ok(())
    }

    /// What of a record's bytes follows its first track.
    pub(in crate::plink) fn rest(&self, slot: &Slot) -> &[u8] {
        &self.compressed[slot.rest.0..slot.rest.1]
    }

    fn io(&self, source: std::io::Error) -> ReadError {
        ReadError::Io { name: self.name.clone(), source }
    }
}
