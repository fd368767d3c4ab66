//! The records of a file in runs: lines that lie in memory together, are asked for, and whose
//! results fit in memory together. Who works through a run does so in parallel; runs come in the
//! file's order. Specification: `docs/spec/genotypes.md`, "Records".

use std::sync::Arc;

use crate::batch::{Batch, Batches};
use crate::column_set::{ColumnSet, Selection, Wanted};
use crate::header::Header;
use crate::read_error::ReadError;
use crate::record::{LineFault, Record};
use crate::variant::Variant;
use crate::vcf::{Vcf, without_end};

/// Bytes that one record's results may take: its ALTs times samples, contig and REF.
const RECORD_BUDGET: usize = 1 << 28;
/// Bytes after which a run ends.
const RUN_BUDGET: usize = 1 << 26;
/// What an ALT takes in memory beside its text.
const ALTERNATE: usize = 64;

/// A record that is asked for.
pub(crate) struct Task<'a> {
    /// Counted from 1.
    pub(crate) line: u64,
    pub(crate) record: Record<'a>,
    pub(crate) wanted: Wanted,
}

pub(crate) struct Lines {
    pub(crate) name: Arc<str>,
    pub(crate) header: Arc<Header>,
    batches: Batches,
    selection: Selection,
    /// Bytes of result that each ALT takes for each sample.
    each_sample: usize,
    batch: Batch,
    /// Where in the batch the next line begins.
    at: usize,
    /// Lines before that.
    lines: u64,
    /// The first of the empty lines just passed.
    empty: Option<u64>,
    records: u64,
    stop: Option<Stop>,
}

enum Stop {
    End,
    Error(ReadError),
}

impl Lines {
    /// Starts reading. `each_sample` says how many bytes of result an ALT takes for each sample.
    pub(crate) fn start(
        vcf: Vcf,
        set: Option<ColumnSet>,
        each_sample: usize,
    ) -> Result<Lines, ReadError> {
        let Vcf { name, header, source, begun, lines } = vcf;
        let batches = match Batches::start(source, begun) {
            Ok(batches) => batches,
            Err(source) => return Err(ReadError::Io { name, source }),
        };
        Ok(Lines {
            name: name.into(),
            header: Arc::new(header),
            batches,
            selection: Selection::new(set),
            each_sample,
            batch: Batch::default(),
            at: 0,
            lines,
            empty: None,
            records: 0,
            stop: None,
        })
    }

    /// Returns the next run, which may be empty, or `None` after the last. An error comes after
    /// the run of the lines before it.
    pub(crate) fn next_run(&mut self) -> Result<Option<Vec<Task<'_>>>, ReadError> {
        if self.at == self.batch.text().len() && self.stop.is_none() {
            self.next_batch();
        }
        match self.stop.take() {
            Some(Stop::Error(error)) => {
                self.stop = Some(Stop::End);
                return Err(error);
            }
            Some(Stop::End) => {
                self.stop = Some(Stop::End);
                return Ok(None);
            }
            None => {}
        }
        Ok(Some(self.collect_run()))
    }

    /// Bytes of the file used so far, as far as it was read for the runs handed out.
    pub(crate) fn consumed(&self) -> u64 {
        self.batch.consumed
    }

    /// Records passed so far, those not asked for among them.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    pub(crate) fn never_seen(&self) -> Vec<Variant> {
        self.selection.never_seen()
    }

    fn next_batch(&mut self) {
        let spent = std::mem::take(&mut self.batch);
        self.batch.consumed = spent.consumed;
        self.batches.give_back(spent);
        self.at = 0;
        match self.batches.next() {
            Ok(Some(batch)) => self.batch = batch,
            Ok(None) => self.stop = Some(Stop::End),
            Err(fault) => {
                let error = ReadError::batch_fault(&self.name, self.lines + 1, fault);
                self.stop = Some(Stop::Error(error));
            }
        }
    }

    fn collect_run(&mut self) -> Vec<Task<'_>> {
        let text = self.batch.text();
        let mut tasks = Vec::new();
        let mut spent = 0;
        while self.at < text.len() && spent < RUN_BUDGET {
            let rest = &text[self.at..];
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let line = without_end(&rest[..end]);
            self.at += end;
            self.lines += 1;
            if line.is_empty() {
                self.empty.get_or_insert(self.lines);
                continue;
            }
            let parsed = match self.empty {
                Some(empty) => Err((empty, LineFault::EmptyLine)),
                None => self
                    .header
                    .parse_record(line, self.each_sample)
                    .map_err(|fault| (self.lines, fault)),
            };
            match parsed {
                Ok((record, cost)) => {
                    self.records += 1;
                    if let Some(wanted) = self.selection.of(&record) {
                        spent += cost;
                        tasks.push(Task { line: self.lines, record, wanted });
                    }
                }
                Err((number, fault)) => {
                    self.stop = Some(Stop::Error(ReadError::line(&self.name, number, fault)));
                    break;
                }
            }
        }
        tasks
    }
}

impl Header {
    /// Reads a record's fixed columns, and what its results will take.
    fn parse_record<'a>(
        &self,
        line: &'a [u8],
        each_sample: usize,
    ) -> Result<(Record<'a>, usize), LineFault> {
        let record = Record::parse(line, self.columns)?;
        let each = ALTERNATE
            + record.contig.len()
            + record.reference.len()
            + each_sample * self.samples.len();
        let cost = each.saturating_mul(record.alternate_count);
        if cost > RECORD_BUDGET && record.alternate_count > 1 {
            return Err(LineFault::TooWide { alternates: record.alternate_count });
        }
        Ok((record, cost))
    }
}
