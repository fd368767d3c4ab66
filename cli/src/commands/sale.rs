use crate::answer::{Answer, Lines};
use crate::commands::number;
use crate::failure::Failure;
use crate::session::{Session, signer};
use clap::Args;
use ledger::market::SaleStatus;
use ledger::{Id, Thing};
use serde_json::json;

/// Stop selling a dataset. Grants already bought are not touched.
///
/// JSON: id, status, transaction.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome pause dataset:1")]
pub(crate) struct Pause {
    /// The dataset
    id: Id,
}

/// Sell a dataset again.
///
/// JSON: id, status, transaction.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome resume dataset:1")]
pub(crate) struct Resume {
    /// The dataset
    id: Id,
}

pub(crate) fn pause(session: &Session, args: &Pause) -> Result<Answer, Failure> {
    set(session, args.id, SaleStatus::Paused, "paused")
}

pub(crate) fn resume(session: &Session, args: &Resume) -> Result<Answer, Failure> {
    set(session, args.id, SaleStatus::OnSale, "on sale")
}

fn set(session: &Session, id: Id, status: SaleStatus, word: &str) -> Result<Answer, Failure> {
    let dataset = number(id, Thing::Dataset)?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let done = session.chain()?.set_status(&signer(&vault), dataset, status)?;
    let mut lines = Lines::default();
    lines.add(&id.to_string(), word).add("transaction", done.included.transaction);
    let json = json!({
        "id": id.to_string(),
        "status": status,
        "transaction": done.included.transaction,
    });
    Ok(Answer::yes(lines.to_string(), json))
}
