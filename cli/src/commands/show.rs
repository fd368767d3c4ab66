use crate::answer::{Answer, Lines};
use crate::failure::Failure;
use crate::plain::{plain, plain_lines};
use crate::reading::{IndexArg, Reading};
use crate::session::Session;
use crate::{clock, describe, proof};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::{
    Dataset, Index, Mismatch, Row, ShownDataset, ShownGrant, ShownInFull, ShownResult, Standing,
};
use ledger::chain::Event;
use ledger::market::GrantStatus;
use ledger::{Id, Network, Thing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Show a dataset, a grant or a result.
///
/// Of a dataset this is what `buy` will name: if price, terms or version change afterwards, `buy`
/// refuses. Titles and descriptions are the provider's words.
///
/// --proof FILE asks for a proof that the event behind the row is in a block: a dataset's listing, a
/// result's posting, a grant's latest change; or the change that --change names: of a grant the one
/// into a status, of a dataset the one that set its owner, status, terms or version. It is held against
/// the hash that your own node gives the block, and what is shown against what the event says; then it is
/// written to FILE, which must not be there. With --index the served index makes it, and what the
/// event says is not that server's word any more. Exit code 1 where the proof does not hold.
/// `provenome verify FILE` checks it again.
///
/// JSON, dataset: the keys of `search`, and attestations, revocations, same_roots, warnings.
/// Grant: those of `grants`. Result: id, dataset, version, poster, circuit, step, record, time,
/// standing, why, development_keys. "proved" where the chain accepted the proof, the policy names the
/// circuit, and the statement was recomputed from the record; else "posted", and why. With --proof
/// also proof: {file, event, block, block_hash, transaction, log}.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  provenome show dataset:1\n  provenome show grant:1 --proof grant.proof --change paid\n  provenome show dataset:1 --proof terms.proof --change terms"
)]
pub(crate) struct Show {
    /// dataset:N, grant:N or result:N
    id: Id,
    /// Write a proof of the event behind it to this file, once it was checked
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// With --proof, of a grant: the change into this status, such as paid, not the latest; of a
    /// dataset: what set its owner, status, terms or version, not the listing
    #[arg(long, value_name = "CHANGE", requires = "proof", value_parser = change)]
    change: Option<Change>,
    #[command(flatten)]
    index: IndexArg,
}

/// Which event of several is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Grant(GrantStatus),
    Owner,
    Status,
    Terms,
    Version,
}

impl Change {
    const OF_DATASET: [Self; 4] = [Self::Owner, Self::Status, Self::Terms, Self::Version];

    const fn word(self) -> &'static str {
        match self {
            Self::Grant(status) => status.word(),
            Self::Owner => "owner",
            Self::Status => "status",
            Self::Terms => "terms",
            Self::Version => "version",
        }
    }
}

const OF_GRANT: &str =
    "a grant's are paid, delivered, settled, declined, refunded, withdrawn, revoked";
const OF_DATASET: &str = "a dataset's are owner, status, terms, version";

fn change(word: &str) -> Result<Change, String> {
    let of_dataset = Change::OF_DATASET.into_iter().find(|change| change.word() == word);
    let known = of_dataset.or_else(|| GrantStatus::from_word(word).map(Change::Grant));
    known.ok_or_else(|| format!("there is no such change: {OF_GRANT}; {OF_DATASET}"))
}

/// What a buyer was shown of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    version: B256,
    terms: B256,
}

impl Seen {
    /// Of a dataset as it is now.
    pub(crate) fn of(dataset: &Dataset) -> Self {
        Self { version: dataset.latest.version.commit().0, terms: dataset.terms.hash() }
    }

    /// Of a dataset as it is shown; none where its terms are none.
    fn of_shown(dataset: &ShownDataset) -> Option<Self> {
        let terms = dataset.terms.terms()?;
        Some(Self { version: dataset.committed().commit().0, terms: terms.hash() })
    }

    /// Under which name it is noted, one a network and dataset.
    pub(crate) fn note(session: &Session, dataset: U256) -> Result<String, Failure> {
        let registry = session.network()?.contracts.registry.address;
        Ok(format!("seen-{registry:#x}-{dataset}.json"))
    }
}

