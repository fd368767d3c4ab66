//! PLINK's sets of three files: genotypes of two bits, sites and samples.
//! Specification: `docs/spec/genotypes.md`, "PLINK 1" and "PLINK 2".

mod names;
pub(crate) mod pgen;
mod rows;
mod samples;
mod set;
mod sites;
mod zstd;

pub use names::set_opened_by;
pub use pgen::PgenFault;
pub(crate) use set::{Set, member_of};
pub use sites::SiteFault;

use crate::read_error::ReadError;
use crate::record::{At, Record};
use rows::Rows;
use sites::Sites;

/// What every bed and pgen begins with.
pub(crate) const MAGIC: [u8; 2] = [0x6c, 0x1b];

/// Sites and genotypes side by side.
pub(crate) struct Feed {
    sites: Sites,
    rows: Rows,
    records: u64,
}

impl Feed {
    pub(crate) fn start(set: Set) -> Result<Feed, ReadError> {
        Ok(Feed { sites: Sites::of(set.sites), rows: set.rows.start()?, records: 0 })
    }

    /// Sees to it that a site and its genotypes lie in memory; false at the end of both.
    pub(crate) fn load(&mut self) -> Result<bool, ReadError> {
        let site = self.sites.load()?;
        let row = self.rows.load()?;
        let (name, records) = (self.rows.name().to_owned(), self.records);
        let sites = self.sites.name().to_owned();
        match (site, row) {
            (true, true) => Ok(true),
            (false, false) => Ok(false),
            (true, false) => Err(ReadError::TooFewRecords { name, records, sites }),
            (false, true) => Err(ReadError::TooManyRecords { name, records, sites }),
        }
    }

    /// The records whose sites and genotypes lie in memory.
    pub(crate) fn records(&mut self) -> impl Iterator<Item = Result<(At, Record<'_>), ReadError>> {
        let Feed { sites, rows, records } = self;
        let (mut sites, mut rows) = (sites.lines(), rows.rows());
        std::iter::from_fn(move || {
            if sites.is_empty() || rows.is_empty() {
                return None;
            }
            let site = match sites.next()? {
                Ok(site) => site,
                Err(error) => return Some(Err(error)),
            };
            *records += 1;
            let at = At::Record(*records);
            Some(rows.next(at, &site).map(|body| (at, site.record(body))))
        })
    }

    pub(crate) fn consumed(&self) -> u64 {
        self.rows.consumed()
    }
}
