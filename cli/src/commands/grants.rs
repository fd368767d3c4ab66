use crate::answer::Answer;
use crate::commands::number;
use crate::describe;
use crate::failure::Failure;
use crate::session::{Followed, Session};
use clap::Args;
use indexer::Grant;
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
}

pub(crate) fn run(session: &Session, args: &Grants) -> Result<Answer, Failure> {
    let index = match args.wait {
        None => session.index()?,
        Some(id) => wait(session, id, args.timeout)?,
    };
    let (network, me, now) = (session.network()?, session.address()?, index.position.time);
    let (bought, sold) = (index.grants_of(me)?, index.grants_on(me)?);
    let mut text = String::new();
    for (grants, what) in [(&bought, "bought"), (&sold, "sold")] {
        for grant in grants {
            text += &format!(
                "grant:{}  {what}: dataset:{} version {}, {}: {}\n",
                grant.grant,
                grant.order.dataset,
                grant.order.version,
                describe::price(&network, grant.order.token, grant.order.amount),
                describe::grant_state(grant, now),
            );
        }
    }
    if text.is_empty() {
        text = "no grants; buy one with `provenome buy dataset:N`\n".to_owned();
    }
    let json = |grants: &[Grant]| -> Vec<_> {
        grants.iter().map(|grant| describe::grant_json(&network, grant, now)).collect()
    };
    Ok(Answer::yes(text, json!({ "bought": json(&bought), "sold": json(&sold) })))
}

fn wait(session: &Session, id: Id, timeout: u64) -> Result<Followed, Failure> {
    let grant = number(id, Thing::Grant)?;
    let spinner = session.progress.spinner(&format!("waiting for {id}"));
    let end = Instant::now() + Duration::from_secs(timeout);
    loop {
        let index = session.index()?;
        if super::deliver::found(&index, grant)?.status != GrantStatus::Paid {
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
