use crate::answer::{Answer, Lines};
use crate::commands::{number, units};
use crate::failure::Failure;
use crate::session::{Session, signer};
use crate::{describe, span};
use clap::Args;
use ledger::{Id, Thing};
use serde_json::json;

/// Show a dataset's terms, or change those of future purchases.
///
/// JSON: id, terms, transaction (null where nothing was changed).
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome terms dataset:1 --price 300")]
pub(crate) struct Terms {
    /// The dataset
    id: Id,
    /// The new price, in the token's own decimals
    #[arg(long, value_name = "AMOUNT")]
    price: Option<String>,
    /// How long delivery may take
    #[arg(long, value_name = "SPAN", value_parser = span::parse)]
    delivery_window: Option<u32>,
    /// How long after delivery you are paid
    #[arg(long, value_name = "SPAN", value_parser = span::parse)]
    dispute_window: Option<u32>,
    /// How long a buyer may post results, counted from delivery
    #[arg(long, value_name = "SPAN", value_parser = span::parse)]
    access: Option<u32>,
}

pub(crate) fn run(session: &Session, args: &Terms) -> Result<Answer, Failure> {
    let number = number(args.id, Thing::Dataset)?;
    let dataset = super::show::dataset(&*session.index()?, number)?;
    let network = session.network()?;
    let mut terms = dataset.terms;
    if let Some(price) = &args.price {
        let decimals = network.token(terms.token).map_or(0, |token| token.decimals);
        terms.price = units("--price", price, decimals)?;
    }
    terms.delivery_seconds = args.delivery_window.unwrap_or(terms.delivery_seconds);
    terms.dispute_seconds = args.dispute_window.unwrap_or(terms.dispute_seconds);
    terms.access_seconds = args.access.unwrap_or(terms.access_seconds);
    let transaction = if terms == dataset.terms {
        None
    } else {
        let vault = session.unlock()?;
        let _turn = session.turn()?;
        let done = session.chain()?.set_terms(&signer(&vault), number, terms)?;
        Some(done.included.transaction)
    };
    let mut lines = Lines::default();
    lines.add("dataset", args.id);
    describe::terms(&mut lines, &network, &terms);
    if let Some(transaction) = transaction {
        lines.add("changed by", transaction);
    }
    let json = json!({
        "id": args.id.to_string(),
        "terms": describe::terms_json(&network, &terms),
        "transaction": transaction,
    });
    Ok(Answer::yes(lines.to_string(), json))
}
