mod labels;
mod table;

use crate::answer::{Answer, Lines};
use crate::failure::{Context as _, Failure};
use crate::progress::Progress;
use crate::session::Session;
use crate::staging::Staging;
use crate::within::Within;
use clap::{Args, ValueEnum};
use cohort::{
    ColumnSet, EvaluateError, Genotypes, HalfCall, Options, ReadError, SampleSet, Summary, Table,
};
use labels::LabelArgs;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A protocol that can be computed in the open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    /// AC and AN of every ALT
    AlleleFrequency,
    /// The same, and how many people have none, one or two copies, or no call
    CohortCount,
}

/// How a genotype is read of which only one allele was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HalfCallRule {
    /// The called allele counts once
    Haploid,
    /// The genotype does not count
    Missing,
    /// The allele that was not called is REF
    Reference,
}

/// Compute a protocol in the open: no chain, no keys, no limit on columns.
///
/// Writes `result.tsv`: `chrom pos ref alt ac an`, one line for every ALT, in the file's order and
/// spelling; `cohort-count` adds `n_ref n_het n_alt n_missing` and refuses genotypes that are not
/// diploid. AC is the copies of this ALT, AN all called alleles of the record: haploid, triploid
/// or diploid, what was called counts. Without --out the table goes to standard output.
///
/// With --labels and --by, a first column `group` and a line for each group: the values of that
/// column, sorted, and last `.`, the people without a value. Of a CSV table, whose genotypes are
/// pairs of letters: `column allele ac an`, one line for every letter of every column of genotypes.
///
/// JSON: protocol, samples, records, columns, out, labels, table.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  provenome evaluate allele-frequency --data chr22.vcf.gz --out plain\n  provenome evaluate cohort-count --data chr22.vcf.gz --region 22:16050075-16060000\n  provenome evaluate allele-frequency --data chr22.vcf.gz --labels people.tsv --by population"
)]
pub(crate) struct Evaluate {
    /// What to compute
    #[arg(value_enum)]
    protocol: Protocol,
    /// The genotypes: VCF, BCF, any file of a PLINK 1 or 2 set, or a table; recognised by content
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Only these: a file of `chrom pos ref alt` lines, or a region such as 22:16050075-16060000
    #[arg(long, value_name = "FILE|REGION")]
    columns: Option<String>,
    #[command(flatten)]
    within: Within,
    /// Only these people: a file with one sample name a line
    #[arg(long, value_name = "FILE")]
    samples: Option<PathBuf>,
    #[command(flatten)]
    labels: LabelArgs,
    /// What a table's columns are, where a guess is not enough
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// How to read half calls such as ./1; without it, they are refused
    #[arg(long, value_enum, value_name = "RULE")]
    half_call: Option<HalfCallRule>,
    /// Write DIR/result.tsv instead; an existing DIR is replaced at once
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Evaluate) -> Result<Answer, Failure> {
    if args.schema.is_some() {
        return table::run(session, args);
    }
    let genotypes = match Genotypes::open(&args.data) {
        Err(ReadError::Unknown { .. }) if Table::is_one(&args.data) => {
            return table::run(session, args);
        }
        opened => opened?,
    };
    let options = Options {
        columns: args.columns.as_deref().map(column_set).transpose()?,
        samples: args.samples.as_deref().map(SampleSet::open).transpose()?,
        labels: args.labels.open()?,
        half_call: match args.half_call {
            None => HalfCall::Refuse,
            Some(HalfCallRule::Haploid) => HalfCall::Haploid,
            Some(HalfCallRule::Missing) => HalfCall::Missing,
            Some(HalfCallRule::Reference) => HalfCall::Reference,
        },
    };
    let genotypes = args.within.narrow(session, genotypes)?;
    let size = genotypes.size().unwrap_or(0);
    let bar = session.progress.bytes("evaluating", size);
    let evaluate = |out: &mut (dyn Write + Send)| {
        let mut progress = |used| bar.set_position(used);
        match args.protocol {
            Protocol::AlleleFrequency => {
                cohort::allele_frequency(genotypes, &options, out, &mut progress)
            }
            Protocol::CohortCount => cohort::cohort_count(genotypes, &options, out, &mut progress),
        }
    };
    let summary = match &args.out {
        Some(out) => into_folder(out, session.progress, evaluate)?,
        None if session.json => evaluate(&mut std::io::sink())?,
        None => match evaluate(&mut BufWriter::new(std::io::stdout())) {
            // A reader that went away (`| head`) has what it wanted.
            Err(EvaluateError::Write(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => {
                return Ok(Answer::silent());
            }
            done => done?,
        },
    };
    bar.finish_and_clear();
    tell_by_sex(session, &summary);
    if let Some(joining) = &summary.labels {
        labels::remark(session.progress, joining);
    }
    refuse_unseen(&summary)?;
    let protocol = args.protocol.to_possible_value().map(|v| v.get_name().to_owned());
    let json = json!({
        "protocol": protocol,
        "samples": summary.samples,
        "records": summary.records,
        "columns": summary.columns,
        "out": args.out,
        "labels": summary.labels,
        "table": null,
    });
    let Some(out) = &args.out else { return Ok(Answer::yes("", json)) };
    let mut lines = Lines::default();
    lines
        .add("people", summary.samples)
        .add("records read", summary.records)
        .add("columns counted", summary.columns)
        .add("written", out.join("result.tsv").display());
    Ok(Answer::yes(lines.to_string(), json))
}

/// A columns file, or a region where the text is one and no such file is there.
pub(crate) fn column_set(text: &str) -> Result<ColumnSet, Failure> {
    let path = Path::new(text);
    if path.exists() {
        return Ok(ColumnSet::open(path)?);
    }
    ColumnSet::region(text).map_err(|_| {
        Failure::could_not(format!("{text:?} is neither a file nor a region"))
            .hint("write a file of `chrom pos ref alt` lines, or CONTIG:FIRST-LAST")
    })
}

fn tell_by_sex(session: &Session, summary: &Summary) {
    if summary.by_sex > 0 {
        session.progress.tell(&format!(
            "{} records of X, Y and the mitochondrion were counted by sex: males have one allele of X and Y, females two of X, all one of the mitochondrion",
            summary.by_sex
        ));
    }
}

/// Columns that were asked for by name must be there: a result that silently lacks one is wrong.
fn refuse_unseen(summary: &Summary) -> Result<(), Failure> {
    let Some(first) = summary.never_seen.first() else { return Ok(()) };
    Err(Failure::no(format!(
        "{} of the columns asked for are not in the file, the first is {first}",
        summary.never_seen.len()
    ))
    .check("columns")
    .hint("give position and alleles as the file spells them, or trimmed"))
}

/// Writes `result.tsv` into a folder that takes the place of `out` at once, when all is well.
fn into_folder(
    out: &Path,
    progress: Progress,
    evaluate: impl FnOnce(&mut (dyn Write + Send)) -> Result<Summary, EvaluateError>,
) -> Result<Summary, Failure> {
    let staging = Staging::beside(out)?;
    let path = staging.path().join("result.tsv");
    let mut file = BufWriter::new(File::create(&path).context("write", &path)?);
    let summary = match evaluate(&mut file) {
        Err(EvaluateError::Write(e)) => Err(e).context("write", &path)?,
        evaluated => evaluated?,
    };
    file.flush().context("write", &path)?;
    drop(file);
    refuse_unseen(&summary)?;
    staging.publish(out, progress)?;
    Ok(summary)
}
