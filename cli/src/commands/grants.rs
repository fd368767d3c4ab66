use crate::answer::Answer;
use crate::commands::number;
use crate::describe;
use crate::failure::Failure;
use crate::reading::{IndexArg, Reading};
use crate::session::Session;
use clap::Args;
use ledger::market::GrantStatus;
use ledger::{Id, Thing};
use serde_json::json;
use std::time::{Duration, Instant};

/// List the own grants: those bought, and those sold.
///
/// JSON: bought and sold: [{id, dataset, version, buyer, provider, status, active, amount,
/// deliver_by, envelope, settle_after, expires_at, request, now}].
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome grants --wait grant:1")]
pub(crate) struct Grants {
    /// Wait until this grant is delivered, or ended
    #[arg(long, value_name = "ID")]
    wait: Option<Id>,
    /// With --wait: for at most this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120, requires = "wait")]
    timeout: u64,
    #[command(flatten)]
    index: IndexArg,
}

pub(crate) fn run(session: &Session, args: &Grants) -> Result<Answer, Failure> {
    let index = match args.wait {
        None => session.reading(&args.index)?,
        Some(id) => wait(session, id, args)?,
    };
    let network = session.network()?;
    let (bought, sold) = index.grants(session.address()?)?;
    let mut text = String::new();
    for (grants, what) in [(&bought, "bought"), (&sold, "sold")] {
        for grant in grants {
            text += &format!(
                "{}  {what}: {} version {}, {}: {}\n",
                grant.id,
                grant.dataset,
                grant.version,
                describe::units(&network, grant.token, &grant.amount_units),
                describe::grant_state(grant),
            );
        }
    }
    if text.is_empty() {
        text = "no grants; buy one with `provenome buy dataset:N`\n".to_owned();
    }
    Ok(Answer::yes(text, json!({ "bought": bought, "sold": sold })))
}

fn wait(session: &Session, id: Id, args: &Grants) -> Result<Reading, Failure> {
    let (grant, timeout) = (number(id, Thing::Grant)?, args.timeout);
    let spinner = session.progress.spinner(&format!("waiting for {id}"));
    let end = Instant::now() + Duration::from_secs(timeout);
    loop {
        let index = session.reading(&args.index)?;
        let found = index.grant(grant)?.ok_or_else(|| super::deliver::no_grant(grant))?;
        if found.status != GrantStatus::Paid {
            spinner.finish_and_clear();
            return Ok(index);
        }
        if Instant::now() >= end {
            return Err(Failure::could_not(format!("{id} was not delivered in {timeout} seconds"))
                .hint(
                    "is the provider's `serve` running? After the deadline, `provenome refund`",
                ));
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}
