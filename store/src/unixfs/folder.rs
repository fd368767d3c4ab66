//! Folders of files: one dag-pb block, read strictly.
//!
//! ```text
//! folder = (0x12 length link)*  0x0a 0x02 0x08 0x01            links by their names' bytes
//! link   = 0x0a 0x24 cid[36]  0x12 length name  0x18 bytes of the subtree
//! ```
//! Specification: `docs/spec/car.md`.

use super::node::{Input, NodeError};
use ledger::{Cid, Codec};

/// The data of a folder.
const FOLDER: [u8; 4] = [0x0a, 0x02, 0x08, 0x01];
/// Bytes of a name, at most: what file systems take.
const LONGEST: usize = 255;

/// A file in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) cid: Cid,
    /// Bytes of all blocks below the link.
    pub(crate) blocks: u64,
}

/// Files by ascending bytes of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder(Vec<Entry>);

impl Folder {
    /// `None` where a name is no file's, or two are the same.
    pub(crate) fn new(mut entries: Vec<Entry>) -> Option<Self> {
        entries.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        let named = entries.iter().all(|entry| is_name(&entry.name));
        let once = entries.windows(2).all(|pair| pair[0].name != pair[1].name);
        (named && once).then_some(Self(entries))
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub(crate) fn cid(&self) -> Cid {
        Cid::of(Codec::DagPb, &self.encode())
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut block = Vec::new();
        for Entry { name, cid, blocks } in &self.0 {
            let cid = cid.to_bytes();
            let mut link = vec![0x0a, cid.len() as u8];
            link.extend(cid);
            link.push(0x12);
            varint(name.len() as u64, &mut link);
            link.extend(name.as_bytes());
            link.push(0x18);
            varint(*blocks, &mut link);
            block.push(0x12);
            varint(link.len() as u64, &mut block);
            block.extend(link);
        }
        block.extend(FOLDER);
        block
    }

    /// Exactly the bytes that [`Folder::encode`] writes.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NodeError> {
        let mut input = Input { bytes, at: 0 };
        let mut entries = Vec::new();
        while bytes.get(input.at) == Some(&0x12) {
            input.expect(&[0x12])?;
            let end = input.length()?;
            let cid = input.cid()?;
            input.expect(&[0x12])?;
            let start = input.at;
            let name = input.length()?;
            let name = input.take(name - input.at)?;
            let name = std::str::from_utf8(name).map_err(|_| NodeError::Form(start))?.to_owned();
            input.expect(&[0x18])?;
            entries.push(Entry { name, cid, blocks: input.varint()? });
            if input.at != end {
                return Err(NodeError::Form(input.at));
            }
        }
        input.expect(&FOLDER)?;
        let folder = Self::new(entries).ok_or(NodeError::Names)?;
        if folder.encode() == bytes { Ok(folder) } else { Err(NodeError::Names) }
    }
}

/// One part of a path, which cannot lead out of a folder or confuse who reads it.
fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && name.len() <= LONGEST
        && !name.chars().any(|c| c == '/' || c.is_control())
}

/// LEB128 in its shortest form.
pub(crate) fn varint(mut n: u64, into: &mut Vec<u8>) {
    while n >= 0x80 {
        into.push(n as u8 | 0x80);
        n >>= 7;
    }
    into.push(n as u8);
}
