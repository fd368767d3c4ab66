use crate::answer::{Answer, Lines};
use crate::audit::{headline, report_json, report_text};
use crate::commands::prove::{CLAIM, TABLE};
use crate::exports;
use crate::failure::{Exit, Failure};
use crate::home::read_small;
use crate::pairing::pairing;
use crate::proof;
use crate::session::Session;
use alloy_primitives::B256;
use clap::Args;
use ledger::Claim;
use ledger::chain::{Node, Proved, ReceiptProof};
use ledger::network::Contracts;
use ledger::verdict::{Check, Evidence, Outcome, Report};
use ledger::verify::verify_claim;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Check a proved result offline, or the proof of an event.
///
/// A folder that `prove` wrote: recomputes query and result from the claim, compares `result.tsv` with
/// it byte for byte, verifies the proof, and holds the files for snarkjs against the claim. Asks no
/// node and no store, and decrypts nothing. That the panel is the one listed, and the step in a log,
/// `audit` checks. With a network file its policy is applied.
///
/// A file that `show --proof` wrote: checks that the event is in the block, by the block's header and
/// the receipts under it, and emitted by a contract of the network file. Whether that block is on the
/// chain your own nodes say, or nobody is asked and --block names the hash that you believe.
///
/// Exit code 0: everything holds; 1: something is false; 2: something could not be checked.
///
/// JSON: outcome, checks: [{name, outcome, compared}], trusted. Of a folder also evidence, data_root,
/// columns; of a file event, id, block, block_hash, says: [{name, value}].
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  provenome verify result\n  provenome verify grant.proof")]
pub(crate) struct Verify {
    /// The folder that `prove` wrote, or the file that `show --proof` wrote
    path: PathBuf,
    /// Of a file: take this as the hash of the block that counts, and ask no node
    #[arg(long, value_name = "HASH")]
    block: Option<B256>,
}

pub(crate) fn run(session: &Session, args: &Verify) -> Result<Answer, Failure> {
    if args.path.is_file() {
        return verify_proof(session, &args.path, args.block);
    }
    if args.block.is_some() {
        let what =
            format!("--block is for the file of a proof, and {} is none", args.path.display());
        return Err(Failure::could_not(what).hint("leave --block out"));
    }
    let policy = match session.network_path() {
        Ok(_) => Some(session.network()?.policy),
        Err(_) => None,
    };
    let (mut report, evidence, claim) = verify_folder(&args.path, policy.as_ref())?;
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
    let text = format!("{}: {evidence}\n{}", args.path.display(), report_text(&report));
    Ok(Answer::with_exit(text, json, exit(report.outcome())))
}

/// The file of an event's proof.
fn verify_proof(session: &Session, path: &Path, block: Option<B256>) -> Result<Answer, Failure> {
    let contracts = session.network()?.contracts;
    let bytes = read_small(path, proof::MOST)?.unwrap_or_default();
    let mut report = Report::default();
    let proved = match ReceiptProof::decode(&bytes).and_then(|p| Ok((p.claimed_block()?, p))) {
        Err(why) => Err(Check::fails(why.part(), why)),
        Ok((number, proof)) => match block_hash(session, number, block)? {
            None => {
                let why = format!("the node has no block {number}, of which the proof is");
                Err(Check::unchecked("block", why))
            }
            Some((hash, word)) => {
                report.trusted.push(word);
                proof.verify(hash, &contracts).map_err(|why| Check::fails(why.part(), why))
            }
        },
    };
    let mut json = serde_json::Value::Null;
    let mut lines = Lines::default();
    match proved {
        Err(check) => report.checks.push(check),
        Ok(proved) => {
            report.checks.extend(held(&proved, &contracts));
            let (name, id) = (proof::name(&proved.event), proof::of(&proved.event));
            lines.add("event", &name);
            if let Some(id) = id {
                lines.add("of", id);
            }
            let says = proof::says(&proved.event);
            for (name, value) in &says {
                lines.add(name, proof::shown(name, value));
            }
            let says = says.iter().map(|(name, value)| json!({ "name": name, "value": value }));
            json = json!({
                "event": name, "id": id, "block": proved.block, "block_hash": proved.hash,
                "says": says.collect::<Vec<_>>(),
            });
        }
    }
    let mut whole = report_json(&report);
    if let Some(event) = json.as_object() {
        event.iter().for_each(|(key, value)| whole[key] = value.clone());
    }
    let headline = headline(&report);
    let text = format!("{}: {headline}\n{lines}\n{}", path.display(), report_text(&report));
    Ok(Answer::with_exit(text, whole, exit(report.outcome())))
}

/// The hash of the block with this number, and whose word that is; none where the node has none.
fn block_hash(
    session: &Session,
    number: u64,
    given: Option<B256>,
) -> Result<Option<(B256, String)>, Failure> {
    if let Some(hash) = given {
        return Ok(Some((hash, format!("that block {hash} is on the chain: --block says so"))));
    }
    let chain = session.chain()?;
    let word = |hash| {
        let nodes: Vec<&str> = chain.nodes().iter().map(Node::url).collect();
        (hash, format!("that block {number} is {hash}: {} says so", nodes.join(" and ")))
    };
    Ok(chain.block_hash(number)?.map(word))
}

/// What a proof that holds was held against.
fn held(proved: &Proved, contracts: &Contracts) -> [Check; 3] {
    let Proved { block, hash, transaction, log, contract, .. } = proved;
    let emitter = contracts.all().into_iter().find(|(_, known)| known.address == *contract);
    let emitter = emitter.map_or("", |(name, _)| name);
    [
        Check::holds("block", format!("the header of block {block} has the hash {hash}")),
        Check::holds(
            "receipt",
            format!("the receipt of transaction {transaction} is under the header's receipts root"),
        ),
        Check::holds("event", format!("log {log} of it is an event of {emitter} {contract}")),
    ]
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
