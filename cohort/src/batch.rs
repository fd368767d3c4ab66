//! Whole lines or records in batches, read and decompressed by a thread of their own while others
//! parse, or in turn with parsing where one thread is to do all. At most [`BUFFERS`] batches exist
//! at a time, and one large batch exists alone, so that memory does not grow with the file.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::bcf;
use crate::source::{Source, SourceFault};

/// The longest line or record that is read: 1 GiB, a line's without its end.
pub(crate) const LONGEST: usize = 1 << 30;
/// Large enough that what threads say to each other costs little beside the work.
const BATCH: usize = 4 << 20;
pub(crate) const LARGE: usize = 16 << 20;
const BUFFERS: usize = 4;

/// What a batch holds whole, but for the last of the file, which may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Lines of text; each ends with a line feed, but for the last where it has none.
    Line,
    /// So many bytes, at least one.
    Bytes(usize),
    /// Records that state their lengths.
    Bcf,
}

impl Unit {
    /// Whether a unit that begins with `begun` ends within `more`, which follows.
    pub(crate) fn ends_within(self, begun: &[u8], more: &[u8]) -> bool {
        let there = begun.len() + more.len();
        match self {
            Unit::Line => memchr::memrchr(b'\n', more).is_some(),
            Unit::Bytes(length) => there >= length,
            Unit::Bcf => {
                let front: Vec<u8> = begun.iter().chain(more).copied().take(bcf::LENGTHS).collect();
                bcf::stated_length(&front).is_some_and(|length| there >= length)
            }
        }
    }

    /// The end of the last whole unit; none ends before `searched`.
    pub(crate) fn last_end(self, bytes: &[u8], searched: usize) -> Option<usize> {
        match self {
            Unit::Line => Some(searched + memchr::memrchr(b'\n', &bytes[searched..])? + 1),
            Unit::Bcf => {
                let mut end = 0;
                while let Some(length) = bcf::record_length(&bytes[end..]) {
                    end += length;
                }
                Some(end).filter(|end| *end > 0)
            }
            Unit::Bytes(length) => Some(bytes.len() / length * length).filter(|end| *end > 0),
        }
    }
}

/// Whole units.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    length: usize,
    /// Bytes of the file used up to the end of this batch, or a little beyond.
    pub(crate) consumed: u64,
}

impl Batch {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Why there is no next batch.
pub(crate) enum BatchFault {
    Source(SourceFault),
    /// The unit after those delivered is longer than [`LONGEST`].
    TooLong,
    /// The reading thread ended without a word.
    Lost,
}

impl From<SourceFault> for BatchFault {
    fn from(fault: SourceFault) -> Self {
        BatchFault::Source(fault)
    }
}

pub(crate) enum Message {
    Units(Batch),
    End,
    Fault(BatchFault),
}

/// Batches of a file, in its order.
pub(crate) enum Batches {
    /// None was asked for yet.
    Unread(Option<Box<Pump>>),
    /// Read when they are asked for, by the one thread that there is.
    Here { pump: Box<Pump>, spare: Vec<u8> },
    /// Read ahead by a thread of their own.
    Ahead { messages: Receiver<Message>, spent: Sender<Vec<u8>> },
}

impl Batches {
    /// `begun` is what was read already.
    pub(crate) fn of(source: Source, begun: Vec<u8>, unit: Unit) -> Batches {
        Batches::Unread(Some(Box::new(Pump { source, unit, carry: begun, longest: LONGEST })))
    }

    /// The whole file for who reads it in another way; `None` where several threads may not, or
    /// batches were asked for already.
    pub(crate) fn whole(&mut self) -> Option<Box<Pump>> {
        match self {
            Batches::Unread(pump) if may_spread() => pump.take(),
            _ => None,
        }
    }

    fn start(pump: Box<Pump>) -> io::Result<Batches> {
        if !may_spread() {
            return Ok(Batches::Here { pump, spare: Vec::new() });
        }
        let (to, messages) = channel();
        let (spent, back) = channel();
        let reader = Reader { pump, to, back, outstanding: 0 };
        thread::Builder::new().name("reader".into()).spawn(move || reader.run())?;
        Ok(Batches::Ahead { messages, spent })
    }

    /// Waits for the next batch; `None` at the end of the file. All batches before were given back.
    pub(crate) fn next(&mut self) -> Result<Option<Batch>, BatchFault> {
        if let Batches::Unread(pump) = self {
            let pump = pump.take().ok_or(BatchFault::Lost)?;
            *self = Batches::start(pump).map_err(SourceFault::Io)?;
        }
        match self {
            Batches::Unread(_) => Err(BatchFault::Lost),
            Batches::Here { pump, spare } => {
                let buffer = pump.buffer(std::mem::take(spare));
                pump.fill(buffer, || Ok(()))
            }
            Batches::Ahead { messages, .. } => match messages.recv() {
                Ok(Message::Units(batch)) => Ok(Some(batch)),
                Ok(Message::End) => Ok(None),
                Ok(Message::Fault(fault)) => Err(fault),
                Err(_) => Err(BatchFault::Lost),
            },
        }
    }

    /// Sees to it that `batch` has bytes at `at`, by the next batch where it has none left; false
    /// at the end of the file.
    pub(crate) fn load(&mut self, batch: &mut Batch, at: &mut usize) -> Result<bool, BatchFault> {
        if *at < batch.bytes().len() {
            return Ok(true);
        }
        let spent = std::mem::take(batch);
        batch.consumed = spent.consumed;
        self.give_back(spent);
        *at = 0;
        let Some(next) = self.next()? else { return Ok(false) };
        *batch = next;
        Ok(true)
    }

