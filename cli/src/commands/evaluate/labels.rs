//! Labels as words of the command line, and how they fit as remarks.

use crate::failure::Failure;
use crate::progress::Progress;
use clap::Args;
use cohort::{Ask, FirstNames, Joining, Labels};
use std::path::PathBuf;

/// What is known of the people beside their genotypes.
#[derive(Debug, Args)]
pub(super) struct LabelArgs {
    /// What is known of the people: a table with a heading, the samples in its first column
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Count the people of each value in this column of the labels apart
    #[arg(long, value_name = "COLUMN", requires = "labels")]
    by: Option<String>,
    /// Only people with this value; of one column any of those given, of several columns all
    #[arg(long = "where", value_name = "COLUMN=VALUE", requires = "labels", value_parser = condition)]
    only: Vec<(String, String)>,
    /// Go on where people have no row in the labels: they are people without a value
    #[arg(long, requires = "labels")]
    allow_unlabelled: bool,
}

impl LabelArgs {
    pub(super) fn is_some(&self) -> bool {
        self.labels.is_some()
    }

    pub(super) fn open(&self) -> Result<Option<Labels>, Failure> {
        let Some(file) = &self.labels else { return Ok(None) };
        if self.by.is_none() && self.only.is_empty() {
            return Err(Failure::could_not("nothing is asked of the labels")
                .hint("say --by COLUMN or --where COLUMN=VALUE"));
        }
        let ask = Ask {
            by: self.by.clone(),
            only: self.only.clone(),
            allow_unlabelled: self.allow_unlabelled,
        };
        Ok(Some(Labels::open(file, ask)?))
    }
}

fn condition(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, value)) if !column.is_empty() => Ok((column.to_owned(), value.to_owned())),
        _ => Err("expected COLUMN=VALUE".to_owned()),
    }
}

/// Says what does not fit, though it stops nothing.
pub(super) fn remark(progress: Progress, joining: &Joining) {
    let tell = |named: &FirstNames, what: &str| {
        if named.count > 0 {
            progress.tell(&format!("labels: {} {what}: {named}", named.count));
        }
    };
    tell(&joining.unlabelled, "of the samples have no row");
    tell(&joining.without_sample, "of the rows are of samples that the genotypes do not have");
    tell(&joining.repeated, "of the rows say again what an earlier row says");
    tell(&joining.empty, "of the samples have no value in a column that is asked for");
}
