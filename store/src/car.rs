//! Several files as one: a CARv1 of a UnixFS folder, the same bytes for the same files. Written and
//! read as it streams by; nothing of it is believed that is not in its place and of its CID.
//! Specification: `docs/spec/car.md`.

mod read;
mod write;

use crate::unixfs::{NodeError, UnixfsError};
use ledger::Cid;
use ledger::dag_cbor::Value;
use std::io;

pub use read::CarReader;
pub use write::{Car, CarBytes};

/// What every CAR of one root begins with, and nothing else that is sealed.
pub const BEGINNING: [u8; 14] = *b"\x3a\xa2\x65roots\x81\xd8\x2a\x58\x25\x00";
/// Bytes before the first block.
const HEADER: usize = 59;

/// The header with its length.
fn header(root: Cid) -> Vec<u8> {
    let map = Value::map([("roots", Value::list([root])), ("version", Value::Uint(1))]).encode();
    [&[map.len() as u8], &map[..]].concat()
}

/// Why files could not be packed, or a CAR not unpacked. Blocks count from 1.
#[derive(Debug, thiserror::Error)]
pub enum CarError {
    /// A file to be packed cannot be read.
    #[error("{path}: cannot be read")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: Box<UnixfsError>,
    },
    /// A file that was another one when it was read again.
    #[error("{0} changed while it was read")]
    Changed(String),
    /// Names that no folder can have.
    #[error(
        "the files' names are to be different, of 1 to 255 bytes of UTF-8 without control characters"
    )]
    Names,
    /// The CAR cannot be read.
    #[error("the archive cannot be read")]
    Input(#[source] io::Error),
    /// A file cannot be written.
    #[error("{name} cannot be written")]
    Output {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Bytes that do not begin as a CARv1 of one root.
    #[error("the archive does not begin as a CARv1 of one folder")]
    Header,
    /// The root is no folder of files.
    #[error("the archive's root is no folder of files")]
    Folder(#[source] NodeError),
    /// The end came before the last block's.
    #[error("the archive is truncated: it ends within block {0}")]
    Truncated(u64),
    /// A length that no block has.
    #[error("the length of block {0} is no block's")]
    Length(u64),
    /// Another block than the folder has there: out of order, left out, put in, or there twice.
    #[error("block {number} of the archive is {found}, expected {expected}")]
    Order {
        /// Which.
        number: u64,
        /// The one that the folder has there.
        expected: Cid,
        /// What stands there.
        found: String,
    },
    /// Bytes that are not the block's.
    #[error("the bytes of block {number} of the archive are not those of {cid}")]
    Block {
        /// Which.
        number: u64,
        /// Its CID.
        cid: Cid,
    },
    /// A node that is not of the profile's form.
    #[error("block {number} of the archive is no node of a file")]
    Node {
        /// Which.
        number: u64,
        /// Why not; nothing where it lies too deep or is of no file.
        source: Option<NodeError>,
    },
    /// A file that is cut into blocks in another way.
    #[error("{name} is not cut into blocks as unixfs-v1-2025 does")]
    Profile {
        /// The file.
        name: String,
    },
    /// Something after the last block.
    #[error("bytes follow the archive's last block, {0}")]
    Trailing(u64),
}
