//! The header's list of records: a block of 65,536 at a time, so that memory does not grow with
//! their number.

use std::fs::File;
use std::io::BufReader;

use super::{FLAGS, PREFIX, PgenFault, read_exact};
use crate::read_error::ReadError;

/// Records of a block.
const BLOCK: u32 = 1 << 16;

/// What the header says of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// How its tracks are written.
    pub(super) kind: u8,
    pub(super) length: u32,
    /// How many alleles its site has, where the header says so.
    pub(super) alleles: Option<u32>,
}

pub(super) struct Index {
    name: String,
    file: BufReader<File>,
    layout: Layout,
    /// Where the blocks' records begin.
    places: std::vec::IntoIter<u64>,
    /// Records of which nothing was read yet.
    left: u32,
    /// Bytes of the file.
    end: u64,
}

/// A block's records.
#[derive(Default)]
pub(super) struct Block {
    /// Where they begin.
    pub(super) place: u64,
    pub(super) entries: Vec<Entry>,
}

/// How the list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    /// Bits of each kind: 0 where the length tells it.
    kind_bits: usize,
    /// Bits of each length.
    length_bits: usize,
    /// Bytes of each count of alleles.
    allele_bytes: usize,
    flags: bool,
}

impl Layout {
    fn of(how: u8) -> Option<Layout> {
        let low = usize::from(how & 15);
        let (kind_bits, length_bits) = match low {
            0..4 => (4, 8 * (low + 1)),
            4..8 => (8, 8 * (low - 3)),
            8 => (0, 2),
            9 => (0, 4),
            _ => return None,
        };
        let allele_bytes = usize::from(how >> 4 & 3);
        Some(Layout { kind_bits, length_bits, allele_bytes, flags: how >> 6 == FLAGS })
    }
}

impl Index {
    /// `how` is the header's last byte that all modes have.
    pub(super) fn open(
        file: File,
        name: &str,
        (records, how): (u32, u8),
        end: u64,
    ) -> Result<Index, ReadError> {
        let name = name.to_owned();
        let Some(layout) = Layout::of(how) else {
            return Err(ReadError::Pgen { name, fault: PgenFault::Header });
        };
        let blocks = records.div_ceil(BLOCK) as usize;
        if end < (PREFIX + 8 * blocks) as u64 {
            return Err(ReadError::CutHeader { name });
        }
        let mut file = BufReader::new(file);
        let mut places = Vec::with_capacity(blocks);
        for _ in 0..blocks {
            let mut place = [0; 8];
            read_exact(&mut file, &mut place, &name)?;
            places.push(u64::from_le_bytes(place));
        }
        Ok(Index { name, file, layout, places: places.into_iter(), left: records, end })
    }

    /// Reads the list of the next block; `None` after the last. `row` is how many bytes the
    /// genotypes of a record take without compression.
    pub(super) fn next_block(&mut self, row: usize) -> Result<Option<Block>, ReadError> {
        let Some(place) = self.places.next() else { return Ok(None) };
        let count = self.left.min(BLOCK);
        self.left -= count;
        let count = count as usize;
        let Layout { kind_bits, length_bits, allele_bytes, flags } = self.layout;
        let kinds = self.bytes((count * kind_bits).div_ceil(8))?;
        let lengths = self.bytes((count * length_bits).div_ceil(8))?;
        let alleles = self.bytes(count * allele_bytes)?;
        self.bytes(if flags { count.div_ceil(8) } else { 0 })?;
        let entry = |i: usize| {
            let length = number(&lengths, i * length_bits, length_bits);
            let (kind, length) = match kind_bits {
                0 => (if length > 0 { 8 } else { 0 }, length + row as u32),
                bits => (number(&kinds, i * bits, bits) as u8, length),
            };
            let alleles = number(&alleles, i * allele_bytes * 8, allele_bytes * 8);
            Entry { kind, length, alleles: (allele_bytes > 0).then_some(alleles) }
        };
        let entries: Vec<Entry> = (0..count).map(entry).collect();
        let length: u64 = entries.iter().map(|entry| u64::from(entry.length)).sum();
        let end = place.checked_add(length);
        let last = self.left == 0;
        if end.is_none_or(|end| end > self.end || (last && end != self.end)) {
            return Err(ReadError::Pgen { name: self.name.clone(), fault: PgenFault::Place });
        }
        Ok(Some(Block { place, entries }))
    }

    fn bytes(&mut self, count: usize) -> Result<Vec<u8>, ReadError> {
        let mut bytes = vec![0; count];
        read_exact(&mut self.file, &mut bytes, &self.name)?;
        Ok(bytes)
    }
}

/// A number of up to 32 bits that begins at this bit and crosses no byte where it is narrower.
pub(super) fn number(bytes: &[u8], bit: usize, bits: usize) -> u32 {
    if bits == 0 {
        return 0;
    }
    if bits < 8 {
        let byte = bytes.get(bit / 8).copied().unwrap_or(0);
        return u32::from(byte >> (bit % 8)) & ((1 << bits) - 1);
    }
    let bytes = bytes.get(bit / 8..(bit + bits) / 8).unwrap_or(&[]);
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twelfth_byte_says_how_the_list_is_written() {
        let layout = |kind_bits, length_bits, allele_bytes, flags| {
            Some(Layout { kind_bits, length_bits, allele_bytes, flags })
        };
        for (how, expected) in [
            (0x00, layout(4, 8, 0, false)),
            (0x81, layout(4, 16, 0, false)),
            (0xd7, layout(8, 32, 1, true)),
            (0x34, layout(8, 8, 3, false)),
            (0x08, layout(0, 2, 0, false)),
            (0x49, layout(0, 4, 0, false)),
            (0x0a, None),
            (0x0f, None),
        ] {
            assert_eq!(Layout::of(how), expected, "{how:#x}");
        }
        assert_eq!([number(&[0x21, 0x43], 4, 4), number(&[0x21, 0x43], 8, 4)], [2, 3]);
        assert_eq!(
            [number(&[1, 2, 3, 4], 8, 16), number(&[1, 2, 3, 4], 0, 32)],
            [0x302, 0x0403_0201]
        );
        assert_eq!([number(&[0b1110_0100], 4, 2), number(&[], 0, 0)], [2, 0]);
    }
}
