use crate::answer::Answer;
use crate::audit::{report_json, report_text};
use crate::commands::prove::{CLAIM, TABLE};
use crate::exports;
use crate::failure::{Exit, Failure};
use crate::home::read_small;
use crate::pairing::pairing;
use crate::session::Session;
use clap::Args;
use ledger::Claim;
use ledger::verdict::{Check, Evidence, Outcome, Report};
use ledger::verify::verify_claim;
use std::path::{Path, PathBuf};

/// Check a proved result offline.
///
/// Recomputes query and result from the claim, compares `result.tsv` with it byte for byte, verifies
/// the proof, and holds the files for snarkjs against the claim. Asks no node and no store, and
/// decrypts nothing. That the panel is the one listed, and the step in a log, `audit` checks. With a
/// network file its policy is applied.
///
/// Exit code 0: everything holds; 1: something is false; 2: something could not be checked.
///
/// JSON: evidence, outcome, checks: [{name, outcome, compared}], data_root, columns.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome verify result")]
pub(crate) struct Verify {
    /// The folder that `prove` wrote
    dir: PathBuf,
}

pub(crate) fn run(session: &Session, args: &Verify) -> Result<Answer, Failure> {
    let policy = match session.network_path() {
        Ok(_) => Some(session.network()?.policy),
        Err(_) => None,
    };
    let (mut report, evidence, claim) = verify_folder(&args.dir, policy.as_ref())?;
    report.trusted.push(
        "that the panel is the listed one, how many people it has, and who posted it: `provenome audit` checks that"
            .to_owned(),
    );
    let evidence = match report.outcome() {
        Outcome::Holds => evidence,
        Outcome::Unchecked => Evidence::Unchecked,
        Outcome::Fails => Evidence::Invalid,
    };
    let mut json = report_json(&report);
    json["evidence"] = serde_json::json!(evidence.to_string());
    if let Some(claim) = &claim {
        json["data_root"] = serde_json::json!(ledger::field::to_bytes(claim.data_root));
        json["columns"] = serde_json::json!(claim.sites.len());
    }
    let text = format!("{}: {evidence}\n{}", args.dir.display(), report_text(&report));
    Ok(Answer::with_exit(text, json, exit(report.outcome())))
}

/// The exit code of an outcome.
pub(crate) fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Holds => Exit::Yes,
        Outcome::Fails => Exit::No,
        Outcome::Unchecked => Exit::CouldNot,
    }
}

/// Reads a result's folder and checks all that it can show alone.
pub(crate) fn verify_folder(
    dir: &Path,
    policy: Option<&ledger::network::Policy>,
) -> Result<(Report, Evidence, Option<Claim>), Failure> {
    let path = dir.join(CLAIM);
    let bytes = read_small(&path, 1 << 20)?.ok_or_else(|| {
        Failure::could_not(format!("{} has no {CLAIM}", dir.display()))
            .hint("name the folder that `provenome prove` wrote")
    })?;
    let mut report = Report::default();
    let claim = match Claim::decode(&bytes) {
        Ok(claim) => claim,
        Err(why) => {
            report.checks.push(Check::fails("claim", why));
            return Ok((report, Evidence::Invalid, None));
        }
    };
    report
        .checks
        .push(Check::holds("claim", format!("{} columns, well-formed", claim.sites.len())));
    let table = read_small(&dir.join(TABLE), 16 << 20)?;
    if table.is_none() {
        report.checks.push(Check::unchecked("table", format!("there is no {TABLE}")));
    }
    let verifier =
        |circuit, statement: &_, words: &_| pairing(Some(&claim), circuit, statement, words);
    let (checks, evidence) = verify_claim(&claim, table.as_deref(), policy, &verifier);
    report.checks.extend(checks);
    report.checks.extend(exports::check(dir, &claim)?);
    Ok((report, evidence, Some(claim)))
}
