use crate::answer::{Answer, Lines};
use crate::commands::address;
use crate::describe;
use crate::failure::Failure;
use crate::session::{Session, signer};
use alloy_primitives::{Address, U256};
use clap::Args;
use serde_json::json;

/// Take out payments that the market could not push.
///
/// JSON: withdrawn: [{to, transaction, amount, amount_units, token, symbol}].
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome withdraw")]
pub(crate) struct Withdraw {
    /// Where to [default: this account]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    to: Option<Address>,
}

pub(crate) fn run(session: &Session, args: &Withdraw) -> Result<Answer, Failure> {
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let (chain, me) = (session.chain()?, session.address()?);
    let to = args.to.unwrap_or(me);
    let (mut lines, mut withdrawn) = (Lines::default(), Vec::new());
    for token in &chain.network().tokens {
        let credit = chain.balances(me, token.address)?.credit;
        if credit == U256::ZERO {
            continue;
        }
        let done = chain.withdraw(&signer(&vault), token.address, to)?;
        let amount = describe::price(chain.network(), token.address, credit.saturating_to());
        lines.add(&amount, format!("to {to}"));
        let json = json!({ "to": to, "transaction": done.included.transaction });
        withdrawn.push(describe::with_amount(json, chain.network(), (token.address, credit)));
    }
    if withdrawn.is_empty() {
        lines.add("nothing is owed", "every payment to this account was pushed");
    }
    Ok(Answer::yes(lines.to_string(), json!({ "withdrawn": withdrawn })))
}
