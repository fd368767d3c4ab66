//! Sealed bodies: the data section of Crypt4GH v1, one immutable file for all readers.
//!
//! ```text
//! body         = segments, none for an empty file
//! segment      = nonce[12] ‖ ChaCha20-Poly1305(data key, nonce, ad = "", plain, 1 to 65,536 bytes)
//! content_root = BLAKE3(body)
//! ```
//! All segments but the last hold 65,536 bytes; each has its own random nonce. A segment's tag does
//! not bind its place: the content root does, against reordering, truncation and insertion.
//! Specification: `docs/spec/sealing.md`, vectors `sealing.json`.

mod open;
mod seal;

use crate::data_key::DataKey;
use alloy_primitives::B256;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use std::io::{self, Read};

pub use open::{OpenBody, OpenError, open_body};
#[cfg(test)]
pub(crate) use seal::seal_with;
pub use seal::{SealError, seal_body};

/// Bytes of a file in one segment.
pub const SEGMENT: usize = 64 << 10;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Bytes of a sealed segment.
pub const SEALED_SEGMENT: usize = NONCE + SEGMENT + TAG;
/// Segments that are worked on at once, while the next are read.
const BATCH: usize = 16;

/// What was sealed, and into what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedBody {
    /// BLAKE3 of the body.
    pub content_root: B256,
    /// Bytes of the body.
    pub body_len: u64,
    /// Bytes of the file.
    pub plain_len: u64,
    /// SHA-256 of the file.
    pub plain_sha256: B256,
}

fn cipher(key: &DataKey) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.expose().into())
}

/// Reads until `buffer` is full or the input ends: a short read is not the end.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
