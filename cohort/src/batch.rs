//! Whole lines of text in batches, read and decompressed by a thread of their own while others
//! parse. At most [`BUFFERS`] batches exist at a time, and one large batch exists alone, so that
//! memory does not grow with the file.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::source::{Source, SourceFault};

/// The longest line that is read: 1 GiB without its end.
pub(crate) const LONGEST_LINE: usize = 1 << 30;
const BATCH: usize = 1 << 20;
const LARGE: usize = 16 << 20;
const BUFFERS: usize = 4;

/// Lines of text; each ends with a line feed, but for the last of the file where it has none.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    length: usize,
    /// Bytes of the file used up to the end of this batch, or a little beyond.
    pub(crate) consumed: u64,
}

impl Batch {
    pub(crate) fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Why there is no next batch.
pub(crate) enum BatchFault {
    Source(SourceFault),
    /// The line after those delivered is longer than [`LONGEST_LINE`].
    TooLong,
    /// The reading thread ended without a word.
    Lost,
}

impl From<SourceFault> for BatchFault {
    fn from(fault: SourceFault) -> Self {
        BatchFault::Source(fault)
    }
}

enum Message {
    Lines(Batch),
    End,
    Fault(BatchFault),
}

pub(crate) struct Batches {
    messages: Receiver<Message>,
    spent: Sender<Vec<u8>>,
}

impl Batches {
    /// `begun` is text that was read already.
    pub(crate) fn start(source: Source, begun: Vec<u8>) -> io::Result<Batches> {
        let (to, messages) = channel();
        let (spent, back) = channel();
        let pump = Pump { source, carry: begun, to, back, outstanding: 0, longest: LONGEST_LINE };
        thread::Builder::new().name("vcf-reader".into()).spawn(move || pump.run())?;
        Ok(Batches { messages, spent })
    }

    /// Waits for the next batch; `None` at the end of the file.
    pub(crate) fn next(&self) -> Result<Option<Batch>, BatchFault> {
        match self.messages.recv() {
            Ok(Message::Lines(batch)) => Ok(Some(batch)),
            Ok(Message::End) => Ok(None),
            Ok(Message::Fault(fault)) => Err(fault),
            Err(_) => Err(BatchFault::Lost),
        }
    }

    /// Hands a batch's memory back; until then the reader may wait for it. The default batch,
    /// which no reader sent, has none.
    pub(crate) fn give_back(&self, batch: Batch) {
        if !batch.bytes.is_empty() {
            // A reader that has ended needs no buffers.
            let _ = self.spent.send(batch.bytes);
        }
    }
}

/// The reading side. It ends when the other side is dropped.
struct Pump {
    source: Source,
    carry: Vec<u8>,
    to: Sender<Message>,
    back: Receiver<Vec<u8>>,
    outstanding: usize,
    longest: usize,
}

impl Pump {
    fn run(mut self) {
        loop {
            let Some(buffer) = self.buffer() else { return };
            let message = match self.fill(buffer) {
                Ok(Some(batch)) => Message::Lines(batch),
                Ok(None) => Message::End,
                Err(fault) => Message::Fault(fault),
            };
            let more = matches!(message, Message::Lines(_));
            if self.to.send(message).is_err() || !more {
                return;
            }
            self.outstanding += 1;
        }
    }

    /// A buffer of at least [`BATCH`] bytes; waits while too many are out, or a large one is.
    fn buffer(&mut self) -> Option<Vec<u8>> {
        let mut kept = None;
        while let Ok(buffer) = self.back.try_recv() {
            self.outstanding -= 1;
            kept = Some(buffer);
        }
        let most = if self.carry.len() > LARGE { 1 } else { BUFFERS };
        while self.outstanding >= most {
            kept = Some(self.back.recv().ok()?);
            self.outstanding -= 1;
        }
        let mut buffer = kept.filter(|buffer| buffer.len() <= LARGE).unwrap_or_default();
        let least = BATCH.max(self.carry.len());
        if buffer.len() < least {
            buffer.resize(least, 0);
        }
        Some(buffer)
    }

    /// Reads on until the buffer is full of whole lines, growing it only for a line that does
    /// not fit.
    fn fill(&mut self, mut bytes: Vec<u8>) -> Result<Option<Batch>, BatchFault> {
        let mut length = self.carry.len();
        bytes[..length].copy_from_slice(&self.carry);
        self.carry.clear();
        self.carry.shrink_to(BATCH);
        let mut searched = 0;
        loop {
            if length == bytes.len() {
                if let Some(end) = memchr::memrchr(b'\n', &bytes[searched..]) {
                    let end = searched + end + 1;
                    self.carry.extend_from_slice(&bytes[end..length]);
                    return Ok(Some(Batch {
                        bytes,
                        length: end,
                        consumed: self.source.consumed(),
                    }));
                }
                if length > self.longest {
                    return Err(BatchFault::TooLong);
                }
                searched = length;
                self.wait_alone()?;
                bytes.resize(length.saturating_mul(2).min(self.longest + 1), 0);
            }
            match self.source.read(&mut bytes[length..])? {
                0 if length == 0 => return Ok(None),
                0 => return Ok(Some(Batch { bytes, length, consumed: self.source.consumed() })),
                read => length += read,
            }
        }
    }

    /// A line that outgrows its buffer is read on only when no other batch is out.
    fn wait_alone(&mut self) -> Result<(), BatchFault> {
        while self.outstanding > 0 {
            self.back.recv().map_err(|_| BatchFault::Lost)?;
            self.outstanding -= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn lengths(text: Vec<u8>, begun: &[u8]) -> Vec<usize> {
        let source = Source::open(Box::new(io::Cursor::new(text)));
        let Ok(Some(source)) = source else { panic!("no source") };
        let batches = Batches::start(source, begun.to_vec()).unwrap();
        let mut lengths = Vec::new();
        batches.give_back(Batch::default());
        while let Ok(Some(batch)) = batches.next() {
            lengths.push(batch.text().len());
            batches.give_back(batch);
        }
        lengths
    }

    #[test]
    fn a_line_of_the_cap_is_read_and_a_longer_one_is_refused() {
        let longest = 3 * BATCH;
        for (length, read) in [(longest, true), (longest + 1, false), (usize::MAX, false)] {
            let endless = io::repeat(b'x').take(length as u64).chain(&b"\n"[..]);
            let source = Source::open(Box::new(endless)).ok().flatten().unwrap();
            let (to, _messages) = channel();
            let (_spent, back) = channel();
            let mut pump = Pump { source, carry: Vec::new(), to, back, outstanding: 0, longest };
            match pump.fill(vec![0; BATCH]) {
                Ok(Some(batch)) => assert!(read && batch.text().len() == length + 1),
                Err(BatchFault::TooLong) => assert!(!read),
                _ => panic!("neither"),
            }
        }
    }

    #[test]
    fn batches_end_at_line_ends_whatever_the_lines_length() {
        let line = |length: usize| [vec![b'x'; length - 1], vec![b'\n']].concat();
        assert_eq!(lengths(b"b\nc".to_vec(), b"a\n"), [5]);
        assert_eq!(lengths(line(BATCH), b""), [BATCH]);
        assert_eq!(lengths([line(BATCH - 1), line(2)].concat(), b""), [BATCH - 1, 2]);
        let long = [line(3), line(5 * BATCH), line(7)].concat();
        assert_eq!(lengths(long.clone(), b"").iter().sum::<usize>(), long.len());
        assert_eq!(lengths(line(BATCH).repeat(20), b""), [BATCH; 20]);
    }
}
