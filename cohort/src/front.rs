//! The front of a file, looked at and read before the batches begin.

use crate::source::{Source, SourceFault};

const STEP: usize = 64 * 1024;

pub(crate) struct Front {
    source: Source,
    bytes: Vec<u8>,
    start: usize,
    /// Bytes read so far, those looked at among them.
    pub(crate) total: usize,
}

impl Front {
    pub(crate) fn new(source: Source) -> Front {
        Front { source, bytes: Vec::new(), start: 0, total: 0 }
    }

    /// Returns the next `count` bytes, fewer only at the end of the file.
    pub(crate) fn peek(&mut self, count: usize) -> Result<&[u8], SourceFault> {
        while self.bytes.len() - self.start < count && self.more()? {}
        let rest = &self.bytes[self.start..];
        Ok(&rest[..count.min(rest.len())])
    }

    /// The length of the next line with its end; `None` at the end of the text, or where more
    /// than `longest` bytes were read.
    pub(crate) fn line(&mut self, longest: usize) -> Result<Option<usize>, SourceFault> {
        let mut searched = 0;
        loop {
            let rest = &self.bytes[self.start..];
            if let Some(end) = memchr::memchr(b'\n', &rest[searched..]) {
                return Ok(Some(searched + end + 1));
            }
            searched = rest.len();
            if self.total > longest || !self.more()? {
                return Ok((searched > 0).then_some(searched));
            }
        }
    }

    /// Takes bytes that were seen.
    pub(crate) fn take(&mut self, length: usize) -> &[u8] {
        let taken = &self.bytes[self.start..self.start + length];
        self.start += length;
        taken
    }

    /// The rest of the file, and what of it was read already.
    pub(crate) fn finish(mut self) -> (Source, Vec<u8>) {
        let begun = self.bytes.split_off(self.start);
        (self.source, begun)
    }

    /// Returns false at the end of the file.
    fn more(&mut self) -> Result<bool, SourceFault> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let length = self.bytes.len();
        self.bytes.resize(length + STEP, 0);
        let read = self.source.read(&mut self.bytes[length..]);
        self.bytes.truncate(length + *read.as_ref().unwrap_or(&0));
        let read = read?;
        self.total += read;
        Ok(read > 0)
    }
}
