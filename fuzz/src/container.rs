//! Containers of the same bytes.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use libdeflater::{CompressionLvl, Compressor, crc32};

/// BGZF in blocks of `block` bytes, 1 to 65,280, with its empty last one.
pub fn bgzf(bytes: &[u8], block: usize) -> Vec<u8> {
    let mut file = Vec::new();
    for part in bytes.chunks(block).chain([&[][..]]) {
        file.extend_from_slice(&bgzf_block(&deflated(part), part));
    }
    file
}

/// One gzip member of unknown length.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}

/// A block of this deflate stream, which says that it holds `content`.
pub fn bgzf_block(deflated: &[u8], content: &[u8]) -> Vec<u8> {
    let size = (deflated.len() + 25) as u16;
    let mut block = vec![0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0];
    block.extend_from_slice(&size.to_le_bytes());
    block.extend_from_slice(deflated);
    end(&mut block, content);
    block
}

/// A gzip member of this deflate stream, which says that it holds `content`.
pub fn gzip_member(deflated: &[u8], content: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    member.extend_from_slice(deflated);
    end(&mut member, content);
    member
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::fastest());
    let mut stream = vec![0; compressor.deflate_compress_bound(bytes.len())];
    let length = compressor.deflate_compress(bytes, &mut stream).expect("room for all");
    stream.truncate(length);
    stream
}

fn end(member: &mut Vec<u8>, content: &[u8]) {
    member.extend_from_slice(&crc32(content).to_le_bytes());
    member.extend_from_slice(&(content.len() as u32).to_le_bytes());
}
