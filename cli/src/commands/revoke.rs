use crate::answer::{Answer, Lines};
use crate::commands::{deliver::found, number};
use crate::describe;
use crate::failure::Failure;
use crate::session::{Session, signer};
use alloy_primitives::B256;
use clap::Args;
use ledger::market::GrantStatus;
use ledger::{Id, Thing};
use serde_json::json;

/// End a grant.
///
/// Before you are paid, the buyer is refunded in full. After it, access is only marked as ended:
/// no money moves, and what was read cannot be taken back. Results posted later are refused.
///
/// JSON: id, refunded, transaction.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome revoke grant:1")]
pub(crate) struct Revoke {
    /// The grant
    id: Id,
}

pub(crate) fn run(session: &Session, args: &Revoke) -> Result<Answer, Failure> {
    let grant = number(args.id, Thing::Grant)?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let grant = found(&*session.index()?, grant)?;
    let envelope = grant.delivered.as_ref().map_or(B256::ZERO, |delivery| delivery.envelope);
    let done = session.chain()?.revoke(&signer(&vault), grant.grant, grant.order, envelope)?;
    let refunded = grant.status != GrantStatus::Settled;
    let mut lines = Lines::default();
    lines
        .add("ended", args.id)
        .add(
            "the buyer",
            describe::paid(
                &done,
                if refunded { "was refunded in full" } else { "had been charged before" },
            ),
        )
        .add("transaction", done.included.transaction);
    let json = json!({
        "id": args.id.to_string(),
        "refunded": refunded,
        "transaction": done.included.transaction,
    });
    Ok(Answer::yes(lines.to_string(), json))
}
