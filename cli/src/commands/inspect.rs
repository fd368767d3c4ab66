use crate::answer::{Answer, Lines};
use crate::failure::Failure;
use crate::plain::plain;
use crate::session::Session;
use clap::Args;
use cohort::Genotypes;
use std::path::PathBuf;

/// Columns named for each reason why some cannot be proved.
const EXAMPLES: usize = 3;

/// Say what a genotype file holds, and what of it could be proved.
///
/// Reads the whole file and writes nothing. A column is one ALT of one record. Columns that cannot
/// be proved stay in the sealed file all the same; here is how many there are, and why.
///
/// JSON: everything that is printed, with the keys of docs/cli.md.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome inspect chr22.vcf.gz")]
pub(crate) struct Inspect {
    /// The genotypes: VCF, BCF, or any file of a PLINK 1 or 2 set; recognised by content
    file: PathBuf,
}

pub(crate) fn run(session: &Session, args: &Inspect) -> Result<Answer, Failure> {
    let genotypes = Genotypes::open(&args.file)?;
    let size = genotypes.size().unwrap_or(0);
    let bar = session.progress.bytes("inspecting", size);
    let found = cohort::inspect(genotypes, EXAMPLES, &mut |used| bar.set_position(used))?;
    bar.finish_and_clear();
    let json = serde_json::to_value(&found).expect("an inspection is plain data");
    let mut lines = Lines::default();
    crate::describe::inspection(&mut lines, &found);
    Ok(Answer::yes(plain_values(&lines.to_string()), json))
}

fn plain_values(text: &str) -> String {
    text.lines().map(|line| plain(line) + "\n").collect()
}
