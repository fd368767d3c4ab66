//! The records of a file in runs: those that lie in memory together, are asked for, and whose
//! results fit in memory together. Who works through a run does so in parallel; runs come in the
//! file's order. Specification: `docs/spec/genotypes.md`, "Records".

mod side_by_side;

use std::sync::Arc;

use rayon::prelude::*;

use crate::batch::BatchFault;
use crate::bcf::{self, Dictionary};
use crate::column_set::{ColumnSet, Selection, Wanted};
use crate::genotypes::{Genotypes, Records};
use crate::header::Header;
use crate::plink;
use crate::read_error::ReadError;
use crate::record::{At, Record, RecordFault};
use crate::region::{self, Regions};
use crate::variant::Variant;
use crate::vcf::lines::{self, Lines};

/// Bytes that one record's results may take: its ALTs times samples, contig and REF.
const RECORD_BUDGET: usize = 1 << 28;
/// Bytes after which a run ends, and after which one of several at a time does.
const RUN_BUDGET: usize = 1 << 24;
const SMALL_BUDGET: usize = 1 << 21;
/// What an ALT takes in memory beside its text.
const ALTERNATE: usize = 64;

/// A record that is asked for.
pub(crate) struct Task<'a> {
    pub(crate) at: At,
    pub(crate) record: Record<'a>,
    pub(crate) wanted: Wanted,
}

pub(crate) struct Runs {
    pub(crate) name: Arc<str>,
    pub(crate) header: Arc<Header>,
    feed: Feed,
    gather: Gather,
}

/// Where records come from. `load` sees to it that some lie in memory, or returns false at the
/// end; `records` hands those out one by one, until it returns an error.
enum Feed {
    Vcf(Lines),
    Bcf(bcf::Feed),
    Plink(plink::Feed),
    Regions(region::Feed),
}

impl Runs {
    /// Starts reading. `each_sample` says how many bytes of result an ALT takes for each sample.
    pub(crate) fn start(
        genotypes: Genotypes,
        set: Option<ColumnSet>,
        each_sample: usize,
    ) -> Result<Runs, ReadError> {
        let name: Arc<str> = genotypes.name.into();
        let header = Arc::new(genotypes.header);
        let feed = match (genotypes.records, genotypes.plan) {
            (Records::Vcf(_), Some(plan)) => {
                Feed::Regions(region::Feed::start(plan, None, &name, &header))
            }
            (Records::Bcf(bcf), Some(plan)) => {
                let dictionary = Some(bcf.dictionary().clone());
                Feed::Regions(region::Feed::start(plan, dictionary, &name, &header))
            }
            (Records::Vcf(vcf), None) => Feed::Vcf(Lines::of(vcf, &name, &header)),
            (Records::Bcf(bcf), None) => Feed::Bcf(bcf::Feed::of(bcf, &name, &header)),
            (Records::Plink(set), _) => Feed::Plink(plink::Feed::start(*set)?),
        };
        let gather = Gather {
            name: name.clone(),
            regions: genotypes.regions,
            selection: Selection::new(set),
            each_alternate: ALTERNATE + each_sample * header.samples.len(),
            lines: 1,
            records: 0,
            budget: RUN_BUDGET,
            is_full: false,
            stop: None,
        };
        Ok(Runs { name, header, feed, gather })
    }

    /// Says that an ALT gives so many lines of result.
    pub(crate) fn lines_of_each(mut self, lines: usize) -> Runs {
        self.gather.lines = lines;
        self
    }

