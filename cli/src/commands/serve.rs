use crate::answer::{self, Answer};
use crate::delivery::{Outcome, deliver, publish_missing};
use crate::describe;
use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use indexer::{Grant, Index, Step};
use ledger::chain::{At, Block, Chain};
use ledger::network::Finality;
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vault::Unlocked;

/// How long an order that failed is left alone before it is tried again.
const AGAIN: Duration = Duration::from_secs(15);

/// Set by Ctrl-C and SIGTERM.
static STOP: AtomicBool = AtomicBool::new(false);

/// Watch for orders and deliver keys, until Ctrl-C.
///
/// Delivers only orders that are final (on a local chain: in the latest block), only where every
/// node given with --rpc has the same block and the same accumulators, and never near the deadline.
/// The envelope's block is published after the chain has the delivery. Malformed requests are
/// declined, and their buyers refunded. One `serve` a home; other commands read beside it.
///
/// JSON: one object a line: {event: "following" | "delivered" | "declined" | "waiting" | "reorg",
/// …}.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome serve")]
pub(crate) struct Serve {
    /// Deliver what is there and end
    #[arg(long)]
    once: bool,
}

pub(crate) fn run(session: &Session, args: &Serve) -> Result<Answer, Failure> {
    let vault = session.unlock()?;
    let chain = session.chain()?;
    let index = Index::open(&session.home().index()?, chain.network())?;
    let mut writer = index.writer()?;
    ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst))
        .map_err(|e| Failure::could_not(format!("cannot listen for Ctrl-C: {e}")))?;
    warn(session, chain);
    let position = writer.catch_up(chain, session.stores()?, |_| {})?;
    say(
        session,
        &json!({ "event": "following", "block": position.block }),
        &format!("following from block {}; Ctrl-C ends it", position.block),
    );

    let mut serving = Serving { session, vault: &vault, chain, failed: HashMap::new() };
    let pause = Duration::from_millis(if chain.node().is_local() { 300 } else { 3000 });
    loop {
        serving.round(&index)?;
        if args.once || STOP.load(Ordering::SeqCst) {
            return Ok(Answer::silent());
        }
        loop {
            match writer.step(chain, session.stores()?) {
                Ok(Step::Idle | Step::Lag { .. }) => break,
                Ok(Step::Reorg { from, to }) => {
                    say(
                        session,
                        &json!({ "event": "reorg", "from": from.number, "to": to.number }),
                        &format!(
                            "the chain was reorganised from block {} back to {}",
                            from.number, to.number
                        ),
                    );
                }
                Ok(Step::Blocks { .. }) => {}
                Err(error) if error.is_no() => return Err(error.into()),
                // A node that does not answer now may answer later.
                Err(error) => {
                    let why = Failure::from(error);
                    say(
                        session,
                        &json!({ "event": "waiting", "why": why.message() }),
                        why.message(),
                    );
                    std::thread::sleep(pause);
                    break;
                }
            }
        }
        std::thread::sleep(pause);
    }
}

fn warn(session: &Session, chain: &Chain) {
    if chain.nodes().len() == 1 && !chain.node().is_local() {
        session.progress.tell(&format!(
            "WARNING: one remote node, {}, is believed alone. A node that invents a payment gets your data key. \
             Name a second node with --rpc.",
            chain.node().url()
        ));
    }
}

fn say(session: &Session, json: &serde_json::Value, text: &str) {
    // Who has paid is served, even where nobody listens any more.
    let _ = if session.json { answer::say(json) } else { answer::say(text) };
}

struct Serving<'a> {
    session: &'a Session,
    vault: &'a Unlocked,
    chain: &'a Chain,
    failed: HashMap<alloy_primitives::U256, Instant>,
}

impl Serving<'_> {
    /// Delivers every order that may be delivered now.
    fn round(&mut self, index: &Index) -> Result<(), Failure> {
        let me = self.vault.identity().address();
        publish_missing(self.session, &index.grants_on(me)?)?;
        let open = index.open_orders(me)?;
        if open.is_empty() {
            return Ok(());
        }
        let final_block = match self.final_block() {
            Ok(block) => block,
            Err(why) => {
                self.told_waiting("orders", &why);
                return Ok(());
            }
        };
        let now = index.position()?.map_or(0, |position| position.time);
        for grant in open {
            let rested = self.failed.get(&grant.grant).is_none_or(|at| at.elapsed() > AGAIN);
            if grant.bought.block > final_block.number || !rested || now > grant.deliver_by {
                continue;
            }
            if let Err(why) = self.one(index, &grant, now) {
                self.failed.insert(grant.grant, Instant::now());
                self.told_waiting(&format!("grant:{}", grant.grant), &why);
            }
        }
        Ok(())
    }

    /// The latest block that counts, with every node agreeing on it and on all accumulators.
    fn final_block(&self) -> Result<Block, Failure> {
        let at = match self.chain.network().policy.finality {
            Finality::Head => At::Latest,
            Finality::Finalized => At::Finalized,
        };
        let block = self.chain.node().block(at)?.ok_or_else(|| {
            Failure::could_not(format!("{} has no finalized block yet", self.chain.node().url()))
        })?;
        self.chain.agree(&block)?;
        Ok(block)
    }

    fn one(&self, index: &Index, grant: &Grant, now: u64) -> Result<(), Failure> {
        let id = format!("grant:{}", grant.grant);
        let order = &grant.order;
        let price = describe::price(self.chain.network(), order.token, order.amount);
        match deliver(self.session, self.vault, index, grant, now)? {
            Outcome::Delivered { transaction, envelope } => say(
                self.session,
                &json!({ "event": "delivered", "id": id, "transaction": transaction, "envelope": envelope.to_string() }),
                &format!("{id}: {price} in escrow from {}: delivered", grant.buyer),
            ),
            Outcome::Declined { transaction, why } => say(
                self.session,
                &json!({ "event": "declined", "id": id, "transaction": transaction, "why": why }),
                &format!("{id}: declined, the buyer is refunded: {why}"),
            ),
        }
        Ok(())
    }

    fn told_waiting(&self, what: &str, why: &Failure) {
        say(
            self.session,
            &json!({ "event": "waiting", "id": what, "why": why.message() }),
            &format!("{what}: waiting: {}", why.message()),
        );
    }
}
