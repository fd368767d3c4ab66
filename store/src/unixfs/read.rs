//! Reading a file block by block, each verified against its CID on arrival.

use super::node::{Node, Part};
use super::{MAX_DEPTH, UnixfsError};
use crate::several::Stores;
use ledger::content::{Cid, Codec};
use std::io::{self, Read};

/// A file's bytes, fetched as they are read. An error ends it: nothing is skipped over.
pub struct FileReader<'a> {
    stores: &'a Stores,
    size: u64,
    /// What is still to be read of each node on the way to the next leaf, root first.
    open: Vec<std::vec::IntoIter<Part>>,
    leaf: Vec<u8>,
    at: usize,
    failed: bool,
}

/// Opens the file `cid`. Its root is fetched now, the rest as it is read; errors while reading
/// carry an [`UnixfsError`].
///
/// # Errors
/// The root cannot be had, or is no root of a file.
pub fn open_file(stores: &Stores, cid: Cid) -> Result<FileReader<'_>, UnixfsError> {
    let root = match cid.codec() {
        Codec::Raw | Codec::DagPb => stores.fetch(cid)?,
        Codec::DagCbor => return Err(UnixfsError::NotFile(cid)),
    };
    let mut file =
        FileReader { stores, size: 0, open: Vec::new(), leaf: Vec::new(), at: 0, failed: false };
    if cid.codec() == Codec::DagPb {
        let node = Node::parse(&root).map_err(|source| UnixfsError::Node { cid, source })?;
        file.size = node.size;
        file.open.push(node.parts.into_iter());
    } else {
        file.size = root.len() as u64;
        file.leaf = root;
    }
    Ok(file)
}

impl FileReader<'_> {
    /// Bytes of the file, known before they are read.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Fetches the next leaf; `false` at the end of the file.
    fn next_leaf(&mut self) -> Result<bool, UnixfsError> {
        while let Some(parts) = self.open.last_mut() {
            let Some(Part { cid, size }) = parts.next() else {
                self.open.pop();
                continue;
            };
            let matches = |found: u64| match found == size {
                true => Ok(()),
                false => Err(UnixfsError::Size { cid, expected: size, found }),
            };
            match cid.codec() {
                Codec::Raw => {
                    self.leaf = self.stores.fetch(cid)?;
                    self.at = 0;
                    matches(self.leaf.len() as u64)?;
                    return Ok(true);
                }
                Codec::DagPb if self.open.len() == MAX_DEPTH => {
                    return Err(UnixfsError::Depth(cid));
                }
                Codec::DagPb => {
                    let block = self.stores.fetch(cid)?;
                    let node =
                        Node::parse(&block).map_err(|source| UnixfsError::Node { cid, source })?;
                    matches(node.size)?;
                    self.open.push(node.parts.into_iter());
                }
                Codec::DagCbor => return Err(UnixfsError::NotFile(cid)),
            }
        }
        Ok(false)
    }
}

impl Read for FileReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::Error::other("the file could not be read any further before"));
        }
        while self.at == self.leaf.len() && !out.is_empty() {
            match self.next_leaf() {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(error) => {
                    self.failed = true;
                    return Err(io::Error::other(error));
                }
            }
        }
        let n = out.len().min(self.leaf.len() - self.at);
        out[..n].copy_from_slice(&self.leaf[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