    /// Hands a batch's memory back; until then the reader may wait for it. The default batch,
    /// which no reader sent, has none.
    pub(crate) fn give_back(&mut self, batch: Batch) {
        if batch.bytes.is_empty() {
            return;
        }
        match self {
            Batches::Here { spare, .. } => *spare = batch.bytes,
            Batches::Unread(_) => {}
            // A reader that has ended needs no buffers.
            Batches::Ahead { spent, .. } => drop(spent.send(batch.bytes)),
        }
    }
}

/// Whether there are several threads and this is none of the pool's: one that waits for a reader
/// would keep the reader from the pool.
fn may_spread() -> bool {
    rayon::current_num_threads() > 1 && rayon::current_thread_index().is_none()
}

/// The thread that reads ahead. It ends when the other side is dropped.
struct Reader {
    pump: Box<Pump>,
    to: Sender<Message>,
    back: Receiver<Vec<u8>>,
    outstanding: usize,
}

impl Reader {
    fn run(mut self) {
        loop {
            let Some(spare) = self.spare() else { return };
            let Reader { pump, back, outstanding, .. } = &mut self;
            let buffer = pump.buffer(spare);
            let message = match pump.fill(buffer, || wait_alone(back, outstanding)) {
                Ok(Some(batch)) => Message::Units(batch),
                Ok(None) => Message::End,
                Err(fault) => Message::Fault(fault),
            };
            let more = matches!(message, Message::Units(_));
            if self.to.send(message).is_err() || !more {
                return;
            }
            self.outstanding += 1;
        }
    }

    /// A buffer that came back; waits while too many are out, or a large one is.
    fn spare(&mut self) -> Option<Vec<u8>> {
        let mut kept = None;
        while let Ok(buffer) = self.back.try_recv() {
            self.outstanding -= 1;
            kept = Some(buffer);
        }
        let most = if self.pump.carry.len() > LARGE { 1 } else { BUFFERS };
        while self.outstanding >= most {
            kept = Some(self.back.recv().ok()?);
            self.outstanding -= 1;
        }
        Some(kept.unwrap_or_default())
    }
}

/// A unit that outgrows its buffer is read on only when no other batch is out.
fn wait_alone(back: &Receiver<Vec<u8>>, outstanding: &mut usize) -> Result<(), BatchFault> {
    while *outstanding > 0 {
        back.recv().map_err(|_| BatchFault::Lost)?;
        *outstanding -= 1;
    }
    Ok(())
}

/// Fills buffers with whole units.
pub(crate) struct Pump {
    source: Source,
    unit: Unit,
    carry: Vec<u8>,
    longest: usize,
}

impl Pump {
    /// The source, what of its text was read already, and what it consists of.
    pub(crate) fn into_parts(self) -> (Source, Vec<u8>, Unit) {
        (self.source, self.carry, self.unit)
    }

    /// A buffer of at least [`BATCH`] bytes, of the memory of another where that is small enough.
    fn buffer(&self, spare: Vec<u8>) -> Vec<u8> {
        let least = BATCH.max(self.carry.len());
        if spare.len() < least || spare.len() > LARGE { vec![0; least] } else { spare }
    }

    /// Reads on until the buffer is full of whole units, growing it only for one that does
    /// not fit, after `alone` has seen to it that no other batch is out.
    fn fill(
        &mut self,
        mut bytes: Vec<u8>,
        mut alone: impl FnMut() -> Result<(), BatchFault>,
    ) -> Result<Option<Batch>, BatchFault> {
        let mut length = self.carry.len();
        bytes[..length].copy_from_slice(&self.carry);
        self.carry.clear();
        self.carry.shrink_to(BATCH);
        let mut searched = 0;
        loop {
            if length == bytes.len() {
                if let Some(end) = self.unit.last_end(&bytes, searched) {
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
                alone()?;
                bytes.resize(length.saturating_mul(2).min(self.longest + 1), 0);
            }
            match self.source.read(&mut bytes[length..])? {
                0 if length == 0 => return Ok(None),
                0 => return Ok(Some(Batch { bytes, length, consumed: self.source.consumed() })),
                read => length += read,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn lengths(text: Vec<u8>, begun: &[u8]) -> Vec<usize> {
        let source = Source::open(Box::new(io::Cursor::new(text)));
        let Ok(Some(source)) = source else { panic!("no source") };
        let mut batches = Batches::of(source, begun.to_vec(), Unit::Line);
        let mut lengths = Vec::new();
        batches.give_back(Batch::default());
        while let Ok(Some(batch)) = batches.next() {
            lengths.push(batch.bytes().len());
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
            let mut pump = Pump { source, unit: Unit::Line, carry: Vec::new(), longest };
            match pump.fill(vec![0; BATCH], || Ok(())) {
                Ok(Some(batch)) => assert!(read && batch.bytes().len() == length + 1),
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

    #[test]
    fn batches_of_bytes_end_at_whole_rows() {
        for (row, rows) in [(3, 1_000_000), (BATCH - 1, 3), (2 * BATCH, 3), (BATCH, 0)] {
            let source = Source::open(Box::new(io::repeat(7).take((row * rows + 1) as u64)));
            let source = source.ok().flatten().unwrap();
            let mut batches = Batches::of(source, Vec::new(), Unit::Bytes(row));
            let mut total = 0;
            while let Ok(Some(batch)) = batches.next() {
                total += batch.bytes().len();
                let left = (row * rows + 1) - total;
                assert!(batch.bytes().len() % row == 0 || left == 0, "{row}");
                batches.give_back(batch);
            }
            assert_eq!(total, row * rows + 1);
        }
    }
}
