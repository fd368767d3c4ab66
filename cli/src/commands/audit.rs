use crate::answer::Answer;
use crate::audit::{self, report_json, report_text};
use crate::commands::verify::{exit, verify_folder};
use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use ledger::{Id, Thing};
use serde_json::json;
use std::path::PathBuf;

/// Check everything that can be checked, without any data.
///
/// Nothing is decrypted, and neither an identity nor keys are needed: a network file, a node and a
/// block store are. Of all of them, this first replays every event against the contracts' own
/// accumulators. Then, by subject:
///
/// result:N - record, statement, proof, the steps behind it, their signatures and logs.
///
/// dataset:N - its versions, and the provider's steps that list them.
///
/// grant:N - its order, request and envelope.
///
/// DIR - a folder that `prove` wrote, offline, as `verify` does.
///
/// What is still taken on trust is said at the end.
///
/// Exit code 0: nothing is false; 1: something is false; 2: something is unchecked that should have
/// been checked.
///
/// JSON: subject, outcome, block, block_hash, checks, steps: [{step, kind, evidence, anchored, inputs,
/// checks}], trusted.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome audit result:1")]
pub(crate) struct Audit {
    /// result:N, dataset:N, grant:N, or a folder
    subject: String,
}

pub(crate) fn run(session: &Session, args: &Audit) -> Result<Answer, Failure> {
    let subject = &args.subject;
    let folder = PathBuf::from(subject);
    let (report, at) = match subject.parse::<Id>() {
        Ok(id) if !folder.exists() => {
            let audited = match id.thing {
                Thing::Result => audit::result(session, id.number)?,
                Thing::Dataset => audit::dataset(session, id.number)?,
                Thing::Grant => audit::grant(session, id.number)?,
            };
            (audited.report, Some(audited.position))
        }
        _ if folder.is_dir() => {
            let policy = match session.network_path() {
                Ok(_) => Some(session.network()?.policy),
                Err(_) => None,
            };
            (verify_folder(&folder, policy.as_ref())?.0, None)
        }
        Ok(_) => return Err(Failure::could_not(format!("{subject} is a file as well as an id"))),
        Err(e) => {
            return Err(Failure::could_not(format!("{e}")).hint(
                "or name a folder that `provenome prove` wrote: there is none of that name",
            ));
        }
    };
    let mut json = report_json(&report);
    json["subject"] = json!(subject);
    json["block"] = json!(at.map(|at| at.block));
    json["block_hash"] = json!(at.map(|at| at.hash));
    let text =
        format!("audit of {subject}: {}\n{}", audit::headline(&report), report_text(&report));
    Ok(Answer::with_exit(text, json, exit(report.outcome())))
}
