use crate::answer::{Answer, Lines};
use crate::commands::{deliver::found, number};
use crate::describe;
use crate::failure::Failure;
use crate::session::{Session, signer};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::Grant;
use ledger::{Id, Thing};
use serde_json::json;

/// Be paid for delivered orders whose dispute window has passed.
///
/// Without an id: all that are due to this account.
///
/// JSON: settled: [{id, transaction, amount, amount_units, token, symbol}].
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome settle")]
pub(crate) struct Settle {
    /// Only this grant
    id: Option<Id>,
}

pub(crate) fn run(session: &Session, args: &Settle) -> Result<Answer, Failure> {
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let index = session.index()?;
    let due: Vec<Grant> = match args.id {
        Some(id) => vec![found(&index, number(id, Thing::Grant)?)?],
        None => index.settleable(session.address()?, index.position.time)?,
    };
    let (chain, mut lines, mut settled) = (session.chain()?, Lines::default(), Vec::new());
    for grant in &due {
        let envelope = grant.delivered.as_ref().map_or(B256::ZERO, |delivery| delivery.envelope);
        let done = chain.settle(&signer(&vault), grant.grant, grant.order, envelope)?;
        let amount = describe::price(chain.network(), grant.order.token, grant.order.amount);
        lines.add(
            &format!("grant:{}", grant.grant),
            describe::paid(&done, format!("{amount} to {}", grant.order.payee)),
        );
        let json = json!({
            "id": format!("grant:{}", grant.grant),
            "transaction": done.included.transaction,
        });
        let paid = (grant.order.token, U256::from(grant.order.amount));
        settled.push(describe::with_amount(json, chain.network(), paid));
    }
    if due.is_empty() {
        lines.add(
            "nothing is due",
            "see `provenome grants` for what is delivered and when it settles",
        );
    }
    Ok(Answer::yes(lines.to_string(), json!({ "settled": settled })))
}
