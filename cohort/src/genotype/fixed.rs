//! The shortcut for what most records are: one ALT, GT first in FORMAT, and every genotype three
//! characters of `0`, `1` or both `.`. A cell of four bytes, tab included, is one 32-bit word,
//! so that the compiler turns the loops into vector code. Whatever is not of this shape is
//! `None`, and the general reader decides; the two agree where this one answers.

use std::borrow::Cow;

use super::Counts;
use super::text::rest_of_field;
use crate::sample_set::Kept;
use crate::vcf::line::TextCalls;

const SLASH: u32 = u32::from_le_bytes(*b"0/0\t");
const BAR: u32 = u32::from_le_bytes(*b"0|0\t");
const MISSING_SLASH: u32 = u32::from_le_bytes(*b"./.\t");
const MISSING_BAR: u32 = u32::from_le_bytes(*b".|.\t");
/// The lowest bits of both alleles: `0` and `1` differ in nothing else.
const FIRST: u32 = 1;
const SECOND: u32 = 1 << 16;
/// The dosage of a missing genotype.
const UNKNOWN: u32 = 3;

/// A record's genotypes alone, joined by tabs: three bytes for each sample, of any content.
pub(crate) struct Cells<'a> {
    text: Cow<'a, [u8]>,
    samples: usize,
}

impl<'a> Cells<'a> {
    /// `None` where the record has not one ALT, or its fields not the lengths of this shape.
    pub(crate) fn of(genotypes: &TextCalls<'a>, samples: usize) -> Option<Self> {
        if genotypes.part > 0 || genotypes.alternates != 1 || samples == 0 {
            return None;
        }
        let text = match genotypes.parts {
            1 => Cow::Borrowed(genotypes.fields),
            parts => Cow::Owned(first_parts(genotypes.fields, parts, samples)?),
        };
        (text.len() == samples * 4 - 1).then_some(Cells { text, samples })
    }

    /// All cells but the last, which has no tab; its word gets one.
    fn words(&self) -> Option<(&[[u8; 4]], u32)> {
        let (cells, last) = self.text.as_chunks::<4>();
        let [a, mark, b] = *last else { return None };
        Some((cells, u32::from_le_bytes([a, mark, b, b'\t'])))
    }
}

/// `0/1:35<tab>0/0:3` without what follows each three bytes: at most as many parts as FORMAT has.
fn first_parts(fields: &[u8], parts: usize, samples: usize) -> Option<Vec<u8>> {
    let mut firsts = Vec::with_capacity(samples * 4);
    let mut rest = fields;
    loop {
        let (first, after) = rest.split_at_checked(3)?;
        firsts.extend_from_slice(first);
        let (length, colons) = rest_of_field(after);
        if colons >= parts || (length > 0 && after[0] != b':') {
            return None;
        }
        let Some(next) = after.get(length + 1..) else { return Some(firsts) };
        rest = next;
        firsts.push(b'\t');
    }
}

/// Counts the samples kept, or all.
pub(crate) fn count(cells: &Cells<'_>, kept: Option<&Kept>) -> Option<Counts> {
    let samples = cells.samples;
    let (cells, last) = cells.words()?;
    let mut sum = Sum::default();
    match kept {
        None => {
            for cell in cells {
                sum.add(u32::from_le_bytes(*cell), 1);
            }
            sum.add(last, 1);
        }
        Some(kept) => {
            for (cell, keep) in cells.iter().zip(kept.each()) {
                sum.add(u32::from_le_bytes(*cell), *keep);
            }
            sum.add(last, *kept.each().get(samples - 1)?);
        }
    }
    (sum.valid as usize == samples).then_some(sum.counts)
}

/// One dosage for each sample, 3 where it is missing.
pub(crate) fn dosages(cells: &Cells<'_>) -> Option<Vec<u8>> {
    let samples = cells.samples;
    let (cells, last) = cells.words()?;
    let mut dosages = vec![0; samples];
    let (last_dosage, rest) = dosages.split_last_mut()?;
    let mut valid = 0u32;
    for (cell, dosage) in cells.iter().zip(rest) {
        let (this, ok) = dosage_of(u32::from_le_bytes(*cell));
        *dosage = this;
        valid = valid.wrapping_add(ok);
    }
    let (this, ok) = dosage_of(last);
    *last_dosage = this;
    ((valid + ok) as usize == samples).then_some(dosages)
}