pub(crate) fn run(session: &Session, args: &Show) -> Result<Answer, Failure> {
    let (index, network) = (session.reading(&args.index)?, session.network()?);
    let number = args.id.number;
    match args.id.thing {
        Thing::Dataset => {
            let shown = index.dataset(number)?.ok_or_else(|| no_dataset(number))?;
            let dataset = &shown.dataset;
            let row = match args.change {
                None => Row::Dataset(number),
                Some(Change::Owner) => Row::Owner(number),
                Some(Change::Status) => Row::Sale(number),
                Some(Change::Terms) => Row::Terms { dataset: number, from: None },
                Some(Change::Version) => Row::Version { dataset: number, number: None },
                Some(change @ Change::Grant(_)) => return Err(no_change(args.id, change)),
            };
            let proof = prove(session, &index, args, row, |event| match row {
                Row::Owner(_) => dataset.verify_owner(event),
                Row::Sale(_) => dataset.verify_status(event),
                Row::Terms { .. } => dataset.verify_terms(event),
                Row::Version { .. } => dataset.verify_version(event),
                _ => dataset.verify_listing(event),
            })?;
            Ok(proof.beside(show_dataset(session, &network, &shown)?))
        }
        Thing::Grant => {
            let no_grant = || super::deliver::no_grant(number);
            let grant = index.grant(number)?.ok_or_else(no_grant)?;
            // What is shown is proved, even if the grant changed meanwhile.
            let status = match args.change {
                None => grant.status,
                Some(Change::Grant(status)) => status,
                Some(change) => return Err(no_change(args.id, change)),
            };
            let row = Row::Grant { grant: number, status: Some(status) };
            let proof =
                prove(session, &index, args, row, |event| grant.verify_change(event, status))?;
            Ok(proof.beside(show_grant(&network, &grant)))
        }
        Thing::Result => {
            let result = index.result(number)?.ok_or_else(|| no_result(number))?;
            if let Some(change) = args.change {
                return Err(no_change(args.id, change));
            }
            let verify = |event: &Event| result.verify_posting(event);
            let proof = prove(session, &index, args, Row::Result(number), verify)?;
            Ok(proof.beside(show_result(&result)))
        }
    }
}

/// What is said of a change that such a thing has not.
fn no_change(id: Id, change: Change) -> Failure {
    let hint = match id.thing {
        Thing::Dataset => OF_DATASET,
        Thing::Grant => OF_GRANT,
        Thing::Result => "a result is posted once and never changes: leave --change out",
    };
    Failure::could_not(format!("{id} has no change {:?}", change.word())).hint(hint)
}

/// A proof that was checked and written; none where none was asked for.
struct Written(Option<(String, Value)>);

impl Written {
    fn beside(self, answer: Answer) -> Answer {
        match self.0 {
            Some((text, json)) => answer.with(&text, "proof", json),
            None => answer,
        }
    }
}

/// Fetches, checks and writes the proof that is asked for; `verify` holds the row against the event.
fn prove(
    session: &Session,
    index: &Reading,
    args: &Show,
    row: Row,
    verify: impl Fn(&Event) -> Result<(), Mismatch>,
) -> Result<Written, Failure> {
    let Some(file) = &args.proof else { return Ok(Written(None)) };
    let (bytes, proved) = proof::fetch(session, index, row)?.ok_or_else(|| match args.change {
        Some(Change::Grant(status)) => {
            Failure::no(format!("{} was never {}", args.id, status.word()))
        }
        _ => Failure::could_not(format!("the index gives no proof of {}", args.id))
            .hint("leave --index out to have the proof made from your own node"),
    })?;
    verify(&proved.event).map_err(|why| {
        Failure::no(format!("{} is not what its event says: {why}", args.id))
            .check("proof")
            .hint("leave --index out to use your own index")
    })?;
    proof::write(file, &bytes)?;
    let (event, path) = (proof::name(&proved.event), file.display());
    let text = format!(
        "\nproof     {path}: {event}, log {} of transaction {} in block {} {}; `provenome verify {path}` \
         checks it again\n",
        proved.log, proved.transaction, proved.block, proved.hash,
    );
    let json = json!({
        "file": file, "event": event, "block": proved.block, "block_hash": proved.hash,
        "transaction": proved.transaction, "log": proved.log,
    });
    Ok(Written(Some((text, json))))
}

