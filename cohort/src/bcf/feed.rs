//! The records of a BCF file after its header, batch by batch.

use std::borrow::Cow;
use std::sync::Arc;

use super::calls::Body as BcfBody;
use super::value::{BcfFault, Values, within};
use super::{Bcf, Dictionary};
use crate::batch::{Batch, BatchFault, Batches, Unit};
use crate::field::Found;
use crate::header::Header;
use crate::read_error::ReadError;
use crate::record::{self, At, Body, Record, RecordFault};

pub(crate) struct Feed {
    pub(crate) cursor: Cursor,
    pub(crate) dictionary: Arc<Dictionary>,
    pub(crate) batches: Batches,
    batch: Batch,
    /// Where in the batch the next record begins.
    at: usize,
}

/// Where in a file one reads, record by record.
pub(crate) struct Cursor {
    name: String,
    samples: usize,
    /// Records before the next.
    records: u64,
}

impl Feed {
    pub(crate) fn of(bcf: Bcf, name: &str, header: &Header) -> Feed {
        let Bcf { source, begun, dictionary } = bcf;
        let cursor = Cursor { name: name.to_owned(), samples: header.samples.len(), records: 0 };
        let batches = Batches::of(source, begun, Unit::Bcf);
        Feed { cursor, dictionary, batches, batch: Batch::default(), at: 0 }
    }

    /// Sees to it that the batch has records left; false at the end of the file.
    pub(crate) fn load(&mut self) -> Result<bool, ReadError> {
        let loaded = self.batches.load(&mut self.batch, &mut self.at);
        loaded.map_err(|fault| self.cursor.fault(fault))
    }

    /// The records of the batch.
    pub(crate) fn records(&mut self) -> impl Iterator<Item = Result<(At, Record<'_>), ReadError>> {
        self.cursor.records(self.batch.bytes(), &mut self.at, &self.dictionary)
    }

    pub(crate) fn consumed(&self) -> u64 {
        self.batch.consumed
    }
}

impl Cursor {
    /// Why there is no next record.
    pub(crate) fn fault(&self, fault: BatchFault) -> ReadError {
        ReadError::batch_fault(&self.name, At::Record(self.records + 1), fault)
    }

    /// The records of these bytes from `at` on.
    pub(crate) fn records<'a>(
        &mut self,
        bytes: &'a [u8],
        at: &mut usize,
        dictionary: &'a Dictionary,
    ) -> impl Iterator<Item = Result<(At, Record<'a>), ReadError>> {
        let Cursor { name, samples, records } = self;
        std::iter::from_fn(move || {
            let rest = bytes.get(*at..).filter(|rest| !rest.is_empty())?;
            *records += 1;
            let place = At::Record(*records);
            let Some((shared, each)) = split(rest) else {
                return Some(Err(ReadError::CutRecord { name: name.clone(), at: place }));
            };
            *at += LENGTHS + shared.len() + each.len();
            let parsed = parse(shared, each, dictionary, *samples);
            let named = |fault| ReadError::record(name, place, fault);
            Some(parsed.map(|record| (place, record)).map_err(named))
        })
    }
}

/// Bytes of the two lengths before a record.
pub(crate) const LENGTHS: usize = 8;

/// The two parts of the first record, what all samples share and what each has.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (shared, each) = lengths(bytes)?;
    bytes[LENGTHS..].get(..shared.checked_add(each)?)?.split_at_checked(shared)
}

fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = *bytes.first_chunk::<LENGTHS>()?;
    Some((u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize))
}

/// Bytes of the first record with its lengths, as they state it.
pub(crate) fn stated_length(bytes: &[u8]) -> Option<usize> {
    let (shared, each) = lengths(bytes)?;
    shared.checked_add(each)?.checked_add(LENGTHS)
}

/// Bytes of the first record with its lengths, where they all are there.
pub(crate) fn record_length(bytes: &[u8]) -> Option<usize> {
    split(bytes).map(|(shared, each)| LENGTHS + shared.len() + each.len())
}

/// CHROM, POS, the length on the reference, QUAL, counts; ID, alleles; FILTER and INFO are not
/// read.
fn parse<'a>(
    shared: &'a [u8],
    each: &'a [u8],
    dictionary: &'a Dictionary,
    expected: usize,
) -> Result<Record<'a>, RecordFault> {
    let mut values = Values(shared);
    let contig = dictionary.contig(i32::from_le_bytes(values.array()?));
    let contig = contig.ok_or(BcfFault::Contig).map_err(within("CHROM"))?;
    let contig = record::contig(contig.as_bytes())?;
    let pos = i64::from(i32::from_le_bytes(values.array()?)) + 1;
    let no_position = |_| RecordFault::Position(Found::new(pos.to_string().as_bytes()));
    let pos = u64::try_from(pos).map_err(no_position)?;
    let _length_and_qual: [u8; 8] = values.array()?;
    let counts = u32::from_le_bytes(values.array()?);
    let samples_and_formats = u32::from_le_bytes(values.array()?);
    let (samples, formats) = (samples_and_formats as usize & 0xff_ffff, samples_and_formats >> 24);
    let alleles = (counts >> 16) as usize;
    values.skip().map_err(within("ID"))?;
    if alleles == 0 {
        return Err(BcfFault::NoAlleles.into());
    }
    let reference = record::reference(values.text().map_err(within("REF"))?)?;
    let (alternates, alternate_count) = alternates(&mut values, alleles - 1)?;
    if samples != expected && (samples, formats) != (0, 0) {
        return Err(BcfFault::Samples { found: samples, expected }.into());
    }
    let body = Body::Bcf(BcfBody { bytes: each, formats, genotype: dictionary.genotype() });
    Ok(Record { contig, pos, reference, alternates, alternate_count, body })
}

/// Joined by commas.
fn alternates<'a>(
    values: &mut Values<'a>,
    count: usize,
) -> Result<(Cow<'a, str>, usize), RecordFault> {
    let text = |values: &mut Values<'a>| values.text().map_err(within("ALT"));
    let (joined, found) = match count {
        0 => return Ok((Cow::Borrowed(""), 0)),
        1 => {
            let (alternate, found) = record::alternates(text(values)?)?;
            (Cow::Borrowed(alternate), found)
        }
        _ => {
            let mut joined = Vec::new();
            for place in 0..count {
                if place > 0 {
                    joined.push(b',');
                }
                joined.extend_from_slice(text(values)?);
            }
            let (joined, found) = record::alternates(&joined)?;
            (Cow::Owned(joined.to_owned()), found)
        }
    };
    // A comma within an allele, which no VCF could have; a lone `.` is none.
    match found > count {
        true => Err(RecordFault::Alternates(Found::new(joined.as_bytes()))),
        false => Ok((joined, found)),
    }
}
