use crate::answer::{Answer, Lines};
use crate::commands::{deliver::found, number};
use crate::describe;
use crate::failure::Failure;
use crate::session::{Session, signer};
use alloy_primitives::U256;
use clap::Args;
use indexer::Grant;
use ledger::{Id, Thing};
use serde_json::json;

/// Take the price back where nothing was delivered in time.
///
/// Without an id: all that are due to this account.
///
/// JSON: refunded: [{id, transaction, amount, amount_units, token, symbol}].
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome refund grant:1")]
pub(crate) struct Refund {
    /// Only this grant
    id: Option<Id>,
}

pub(crate) fn run(session: &Session, args: &Refund) -> Result<Answer, Failure> {
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let index = session.index()?;
    let due: Vec<Grant> = match args.id {
        Some(id) => vec![found(&index, number(id, Thing::Grant)?)?],
        None => index.refundable(session.address()?, index.position.time)?,
    };
    let (chain, mut lines, mut refunded) = (session.chain()?, Lines::default(), Vec::new());
    for grant in &due {
        let done = chain.refund(&signer(&vault), grant.grant, grant.order)?;
        let amount = describe::price(chain.network(), grant.order.token, grant.order.amount);
        lines.add(
            &format!("grant:{}", grant.grant),
            describe::paid(&done, format!("{amount} back to {}", grant.buyer)),
        );
        let json = json!({
            "id": format!("grant:{}", grant.grant),
            "transaction": done.included.transaction,
        });
        let paid = (grant.order.token, U256::from(grant.order.amount));
        refunded.push(describe::with_amount(json, chain.network(), paid));
    }
    if due.is_empty() {
        lines.add(
            "nothing is due",
            "an order can be refunded once its delivery deadline has passed",
        );
    }
    Ok(Answer::yes(lines.to_string(), json!({ "refunded": refunded })))
}
