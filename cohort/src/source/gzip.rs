//! Gzip as RFC 1952 has it, one member or many, and BGZF (SAM specification, 4.1), whose members
//! say their own length and end with an empty one. Both checksums of every member are checked,
//! and no size in the file is trusted beyond the 64 KiB that a BGZF block can have.

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{Crc, Decompressor};

use super::{Input, SourceFault, blocks};

pub(super) const BLOCK: usize = 64 * 1024;
pub(super) const TRAILER: usize = 8;
/// Flags of a member's header (RFC 1952, 2.3.1).
const HEADER_CHECKSUM: u8 = 1 << 1;
pub(super) const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

pub(crate) struct Gzip {
    input: Input,
    at: Place,
    inflate: Decompress,
    checksum: Crc,
    /// Of the member so far, modulo 2^32.
    length: u32,
    inflate_block: Decompressor,
    block: Vec<u8>,
    last: LastMember,
    /// The pool's threads read this file by turns, and are not to wait for each other.
    is_shared: bool,
}

enum Place {
    /// Before a member, or at the end of the file.
    Member,
    /// Inside the deflate stream of a member of unknown length.
    Stream,
    /// Inside a decompressed block, of which this much was handed out.
    Block(usize),
}

enum LastMember {
    Stream,
    Block { empty: bool },
}

enum Member {
    Stream,
    /// This much of the block is left after its header.
    Block(usize),
}

impl Gzip {
    pub(super) fn new(input: Input) -> Gzip {
        Gzip {
            input,
            at: Place::Member,
            inflate: Decompress::new(false),
            checksum: Crc::new(),
            length: 0,
            inflate_block: Decompressor::new(),
            block: Vec::new(),
            last: LastMember::Stream,
            is_shared: false,
        }
    }

    /// Reads in turn, for the pool's own threads: one that waits for others may be given work that
    /// waits for it.
    pub(super) fn shared(self) -> Gzip {
        Gzip { is_shared: true, ..self }
    }

    pub(super) fn consumed(&self) -> u64 {
        self.input.consumed()
    }

