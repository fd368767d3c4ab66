use crate::answer::{Answer, Lines};
use crate::commands::{deliver::found, number};
use crate::describe;
use crate::failure::Failure;
use crate::session::{Session, signer};
use clap::Args;
use ledger::{Id, Thing};
use serde_json::json;

/// Refuse an order before delivery: the buyer is refunded in full.
///
/// JSON: id, transaction.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome decline grant:1")]
pub(crate) struct Decline {
    /// The paid grant
    id: Id,
}

pub(crate) fn run(session: &Session, args: &Decline) -> Result<Answer, Failure> {
    let grant = number(args.id, Thing::Grant)?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let grant = found(&*session.index()?, grant)?;
    let done = session.chain()?.decline(&signer(&vault), grant.grant, grant.order)?;
    let mut lines = Lines::default();
    lines
        .add("declined", args.id)
        .add("the buyer", describe::paid(&done, "was refunded in full"))
        .add("transaction", done.included.transaction);
    let json = json!({ "id": args.id.to_string(), "transaction": done.included.transaction });
    Ok(Answer::yes(lines.to_string(), json))
}
