//! A reader with a window that can be looked at before it is taken.

use std::io::{self, ErrorKind, Read};

/// Holds any BGZF block whole.
const WINDOW: usize = 256 * 1024;

pub(crate) struct Input {
    reader: Box<dyn Read + Send>,
    window: Box<[u8]>,
    start: usize,
    end: usize,
    consumed: u64,
}

impl Input {
    pub(super) fn new(reader: Box<dyn Read + Send>) -> Input {
        let window = vec![0; WINDOW].into_boxed_slice();
        Input { reader, window, start: 0, end: 0, consumed: 0 }
    }

    /// Returns the next `count` bytes, fewer only at the end of the file. `count` is at most
    /// [`WINDOW`].
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        debug_assert!(count <= WINDOW);
        if self.window.len() - self.start < count {
            self.window.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end - self.start < count {
            match read(&mut self.reader, &mut self.window[self.end..])? {
                0 => break,
                read => self.end += read,
            }
        }
        Ok(&self.window[self.start..self.end.min(self.start + count)])
    }

    /// Returns what the window holds, after reading once if it holds nothing; empty only at the
    /// end of the file.
    pub(super) fn available(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = read(&mut self.reader, &mut self.window)?;
        }
        Ok(&self.window[self.start..self.end])
    }

    /// Returns what the window holds, which is `least` bytes or more, fewer only at the end of the
    /// file. `least` is at most [`WINDOW`].
    pub(super) fn held(&mut self, least: usize) -> io::Result<&[u8]> {
        self.peek(least)?;
        Ok(&self.window[self.start..self.end])
    }

    /// Takes `count` bytes that were seen by `peek`, `held` or `available`.
    pub(super) fn take(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start += count;
        self.consumed += count as u64;
    }

    /// Moves bytes into `into` past the window where that is empty.
    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let held = self.end - self.start;
        let count = if held > 0 {
            let count = held.min(into.len());
            into[..count].copy_from_slice(&self.window[self.start..self.start + count]);
            self.start += count;
            count
        } else {
            read(&mut self.reader, into)?
        };
        self.consumed += count as u64;
        Ok(count)
    }

    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }
}

fn read(reader: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(into) {
            // A reader that claims more than it was given room for must not move our ends.
            Ok(count) => return Ok(count.min(into.len())),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
