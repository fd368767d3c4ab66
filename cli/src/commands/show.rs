use crate::answer::{Answer, Lines};
use crate::failure::Failure;
use crate::plain::{plain, plain_lines};
use crate::reading::IndexArg;
use crate::session::Session;
use crate::{clock, describe};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::{Dataset, Index, ShownDataset, ShownGrant, ShownInFull, ShownResult, Standing};
use ledger::{Id, Network, Thing};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Show a dataset, a grant or a result.
///
/// Of a dataset this is what `buy` will name: if price, terms or version change afterwards, `buy`
/// refuses. Titles and descriptions are the provider's words.
///
/// JSON, dataset: the keys of `search`, and attestations, revocations, same_roots, warnings.
/// Grant: those of `grants`. Result: id, dataset, version, poster, circuit, step, record, time,
/// standing, why, development_keys. "proved" where the chain accepted the proof, the policy names the
/// circuit, and the statement was recomputed from the record; else "posted", and why.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome show dataset:1")]
pub(crate) struct Show {
    /// dataset:N, grant:N or result:N
    id: Id,
    #[command(flatten)]
    index: IndexArg,
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
            let dataset = index.dataset(number)?.ok_or_else(|| no_dataset(number))?;
            show_dataset(session, &network, &dataset)
        }
        Thing::Grant => {
            let no_grant = || super::deliver::no_grant(number);
            let grant = index.grant(number)?.ok_or_else(no_grant)?;
            Ok(show_grant(&network, &grant))
        }
        Thing::Result => {
            let result = index.result(number)?.ok_or_else(|| no_result(number))?;
            Ok(show_result(&result))
        }
    }
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