/// A cell's dosage, and 1 if it has one.
#[inline(always)]
fn dosage_of(word: u32) -> (u8, u32) {
    let cell = Cell::of(word);
    let copies = cell.first.wrapping_add(cell.second) & cell.called.wrapping_neg();
    let dosage = copies | UNKNOWN & cell.missing.wrapping_neg();
    (dosage as u8, cell.called | cell.missing)
}

/// Each part 0 or 1.
struct Cell {
    called: u32,
    missing: u32,
    first: u32,
    second: u32,
    bar: u32,
}

impl Cell {
    #[inline(always)]
    fn of(word: u32) -> Cell {
        let shape = word & !(FIRST | SECOND);
        let bar = u32::from(shape == BAR);
        let missing_bar = u32::from(word == MISSING_BAR);
        Cell {
            called: bar | u32::from(shape == SLASH),
            missing: missing_bar | u32::from(word == MISSING_SLASH),
            first: word & 1,
            second: word >> 16 & 1,
            bar: bar | missing_bar,
        }
    }
}

#[derive(Default)]
struct Sum {
    counts: Counts,
    valid: u32,
}

impl Sum {
    #[inline(always)]
    fn add(&mut self, word: u32, keep: u32) {
        let cell = Cell::of(word);
        let called = (cell.called & keep).wrapping_neg();
        // At most two for each of the fewer than 2^29 cells of a line: nothing wraps, and saying
        // so lets the checked build use vector code too.
        let add = |sum: &mut u32, value: u32| *sum = sum.wrapping_add(value);
        add(&mut self.valid, cell.called | cell.missing);
        let counts = &mut self.counts;
        add(&mut counts.called, cell.called & keep);
        add(&mut counts.missing, cell.missing & keep);
        add(&mut counts.copies, cell.first.wrapping_add(cell.second) & called);
        add(&mut counts.both, cell.first & cell.second & called);
        add(&mut counts.phased, cell.bar & keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(fields: &str, parts: usize, samples: usize) -> Option<Cells<'_>> {
        Cells::of(&TextCalls::first(parts, fields.as_bytes()), samples)
    }

    #[test]
    fn the_shape_is_counted() {
        for (fields, parts) in [
            ("0/0\t0|1\t1/0\t1|1\t./.\t.|.\t1/1", 1),
            ("0/0:1\t0|1\t1/0:\t1|1:3:4\t./.\t.|.\t1/1", 3),
            ("0/0\t0|1\t1/0\t1|1\t./.:.\t.|.\t1/1:9", 2),
            ("0/0:12:99:0,30,300\t0|1\t1/0:::\t1|1\t./.:.\t.|.:....................:\t1/1", 4),
        ] {
            let cells = cells(fields, parts, 7).unwrap();
            let counts = Counts { called: 5, missing: 2, copies: 6, both: 2, phased: 3 };
            assert_eq!(count(&cells, None), Some(counts));
            assert_eq!(dosages(&cells).unwrap(), [0, 1, 1, 2, 3, 3, 2]);
            let kept = count(&cells, Some(&Kept::new(vec![0, 1, 0, 1, 1, 0, 0])));
            let counts = Counts { called: 2, missing: 1, copies: 3, both: 1, phased: 2 };
            assert_eq!(kept, Some(counts));
        }
    }

    #[test]
    fn other_shapes_are_left_to_the_general_reader() {
        for fields in [
            "0/0\t0/2",
            "0/0\t./1",
            "0/0\t1/.",
            "0/0\t0\\0",
            "0/00\t0/",
            "0\t0/000",
            "0/0\t0/0\t",
            "0/0",
            "0/0\t0/0\t0/0",
            "/01\t0/0",
            "0/0 0/0",
            "\0/0\t0/0",
            "0/0\t0/0\r",
            "",
            "0/0\t",
            "0:0\t0/0",
            "0/0\t10/0",
            "0/0\t0/0/0",
            "0/0\t0",
            "\t0/\t0/0",
            "0/0\t0|\n",
            "0/0:1:2\t0/0",
            "0/0\t0/0:1:2",
            "0/0::\t0/0",
            "0/0\t0/0:123456:",
        ] {
            for parts in [1, 2] {
                let cells = cells(fields, parts, 2);
                let counted = cells.as_ref().and_then(|cells| count(cells, None));
                assert_eq!(counted, None, "{fields:?}");
                assert_eq!(cells.as_ref().and_then(dosages), None, "{fields:?}");
            }
        }
        assert!(cells("", 1, 0).is_none());
    }
}
