use crate::answer::{Answer, Lines};
use crate::commands::open::Opened;
use crate::commands::{deliver::found, number};
use crate::failure::Failure;
use crate::published::publish;
use crate::session::{Session, signer};
use clap::Args;
use ledger::dag_cbor::Value;
use ledger::{Cid, Codec, Id, Thing};
use serde_json::json;

/// Say on chain whether what came is what was listed.
///
/// Uses what `open` found when it recomputed the panel: the roots equal, or different. Once per
/// grant, in public, and for good.
///
/// JSON: id, panel ("equal" or "different"), data_root, evidence, transaction.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome attest grant:1")]
pub(crate) struct Attest {
    /// The opened grant
    id: Id,
}

pub(crate) fn run(session: &Session, args: &Attest) -> Result<Answer, Failure> {
    let number = number(args.id, Thing::Grant)?;
    let note = Opened::note(session, number)?;
    let opened: Opened = session.home().note(&note)?.ok_or_else(|| {
        Failure::could_not(format!("{} was not opened from this home", args.id))
            .hint(format!("open it first: provenome open {} --out FILE", args.id))
    })?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let grant = found(&*session.index()?, number)?;
    let envelope = grant.delivered.as_ref().map(|delivery| delivery.envelope).unwrap_or_default();
    let evidence = Value::map([
        ("version", Value::Uint(1)),
        ("grant", number.into()),
        ("dataset", grant.order.dataset.into()),
        ("dataset_version", grant.order.version.into()),
        ("data_root", opened.data_root.into()),
        ("envelope", envelope.into()),
    ])
    .encode();
    let cid = Cid::of(Codec::DagCbor, &evidence);
    publish(session, cid, &evidence)?;
    let order = (number, grant.order, envelope);
    let done = session.chain()?.attest(&signer(&vault), order, opened.equal, cid.digest())?;
    let verdict = if opened.equal { "equal" } else { "different" };
    let mut lines = Lines::default();
    lines
        .add("said of", format!("dataset:{} version {}", grant.order.dataset, grant.order.version))
        .add("the panel is", format!("{verdict} (recomputed root {})", opened.data_root))
        .add("transaction", done.included.transaction);
    let json = json!({
        "id": args.id.to_string(),
        "panel": verdict,
        "data_root": opened.data_root,
        "evidence": cid.to_string(),
        "transaction": done.included.transaction,
    });
    Ok(Answer::yes(lines.to_string(), json))
}
