//! The rows of a table, each as long as the heading.
//! Specification: `docs/spec/tables.md`, "Rows".

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::dialect::Separator;
use super::grammar::{Checked, Misplaced};
use super::table_error::{Placed, TableFault};
use crate::name::{NameFault, name};
use crate::source::{Source, SourceFault};

/// What is looked at to recognise a table.
const BEGINNING: u64 = 1 << 16;

/// The first bytes of a file, decompressed.
pub(super) fn beginning(path: &Path) -> Result<Vec<u8>, TableFault> {
    let mut unpacked = Unpacked::open(path)?;
    let mut text = Vec::new();
    let read = (&mut unpacked).take(BEGINNING).read_to_end(&mut text);
    read.map_err(|error| unpacked.fault.take().unwrap_or(TableFault::Io(error)))?;
    Ok(text)
}

pub(super) struct Rows {
    pub(super) heading: Vec<String>,
    reader: csv::Reader<Checked<Unpacked>>,
    row: ByteRecord,
    /// The first row was read already.
    is_held: bool,
    pub(super) count: u64,
}

impl Rows {
    /// Without a heading the names are 1, 2, 3 and so on.
    pub(super) fn open(path: &Path, separator: Separator, heading: bool) -> Result<Rows, Placed> {
        let checked = Checked::new(Unpacked::open(path)?, separator);
        let reader = ReaderBuilder::new()
            .delimiter(separator.byte())
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(checked);
        let (row, is_held) = (ByteRecord::new(), !heading);
        let mut rows = Rows { heading: Vec::new(), reader, row, is_held, count: 0 };
        if !rows.read()? {
            return Err(TableFault::Empty.into());
        }
        if !heading {
            rows.heading = (1..=rows.row.len()).map(|place| place.to_string()).collect();
            return Ok(rows);
        }
        let mut seen = HashMap::new();
        for (place, field) in rows.row.iter().enumerate() {
            let column = place + 1;
            let text = match name(field) {
                Ok(text) => text,
                Err(NameFault::Empty) => "",
                Err(fault) => return Err(Placed(Some(1), TableFault::Heading { column, fault })),
            };
            if let Some(first) = seen.insert(text, column) {
                return Err(Placed(Some(1), TableFault::ColumnTwice { first, second: column }));
            }
            rows.heading.push(text.to_owned());
        }
        Ok(rows)
    }

    /// The next row and the line where it begins; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &ByteRecord)>, Placed> {
        if !std::mem::take(&mut self.is_held) && !self.read()? {
            return match self.count {
                0 => Err(TableFault::NoRows.into()),
                _ => Ok(None),
            };
        }
        self.count += 1;
        let line = self.row.position().map_or(0, csv::Position::line);
        let (found, expected) = (self.row.len(), self.heading.len());
        if found != expected {
            return Err(Placed(Some(line), TableFault::Columns { found, expected }));
        }
        Ok(Some((line, &self.row)))
    }

    /// Bytes of the file used so far.
    pub(super) fn consumed(&self) -> u64 {
        self.reader.get_ref().reader.source.as_ref().map_or(0, Source::consumed)
    }

    fn read(&mut self) -> Result<bool, Placed> {
        let Err(error) = self.reader.read_byte_record(&mut self.row) else {
            return Ok(!self.row.is_empty());
        };
        let checked = self.reader.get_mut();
        if let Some(Misplaced { line, column, fault }) = checked.fault {
            return Err(Placed(Some(line), TableFault::Grammar { column, fault }));
        }
        Err(match (checked.reader.fault.take(), error.into_kind()) {
            (Some(fault), _) => fault,
            (None, ErrorKind::Io(error)) => TableFault::Io(error),
            (None, _) => TableFault::Io(io::ErrorKind::InvalidData.into()),
        }
        .into())
    }
}

/// A file's bytes, decompressed where they are compressed.
pub(super) struct Unpacked {
    /// `None` of a file of no bytes.
    source: Option<Source>,
    fault: Option<TableFault>,
}

impl Unpacked {
    fn open(path: &Path) -> Result<Unpacked, TableFault> {
        let file = File::open(path).map_err(TableFault::Io)?;
        let source = Source::open(Box::new(file)).map_err(fault)?;
        Ok(Unpacked { source, fault: None })
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(source) = &mut self.source else { return Ok(0) };
        source.read(into).map_err(|why| {
            self.fault = Some(fault(why));
            io::ErrorKind::InvalidData.into()
        })
    }
}

fn fault(fault: SourceFault) -> TableFault {
    match fault {
        SourceFault::Io(error) => TableFault::Io(error),
        SourceFault::Truncated => {
            TableFault::Damaged("is truncated: it ends inside its compressed data")
        }
        SourceFault::NoEndOfFile => {
            TableFault::Damaged("is truncated: it ends without the BGZF end-of-file marker")
        }
        SourceFault::Corrupt(what) => TableFault::Damaged(what),
        SourceFault::TrailingBytes => {
            TableFault::Damaged("has bytes after its compressed data that are not compressed data")
        }
    }
}
