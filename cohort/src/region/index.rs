//! Indexes as tabix and bcftools write them: TBI, and CSI of any width and depth (SAM specification,
//! 5.2, and CSIv1). Of an index only a hint is taken: from where on to read so that the first record
//! still lies before those asked for, which the records themselves then show. No length in the file
//! is trusted, and memory grows with the number of contigs alone.

use std::collections::{HashMap, HashSet};

use super::Regions;
use super::bins::{self, Bins};
use crate::front::Front;
use crate::read_error::ReadError;

/// Why an index cannot be used, or is not of this file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexFault {
    /// It was written before the file was last changed.
    #[error("it is older than the file")]
    Older,
    /// Neither TBI nor CSI.
    #[error("it is no TBI or CSI index")]
    Unknown,
    /// An index of alignments or of other tables.
    #[error("it is no index of VCF or BCF")]
    NotGenotypes,
    /// TBI has no word on BCF.
    #[error("it is TBI, but BCF has indexes of CSI")]
    TbiOfBcf,
    /// It ends too early.
    #[error("it ends inside its data")]
    Cut,
    /// A count or a number that is not possible, or more than are read.
    #[error("{0} is no possible number of {1}")]
    Count(u32, &'static str),
    /// Bins that have no numbers.
    #[error("it has bins of {shift} bits and {depth} levels, which have no numbers")]
    Bins {
        /// Bits of the positions within the narrowest.
        shift: u32,
        /// Levels.
        depth: u32,
    },
    /// A contig's number that the header does not have.
    #[error("it has records on contig number {0}, which the file's header does not name")]
    Unnamed(u32),
    /// Names that are not UTF-8, or fewer or more than contigs.
    #[error("its names of contigs are not as many as its contigs")]
    Names,
    /// A contig that the header does not have.
    #[error("it names contig {0:?}, which the file's header does not")]
    Contig(String),
    /// A place that is not in the file.
    #[error("it points at byte {0}, where the file has no block of BGZF")]
    Place(u64),
    /// A place where no record begins.
    #[error("it points into block {0} of the file, where no record begins")]
    NoRecord(u64),
    /// Contigs that lie within each other.
    #[error("its contigs do not follow each other")]
    Order,
    /// Records elsewhere than the index says.
    #[error("the records of contig {0:?} are not where it says")]
    Elsewhere(String),
    /// Positions that do not ascend: no index can be right.
    #[error("the file is not sorted at {0}:{1}, so that no index can be right")]
    Unsorted(String, u64),
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(Box<ReadError>),
}

/// What an index says of the contigs that have records, in the order of the file.
pub(super) struct Index {
    pub(super) contigs: Vec<Contig>,
}

/// Where a contig's records are, in virtual offsets: the place of a block of BGZF in the upper 48
/// bits, that of the record within it in the lower 16.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contig {
    pub(super) name: String,
    pub(super) first_chunk: u64,
    pub(super) last_chunk: u64,
    /// For each range asked for, the last chunk whose first record stands before it for sure.
    pub(super) hints: Vec<Option<u64>>,
}

/// What the file is of which the index should be.
pub(super) struct Subject<'a> {
    /// Bytes of the file.
    pub(super) length: u64,
    /// The contigs' names by their numbers, where records have numbers.
    pub(super) numbered: Option<&'a dyn Fn(u32) -> Option<String>>,
    /// The header's contigs.
    pub(super) declared: &'a HashSet<&'a str>,
}

/// Bytes of names that are read.
const LONGEST_NAMES: u32 = 16 << 20;
/// Contigs that are read.
const MOST_CONTIGS: u32 = 1 << 18;
/// Format, columns, comments, lines to pass, and the length of the names.
const TABLE: u32 = 28;
/// The number of VCF among the formats.
const VCF: u32 = 2;

/// How an index is written.
struct Layout {
    bins: Bins,
    /// After its bins a contig has a list of offsets (TBI), or each bin has one (CSI).
    linear: bool,
    /// `None` where contigs have the numbers of the file's header.
    names: Option<Vec<String>>,
    contigs: u32,
}

impl Index {
    pub(super) fn read(
        front: Front,
        name: &str,
        subject: &Subject<'_>,
        regions: &Regions,
    ) -> Result<Index, IndexFault> {
        let mut bytes = Bytes { front, name };
        let layout = bytes.layout(subject.numbered.is_some())?;
        for contig in layout.names.iter().flatten() {
            if !subject.declared.is_empty() && !subject.declared.contains(contig.as_str()) {
                return Err(IndexFault::Contig(contig.clone()));
            }
        }
        let asked: HashMap<&str, &[(u64, u64)]> = regions.ranges().collect();
        let mut contigs: Vec<Contig> = Vec::new();
        for number in 0..layout.contigs {
            let name = match &layout.names {
                Some(names) => names.get(number as usize).cloned(),
                None => subject.numbered.and_then(|name| name(number)),
            };
            let ranges = name.as_deref().and_then(|name| asked.get(name)).copied();
            let Some(chunks) = bytes.chunks(&layout, subject.length, ranges.unwrap_or(&[]))? else {
                continue;
            };
            let Some(name) = name else { return Err(IndexFault::Unnamed(number)) };
            let (first_chunk, last_chunk) = chunks.ends;
            contigs.push(Contig { name, first_chunk, last_chunk, hints: chunks.hints });
        }
        contigs.sort_by_key(|contig| contig.first_chunk);
        if contigs.windows(2).any(|pair| pair[0].last_chunk >= pair[1].first_chunk) {
            return Err(IndexFault::Order);
        }
        Ok(Index { contigs })
    }
}

/// The chunks of one contig.
struct Chunks {
    /// Where the first begins, and the last.
    ends: (u64, u64),
    hints: Vec<Option<u64>>,
}

