//! Files out of a CAR, in constant memory. What is written before the end was reached without an
//! error is nothing: it may be cut.

use super::{CarError, HEADER, header};
use crate::block::MAX_BLOCK;
use crate::unixfs::{CID_BYTES, Cutting, Entry, Folder, MAX_DEPTH, Node};
use ledger::{Cid, Codec};
use std::io::{self, Read, Write};

/// A CAR of which the folder was read.
pub struct CarReader<R> {
    blocks: Blocks<R>,
    folder: Folder,
}

impl<R: Read> CarReader<R> {
    /// Reads the header and the folder.
    ///
    /// # Errors
    /// Bytes that do not begin as our CARs do.
    pub fn open(mut input: R) -> Result<Self, CarError> {
        let mut start = [0; HEADER];
        if fill(&mut input, &mut start)? < HEADER {
            return Err(CarError::Truncated(0));
        }
        let root = &start[super::BEGINNING.len()..][..CID_BYTES];
        let root = Cid::from_bytes(root).map_err(|_| CarError::Header)?;
        if header(root) != start || root.codec() != Codec::DagPb {
            return Err(CarError::Header);
        }
        let mut blocks = Blocks { input, number: 0 };
        let folder = Folder::parse(&blocks.next(root)?).map_err(CarError::Folder)?;
        Ok(Self { blocks, folder })
    }

    /// The files' names, in their order; each is one part of a path.
    pub fn names(&self) -> Vec<&str> {
        self.folder.entries().iter().map(|entry| entry.name.as_str()).collect()
    }

    /// Writes the files into what `create` gives for their names, and reads the CAR to its end.
    ///
    /// # Errors
    /// Any byte but those of the one CAR that the files have, what `create` refuses, or a file that
    /// cannot be written.
    pub fn unpack<W: Write, E: From<CarError>>(
        mut self,
        mut create: impl FnMut(&str) -> Result<W, E>,
    ) -> Result<Vec<W>, E> {
        let mut files = Vec::new();
        for entry in self.folder.entries() {
            let mut file = create(&entry.name)?;
            self.blocks.file(entry, &mut file)?;
            files.push(file);
        }
        self.blocks.end()?;
        Ok(files)
    }
}

struct Blocks<R> {
    input: R,
    /// Blocks that were read.
    number: u64,
}

impl<R: Read> Blocks<R> {
    fn file(&mut self, entry: &Entry, out: &mut impl Write) -> Result<(), CarError> {
        let failed = |source| CarError::Output { name: entry.name.clone(), source };
        let (mut cutting, mut blocks) = (Cutting::default(), 0);
        let mut open = vec![vec![entry.cid].into_iter()];
        while let Some(parts) = open.last_mut() {
            let Some(cid) = parts.next() else {
                open.pop();
                continue;
            };
            let block = self.next(cid)?;
            blocks += block.len() as u64;
            let number = self.number;
            match cid.codec() {
                Codec::Raw => {
                    cutting.push(&block, |_, _| Ok::<_, CarError>(()))?;
                    out.write_all(&block).map_err(failed)?;
                }
                Codec::DagPb if open.len() <= MAX_DEPTH => {
                    let node = Node::parse(&block)
                        .map_err(|source| CarError::Node { number, source: Some(source) })?;
                    let parts: Vec<Cid> = node.parts.into_iter().map(|part| part.cid).collect();
                    open.push(parts.into_iter());
                }
                Codec::DagPb | Codec::DagCbor => {
                    return Err(CarError::Node { number, source: None });
                }
            }
        }
        // One set has one CAR: its digest is how a set is known again.
        let cid = cutting.finish(|_, _| Ok::<_, CarError>(()))?;
        if (cid, blocks) != (entry.cid, entry.blocks) {
            return Err(CarError::Profile { name: entry.name.clone() });
        }
        Ok(())
    }

    /// The next block, which is `expected`.
    fn next(&mut self, expected: Cid) -> Result<Vec<u8>, CarError> {
        self.number += 1;
        let number = self.number;
        let length = self.length()?;
        let mut cid = [0; CID_BYTES];
        if fill(&mut self.input, &mut cid)? < CID_BYTES {
            return Err(CarError::Truncated(number));
        }
        if cid[..] != expected.to_bytes() {
            let found = Cid::from_bytes(&cid);
            let found = found.map_or_else(|_| "none of this format".to_owned(), |c| c.to_string());
            return Err(CarError::Order { number, expected, found });
        }
        let mut block = Vec::new();
        let read = self.input.by_ref().take(length as u64).read_to_end(&mut block);
        if read.map_err(CarError::Input)? < length {
            return Err(CarError::Truncated(number));
        }
        if expected.is_of(&block) {
            Ok(block)
        } else {
            Err(CarError::Block { number, cid: expected })
        }
    }

    /// Bytes of the next block: a varint of both, CID and block, in its shortest form.
    fn length(&mut self) -> Result<usize, CarError> {
        let (mut length, mut shift) = (0, 0);
        loop {
            let mut byte = [0];
            if fill(&mut self.input, &mut byte)? == 0 {
                return Err(CarError::Truncated(self.number));
            }
            length |= usize::from(byte[0] & 0x7f) << shift;
            shift += 7;
            let last = byte[0] & 0x80 == 0;
            if shift > 28 || (last && byte[0] == 0) {
                return Err(CarError::Length(self.number));
            }
            if last {
                break;
            }
        }
        let block = length.checked_sub(CID_BYTES).filter(|block| *block <= MAX_BLOCK);
        block.ok_or(CarError::Length(self.number))
    }

    fn end(mut self) -> Result<(), CarError> {
        match fill(&mut self.input, &mut [0])? {
            0 => Ok(()),
            _ => Err(CarError::Trailing(self.number)),
        }
    }
}

/// Reads as much as there is, at most all of `into`.
fn fill(input: &mut impl Read, into: &mut [u8]) -> Result<usize, CarError> {
    let mut filled = 0;
    while filled < into.len() {
        match input.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n.min(into.len() - filled),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(CarError::Input(e)),
        }
    }
    Ok(filled)
}
