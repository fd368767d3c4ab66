//! Columns brought into order with bounded memory: sorted runs in files without names, merged at
//! the end. The files hold names, leaves and reasons — what is published anyway — and never a
//! genotype, a salt or a key.

use cohort::{Reason, Variant};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::PathBuf;

/// What became of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// It has this leaf.
    Leaf([u8; 32]),
    /// It cannot be proved about.
    Refused(Reason),
}

/// A column's name and what became of it. The order of fields is the order of the panel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) variant: Variant,
    pub(super) outcome: Outcome,
}

impl Entry {
    fn size(&self) -> usize {
        let Variant { contig, reference, alternate, .. } = &self.variant;
        size_of::<Self>() + contig.len() + reference.len() + alternate.len()
    }
}

/// Takes entries in any order and gives them back in the panel's.
pub(super) struct Sorter {
    scratch: PathBuf,
    /// Bytes of entries that are held at most.
    limit: usize,
    held: Vec<Entry>,
    size: usize,
    runs: Vec<File>,
}

impl Sorter {
    pub(super) const fn new(scratch: PathBuf, limit: usize) -> Self {
        Self { scratch, limit, held: Vec::new(), size: 0, runs: Vec::new() }
    }

    pub(super) fn push(&mut self, entry: Entry) -> io::Result<()> {
        self.size += entry.size();
        self.held.push(entry);
        if self.size > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile_in(&self.scratch)?);
        for entry in self.held.drain(..) {
            write_entry(&mut run, &entry)?;
        }
        let mut run = run.into_inner().map_err(io::IntoInnerError::into_error)?;
        run.rewind()?;
        self.runs.push(run);
        self.size = 0;
        Ok(())
    }

    /// All entries in order.
    pub(super) fn merge(mut self) -> io::Result<Merge> {
        self.held.sort_unstable();
        let files = self.runs.into_iter().map(|run| Run::File(BufReader::new(run)));
        let mut runs: Vec<Run> = files.chain([Run::Held(self.held.into_iter())]).collect();
        let mut heads = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|entry| Reverse((entry, number))));
        }
        Ok(Merge { runs, heads })
    }
}

enum Run {
    File(BufReader<File>),
    Held(std::vec::IntoIter<Entry>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        match self {
            Self::File(reader) => read_entry(reader),
            Self::Held(entries) => Ok(entries.next()),
        }
    }
}

/// The runs, and the first entry of each that is not yet given out.
pub(super) struct Merge {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
}

impl Merge {
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        let Some(Reverse((entry, number))) = self.heads.pop() else { return Ok(None) };
        self.heads.extend(self.runs[number].next()?.map(|next| Reverse((next, number))));
        Ok(Some(entry))
    }
}

fn write_entry(run: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let Variant { contig, pos, reference, alternate } = &entry.variant;
    for text in [contig, reference, alternate] {
        run.write_all(&(text.len() as u64).to_be_bytes())?;
        run.write_all(text.as_bytes())?;
    }
    run.write_all(&pos.to_be_bytes())?;
    match entry.outcome {
        Outcome::Leaf(leaf) => {
            run.write_all(&[0])?;
            run.write_all(&leaf)
        }
        Outcome::Refused(reason) => {
            let place = Reason::ALL.iter().position(|r| *r == reason);
            run.write_all(&[1 + place.expect("the list has every reason") as u8])
        }
    }
}

fn read_entry(run: &mut BufReader<File>) -> io::Result<Option<Entry>> {
    if io::BufRead::fill_buf(run)?.is_empty() {
        return Ok(None);
    }
    let [contig, reference, alternate] = [read_text(run)?, read_text(run)?, read_text(run)?];
    let pos = u64::from_be_bytes(read_array(run)?);
    let outcome = match read_array::<1>(run)? {
        [0] => Outcome::Leaf(read_array(run)?),
        [place] => Outcome::Refused(
            *Reason::ALL.get(usize::from(place) - 1).ok_or(io::ErrorKind::InvalidData)?,
        ),
    };
    Ok(Some(Entry { variant: Variant { contig, pos, reference, alternate }, outcome }))
}

fn read_text(run: &mut impl Read) -> io::Result<String> {
    let length = u64::from_be_bytes(read_array(run)?);
    let mut bytes = vec![0; length as usize];
    run.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn read_array<const N: usize>(run: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    run.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_runs_gives_one_order() {
        let entry = |i: u64| Entry {
            variant: Variant {
                contig: ["10", "2", "X"][i as usize % 3].into(),
                pos: i * 7919 % 101,
                reference: "A".into(),
                alternate: "C".repeat(1 + i as usize % 2),
            },
            outcome: match i % 5 {
                0 => Outcome::Refused(Reason::ALL[i as usize % Reason::ALL.len()]),
                _ => Outcome::Leaf([i as u8; 32]),
            },
        };
        let mut expected: Vec<Entry> = (0..300).map(entry).collect();
        expected.sort();
        for limit in [0, 1_000, 10_000, usize::MAX] {
            let mut sorter = Sorter::new(std::env::temp_dir(), limit);
            (0..300).for_each(|i| sorter.push(entry(i)).unwrap());
            let mut merge = sorter.merge().unwrap();
            let merged: Vec<Entry> = std::iter::from_fn(|| merge.next().unwrap()).collect();
            assert_eq!(merged, expected, "limit {limit}");
        }
    }
}