    /// Returns the next run, which may be empty, or `None` after the last. An error comes after
    /// the run of the records before it.
    pub(crate) fn next_run(&mut self) -> Result<Option<Vec<Task<'_>>>, ReadError> {
        let Runs { header, feed, gather, .. } = self;
        match gather.stop.take() {
            None => {}
            Some(stop) => {
                gather.stop = Some(Stop::End);
                return stop.into_error().map_or(Ok(None), Err);
            }
        }
        let loaded = match feed {
            Feed::Vcf(lines) => lines.load(),
            Feed::Bcf(feed) => feed.load(),
            Feed::Plink(feed) => feed.load(),
            Feed::Regions(feed) => feed.load(),
        };
        if !matches!(loaded, Ok(true)) {
            gather.stop = Some(Stop::End);
            loaded?;
            // The contigs that an index names have been met.
            let met = matches!(feed, Feed::Regions(_));
            return if met { Ok(None) } else { gather.check_regions(header).map(|()| None) };
        }
        Ok(Some(match feed {
            Feed::Vcf(lines) => gather.run(lines.records()),
            Feed::Bcf(feed) => gather.run(feed.records()),
            Feed::Plink(feed) => gather.run(feed.records()),
            Feed::Regions(feed) => gather.run(feed.records()),
        }))
    }

    /// Hands to `take`, in the file's order, what `make` makes of the records, which it sees in
    /// shares, by several threads where there are several. Ends with the first error, of the reader
    /// or of `take`, which is told too how many bytes of the file were used.
    pub(crate) fn each<R: Send, E: From<ReadError> + Send>(
        &mut self,
        make: impl Fn(&[Task<'_>]) -> R + Sync,
        mut take: impl FnMut(R, u64) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let Runs { header, feed, gather, .. } = self;
        let whole = match feed {
            Feed::Vcf(lines) => {
                lines.batches.whole().map(|pump| (pump, Cursor::Vcf(&mut lines.cursor)))
            }
            Feed::Bcf(feed) => feed
                .batches
                .whole()
                .map(|pump| (pump, Cursor::Bcf(&mut feed.cursor, &feed.dictionary))),
            Feed::Plink(_) | Feed::Regions(_) => None,
        };
        if let Some((pump, cursor)) = whole {
            gather.budget = SMALL_BUDGET;
            side_by_side::each(*pump, cursor, gather, make, take)?;
            return Ok(gather.check_regions(header)?);
        }
        while let Some(run) = self.next_run()? {
            let made: Vec<R> = match rayon::current_num_threads() {
                1 => vec![make(&run)],
                threads => {
                    let share = run.len().div_ceil(4 * threads).max(1);
                    run.par_chunks(share).map(&make).collect()
                }
            };
            for made in made {
                take(made, self.consumed())?;
            }
        }
        Ok(())
    }

    /// Bytes of the file used so far, as far as it was read for the runs handed out.
    pub(crate) fn consumed(&self) -> u64 {
        match &self.feed {
            Feed::Vcf(lines) => lines.consumed(),
            Feed::Bcf(feed) => feed.consumed(),
            Feed::Plink(feed) => feed.consumed(),
            Feed::Regions(feed) => feed.consumed(),
        }
    }

    /// Records of the regions passed so far, or of the file, those not asked for by columns among them.
    pub(crate) fn records(&self) -> u64 {
        self.gather.records
    }

    pub(crate) fn never_seen(&self) -> Vec<Variant> {
        self.gather.selection.never_seen()
    }
}

/// Where in a file of records one reads, and what to read them by.
enum Cursor<'f> {
    Vcf(&'f mut lines::Cursor),
    Bcf(&'f mut bcf::Cursor, &'f Dictionary),
}

impl<'f> Cursor<'f> {
    /// The next run of these whole records from `at` on.
    fn run<'a>(&mut self, gather: &mut Gather, bytes: &'a [u8], at: &mut usize) -> Vec<Task<'a>>
    where
        'f: 'a,
    {
        match self {
            Cursor::Vcf(cursor) => gather.run(cursor.records(bytes, at)),
            Cursor::Bcf(cursor, dictionary) => gather.run(cursor.records(bytes, at, dictionary)),
        }
    }

    /// Why there is no next record.
    fn fault(&self, fault: BatchFault) -> ReadError {
        match self {
            Cursor::Vcf(cursor) => cursor.fault(fault),
            Cursor::Bcf(cursor, _) => cursor.fault(fault),
        }
    }
}

enum Stop {
    End,
    Error(ReadError),
}

impl Stop {
    fn into_error(self) -> Option<ReadError> {
        match self {
            Stop::End => None,
            Stop::Error(error) => Some(error),
        }
    }
}

/// Gathers records to runs.
struct Gather {
    name: Arc<str>,
    regions: Option<Regions>,
    selection: Selection,
    /// Bytes of result that each ALT takes beside its alleles.
    each_alternate: usize,
    /// Lines of result that each ALT gives.
    lines: usize,
    records: u64,
    /// Bytes of result after which a run ends.
    budget: usize,
    /// The last run ended there.
    is_full: bool,
    stop: Option<Stop>,
}

impl Gather {
    fn run<'a>(
        &mut self,
        records: impl Iterator<Item = Result<(At, Record<'a>), ReadError>>,
    ) -> Vec<Task<'a>> {
        let mut tasks = Vec::new();
        let mut spent = 0;
        self.is_full = false;
        for record in records {
            if let (Some(regions), Ok((_, record))) = (&mut self.regions, &record)
                && !regions.have(record.contig, record.pos)
            {
                continue;
            }
            let costed = record.and_then(|(at, record)| Ok((at, self.cost(at, &record)?, record)));
            let (at, cost, record) = match costed {
                Ok(record) => record,
                Err(error) => {
                    self.stop = Some(Stop::Error(error));
                    break;
                }
            };
            self.records += 1;
            if let Some(wanted) = self.selection.of(&record) {
                spent += cost;
                tasks.push(Task { at, record, wanted });
            }
            self.is_full = spent >= self.budget;
            if self.is_full {
                break;
            }
        }
        tasks
    }

    /// After the last record: contigs that were asked for must be there.
    fn check_regions(&self, header: &Header) -> Result<(), ReadError> {
        let Some(regions) = &self.regions else { return Ok(()) };
        let declared = header.contigs.iter().map(|contig| contig.name.as_str());
        regions.check(&self.name, &declared.collect::<Vec<_>>())
    }

    /// What a record's results will take.
    fn cost(&self, at: At, record: &Record<'_>) -> Result<usize, ReadError> {
        let each = self.each_alternate + record.contig.len() + record.reference.len();
        let cost = each.saturating_mul(record.alternate_count).saturating_mul(self.lines);
        if cost > RECORD_BUDGET && record.alternate_count > 1 {
            let fault = RecordFault::TooWide { alternates: record.alternate_count };
            return Err(ReadError::record(&self.name, at, fault));
        }
        Ok(cost)
    }
}
