//! The inner nodes of files, read strictly: exactly the bytes that the profile writes.
//!
//! ```text
//! node  = (0x12 length link)⁺  0x0a length data
//! link  = 0x0a 0x24 cid[36]  0x12 0x00  0x18 bytes of the subtree
//! data  = 0x08 0x02  0x18 bytes of the file  (0x20 bytes of the file below the link)⁺
//! ```
//! Lengths and numbers are varints in their shortest form. Specification: `docs/spec/store.md`.

use ledger::Cid;

pub(crate) const CID_BYTES: usize = 36;

/// An inner node.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Bytes of the file below it: the sum over `parts`.
    pub(crate) size: u64,
    /// What it links to, in the file's order.
    pub(crate) parts: Vec<Part>,
}

/// A link of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) cid: Cid,
    /// Bytes of the file below it, at least one: nodes without content would cost time for nothing.
    pub(crate) size: u64,
}

/// Why bytes are no node of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// Other bytes than the form has.
    #[error("byte {0} is not of the form of a file's node")]
    Form(usize),
    /// A link that is no CIDv1 by SHA-256.
    #[error("the link at byte {0} is no CIDv1 of a raw or dag-pb block by SHA-256")]
    Link(usize),
    /// As many sizes as links are due.
    #[error("there are {links} links and {sizes} sizes")]
    Count {
        /// Links.
        links: usize,
        /// Sizes.
        sizes: usize,
    },
    /// A part without content.
    #[error("part {0} has no bytes of the file")]
    Empty(usize),
    /// A folder's names that are no files', or not in ascending order.
    #[error("the names are no files', or not in ascending order, each once")]
    Names,
    /// The sizes do not add up to the node's.
    #[error("the sizes of the parts do not add up to the {0} bytes of the node")]
    Sum(u64),
}

impl Node {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NodeError> {
        let mut input = Input { bytes, at: 0 };
        let mut links = Vec::new();
        while bytes.get(input.at) == Some(&0x12) {
            links.push(input.link()?);
        }
        input.expect(&[0x0a])?;
        let end = input.length()?;
        input.expect(&[0x08, 0x02, 0x18])?;
        let size = input.varint()?;
        let mut sizes = Vec::with_capacity(links.len());
        while input.at < end {
            input.expect(&[0x20])?;
            sizes.push(input.varint()?);
        }
        if input.at != end || end != bytes.len() || links.is_empty() {
            return Err(NodeError::Form(input.at));
        }
        Self::join(size, &links, &sizes)
    }

    fn join(size: u64, links: &[Cid], sizes: &[u64]) -> Result<Self, NodeError> {
        if links.len() != sizes.len() {
            return Err(NodeError::Count { links: links.len(), sizes: sizes.len() });
        }
        if let Some(empty) = sizes.iter().position(|size| *size == 0) {
            return Err(NodeError::Empty(empty));
        }
        let sum = sizes.iter().try_fold(0_u64, |sum, size| sum.checked_add(*size));
        if sum != Some(size) {
            return Err(NodeError::Sum(size));
        }
        let parts = links.iter().zip(sizes).map(|(cid, size)| Part { cid: *cid, size: *size });
        Ok(Self { size, parts: parts.collect() })
    }
}

pub(super) struct Input<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], NodeError> {
        let taken = self.at.checked_add(n).and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(NodeError::Form(self.at))?;
        self.at += n;
        Ok(taken)
    }

    pub(super) fn expect(&mut self, form: &[u8]) -> Result<(), NodeError> {
        let start = self.at;
        if self.take(form.len())? == form { Ok(()) } else { Err(NodeError::Form(start)) }
    }

    /// LEB128 in its shortest form, below 2^64.
    pub(super) fn varint(&mut self) -> Result<u64, NodeError> {
        let start = self.at;
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let low = u64::from(byte & 0x7f);
            if low << shift >> shift != low || (byte == 0 && shift > 0) {
                break;
            }
            n |= low << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(NodeError::Form(start))
    }

    /// Where the part ends whose length stands here.
    pub(super) fn length(&mut self) -> Result<usize, NodeError> {
        let start = self.at;
        let length = usize::try_from(self.varint()?).ok();
        let end = length.and_then(|length| self.at.checked_add(length));
        end.filter(|end| *end <= self.bytes.len()).ok_or(NodeError::Form(start))
    }

    fn link(&mut self) -> Result<Cid, NodeError> {
        self.expect(&[0x12])?;
        let end = self.length()?;
        let cid = self.cid()?;
        self.expect(&[0x12, 0x00, 0x18])?;
        self.varint()?;
        if self.at == end { Ok(cid) } else { Err(NodeError::Form(self.at)) }
    }

    pub(super) fn cid(&mut self) -> Result<Cid, NodeError> {
        self.expect(&[0x0a, CID_BYTES as u8])?;
        let start = self.at;
        Cid::from_bytes(self.take(CID_BYTES)?).map_err(|_| NodeError::Link(start))
    }
}
