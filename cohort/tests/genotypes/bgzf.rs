//! Blocks of BGZF (SAM specification, 4.1).

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// The empty last block (4.1.2).
pub(crate) const END: &[u8] =
    b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";

pub(crate) fn block(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    let deflated = encoder.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(text);
    let size = (deflated.len() + 25) as u16;
    let parts = [&END[..16], &size.to_le_bytes(), &deflated, &crc.sum().to_le_bytes()];
    [&parts.concat()[..], &(text.len() as u32).to_le_bytes()].concat()
}
