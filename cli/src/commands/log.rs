use crate::answer::Answer;
use crate::audit::read_log;
use crate::clock;
use crate::failure::Failure;
use crate::logbook::SignedStep;
use crate::session::Session;
use clap::Args;
use ledger::step::Kind;
use serde_json::json;

/// Show the own log of steps.
///
/// Steps are recorded by `list` and `post`; `anchor` puts the log's head on the chain, after which
/// none of them can be dropped or changed.
///
/// JSON: log, origin, anchored, recovered, steps: [{number, step, kind, time, anchored}].
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome log")]
pub(crate) struct Log {
    /// Fetch the anchored steps that this home lacks from the store
    #[arg(long)]
    recover: bool,
}

pub(crate) fn run(session: &Session, args: &Log) -> Result<Answer, Failure> {
    let logbook = session.logbook()?;
    let row = session.index()?.log_of_id(logbook.id())?;
    let mut recovered = 0;
    if args.recover
        && let Some(row) = &row
    {
        let log = read_log(session, row)?;
        for read in log.steps {
            let known = logbook.steps()?.len();
            let number =
                logbook.append(&SignedStep { step: read.step, signature: read.signature })?;
            recovered += usize::from(number as usize == known);
        }
    }
    let anchored = row.and_then(|row| row.head).map_or(0, |head| head.size);
    let steps = logbook.steps()?;
    let mut text = format!("log {}\n{} steps, {anchored} anchored\n", logbook.id(), steps.len());
    if recovered > 0 {
        text += &format!("{recovered} steps were fetched from the store\n");
    }
    let mut rows = Vec::new();
    for (number, signed) in steps.iter().enumerate() {
        let (step, is_anchored) = (&signed.step, (number as u64) < anchored);
        let kind = match step.kind {
            Kind::List => "list",
            Kind::Result => "result",
        };
        let mark = if is_anchored { "anchored" } else { "not anchored" };
        text +=
            &format!("{number:>5}  {kind:6}  {}  {}  {mark}\n", clock::show(step.time), step.id());
        rows.push(json!({
            "number": number, "step": step.id(), "kind": kind, "time": step.time,
            "anchored": is_anchored,
        }));
    }
    let json = json!({
        "log": logbook.id(), "origin": logbook.origin(), "anchored": anchored, "recovered": recovered,
        "steps": rows,
    });
    Ok(Answer::yes(text, json))
}
