//! BGZF blocks that lie in memory whole, inflated side by side (SAM specification, 4.1). Whatever
//! is not plainly such a block, or is a damaged one, is left to the reader of single members,
//! which says what is wrong with it.

use libdeflater::Decompressor;
use rayon::prelude::*;

use super::gzip::{BLOCK, EXTRA, TRAILER, block_size, trailer_parts};

/// What a gzip member begins with that has an extra field and nothing else (RFC 1952, 2.3.1).
const BEGINNING: [u8; 4] = [0x1f, 0x8b, 8, EXTRA];
/// The same with time, flags, system and the length of the extra field.
const FIXED: usize = 12;

struct Block<'a> {
    deflated: &'a [u8],
    text: &'a mut [u8],
    checksum: u32,
    /// Bytes of the block in all.
    size: usize,
}

/// What was inflated, or would be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Inflated {
    /// Compressed bytes used.
    pub(super) taken: usize,
    /// Bytes of text.
    pub(super) length: usize,
    pub(super) last_is_empty: bool,
}

/// Inflates the blocks at the front of `bytes` into the front of `into`, as many as both hold
/// whole, up to the first damaged one; `None` where that is the first or there is none.
pub(super) fn inflate(bytes: &[u8], into: &mut [u8]) -> Option<Inflated> {
    let mut blocks = split(bytes, into);
    let each = blocks.par_iter_mut().map_init(Decompressor::new, |d, block| block.inflate(d));
    let whole: Vec<bool> = each.collect();
    inflated(&blocks, &whole)
}

/// The same, one block after the other.
pub(super) fn inflate_in_turn(
    bytes: &[u8],
    into: &mut [u8],
    decompressor: &mut Decompressor,
) -> Option<Inflated> {
    let mut blocks = split(bytes, into);
    let whole: Vec<bool> = blocks.iter_mut().map(|block| block.inflate(decompressor)).collect();
    inflated(&blocks, &whole)
}

/// The blocks at the front of `bytes` whose texts are of at most `room` bytes together.
pub(super) fn fitting(bytes: &[u8], room: usize) -> Inflated {
    let mut found = Inflated::default();
    while let Some((_, length, _, size)) = block(&bytes[found.taken..])
        && found.length + length <= room
    {
        found.taken += size;
        found.length += length;
        found.last_is_empty = length == 0;
    }
    found
}

fn split<'a>(bytes: &'a [u8], into: &'a mut [u8]) -> Vec<Block<'a>> {
    let (mut rest, mut room) = (bytes, into);
    let mut blocks = Vec::new();
    while let Some((deflated, length, checksum, size)) = block(rest) {
        let Some((text, after)) = std::mem::take(&mut room).split_at_mut_checked(length) else {
            break;
        };
        blocks.push(Block { deflated, text, checksum, size });
        (rest, room) = (&rest[size..], after);
    }
    blocks
}

fn inflated(blocks: &[Block<'_>], whole: &[bool]) -> Option<Inflated> {
    let mut done = Inflated::default();
    for (block, _) in blocks.iter().zip(whole).take_while(|(_, whole)| **whole) {
        done.taken += block.size;
        done.length += block.text.len();
        done.last_is_empty = block.text.is_empty();
    }
    (done.taken > 0).then_some(done)
}

/// The deflated bytes of the block at the front, the length and checksum of its text, and how
/// many bytes the block has in all.
fn block(bytes: &[u8]) -> Option<(&[u8], usize, u32, usize)> {
    let fixed = bytes.first_chunk::<FIXED>().filter(|fixed| fixed.starts_with(&BEGINNING))?;
    let extra = usize::from(u16::from_le_bytes([fixed[10], fixed[11]]));
    let begin = FIXED + extra;
    let size = block_size(bytes.get(FIXED..begin)?)?;
    let (deflated, trailer) = bytes.get(begin..size)?.split_last_chunk::<TRAILER>()?;
    let (checksum, length) = trailer_parts(trailer);
    let length = length as usize;
    (length <= BLOCK && !deflated.is_empty()).then_some((deflated, length, checksum, size))
}

impl Block<'_> {
    /// Returns false where the block is damaged.
    fn inflate(&mut self, decompressor: &mut Decompressor) -> bool {
        let inflated = decompressor.deflate_decompress(self.deflated, self.text);
        inflated.ok() == Some(self.text.len())
            && libdeflater::crc32(self.text) == self.checksum
            && !holds_another(self.deflated)
    }
}

/// Whether another block begins within these bytes, which are believed to be of one. A stream that
/// ends before they do is not told, so that of blocks with the same text those between would be lost.
pub(super) fn holds_another(deflated: &[u8]) -> bool {
    let mut beginnings = memchr::memmem::find_iter(deflated, &BEGINNING);
    beginnings.any(|at| deflated.get(at + FIXED..at + FIXED + 4) == Some(b"BC\x02\0"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::DeflateEncoder;

    use super::*;

    fn bgzf(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        let deflated = encoder.finish().unwrap();
        let size = (deflated.len() + 25) as u16;
        let mut bytes = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0".to_vec();
        bytes.extend(size.to_le_bytes().iter().chain(&deflated));
        bytes.extend(libdeflater::crc32(text).to_le_bytes());
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes
    }

    #[test]
    fn whole_blocks_are_inflated_up_to_the_first_that_is_none() {
        let texts: [&[u8]; 5] = [b"a", b"", b"long enough", b"", b"b"];
        let blocks = texts.map(bgzf);
        let all = blocks.concat();
        let front = |blocks: usize| -> usize { texts[..blocks].iter().map(|t| t.len()).sum() };
        let taken = |n: usize| -> usize { blocks[..n].iter().map(Vec::len).sum() };
        let expected = |blocks: usize| {
            let last_is_empty = blocks > 0 && texts[blocks - 1].is_empty();
            let done = Inflated { taken: taken(blocks), length: front(blocks), last_is_empty };
            (blocks > 0).then_some(done)
        };
        for (wrong, whole) in (0..5).map(|block| (taken(block), block)) {
            for (place, bit) in [(2, 1), (3, 1), (13, 4), (18, 8)] {
                let mut bytes = all.clone();
                bytes[wrong + place] ^= bit;
                let done = inflate(&bytes, &mut [0; 99]);
                assert_eq!(done, expected(whole), "byte {place} of block {whole}");
            }
            let end = wrong + blocks[whole].len();
            for place in [end - 8, end - 4] {
                let mut bytes = all.clone();
                bytes[place] ^= 1;
                assert_eq!(inflate(&bytes, &mut [0; 99]), expected(whole), "block {whole}");
            }
            assert_eq!(inflate(&all[..end - 1], &mut [0; 99]), expected(whole), "cut");
        }
        for (room, whole) in [(0, 0), (1, 2), (11, 2), (12, 4), (13, 5)] {
            let mut text = vec![0; room];
            assert_eq!(inflate(&all, &mut text), expected(whole), "room for {room}");
            assert_eq!(text[..front(whole)], texts.concat()[..front(whole)]);
        }
    }
}
