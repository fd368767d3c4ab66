use crate::answer::Answer;
use crate::audit::read_log;
use crate::failure::Failure;
use crate::logbook::{Logbook, SignedStep};
use crate::session::Session;
use crate::{clock, describe};
use clap::Args;
use indexer::{Anchor, LogRow};
use ledger::merkle;
use ledger::step::Kind;
use ledger::verdict::Outcome;
use ledger::verify::ReadStep;
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
    /// Fetch the anchored steps that this home lacks from the store; its other steps come after them
    #[arg(long)]
    recover: bool,
}

pub(crate) fn run(session: &Session, args: &Log) -> Result<Answer, Failure> {
    let logbook = session.logbook()?;
    // A step that another command adds meanwhile would not be in what takes the log's place.
    let _turn = args.recover.then(|| session.turn()).transpose()?;
    let row = session.index()?.log_of_id(logbook.id())?;
    let head = row.as_ref().and_then(|row| row.head);
    let (mut said, mut recovered) = (String::new(), 0);
    if args.recover {
        said = match row.filter(|_| head.is_some()) {
            Some(row) => {
                recovered = recover(session, &logbook, &row)?;
                format!("fetched from the store: {}\n", describe::counted(recovered as u64, "step"))
            }
            None => "nothing of this log is anchored: there is nothing to fetch\n".to_owned(),
        };
    }
    let anchored = head.map_or(0, |head| head.size);
    let steps = logbook.steps()?;
    let begins = head.is_none_or(|head| begins_with(&steps, head));
    if !begins {
        said += "the log here does not begin with the anchored steps: `provenome log --recover` fetches them\n";
    }
    let mut text = format!(
        "log {}\n{}, {anchored} anchored\n{said}",
        logbook.id(),
        describe::counted(steps.len() as u64, "step")
    );
    let mut rows = Vec::new();
    for (number, signed) in steps.iter().enumerate() {
        let (step, is_anchored) = (&signed.step, begins && (number as u64) < anchored);
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

/// Puts the anchored steps first; what the stores have must be exactly those.
fn recover(session: &Session, logbook: &Logbook, row: &LogRow) -> Result<usize, Failure> {
    let log = read_log(session, row)?;
    if let Some(check) = log.checks.iter().find(|check| check.outcome != Outcome::Holds) {
        return Err(Failure::no(format!(
            "what the stores have is not what is anchored: {}",
            check.compared
        ))
        .check(check.name)
        .hint(
            "nothing was changed; name another store with --store, or restore the home from a copy",
        ));
    }
    let signed = |read: ReadStep| SignedStep { step: read.step, signature: read.signature };
    logbook.recover(log.steps.into_iter().map(signed).collect())
}

fn begins_with(steps: &[SignedStep], head: Anchor) -> bool {
    let first = usize::try_from(head.size).ok().and_then(|size| steps.get(..size));
    let leaves = first.map(|steps| steps.iter().map(SignedStep::leaf).collect::<Vec<_>>());
    leaves.is_some_and(|leaves| merkle::root(&leaves) == head.root)
}
