//! Columns that cannot be proved about: each stands in this public list with the reason, and
//! none is silently changed. Specification: `docs/spec/panel.md`.

use cohort::{Reason, Variant};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

/// The list, a line each: contig, pos, ref, alt, reason, separated by tabs, in column order.
#[derive(Debug)]
pub struct Refused {
    /// At its beginning; it has no name.
    pub rows: File,
    /// How many of each reason; reasons without any are left out.
    pub counts: BTreeMap<Reason, u64>,
}

pub(super) struct RefusedRows {
    rows: BufWriter<File>,
    counts: BTreeMap<Reason, u64>,
}

impl RefusedRows {
    pub(super) fn new(file: File) -> Self {
        Self { rows: BufWriter::new(file), counts: BTreeMap::new() }
    }

    pub(super) fn push(&mut self, variant: &Variant, reason: Reason) -> io::Result<()> {
        let Variant { contig, pos, reference, alternate } = variant;
        let reason_text = reason.as_str();
        writeln!(self.rows, "{contig}\t{pos}\t{reference}\t{alternate}\t{reason_text}")?;
        *self.counts.entry(reason).or_default() += 1;
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<Refused> {
        let mut rows = self.rows.into_inner().map_err(io::IntoInnerError::into_error)?;
        rows.rewind()?;
        Ok(Refused { rows, counts: self.counts })
    }
}