    pub(super) fn read(&mut self, into: &mut [u8]) -> Result<usize, SourceFault> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let count = match self.at {
                Place::Member => match self.read_blocks(into)? {
                    Some(count) => count,
                    None if self.input.available()?.is_empty() => return self.end(),
                    None => {
                        self.begin_member()?;
                        0
                    }
                },
                Place::Stream => self.read_stream(into)?,
                Place::Block(from) => self.read_block(from, into),
            };
            if count > 0 {
                return Ok(count);
            }
        }
    }

    /// Reads blocks side by side; `None` where the next member is to be read by itself.
    fn read_blocks(&mut self, into: &mut [u8]) -> Result<Option<usize>, SourceFault> {
        let held = self.input.held(BLOCK)?;
        let inflated = if self.is_shared || rayon::current_num_threads() == 1 {
            blocks::inflate_in_turn(held, into, &mut self.inflate_block)
        } else {
            blocks::inflate(held, into)
        };
        let Some(inflated) = inflated else { return Ok(None) };
        self.input.take(inflated.taken);
        self.last = LastMember::Block { empty: inflated.last_is_empty };
        Ok(Some(inflated.length))
    }

    /// Takes blocks whose texts are of at most `room` bytes together, for who called to inflate them;
    /// none where the next member is to be read by itself.
    pub(super) fn pack(&mut self, packed: &mut Vec<u8>, room: usize) -> Result<(), SourceFault> {
        self.is_shared = true;
        if !matches!(self.at, Place::Member) {
            return Ok(());
        }
        let mut left = room;
        loop {
            let held = self.input.held(BLOCK)?;
            let next = blocks::fitting(held, left);
            if next.taken == 0 {
                return Ok(());
            }
            packed.extend_from_slice(&held[..next.taken]);
            self.input.take(next.taken);
            self.last = LastMember::Block { empty: next.last_is_empty };
            left -= next.length;
        }
    }

    fn end(&self) -> Result<usize, SourceFault> {
        match self.last {
            LastMember::Block { empty: false } => Err(SourceFault::NoEndOfFile),
            _ => Ok(0),
        }
    }

    fn begin_member(&mut self) -> Result<(), SourceFault> {
        match self.header()? {
            Member::Stream => {
                self.inflate.reset(false);
                (self.checksum, self.length) = (Crc::new(), 0);
                self.at = Place::Stream;
            }
            Member::Block(left) => {
                self.inflate_block(left)?;
                self.last = LastMember::Block { empty: self.block.is_empty() };
                self.at = if self.block.is_empty() { Place::Member } else { Place::Block(0) };
            }
        }
        Ok(())
    }

    /// RFC 1952, 2.3: magic, method, flags, time, flags, system, then what the flags announce.
    fn header(&mut self) -> Result<Member, SourceFault> {
        match self.input.peek(2)? {
            [0x1f, 0x8b] => {}
            [0x1f] => return Err(SourceFault::Truncated),
            _ => return Err(SourceFault::TrailingBytes),
        }
        let fixed: [u8; 10] = self.take()?;
        let (method, flags) = (fixed[2], fixed[3]);
        if method != 8 || flags & RESERVED != 0 {
            return Err(SourceFault::Corrupt("a gzip header names an unknown method or flag"));
        }
        let mut member = Member::Stream;
        if flags & EXTRA != 0 {
            let length = usize::from(u16::from_le_bytes(self.take()?));
            let extra = self.input.peek(length)?;
            if extra.len() < length {
                return Err(SourceFault::Truncated);
            }
            let block = block_size(extra).filter(|_| flags == EXTRA);
            self.input.take(length);
            if let Some(size) = block {
                let left = size.checked_sub(12 + length).filter(|left| *left > TRAILER);
                let left =
                    left.ok_or(SourceFault::Corrupt("a BGZF block is shorter than its header"))?;
                member = Member::Block(left);
            }
        }
        for text in [NAME, COMMENT] {
            if flags & text != 0 {
                self.skip_text()?;
            }
        }
        if flags & HEADER_CHECKSUM != 0 {
            self.take::<2>()?;
        }
        Ok(member)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], SourceFault> {
        let bytes = self.input.peek(N)?.try_into().map_err(|_| SourceFault::Truncated)?;
        self.input.take(N);
        Ok(bytes)
    }

    fn skip_text(&mut self) -> Result<(), SourceFault> {
        loop {
            let bytes = self.input.available()?;
            if bytes.is_empty() {
                return Err(SourceFault::Truncated);
            }
            let (count, found) = match memchr::memchr(0, bytes) {
                Some(at) => (at + 1, true),
                None => (bytes.len(), false),
            };
            self.input.take(count);
            if found {
                return Ok(());
            }
        }
    }

    fn inflate_block(&mut self, left: usize) -> Result<(), SourceFault> {
        let bytes = self.input.peek(left)?;
        if bytes.len() < left {
            return Err(SourceFault::Truncated);
        }
        let (deflated, trailer) = bytes.split_at(left - TRAILER);
        let (checksum, length) = trailer_parts(trailer);
        let length = length as usize;
        if length > BLOCK {
            return Err(SourceFault::Corrupt("a BGZF block claims more than 64 KiB"));
        }
        if blocks::holds_another(deflated) {
            return Err(SourceFault::Corrupt("a BGZF block claims to end behind the next one"));
        }
        self.block.resize(length, 0);
        let inflated = self.inflate_block.deflate_decompress(deflated, &mut self.block);
        if inflated.ok() != Some(length) {
            return Err(SourceFault::Corrupt("a BGZF block does not decompress to its length"));
        }
        if libdeflater::crc32(&self.block) != checksum {
            return Err(WRONG_CHECKSUM);
        }
        self.input.take(left);
        Ok(())
    }

    fn read_block(&mut self, from: usize, into: &mut [u8]) -> usize {
        let left = &self.block[from..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.at = if count == left.len() { Place::Member } else { Place::Block(from + count) };
        count
    }

    fn read_stream(&mut self, into: &mut [u8]) -> Result<usize, SourceFault> {
        let bytes = self.input.available()?;
        if bytes.is_empty() {
            return Err(SourceFault::Truncated);
        }
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(bytes, into, FlushDecompress::None)
            .map_err(|_| SourceFault::Corrupt("the gzip data does not decompress"))?;
        let taken = (self.inflate.total_in() - before_in) as usize;
        let count = (self.inflate.total_out() - before_out) as usize;
        self.input.take(taken);
        self.checksum.update(&into[..count]);
        self.length = self.length.wrapping_add(count as u32);
        match status {
            Status::StreamEnd => self.end_stream()?,
            _ if taken == 0 && count == 0 => {
                return Err(SourceFault::Corrupt("the gzip data does not decompress"));
            }
            _ => {}
        }
        Ok(count)
    }

    fn end_stream(&mut self) -> Result<(), SourceFault> {
        let trailer: [u8; TRAILER] = self.take()?;
        let (checksum, length) = trailer_parts(&trailer);
        if self.checksum.sum() != checksum {
            return Err(WRONG_CHECKSUM);
        }
        if self.length != length {
            return Err(SourceFault::Corrupt("a gzip member has not the length that it states"));
        }
        self.last = LastMember::Stream;
        self.at = Place::Member;
        Ok(())
    }
}

const WRONG_CHECKSUM: SourceFault =
    SourceFault::Corrupt("the decompressed data does not have the checksum that the file states");

/// CRC-32 and the length modulo 2^32.
pub(super) fn trailer_parts(trailer: &[u8]) -> (u32, u32) {
    let part =
        |at: usize| trailer[at..at + 4].iter().rev().fold(0, |sum, b| sum << 8 | u32::from(*b));
    (part(0), part(4))
}

/// The subfield `BC`: the block's whole length less one.
pub(super) fn block_size(mut extra: &[u8]) -> Option<usize> {
    while let [id1, id2, low, high, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let data = rest.get(..length)?;
        if let (b'B', b'C', [low, high]) = (*id1, *id2, data) {
            return Some(usize::from(u16::from_le_bytes([*low, *high])) + 1);
        }
        extra = &rest[length..];
    }
    None
}