/// A dataset that must be there.
pub(crate) fn dataset(index: &Index, dataset: U256) -> Result<Dataset, Failure> {
    index.dataset(dataset)?.ok_or_else(|| no_dataset(dataset))
}

fn no_dataset(number: U256) -> Failure {
    Failure::no(format!("there is no dataset:{number}")).hint("see `provenome search`")
}

fn show_dataset(
    session: &Session,
    network: &Network,
    shown: &ShownInFull,
) -> Result<Answer, Failure> {
    let dataset = &shown.dataset;
    let (Some(seen), Some(terms)) = (Seen::of_shown(dataset), dataset.terms.terms()) else {
        return Err(Failure::could_not(format!("the price of {} is no number", dataset.id)));
    };
    if session.home().has_identity() {
        session.home().write_note(&Seen::note(session, dataset.id.number)?, &seen)?;
    }
    let mut lines = Lines::default();
    lines
        .add("dataset", format!("{}, version {}", dataset.id, dataset.version))
        .add("title", describe::title(dataset))
        .add("provider", dataset.owner)
        .add("sale", describe::sale(dataset.status));
    describe::terms(&mut lines, network, &terms);
    describe::listed(&mut lines, dataset);
    let (said, ended) = (shown.attestations, shown.revocations);
    lines
        .add(
            "recomputed by readers",
            format!("{} found the panel equal, {} found it different", said.equal, said.different),
        )
        .add(
            "revoked by this provider",
            format!("{} of the grants paid for, {} before payment", ended.settled, ended.unsettled),
        );
    let mut text = lines.to_string();
    if let Some(description) = dataset.description.as_ref().filter(|text| !text.is_empty()) {
        text += &format!("\n{}\n", plain_lines(description));
    }
    for warning in &shown.warnings {
        text += &format!("\nwarning: {}\n", plain(warning));
    }
    text += "\nBefore disputes exist, a provider who delivers a useless envelope is paid after the \
             dispute window (docs/market.md).\n";
    Ok(Answer::yes(text, json!(shown)))
}

fn show_grant(network: &Network, grant: &ShownGrant) -> Answer {
    let mut lines = Lines::default();
    lines
        .add("grant", grant.id)
        .add("for", format!("{} version {}", grant.dataset, grant.version))
        .add("reader", grant.buyer)
        .add("provider", grant.provider)
        .add("price", describe::units(network, grant.token, &grant.amount_units))
        .add("state", describe::grant_state(grant))
        .add("the chain's clock", clock::show(grant.now));
    Answer::yes(lines.to_string(), json!(grant))
}

/// What is said of a result that nobody posted.
pub(crate) fn no_result(number: U256) -> Failure {
    Failure::no(format!("there is no result:{number}"))
        .hint("results are numbered from 1 as they are posted; `provenome post` says its number")
}

fn show_result(result: &ShownResult) -> Answer {
    let standing = match (result.standing, &result.why) {
        (Standing::Proved, _) => {
            let keys = if result.development_keys { " (development keys)" } else { "" };
            format!("proved{keys}; `provenome audit` checks everything else")
        }
        (Standing::Posted, Some(why)) => format!("posted; {}", plain(why)),
        (Standing::Posted, None) => "posted".to_owned(),
    };
    let mut lines = Lines::default();
    lines
        .add("result", result.id)
        .add("of", format!("{} version {}", result.dataset, result.version))
        .add("posted by", result.poster)
        .add("at", clock::show(result.time))
        .add("circuit", result.circuit)
        .add("step", result.step)
        .add("record", result.record)
        .add("standing", standing);
    Answer::yes(lines.to_string(), json!(result))
}
