//! Files as a CAR that is read: a first reading of the files finds their blocks' CIDs, a second gives
//! the bytes, each leaf held against its CID. Nodes stay in memory, some 60 bytes for each mebibyte.

use super::{CarError, HEADER, header};
use crate::unixfs::{
    CID_BYTES, Entry, FileCid, Folder, Node, Part, UnixfsError, each_block, varint,
};
use ledger::{Cid, Codec};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files whose blocks are known.
#[derive(Debug)]
pub struct Car {
    folder: Folder,
    /// In the folder's order.
    paths: Vec<PathBuf>,
    /// Bytes of each file.
    sizes: Vec<u64>,
    nodes: HashMap<Cid, Vec<u8>>,
    size: u64,
}

impl Car {
    /// Reads the files, which are named by the last part of their paths. `progress` is told how many
    /// of their bytes were read.
    ///
    /// # Errors
    /// A file that cannot be read, or names that no folder can have.
    pub fn of(paths: &[PathBuf], mut progress: impl FnMut(u64)) -> Result<Self, CarError> {
        let (mut nodes, mut size, mut done) = (HashMap::new(), 0, 0);
        let mut files = Vec::new();
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str()).ok_or(CarError::Names)?;
            let mut blocks = 0;
            let keep = |cid: Cid, block: &[u8]| {
                blocks += block.len() as u64;
                size += section(block.len());
                if cid.codec() == Codec::DagPb {
                    nodes.insert(cid, block.to_vec());
                }
                Ok(())
            };
            let file = each_block(open(path)?, keep, |read| progress(done + read));
            let FileCid { cid, size: bytes } = file.map_err(|source| unreadable(path, source))?;
            done += bytes;
            files.push((Entry { name: name.to_owned(), cid, blocks }, path.clone(), bytes));
        }
        files.sort_by(|(a, ..), (b, ..)| a.name.as_bytes().cmp(b.name.as_bytes()));
        let entries = files.iter().map(|(entry, ..)| entry.clone()).collect();
        let folder = Folder::new(entries).ok_or(CarError::Names)?;
        let size = HEADER as u64 + section(folder.encode().len()) + size;
        let (paths, sizes) = files.into_iter().map(|(_, path, bytes)| (path, bytes)).unzip();
        Ok(Self { folder, paths, sizes, nodes, size })
    }

    /// The folder's CID. It is of the bytes in the clear: whoever has a guess can confirm it.
    pub fn root(&self) -> Cid {
        self.folder.cid()
    }

    /// Bytes of the CAR.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The CAR from its beginning. Errors while reading carry a [`CarError`].
    pub fn bytes(&self) -> CarBytes<'_> {
        let mut section = header(self.root());
        block(self.root(), &self.folder.encode(), &mut section);
        CarBytes { car: self, next: 0, file: None, open: Vec::new(), section, at: 0 }
    }
}

/// A CAR's bytes.
#[derive(Debug)]
pub struct CarBytes<'a> {
    car: &'a Car,
    /// Which file comes next.
    next: usize,
    file: Option<(File, &'a Path)>,
    /// What is still to be written of each node on the way to the next leaf, root first.
    open: Vec<std::vec::IntoIter<Part>>,
    section: Vec<u8>,
    at: usize,
}

impl CarBytes<'_> {
    /// Makes the next block; `false` after the last.
    fn next_section(&mut self) -> Result<bool, CarError> {
        self.section.clear();
        self.at = 0;
        loop {
            let Some(parts) = self.open.last_mut() else {
                if !self.next_file()? {
                    return Ok(false);
                }
                continue;
            };
            let Some(Part { cid, size }) = parts.next() else {
                self.open.pop();
                continue;
            };
            match self.car.nodes.get(&cid) {
                Some(node) => {
                    block(cid, node, &mut self.section);
                    let node = Node::parse(node).expect("the profile's nodes are of its form");
                    self.open.push(node.parts.into_iter());
                }
                None => self.leaf(cid, size)?,
            }
            return Ok(true);
        }
    }

    /// Opens the next file, once the one before has no more bytes than it had.
    fn next_file(&mut self) -> Result<bool, CarError> {
        if let Some((mut file, path)) = self.file.take()
            && !read(&mut file, 1, path)?.is_empty()
        {
            return Err(CarError::Changed(path.display().to_string()));
        }
        let Some(entry) = self.car.folder.entries().get(self.next) else { return Ok(false) };
        let path = self.car.paths[self.next].as_path();
        self.file = Some((open(path)?, path));
        let part = Part { cid: entry.cid, size: self.car.sizes[self.next] };
        self.open.push(vec![part].into_iter());
        self.next += 1;
        Ok(true)
    }

    fn leaf(&mut self, cid: Cid, size: u64) -> Result<(), CarError> {
        let (file, path) = self.file.as_mut().expect("a leaf is of a file that is open");
        let leaf = read(file, size, path)?;
        if !cid.is_of(&leaf) {
            return Err(CarError::Changed(path.display().to_string()));
        }
        block(cid, &leaf, &mut self.section);
        Ok(())
    }
}

impl Read for CarBytes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.section.len() && !out.is_empty() {
            if !self.next_section().map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let n = out.len().min(self.section.len() - self.at);
        out[..n].copy_from_slice(&self.section[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

fn open(path: &Path) -> Result<File, CarError> {
    File::open(path).map_err(|source| unreadable(path, UnixfsError::Input(source)))
}

fn read(file: &mut File, most: u64, path: &Path) -> Result<Vec<u8>, CarError> {
    let mut bytes = Vec::new();
    let read = file.by_ref().take(most).read_to_end(&mut bytes);
    read.map_err(|source| unreadable(path, UnixfsError::Input(source)))?;
    Ok(bytes)
}

fn unreadable(path: &Path, source: UnixfsError) -> CarError {
    CarError::File { path: path.display().to_string(), source: Box::new(source) }
}

/// Bytes that a block has in a CAR.
fn section(block: usize) -> u64 {
    let mut length = Vec::new();
    varint((CID_BYTES + block) as u64, &mut length);
    (length.len() + CID_BYTES + block) as u64
}

fn block(cid: Cid, bytes: &[u8], into: &mut Vec<u8>) {
    varint((CID_BYTES + bytes.len()) as u64, into);
    into.extend(cid.to_bytes());
    into.extend(bytes);
}
