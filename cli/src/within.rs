//! `--region` and `--index`: genotypes of a part of a file.

use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use cohort::{Access, Genotypes, Region, Regions, WholeRead};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Within {
    /// Only records whose POS lies here, such as 22 or 22:16050075-16060000; may be given again
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// The index by which regions are found [default: FILE.csi or FILE.tbi]
    #[arg(long, value_name = "FILE", requires = "region")]
    index: Option<PathBuf>,
}

impl Within {
    /// Opens a file, or the regions asked for, and tells where it is read whole for want of an index.
    pub(crate) fn open(&self, session: &Session, path: &Path) -> Result<Genotypes, Failure> {
        let genotypes = Genotypes::open(path)?;
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
