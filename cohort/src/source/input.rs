//! A reader with a window that can be looked at before it is taken.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

/// Holds any BGZF block whole.
const WINDOW: usize = 256 * 1024;

/// Where bytes come from.
pub(crate) enum Bytes {
    /// A regular file, read from this place on: several threads may read it at a time.
    File(Arc<File>, u64),
    Stream(Box<dyn Read + Send>),
}

impl Bytes {
    pub(super) fn of_file(file: File) -> io::Result<Bytes> {
        let is_regular = file.metadata()?.is_file();
        Ok(if is_regular { Bytes::File(Arc::new(file), 0) } else { Bytes::Stream(Box::new(file)) })
    }

    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Bytes::File(file, at) => file.read_at(into, *at),
                Bytes::Stream(reader) => reader.read(into),
            };
            match read {
                Ok(count) => {
                    // A reader that claims more than it was given room for must not move our ends.
                    let count = count.min(into.len());
                    if let Bytes::File(_, at) = self {
                        *at += count as u64;
                    }
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

pub(crate) struct Input {
    bytes: Bytes,
    window: Box<[u8]>,
    start: usize,
    end: usize,
    consumed: u64,
}

impl Input {
    pub(super) fn new(bytes: Bytes) -> Input {
        let window = vec![0; WINDOW].into_boxed_slice();
        Input { bytes, window, start: 0, end: 0, consumed: 0 }
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
            match self.bytes.read(&mut self.window[self.end..])? {
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
            self.end = self.bytes.read(&mut self.window)?;
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
            self.bytes.read(into)?
        };
        self.consumed += count as u64;
        Ok(count)
    }

    /// The next `length` bytes for another thread to read, or fewer where the file ends; `None` where
    /// the window holds some, or they must be read in turn.
    pub(super) fn part(&mut self, length: usize) -> Option<Bytes> {
        match &mut self.bytes {
            Bytes::File(file, at) if self.start == self.end => {
                let part = Bytes::File(file.clone(), *at);
                *at += length as u64;
                self.consumed += length as u64;
                Some(part)
            }
            _ => None,
        }
    }

    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }
}
