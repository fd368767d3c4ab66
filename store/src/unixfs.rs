//! Files larger than a block, as UnixFS trees of the profile `unixfs-v1-2025`: CIDv1, SHA-256,
//! raw leaves of 1 MiB, 1,024 links to a node, balanced. The same bytes have the same CID
//! everywhere; a file of one leaf is that leaf. Specification: `docs/spec/store.md`.

mod folder;
mod node;
mod read;
mod write;

use crate::block::StoreError;
use ledger::{Cid, Codec};
use std::io;

pub use ledger::manifest::PROFILE;
pub use node::NodeError;
pub use read::{FileReader, open_file};
pub use write::{file_cid, write_file};

pub(crate) use folder::{Entry, Folder, varint};
pub(crate) use node::{CID_BYTES, Node, Part};
pub(crate) use write::{Cutting, each_block};

/// Bytes of a leaf.
pub const LEAF: usize = 1 << 20;
/// Links of a node.
pub const WIDTH: usize = 1024;
/// Nodes above a leaf, at most; at full width four of them span an exbibyte.
pub const MAX_DEPTH: usize = 6;

/// What a file's node links to, in the file's order; nothing for another block.
pub(crate) fn links(cid: Cid, block: &[u8]) -> Vec<Cid> {
    let node = (cid.codec() == Codec::DagPb).then(|| Node::parse(block).ok()).flatten();
    node.map_or_else(Vec::new, |node| node.parts.into_iter().map(|part| part.cid).collect())
}

/// A file's CID and its length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCid {
    /// The root: a raw leaf or a dag-pb node.
    pub cid: Cid,
    /// Bytes of the file.
    pub size: u64,
}

/// Why a file could not be written to, or read from, blocks.
#[derive(Debug, thiserror::Error)]
pub enum UnixfsError {
    /// The bytes to be stored could not be read.
    #[error("cannot read the bytes to be stored")]
    Input(#[source] io::Error),
    /// A block could not be had or kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A DAG-CBOR block, which is no file.
    #[error("{0} is a block of data, not a file")]
    NotFile(Cid),
    /// A node that is not of the profile's form.
    #[error("{cid} is no node of a file")]
    Node {
        /// The node.
        cid: Cid,
        /// Why not.
        source: NodeError,
    },
    /// A part that has not as many bytes as its parent says.
    #[error("{cid} has {found} bytes of the file, its parent says {expected}")]
    Size {
        /// The part.
        cid: Cid,
        /// What the parent says.
        expected: u64,
        /// What it has.
        found: u64,
    },
    /// Too many nodes above a leaf.
    #[error("{0} lies deeper than {MAX_DEPTH} nodes")]
    Depth(Cid),
}
