//! The records of a plan, stretch after stretch. Every record is read by the reader of its format and
//! shown to a [`Watch`].

use std::path::PathBuf;
use std::sync::Arc;

use super::block;
use super::index::IndexFault;
use super::plan::Plan;
use super::watch::{Stretch, Watch};
use crate::bcf::{self, Bcf, Dictionary};
use crate::genotypes::{Genotypes, Records};
use crate::header::Header;
use crate::read_error::ReadError;
use crate::record::{At, Record};
use crate::vcf::Vcf;
use crate::vcf::lines::Lines;

pub(crate) struct Feed {
    blame: Blame,
    header: Arc<Header>,
    path: PathBuf,
    /// Of a BCF file.
    dictionary: Option<Arc<Dictionary>>,
    stretches: std::vec::IntoIter<Stretch>,
    current: Option<Current>,
}

/// Whose fault it is.
struct Blame {
    name: Arc<str>,
    index: String,
}

/// A stretch that is being read.
struct Current {
    watch: Watch,
    reader: Reader,
}

enum Reader {
    Vcf(Lines),
    Bcf(bcf::Feed),
}

impl Feed {
    pub(crate) fn start(
        plan: Plan,
        dictionary: Option<Arc<Dictionary>>,
        name: &Arc<str>,
        header: &Arc<Header>,
    ) -> Feed {
        Feed {
            blame: Blame { name: name.clone(), index: plan.index },
            header: header.clone(),
            path: plan.path,
            dictionary,
            stretches: plan.stretches.into_iter(),
            current: None,
        }
    }

    /// Sees to it that records lie in memory; false after the last stretch.
    pub(crate) fn load(&mut self) -> Result<bool, ReadError> {
        loop {
            if let Some(current) = &mut self.current {
                if !current.watch.is_over() && current.load(&self.blame)? {
                    return Ok(true);
                }
                current.watch.end().map_err(|fault| self.blame.index(fault))?;
                self.current = None;
            }
            let Some(stretch) = self.stretches.next() else { return Ok(false) };
            self.current = Some(self.open(stretch)?);
        }
    }

    fn open(&self, stretch: Stretch) -> Result<Current, ReadError> {
        let Feed { blame, header, path, dictionary, .. } = self;
        let at = |offset| {
            let front = match dictionary {
                None => block::open_line(path, &blame.name, offset)?,
                Some(_) => block::open(path, &blame.name, offset)?,
            };
            Ok(match dictionary {
                None => Records::Vcf(Vcf::at(front)),
                Some(dictionary) => Records::Bcf(Bcf::at(front, dictionary.clone())),
            })
        };
        let records = match stretch.begin {
            Some(offset) => at(offset).map_err(|fault| blame.index(fault))?,
            None => Genotypes::open(path)?.records,
        };
        let reader = match records {
            Records::Vcf(vcf) => Reader::Vcf(Lines::of(vcf, &blame.name, header)),
            Records::Bcf(bcf) => Reader::Bcf(bcf::Feed::of(bcf, &blame.name, header)),
            // The file was another when it was opened first.
            Records::Plink(_) => return Err(blame.index(IndexFault::Older)),
        };
        Ok(Current { watch: Watch::new(stretch), reader })
    }

    /// The records in memory, up to the stretch's end.
    pub(crate) fn records(&mut self) -> impl Iterator<Item = Result<(At, Record<'_>), ReadError>> {
        let Feed { current, blame, .. } = self;
        let (watch, reader) = current.as_mut().map(|c| (&mut c.watch, &mut c.reader)).unzip();
        let (lines, records) = match reader {
            Some(Reader::Vcf(lines)) => (Some(lines.records()), None),
            Some(Reader::Bcf(feed)) => (None, Some(feed.records())),
            None => (None, None),
        };
        let mut all = lines.into_iter().flatten().chain(records.into_iter().flatten());
        let mut watch = watch;
        std::iter::from_fn(move || {
            let watch = watch.as_mut()?;
            while !watch.is_over() {
                match all.next()? {
                    Err(error) => return Some(Err(blame.record(error, watch))),
                    Ok((at, record)) => match watch.see(record.contig, record.pos) {
                        Ok(true) => return Some(Ok((from(at, watch), record))),
                        Ok(false) => {}
                        Err(fault) => return Some(Err(blame.index(fault))),
                    },
                }
            }
            None
        })
    }

    pub(crate) fn consumed(&self) -> u64 {
        let Some(Current { watch, reader }) = &self.current else { return 0 };
        let begin = watch.begin().unwrap_or(0) >> 16;
        begin
            + match reader {
                Reader::Vcf(lines) => lines.consumed(),
                Reader::Bcf(feed) => feed.consumed(),
            }
    }
}

impl Current {
    fn load(&mut self, blame: &Blame) -> Result<bool, ReadError> {
        let loaded = match &mut self.reader {
            Reader::Vcf(lines) => lines.load(),
            Reader::Bcf(feed) => feed.load(),
        };
        loaded.map_err(|error| blame.record(error, &self.watch))
    }
}

impl Blame {
    fn index(&self, fault: IndexFault) -> ReadError {
        ReadError::Index { index: self.index.clone(), name: self.name.to_string(), fault }
    }

    /// What cannot be read at first, the index has wrong; what cannot be read later, the file.
    fn record(&self, error: ReadError, watch: &Watch) -> ReadError {
        match (error, blind(watch)) {
            (ReadError::Record { .. } | ReadError::CutRecord { .. }, Some(begin)) => {
                self.index(IndexFault::NoRecord(begin >> 16))
            }
            (ReadError::Record { name, at, field, fault }, _) => {
                ReadError::Record { name, at: from(at, watch), field, fault }
            }
            (ReadError::CutRecord { name, at }, _) => {
                ReadError::CutRecord { name, at: from(at, watch) }
            }
            (other, _) => other,
        }
    }
}

/// Where reading began, while no record shows that it was right.
fn blind(watch: &Watch) -> Option<u64> {
    watch.begin().filter(|_| watch.is_blind())
}

fn from(at: At, watch: &Watch) -> At {
    watch.begin().map_or(at, |begin| at.from(begin))
}
