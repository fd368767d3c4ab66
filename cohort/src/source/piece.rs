//! A piece of a file's text. A plain file is read, and BGZF inflated, by whoever works on it.

use std::io::Cursor;

use libdeflater::Decompressor;

use super::gzip::Gzip;
use super::input::{Bytes, Input};
use super::{Source, SourceFault, blocks};

/// Small enough for a core's own cache, large enough that taking turns costs little beside the work.
const PIECE: usize = 512 << 10;
/// What files are read to begins where a page does: some processors copy four times as slowly to
/// little behind it.
const PAGE: usize = 4096;
/// Room for what a piece begins with of most files' lines. What is not used of it is no memory.
const FRONT: usize = 64 << 10;

/// Memory for pieces, one after the other.
pub(crate) struct Piece {
    /// BGZF blocks that were not inflated yet.
    packed: Vec<u8>,
    /// What was not read yet.
    unread: Option<Bytes>,
    /// Room for what goes before the text, and the text.
    bytes: Vec<u8>,
    front: usize,
    length: usize,
    fault: Option<SourceFault>,
    is_last: bool,
    consumed: u64,
    decompressor: Decompressor,
}

impl Piece {
    pub(crate) fn new() -> Piece {
        let (bytes, front) = room(FRONT);
        Piece {
            packed: Vec::new(),
            unread: None,
            bytes,
            front,
            length: 0,
            fault: None,
            is_last: false,
            consumed: 0,
            decompressor: Decompressor::new(),
        }
    }

    /// Takes the next piece of a source.
    pub(crate) fn take(&mut self, source: &mut Source) {
        self.packed.clear();
        self.length = 0;
        if self.front > PIECE {
            (self.bytes, self.front) = room(FRONT);
        }
        self.fault = self.fill(source).err();
        let is_empty = self.length == 0 && self.packed.is_empty() && self.unread.is_none();
        self.is_last = self.fault.is_some() || is_empty;
        self.consumed = source.consumed();
    }

    fn fill(&mut self, source: &mut Source) -> Result<(), SourceFault> {
        match source {
            Source::Plain(input) => self.unread = input.part(PIECE),
            Source::Gzip(gzip) => gzip.pack(&mut self.packed, PIECE)?,
        }
        if self.packed.is_empty() && self.unread.is_none() {
            self.read(|text| source.read(text))?;
        }
        Ok(())
    }

    /// Fills the piece as far as there are bytes.
    fn read<E>(&mut self, mut read: impl FnMut(&mut [u8]) -> Result<usize, E>) -> Result<(), E> {
        let text = &mut self.bytes[self.front..self.front + PIECE];
        while self.length < PIECE {
            match read(&mut text[self.length..])? {
                0 => break,
                read => self.length += read,
            }
        }
        Ok(())
    }

    /// Reads what was not read, or inflates what is packed, up to the first damaged block.
    pub(crate) fn unpack(&mut self) {
        if let Some(mut unread) = self.unread.take() {
            self.fault = self.read(|text| unread.read(text)).map_err(SourceFault::Io).err();
            self.is_last = self.length < PIECE;
            self.consumed -= (PIECE - self.length) as u64;
        }
        if self.packed.is_empty() {
            return;
        }
        let text = &mut self.bytes[self.front..self.front + PIECE];
        let done = blocks::inflate_in_turn(&self.packed, text, &mut self.decompressor);
        let done = done.unwrap_or_default();
        self.length = done.length;
        if done.taken < self.packed.len() {
            self.fault = Some(what_is_wrong(&self.packed[done.taken..]));
        }
    }

    /// Whether no other follows.
    pub(crate) fn is_last(&self) -> bool {
        self.is_last
    }

    /// Bytes of the file used up to the piece's end, or a little beyond.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Why the file cannot be read past this piece's text.
    pub(crate) fn fault(&mut self) -> Option<SourceFault> {
        self.fault.take()
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.bytes[self.front..self.front + self.length]
    }

    /// The text after what goes before it.
    pub(crate) fn after(&mut self, before: &[u8]) -> &[u8] {
        if before.len() > self.front {
            let (mut bytes, front) = room(before.len().next_power_of_two());
            bytes[front..front + self.length].copy_from_slice(self.text());
            (self.bytes, self.front) = (bytes, front);
        }
        let begin = self.front - before.len();
        self.bytes[begin..self.front].copy_from_slice(before);
        &self.bytes[begin..self.front + self.length]
    }
}

/// Memory for a piece after at least so many bytes, and where the piece begins.
fn room(before: usize) -> (Vec<u8>, usize) {
    let bytes = vec![0; before + PAGE + PIECE];
    let front = before + bytes[before..].as_ptr().align_offset(PAGE).min(PAGE);
    (bytes, front)
}

/// The word of the reader of single members on blocks of which the first is damaged.
fn what_is_wrong(packed: &[u8]) -> SourceFault {
    let input = Input::new(Bytes::Stream(Box::new(Cursor::new(packed.to_vec()))));
    let mut members = Gzip::new(input).shared();
    let mut text = [0; 4096];
    loop {
        match members.read(&mut text) {
            Ok(0) | Err(SourceFault::NoEndOfFile) => {
                return SourceFault::Corrupt("a BGZF block does not decompress");
            }
            Ok(_) => {}
            Err(fault) => return fault,
        }
    }
}
