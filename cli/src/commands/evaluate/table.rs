//! `evaluate` over a table of typed columns.

use super::{Evaluate, Protocol};
use crate::answer::{Answer, Lines};
use crate::describe::counted;
use crate::failure::{Context as _, Failure};
use crate::session::Session;
use crate::staging::Staging;
use cohort::{Schema, Table, TableError, TableFault, TableSummary};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};

/// Counts the letters of a table's genotypes.
pub(super) fn run(session: &Session, args: &Evaluate) -> Result<Answer, Failure> {
    refuse_others(args)?;
    let schema = args.schema.as_deref().map(Schema::open).transpose()?.unwrap_or_default();
    let table = Table::open(&args.data, schema)?;
    let bar = session.progress.bytes("evaluating", table.size());
    let evaluate = |out: &mut (dyn Write + Send)| {
        cohort::table_allele_frequency(table, out, &mut |used| bar.set_position(used))
    };
    let summary = match &args.out {
        Some(out) => {
            let staging = Staging::beside(out)?;
            let path = staging.path().join("result.tsv");
            let mut file = BufWriter::new(File::create(&path).context("write", &path)?);
            let summary = match evaluate(&mut file) {
                Err(TableError { fault: TableFault::Write(e), .. }) => {
                    Err(e).context("write", &path)?
                }
                evaluated => evaluated?,
            };
            drop(file);
            staging.publish(out, session.progress)?;
            summary
        }
        None if session.json => evaluate(&mut std::io::sink())?,
        None => match evaluate(&mut BufWriter::new(std::io::stdout())) {
            // A reader that went away (`| head`) has what it wanted.
            Err(TableError { fault: TableFault::Write(e), .. })
                if e.kind() == ErrorKind::BrokenPipe =>
            {
                return Ok(Answer::silent());
            }
            done => done?,
        },
    };
    bar.finish_and_clear();
    remark(session, &summary);
    Ok(answer(args, &summary))
}

fn remark(session: &Session, summary: &TableSummary) {
    let TableSummary { genotypes, others, many_letters, .. } = summary;
    if others.count > 0 {
        session.progress.tell(&format!(
            "genotypes of {} counted; no genotypes: {others}",
            counted(*genotypes, "column")
        ));
    }
    if many_letters.count > 0 {
        session.progress.tell(&format!(
            "{} columns have more than two letters, as where two strands were mixed: {many_letters}",
            many_letters.count
        ));
    }
}

fn answer(args: &Evaluate, summary: &TableSummary) -> Answer {
    let json = json!({
        "protocol": "allele-frequency",
        "samples": summary.samples,
        "records": summary.samples,
        "columns": summary.lines,
        "out": args.out,
        "labels": null,
        "table": {
            "genotypes": summary.genotypes,
            "others": summary.others,
            "many_letters": summary.many_letters,
        },
    });
    let Some(out) = &args.out else { return Answer::yes("", json) };
    let mut lines = Lines::default();
    lines
        .add("people", summary.samples)
        .add("columns of genotypes", summary.genotypes)
        .add("letters counted", summary.lines)
        .add("written", out.join("result.tsv").display());
    Answer::yes(lines.to_string(), json)
}

/// What a table has no answer to is refused, not left aside.
fn refuse_others(args: &Evaluate) -> Result<(), Failure> {
    if args.protocol != Protocol::AlleleFrequency {
        return Err(Failure::could_not(format!(
            "{} is a table, of which allele-frequency can be computed alone",
            args.data.display()
        )));
    }
    let named = [
        ("--columns", args.columns.is_some()),
        ("--samples", args.samples.is_some()),
        ("--half-call", args.half_call.is_some()),
        ("--labels", args.labels.is_some()),
    ];
    match named.into_iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(Failure::could_not(format!(
            "{} is a table, for which there is no {option}",
            args.data.display()
        ))),
    }
}