struct Bytes<'a> {
    front: Front,
    name: &'a str,
}

impl Bytes<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], IndexFault> {
        let seen = self.front.peek(count);
        let fault = |fault| ReadError::source_fault(self.name, fault);
        match seen.map_err(|why| IndexFault::Unreadable(Box::new(fault(why))))?.len() {
            length if length < count => Err(IndexFault::Cut),
            _ => Ok(self.front.take(count)),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], IndexFault> {
        self.take(N)?.try_into().map_err(|_| IndexFault::Cut)
    }

    fn number(&mut self) -> Result<u32, IndexFault> {
        self.array().map(u32::from_le_bytes)
    }

    fn long(&mut self) -> Result<u64, IndexFault> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count, which is a number of 31 bits.
    fn count(&mut self, most: u32, what: &'static str) -> Result<u32, IndexFault> {
        match self.number()? {
            count if count > most => Err(IndexFault::Count(count, what)),
            count => Ok(count),
        }
    }

    fn skip(&mut self, mut count: u64) -> Result<(), IndexFault> {
        const STEP: u64 = 64 << 10;
        while count > 0 {
            let step = count.min(STEP);
            self.take(step as usize)?;
            count -= step;
        }
        Ok(())
    }

    fn layout(&mut self, numbered: bool) -> Result<Layout, IndexFault> {
        match &self.array::<4>()? {
            b"TBI\x01" if numbered => Err(IndexFault::TbiOfBcf),
            b"TBI\x01" => {
                let contigs = self.count(MOST_CONTIGS, "contigs")?;
                let names = Some(self.names(contigs)?);
                Ok(Layout { bins: bins::TBI, linear: true, names, contigs })
            }
            b"CSI\x01" => {
                let (shift, depth) = (self.number()?, self.number()?);
                let bins = Bins::new(shift, depth).ok_or(IndexFault::Bins { shift, depth })?;
                let notes = self.count(LONGEST_NAMES, "bytes of names")?;
                let mut names = None;
                if numbered {
                    self.skip(notes.into())?;
                } else {
                    names = Some(self.notes(notes)?);
                }
                let contigs = self.count(MOST_CONTIGS, "contigs")?;
                match names {
                    Some(names) if names.len() != contigs as usize => Err(IndexFault::Names),
                    names => Ok(Layout { bins, linear: false, names, contigs }),
                }
            }
            _ => Err(IndexFault::Unknown),
        }
    }

    /// What TBI says of a table, as CSI has it before the number of contigs.
    fn notes(&mut self, length: u32) -> Result<Vec<String>, IndexFault> {
        if length < TABLE {
            return Err(IndexFault::NotGenotypes);
        }
        let names = self.table()?;
        let rest = (length - TABLE).checked_sub(names.len() as u32).ok_or(IndexFault::Names)?;
        self.skip(rest.into())?;
        split(&names)
    }

    fn names(&mut self, contigs: u32) -> Result<Vec<String>, IndexFault> {
        let names = split(&self.table()?)?;
        if names.len() == contigs as usize { Ok(names) } else { Err(IndexFault::Names) }
    }

    /// The contigs' names, each ended by a zero.
    fn table(&mut self) -> Result<Vec<u8>, IndexFault> {
        let format = self.number()?;
        if format != VCF {
            return Err(IndexFault::NotGenotypes);
        }
        self.skip(20)?;
        let length = self.count(LONGEST_NAMES, "bytes of names")?;
        Ok(self.take(length as usize)?.to_vec())
    }

    /// `None` where the contig has no records.
    fn chunks(
        &mut self,
        layout: &Layout,
        length: u64,
        ranges: &[(u64, u64)],
    ) -> Result<Option<Chunks>, IndexFault> {
        let mut ends: Option<(u64, u64)> = None;
        let mut hints = vec![None; ranges.len()];
        for _ in 0..self.count(MOST, "bins")? {
            let bin = self.number()?;
            if !layout.linear {
                self.long()?;
            }
            let chunks = self.count(MOST, "chunks")?;
            if bin == layout.bins.of_notes() {
                self.skip(16 * u64::from(chunks))?;
                continue;
            }
            let end = layout.bins.end(bin).ok_or(IndexFault::Count(bin, "bins"))?;
            for _ in 0..chunks {
                let (from, to) = (self.long()?, self.long()?);
                if from > to || from >> 16 >= length || to >> 16 > length {
                    return Err(IndexFault::Place(from.max(to) >> 16));
                }
                ends = Some(ends.map_or((from, from), |(a, b)| (a.min(from), b.max(from))));
                // Positions of bins are counted from 0: the last of this one is POS `end`.
                let after = ranges.partition_point(|(first, _)| *first <= end);
                if let Some(hint) = hints.get_mut(after) {
                    *hint = (*hint).max(Some(from));
                }
            }
        }
        if layout.linear {
            let offsets = self.count(MOST, "offsets")?;
            self.skip(8 * u64::from(offsets))?;
        }
        // What begins before a range begins before those after it.
        for i in 1..hints.len() {
            hints[i] = hints[i].max(hints[i - 1]);
        }
        Ok(ends.map(|ends| Chunks { ends, hints }))
    }
}

/// The greatest number of 31 bits.
const MOST: u32 = i32::MAX as u32;

fn split(names: &[u8]) -> Result<Vec<String>, IndexFault> {
    let names = match names.strip_suffix(b"\0") {
        Some(names) => names,
        None if names.is_empty() => return Ok(Vec::new()),
        None => return Err(IndexFault::Names),
    };
    let names = names.split(|byte| *byte == 0).map(|name| str::from_utf8(name).map(str::to_owned));
    names.collect::<Result<_, _>>().map_err(|_| IndexFault::Names)
}
