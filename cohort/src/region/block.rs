//! The middle of a BGZF file, opened where an index points (SAM specification, 4.1).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::index::IndexFault;
use crate::front::Front;
use crate::read_error::ReadError;
use crate::source::{Source, SourceFault};

/// The header of a block whose only extra field is its size, as all writers have it.
const HEADER: usize = 18;
/// The most bytes of a block, compressed or not.
const LONGEST: u64 = 1 << 16;

/// What a file has from a virtual offset on.
pub(super) fn open(path: &Path, name: &str, offset: u64) -> Result<Front, IndexFault> {
    let (block, within) = (offset >> 16, offset as usize & 0xffff);
    let mut front = open_block(path, name, block)?;
    if peek(&mut front, name, within)?.len() < within {
        return Err(IndexFault::NoRecord(block));
    }
    front.take(within);
    Ok(front)
}

/// The same, where a line begins.
pub(super) fn open_line(path: &Path, name: &str, offset: u64) -> Result<Front, IndexFault> {
    let (mut block, within) = (offset >> 16, offset as usize & 0xffff);
    if within > 0 {
        let mut front = open(path, name, offset - 1)?;
        let begins = peek(&mut front, name, 1)? == b"\n";
        front.take(usize::from(begins));
        return if begins { Ok(front) } else { Err(IndexFault::NoRecord(block)) };
    }
    // What stands before it is in the block before, or, where that is empty, in one before that.
    loop {
        block = previous(path, name, block)?;
        let length = length_of(path, name, block)?;
        if length > 0 {
            let mut front = open_block(path, name, block)?;
            return match peek(&mut front, name, length)?.last() {
                Some(b'\n') => open(path, name, offset),
                _ => Err(IndexFault::NoRecord(offset >> 16)),
            };
        }
    }
}

fn open_block(path: &Path, name: &str, block: u64) -> Result<Front, IndexFault> {
    size(&bytes(path, name, block, HEADER)?).ok_or(IndexFault::Place(block))?;
    let io = |error| unreadable(name, SourceFault::Io(error));
    let mut file = File::open(path).map_err(io)?;
    file.seek(SeekFrom::Start(block)).map_err(io)?;
    let source = Source::open(Box::new(file)).map_err(|fault| unreadable(name, fault))?;
    source.map(Front::new).ok_or(IndexFault::Place(block))
}

/// Where the block begins that ends at this one.
fn previous(path: &Path, name: &str, block: u64) -> Result<u64, IndexFault> {
    let from = block.saturating_sub(LONGEST);
    let before = bytes(path, name, from, (block - from) as usize)?;
    let ends_here = |at: &usize| size(&before[*at..]).is_some_and(|size| at + size == before.len());
    let at = (0..before.len()).rev().find(ends_here).ok_or(IndexFault::NoRecord(block))?;
    Ok(from + at as u64)
}

/// Bytes of the block when it is decompressed, as its last four bytes have them.
fn length_of(path: &Path, name: &str, block: u64) -> Result<usize, IndexFault> {
    let wrong = || IndexFault::Place(block);
    let size = size(&bytes(path, name, block, HEADER)?).ok_or_else(wrong)?;
    let end = bytes(path, name, block + size.saturating_sub(4) as u64, 4)?;
    let length = u32::from_le_bytes(end.try_into().map_err(|_| wrong())?) as usize;
    if length > LONGEST as usize { Err(wrong()) } else { Ok(length) }
}

/// The size of the block whose header these are.
fn size(header: &[u8]) -> Option<usize> {
    match header {
        [0x1f, 0x8b, 8, 4, _, _, _, _, _, _, 6, 0, b'B', b'C', 2, 0, low, high, ..] => {
            Some(usize::from(u16::from_le_bytes([*low, *high])) + 1)
        }
        _ => None,
    }
}

/// As many bytes as there are, up to `count`.
fn bytes(path: &Path, name: &str, from: u64, count: usize) -> Result<Vec<u8>, IndexFault> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(count as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| unreadable(name, SourceFault::Io(error)))
}

fn peek<'a>(front: &'a mut Front, name: &str, count: usize) -> Result<&'a [u8], IndexFault> {
    front.peek(count).map_err(|fault| unreadable(name, fault))
}

fn unreadable(name: &str, fault: SourceFault) -> IndexFault {
    IndexFault::Unreadable(Box::new(ReadError::source_fault(name, fault)))
}
