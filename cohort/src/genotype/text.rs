//! Genotypes as VCF writes them: the general reader, which every shortcut must agree with.
//! Specification: `docs/spec/genotypes.md`, "Genotypes".

use super::{Genotype, GenotypeFault, MISSING, highest_allele};

/// Reads the genotypes of one record, one after the other.
pub(crate) struct GenotypeReader<'a> {
    rest: Option<&'a [u8]>,
    part: usize,
    parts: usize,
    highest: u32,
    genotype: Genotype,
}

impl<'a> GenotypeReader<'a> {
    /// `part` is the place of GT in FORMAT, which has `parts` keys.
    pub(crate) fn new(fields: &'a [u8], part: usize, parts: usize, alternates: usize) -> Self {
        let genotype = Genotype { alleles: Vec::with_capacity(2), ..Genotype::default() };
        let (rest, highest) = (Some(fields), highest_allele(alternates));
        GenotypeReader { rest, part, parts, highest, genotype }
    }

    /// Reads the next sample's genotype; `None` after the last.
    pub(crate) fn read(&mut self) -> Result<Option<&Genotype>, GenotypeFault> {
        let Some(mut field) = self.rest else { return Ok(None) };
        self.genotype.clear();
        if matches!(field.first(), None | Some(b'\t')) {
            return Err(GenotypeFault::Empty);
        }
        for _ in 0..self.part {
            let end = field.iter().position(|b| matches!(b, b':' | b'\t')).unwrap_or(field.len());
            if field.get(end) != Some(&b':') {
                // Trailing parts may be dropped: what is not there is missing.
                self.rest = field.get(end + 1..);
                return Ok(Some(&self.genotype));
            }
            field = &field[end + 1..];
        }
        let length = self.parse(field)?;
        let after = &field[length..];
        let (length, colons) = rest_of_field(after);
        if self.part + colons >= self.parts {
            let (found, expected) = (self.part + colons + 1, self.parts);
            return Err(GenotypeFault::Parts { found, expected });
        }
        self.rest = after.get(length + 1..);
        Ok(Some(&self.genotype))
    }

    /// `[mark] allele (mark allele)*`, up to a tab, a colon or the end; returns its length. A
    /// mark before the first allele is VCF 4.4's and is read in any version.
    fn parse(&mut self, field: &[u8]) -> Result<usize, GenotypeFault> {
        let end_at = |at: usize| matches!(field.get(at), None | Some(b'\t' | b':'));
        if end_at(0) {
            return Err(GenotypeFault::Empty);
        }
        let mut at = usize::from(matches!(field[0], b'/' | b'|'));
        let mut bars = 0;
        loop {
            at = self.allele(field, at)?;
            if end_at(at) {
                break;
            }
            bars += usize::from(field[at] == b'|');
            if !matches!(field[at], b'/' | b'|') {
                return Err(GenotypeFault::Malformed);
            }
            at += 1;
        }
        let alleles = self.genotype.alleles.len();
        self.genotype.phased = alleles > 1 && bars == alleles - 1;
        Ok(at)
    }

    fn allele(&mut self, field: &[u8], mut at: usize) -> Result<usize, GenotypeFault> {
        if field.get(at) == Some(&b'.') {
            self.genotype.push(MISSING);
            return Ok(at + 1);
        }
        let (start, mut index) = (at, 0u32);
        while let Some(digit @ b'0'..=b'9') = field.get(at) {
            index = index.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
            at += 1;
        }
        // What is written 01 may have lost what stood between its digits.
        if at == start || field[start] == b'0' && at > start + 1 {
            return Err(GenotypeFault::Malformed);
        }
        if index > self.highest {
            return Err(GenotypeFault::BeyondAlternates { most: self.highest });
        }
        self.genotype.push(index);
        Ok(at)
    }

    /// The last sample was read, and no field is left.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_none()
    }
}

/// Bytes up to the next tab, or all where there is none, and the colons among them. Eight bytes at
/// once: fields are short, and a search for each tab and each colon would cost more.
#[inline(always)]
pub(super) fn rest_of_field(bytes: &[u8]) -> (usize, usize) {
    let (mut length, mut colons) = (0, 0);
    while let Some(eight) = bytes[length..].first_chunk() {
        let word = u64::from_le_bytes(*eight);
        let (tab, colon) = (first_of(word, b'\t'), bytes_of(word, b':'));
        if tab > 0 {
            let before = colon & (tab ^ (tab - 1));
            return (length + tab.trailing_zeros() as usize / 8, colons + ones(before));
        }
        colons += ones(colon);
        length += 8;
    }
    for byte in &bytes[length..] {
        match byte {
            b'\t' => break,
            byte => colons += usize::from(*byte == b':'),
        }
        length += 1;
    }
    (length, colons)
}

const LOWEST_BITS: u64 = u64::MAX / 255;
const HIGHEST_BITS: u64 = LOWEST_BITS << 7;

/// The highest bit of the first byte of the word that is this one, perhaps with bits of later bytes.
#[inline(always)]
fn first_of(word: u64, byte: u8) -> u64 {
    let other = word ^ (LOWEST_BITS * u64::from(byte));
    other.wrapping_sub(LOWEST_BITS) & !other & HIGHEST_BITS
}

/// The highest bit of every byte of the word that is this one, and no other bit.
#[inline(always)]
fn bytes_of(word: u64, byte: u8) -> u64 {
    let other = word ^ (LOWEST_BITS * u64::from(byte));
    !(((other & !HIGHEST_BITS) + !HIGHEST_BITS) | other) & HIGHEST_BITS
}

