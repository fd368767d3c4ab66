use crate::answer::{Answer, Lines};
use crate::failure::Failure;
use crate::plain::plain;
use crate::session::Session;
use clap::Args;
use ledger::amount;
use serde_json::json;

/// Show address, keys and balances.
///
/// JSON: address, reader_key, xwing_key, log_key, coin, tokens: [{symbol, address, balance, allowance,
/// credit}]; coin and tokens are null with --offline.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome account")]
pub(crate) struct Account {
    /// Only what the home knows: no balances
    #[arg(long)]
    offline: bool,
}

pub(crate) fn run(session: &Session, args: &Account) -> Result<Answer, Failure> {
    let identity = session.home().identity()?;
    let mut lines = Lines::default();
    lines
        .add("address", identity.address)
        .add("reader key", &identity.reader_key)
        .add("log key", &identity.log_key);
    let mut json = json!({
        "address": identity.address,
        "reader_key": identity.reader_key,
        "xwing_key": identity.xwing_key,
        "log_key": identity.log_key,
        "coin": null,
        "tokens": null,
    });
    if args.offline {
        return Ok(Answer::yes(lines.to_string(), json));
    }
    let chain = session.chain()?;
    let coin = amount::show(chain.node().balance(identity.address)?, 18);
    lines.add("coin for fees", &coin);
    json["coin"] = json!(coin);
    let mut tokens = Vec::new();
    for token in &chain.network().tokens {
        let held = chain.balances(identity.address, token.address)?;
        let [balance, allowance, credit] =
            [held.token, held.allowance, held.credit].map(|n| amount::show(n, token.decimals));
        lines.add(&plain(&token.symbol), &balance);
        if held.credit > alloy_primitives::U256::ZERO {
            lines.add("  owed by the market", format!("{credit}; take it with `withdraw`"));
        }
        tokens.push(json!({
            "symbol": token.symbol,
            "address": token.address,
            "balance": balance,
            "allowance": allowance,
            "credit": credit,
        }));
    }
    json["tokens"] = json!(tokens);
    Ok(Answer::yes(lines.to_string(), json))
}
