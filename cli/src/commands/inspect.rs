mod people;
mod plot;
mod report;
mod sections;
mod table;
mod text;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::session::Session;
use crate::within::Within;
use clap::Args;
use cohort::{Genotypes, ReadError, Table};
use plot::Plots;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use store::UnnamedFile;

/// Columns named for each reason why some cannot be proved.
const EXAMPLES: usize = 3;

/// Say what a file of genotypes or a table holds, and what of it could be proved.
///
/// Reads the file, or regions of it. A column is one ALT of one record. Columns that cannot be proved
/// stay in the sealed file all the same; here is how many there are, and why. People are named who
/// miss much, differ from the others, or are related: the answer is for those who keep the data.
///
/// Of a table (CSV: a heading and rows) it says what each column holds: numbers, categories,
/// genotypes as pairs of letters, or text. The types are guessed from all values, unless a schema
/// says them.
///
/// JSON: everything that is printed, with the keys of docs/cli.md.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  provenome inspect chr22.vcf.gz\n  provenome inspect cohort.bed --report cohort.html\n  provenome inspect clinic.csv --write-schema clinic.toml"
)]
pub(crate) struct Inspect {
    /// The genotypes (VCF, BCF, or any file of a PLINK 1 or 2 set), or a table; recognised by content
    file: PathBuf,
    #[command(flatten)]
    within: Within,
    /// Write the answer as a page too, of one file that needs no other; FILE must not be there
    #[arg(long, value_name = "FILE", conflicts_with_all = ["schema", "write_schema"])]
    report: Option<PathBuf>,
    /// How to draw plots in the text
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    plots: Plots,
    /// What the table's columns are, where a guess is not enough
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Write the types that were guessed of a table into a new schema file
    #[arg(long, value_name = "FILE")]
    write_schema: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Inspect) -> Result<Answer, Failure> {
    if args.schema.is_some() || args.write_schema.is_some() {
        return table::run(session, args);
    }
    if let Some(report) = &args.report {
        refuse_existing(report)?;
    }
    let genotypes = match Genotypes::open(&args.file) {
        Err(ReadError::Unknown { .. }) if Table::is_one(&args.file) => {
            return table::run(session, args);
        }
        opened => args.within.narrow(session, opened?)?,
    };
    let size = genotypes.size().unwrap_or(0);
    let bar = session.progress.bytes("inspecting", size);
    let found = cohort::inspect(genotypes, EXAMPLES, &mut |used| bar.set_position(used))?;
    bar.finish_and_clear();
    let sections = sections::sections(&found);
    if let Some(path) = &args.report {
        let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy();
        let mut file = UnnamedFile::create(path)?;
        file.fill(report::report(&name, &sections).as_bytes())?;
        file.publish_new()?;
    }
    let mut json = rounded(serde_json::to_value(&found).expect("an inspection is plain data"));
    json["report"] = json!(args.report);
    Ok(Answer::yes(text::text(&sections, args.plots.ink()), json))
}

/// Before minutes are spent; that nothing is overwritten is seen to once more in the end.
fn refuse_existing(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(Failure::could_not(format!("{} is there already", path.display()))
            .hint("name a file that is not there yet")),
        Err(_) => Ok(()),
    }
}

/// Nine decimals are more than the shares are worth, and every reader of JSON reads them the same.
fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            json!(number.as_f64().map(|number| (number * 1e9).round() / 1e9))
        }
        Value::Array(values) => values.into_iter().map(rounded).collect(),
        Value::Object(keys) => {
            Value::Object(keys.into_iter().map(|(key, value)| (key, rounded(value))).collect())
        }
        other => other,
    }
}
