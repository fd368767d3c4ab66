use crate::answer::{Answer, Lines};
use crate::failure::Failure;
use crate::plain::plain_lines;
use crate::session::{Followed, Session};
use crate::{clock, describe};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::{Dataset, Index, Metadata, Root};
use ledger::{Cid, Codec, Id, Thing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Show a dataset, a grant or a result.
///
/// Of a dataset this is what `buy` will name: if price, terms or version change afterwards, `buy`
/// refuses. Titles and descriptions are the provider's words.
///
/// JSON, dataset: the keys of `search`, and attestations, revocations, same_roots, warnings.
/// Grant: those of `grants`. Result: id, dataset, version, poster, circuit, step, record, time,
/// standing ("posted"; whether it is proved, `audit` says).
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome show dataset:1")]
pub(crate) struct Show {
    /// dataset:N, grant:N or result:N
    id: Id,
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

    /// Under which name it is noted, one a network and dataset.
    pub(crate) fn note(session: &Session, dataset: U256) -> Result<String, Failure> {
        let registry = session.network()?.contracts.registry.address;
        Ok(format!("seen-{registry:#x}-{dataset}.json"))
    }
}

pub(crate) fn run(session: &Session, args: &Show) -> Result<Answer, Failure> {
    let index = session.index()?;
    match args.id.thing {
        Thing::Dataset => show_dataset(session, &index, args.id.number),
        Thing::Grant => show_grant(session, &index, args.id.number),
        Thing::Result => show_result(&index, args.id.number),
    }
}

/// A dataset that must be there.
pub(crate) fn dataset(index: &Index, dataset: U256) -> Result<Dataset, Failure> {
    index.dataset(dataset)?.ok_or_else(|| {
        Failure::no(format!("there is no dataset:{dataset}")).hint("see `provenome search`")
    })
}

fn show_dataset(session: &Session, index: &Index, number: U256) -> Result<Answer, Failure> {
    let (network, dataset) = (session.network()?, dataset(index, number)?);
    if session.home().has_identity() {
        session.home().write_note(&Seen::note(session, number)?, &Seen::of(&dataset))?;
    }
    let mut lines = Lines::default();
    lines
        .add("dataset", format!("dataset:{number}, version {}", dataset.latest.number))
        .add("title", describe::title(&dataset.latest.metadata))
        .add("provider", dataset.owner)
        .add("sale", describe::sale(dataset.status));
    describe::terms(&mut lines, &network, &dataset.terms);
    if let Metadata::There(manifest) = &dataset.latest.metadata {
        describe::manifest(&mut lines, manifest);
    }
    let attestations = index.attestations(number)?;
    let current = attestations.iter().filter(|a| a.attested.version == dataset.latest.number);
    let (equal, differ): (Vec<_>, Vec<_>) = current.partition(|a| a.attested.equal);
    lines.add(
        "recomputed by readers",
        format!("{} found the panel equal, {} found it different", equal.len(), differ.len()),
    );
    let revocations = index.revocations_by(dataset.owner)?;
    lines.add(
        "revoked by this provider",
        format!(
            "{} of the grants paid for, {} before payment",
            revocations.paid, revocations.refunded
        ),
    );
    let (warnings, same) = warnings(index, number)?;
    let mut text = lines.to_string();
    if let Metadata::There(manifest) = &dataset.latest.metadata
        && !manifest.description.is_empty()
    {
        text += &format!("\n{}\n", plain_lines(&manifest.description));
    }
    for warning in &warnings {
        text += &format!("\nwarning: {warning}\n");
    }
    text += "\nBefore disputes exist, a provider who delivers a useless envelope is paid after the \
             dispute window (docs/market.md).\n";
    let mut json = describe::dataset_json(&network, &dataset);
    json["attestations"] = json!({ "equal": equal.len(), "different": differ.len() });
    json["revocations"] = json!({ "settled": revocations.paid, "unsettled": revocations.refunded });
    json["same_roots"] = json!(same);
    json["warnings"] = json!(warnings);
    Ok(Answer::yes(text, json))
}

/// A panel or a body that another dataset had before.
fn warnings(index: &Index, number: U256) -> Result<(Vec<String>, Vec<String>), Failure> {
    let mut warnings = Vec::new();
    let mut same = Vec::new();
    for earlier in index.same_roots(number)? {
        let id = format!("dataset:{}", earlier.dataset);
        warnings.push(format!(
            "{id}, listed before, has the same {}",
            match earlier.root {
                Root::Data => "panel",
                Root::Content => "encrypted body",
            }
        ));
        same.push(id);
    }
    Ok((warnings, same))
}

fn show_grant(session: &Session, index: &Followed, number: U256) -> Result<Answer, Failure> {
    let grant = super::deliver::found(index, number)?;
    let (network, now) = (session.network()?, index.position.time);
    let mut lines = Lines::default();
    lines
        .add("grant", format!("grant:{number}"))
        .add("for", format!("dataset:{} version {}", grant.order.dataset, grant.order.version))
        .add("reader", grant.buyer)
        .add("provider", grant.order.deliverer)
        .add("price", describe::price(&network, grant.order.token, grant.order.amount))
        .add("state", describe::grant_state(&grant, now))
        .add("the chain's clock", clock::show(now));
    Ok(Answer::yes(lines.to_string(), describe::grant_json(&network, &grant, now)))
}

fn show_result(index: &Index, number: U256) -> Result<Answer, Failure> {
    let row = index.result(number)?.ok_or_else(|| no_result(number))?;
    let posted = &row.posted;
    let mut lines = Lines::default();
    lines
        .add("result", format!("result:{number}"))
        .add("of", format!("dataset:{} version {}", posted.dataset, posted.version))
        .add("posted by", posted.poster)
        .add("at", clock::show(posted.time))
        .add("circuit", posted.circuit)
        .add("step", posted.step)
        .add("record", Cid::new(Codec::DagCbor, posted.record))
        .add("standing", "posted; `provenome audit` says whether it is proved");
    Ok(Answer::yes(lines.to_string(), result_json(&row.posted)))
}

/// What is said of a result that nobody posted.
pub(crate) fn no_result(number: U256) -> Failure {
    Failure::no(format!("there is no result:{number}"))
        .hint("results are numbered from 1 as they are posted; `provenome post` says its number")
}

fn result_json(posted: &ledger::posting::Posted) -> Value {
    json!({
        "id": format!("result:{}", posted.result),
        "dataset": format!("dataset:{}", posted.dataset),
        "version": posted.version,
        "poster": posted.poster,
        "circuit": posted.circuit,
        "step": posted.step,
        "record": Cid::new(Codec::DagCbor, posted.record).to_string(),
        "time": posted.time,
        "standing": "posted",
    })
}
