//! `--region` and `--index`: genotypes of a part of a file.

use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use cohort::{Access, Genotypes, Region, Regions, WholeRead};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Within {
    /// Only records whose POS lies here: 22, 22:100 or 22:100-200; may be given again
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// The index by which regions are found [default: FILE.csi or FILE.tbi]
    #[arg(long, value_name = "FILE", requires = "region")]
    index: Option<PathBuf>,
}

impl Within {
    /// The regions asked for, or all. Tells where a file is read whole for want of an index.
    pub(crate) fn narrow(
        &self,
        session: &Session,
        genotypes: Genotypes,
    ) -> Result<Genotypes, Failure> {
        if self.region.is_empty() {
            return Ok(genotypes);
        }
        let regions = self.region.iter().map(|text| Region::parse(text));
        let regions = regions.collect::<Result<Regions, _>>()?;
        let (genotypes, access) = genotypes.within(regions, self.index.as_deref())?;
        match access {
            Access::Index(_) | Access::Whole(WholeRead::Plink) => {}
            Access::Whole(why) => session.progress.tell(&format!("reading the whole file: {why}")),
        }
        Ok(genotypes)
    }
}