/// How many highest bits of bytes are set.
#[inline(always)]
fn ones(bits: u64) -> usize {
    ((bits >> 7).wrapping_mul(LOWEST_BITS) >> 56) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a FORMAT of four keys.
    fn one(field: &str, part: usize) -> Result<(Vec<u32>, bool), GenotypeFault> {
        let mut reader = GenotypeReader::new(field.as_bytes(), part, 4, 12);
        let genotype = reader.read()?.expect("a field").clone();
        let missing = genotype.alleles.iter().filter(|allele| **allele == MISSING).count();
        assert_eq!(missing, genotype.missing);
        assert!(reader.read()?.is_none(), "{field:?} is one field");
        Ok((genotype.alleles, genotype.phased))
    }

    #[test]
    fn genotypes_are_read_wherever_they_stand() {
        const M: u32 = MISSING;
        for (field, part, alleles, phased) in [
            ("0/1", 0, &[0, 1][..], false),
            ("10|11:3:4", 0, &[10, 11], true),
            ("35:.|.", 1, &[M, M], true),
            ("3:4:./12:9", 2, &[M, 12], false),
            (".", 0, &[M], false),
            ("1", 0, &[1], false),
            ("0/1|2", 0, &[0, 1, 2], false),
            ("|0|1", 0, &[0, 1], true),
            ("/0/1", 0, &[0, 1], false),
            ("|1", 0, &[1], false),
            (".", 1, &[], false),
            ("35", 1, &[], false),
            (":0/1", 1, &[0, 1], false),
        ] {
            assert_eq!(one(field, part), Ok((alleles.to_vec(), phased)), "{field:?}");
        }
    }

    #[test]
    fn other_text_is_no_genotype() {
        for (field, part, fault) in [
            ("", 0, GenotypeFault::Empty),
            ("", 1, GenotypeFault::Empty),
            (":3", 0, GenotypeFault::Empty),
            ("3:", 1, GenotypeFault::Empty),
            ("/", 0, GenotypeFault::Malformed),
            ("0/", 0, GenotypeFault::Malformed),
            ("0//1", 0, GenotypeFault::Malformed),
            ("//1", 0, GenotypeFault::Malformed),
            ("-1/0", 0, GenotypeFault::Malformed),
            ("A/G", 0, GenotypeFault::Malformed),
            ("0/1 ", 0, GenotypeFault::Malformed),
            ("00", 0, GenotypeFault::Malformed),
            ("01:7", 0, GenotypeFault::Malformed),
            ("0|007", 0, GenotypeFault::Malformed),
            ("0\\1", 0, GenotypeFault::Malformed),
            ("..", 0, GenotypeFault::Malformed),
            ("1.", 0, GenotypeFault::Malformed),
            ("0/\u{0}", 0, GenotypeFault::Malformed),
            ("0/13", 0, GenotypeFault::BeyondAlternates { most: 12 }),
            ("0/99999999999999999999", 0, GenotypeFault::BeyondAlternates { most: 12 }),
            ("0/1:1:2:3:4", 0, GenotypeFault::Parts { found: 5, expected: 4 }),
            ("./.:::::", 0, GenotypeFault::Parts { found: 6, expected: 4 }),
            ("1:0/1:1:2:3:4", 1, GenotypeFault::Parts { found: 6, expected: 4 }),
            ("1:2:3:0/1:", 3, GenotypeFault::Parts { found: 5, expected: 4 }),
        ] {
            assert_eq!(one(field, part), Err(fault), "{field:?}");
        }
        for (field, part) in [("0/1:1:2:3", 0), ("1:0/1:1:2", 1), ("1:2:3:0/1", 3), ("0/1:::", 0)] {
            assert_eq!(one(field, part), Ok((vec![0, 1], false)), "{field:?}");
        }
    }

    #[test]
    fn the_rest_of_a_field_is_measured_as_byte_by_byte() {
        // Tabs, colons, and bytes that differ from them in one bit.
        let alphabet = b"::\t;\x08\xba\x89x\0y\xff18/.0";
        let mut random = 1u64;
        for count in 0..5_000 {
            let mut byte = || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let byte = alphabet[(random >> 60) as usize];
                if byte == b'\t' && count % 3 > 0 { b'\n' } else { byte }
            };
            let bytes: Vec<u8> = (0..count % 40).map(|_| byte()).collect();
            let length = bytes.iter().position(|byte| *byte == b'\t').unwrap_or(bytes.len());
            let colons = bytes[..length].iter().filter(|byte| **byte == b':').count();
            assert_eq!(rest_of_field(&bytes), (length, colons), "{bytes:?}");
        }
    }

    #[test]
    fn ploidy_of_a_lone_dot_is_two() {
        for (field, ploidy, missing, half) in [
            (".", 2, true, false),
            ("/.", 2, true, false),
            ("1", 1, false, false),
            ("././.", 3, true, false),
            ("./1", 2, false, true),
            ("0/./1", 3, false, true),
        ] {
            let mut reader = GenotypeReader::new(field.as_bytes(), 0, 1, 1);
            let genotype = reader.read().unwrap().unwrap();
            assert_eq!(
                (genotype.ploidy(), genotype.is_missing(), genotype.is_half()),
                (ploidy, missing, half),
                "{field:?}"
            );
        }
    }
}
