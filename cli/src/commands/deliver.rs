use crate::answer::{Answer, Lines};
use crate::commands::number;
use crate::delivery::{Outcome, deliver, final_block};
use crate::failure::Failure;
use crate::session::Session;
use alloy_primitives::U256;
use clap::Args;
use indexer::{Grant, Index};
use ledger::{Id, Thing};
use serde_json::json;

/// Deliver one order by hand; `serve` does it by itself.
///
/// JSON: id, delivered, transaction, envelope, declined (why, or null).
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome deliver grant:1")]
pub(crate) struct Deliver {
    /// The paid grant
    id: Id,
}

pub(crate) fn run(session: &Session, args: &Deliver) -> Result<Answer, Failure> {
    let grant = number(args.id, Thing::Grant)?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let index = session.index()?;
    let grant = found(&index, grant)?;
    let (last, bought) = (final_block(session.chain()?)?.number, grant.bought.block);
    if bought > last {
        return Err(Failure::could_not(format!(
            "{} was bought in block {bought}, but only those up to {last} are final",
            args.id
        ))
        .hint(
            "wait: what is not final can be taken back, and the key would be given for nothing",
        ));
    }
    let now = index.position.time;
    let mut lines = Lines::default();
    let json = match deliver(session, &vault, &index, &grant, now)? {
        Outcome::Delivered { transaction, envelope } => {
            lines
                .add("delivered", args.id)
                .add("envelope", envelope)
                .add("transaction", transaction);
            json!({ "id": args.id.to_string(), "delivered": true, "transaction": transaction,
                    "envelope": envelope.to_string(), "declined": null })
        }
        Outcome::Declined { transaction, why } => {
            lines.add("declined", args.id).add("because", &why).add("transaction", transaction);
            json!({ "id": args.id.to_string(), "delivered": false, "transaction": transaction,
                    "envelope": null, "declined": why })
        }
    };
    Ok(Answer::yes(lines.to_string(), json))
}

/// A grant that must be there.
pub(crate) fn found(index: &Index, grant: U256) -> Result<Grant, Failure> {
    index.grant(grant)?.ok_or_else(|| no_grant(grant))
}

pub(crate) fn no_grant(grant: U256) -> Failure {
    Failure::no(format!("there is no grant:{grant}")).hint("see `provenome grants`")
}
