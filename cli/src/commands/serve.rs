use crate::answer::{self, Answer};
use crate::delivery::{Outcome, deliver, final_block, publish_missing};
use crate::describe;
use crate::failure::{Exit, Failure};
use crate::plain::{plain, plain_json};
use crate::session::Session;
use crate::upkeep::Upkeep;
use clap::Args;
use indexer::{Grant, Index, IndexError, Step, Writer};
use ledger::Cid;
use ledger::chain::Chain;
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use vault::Unlocked;

/// How long what failed is left alone, and not told again.
const AGAIN: Duration = Duration::from_secs(15);
/// How long other commands of the home may hold the writer's place in passing.
const PASSING: Duration = Duration::from_secs(3);

/// Set by Ctrl-C and SIGTERM.
static STOP: AtomicBool = AtomicBool::new(false);

/// Watch for orders and deliver keys, until Ctrl-C.
///
/// Delivers only orders that are final (on a local chain: in the latest block), only where every
/// node given with --rpc has the same block and the same accumulators, and never near the deadline.
/// The envelope's block is published after the chain has the delivery. Malformed requests are
/// declined, and their buyers refunded. One `serve` a home; other commands read beside it.
///
/// At the start and every hour it reads what this home listed, ordered, delivered, posted and anchored
/// in every store, and repairs what is gone or wrong there from another store, the sealed folder or
/// the home's own copy.
///
/// JSON: one object a line: {event: "following" | "delivered" | "declined" | "repaired" | "waiting"
/// | "reorg", …}.
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
    let mut writer = writer(&index)?;
    ctrlc::set_handler(stop)
        .map_err(|e| Failure::could_not(format!("cannot listen for Ctrl-C: {e}")))?;
    warn(session, chain);
    let position = writer.catch_up(chain, session.stores()?, |_| {})?;
    say(
        session,
        &json!({ "event": "following", "block": position.block }),
        &format!("following from block {}; Ctrl-C ends it", position.block),
    );

    let mut serving =
        Serving { session, vault: &vault, chain, failed: HashMap::new(), upkeep: Upkeep::new() };
    let pause = Duration::from_millis(if chain.node().is_local() { 300 } else { 3000 });
    loop {
        serving.round(&index)?;
        serving.look_after(&index, args.once);
        if args.once {
            return serving.verdict();
        }
        if STOP.load(Ordering::SeqCst) {
            return Ok(Answer::silent());
        }
        loop {
            match writer.step(chain, session.stores()?) {
                Ok(Step::Idle | Step::Lag { .. }) => {
                    serving.failed.remove(CHAIN);
                    break;
                }
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
                    serving.waiting(CHAIN, &error.into());
                    break;
                }
            }
        }
        std::thread::sleep(pause);
    }
}

/// The writer's place, after whoever holds it in passing.
fn writer(index: &Index) -> Result<Writer, Failure> {
    let begun = Instant::now();
    loop {
        match index.writer() {
            Err(IndexError::AnotherWriter { .. }) if begun.elapsed() < PASSING => {
                std::thread::sleep(Duration::from_millis(50));
            }
            taken => return Ok(taken?),
        }
    }
}

/// The first signal lets what is under way be finished; a second one does not wait for a node that
/// hangs. Nothing is lost either way: what is sent is in the home before.
fn stop() {
    if STOP.swap(true, Ordering::SeqCst) {
        std::process::exit(Exit::CouldNot as i32);
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
    let _ = answer::say(if session.json { plain_json(json) } else { plain(text) });
}

struct Serving<'a> {
    session: &'a Session,
    vault: &'a Unlocked,
    chain: &'a Chain,
    failed: HashMap<String, Instant>,
    upkeep: Upkeep,
}

/// Under what the node's failures are told.
const CHAIN: &str = "chain";
/// Under what the stores' failures are told.
const UPKEEP: &str = "upkeep";

impl Serving<'_> {
    /// Delivers every order that may be delivered now.
    fn round(&mut self, index: &Index) -> Result<(), Failure> {
        let me = self.vault.identity().address();
        let sold = index.grants_on(me)?;
        self.attempt("envelopes", |this| publish_missing(this.session, &sold));
        let open = index.open_orders(me)?;
        if open.is_empty() {
            return Ok(());
        }
        let Some(last) = self.attempt("orders", |this| final_block(this.chain)) else {
            return Ok(());
        };
        let now = index.position()?.map_or(0, |position| position.time);
        for grant in open {
            if grant.bought.block <= last.number && now <= grant.deliver_by {
                let id = format!("grant:{}", grant.grant);
                self.attempt(&id, |this| this.one(index, &grant, now));
            }
        }
        Ok(())
    }

    /// Looks after what was listed, for a moment or to the end.
    fn look_after(&mut self, index: &Index, whole: bool) {
        let session = self.session;
        let told = |cid: Cid, stores: &[String]| {
            say(
                session,
                &json!({ "event": "repaired", "cid": cid.to_string(), "stores": stores }),
                &format!("repaired {cid} in {}", stores.join(", ")),
            );
        };
        match self.upkeep.round(session, index, whole, told) {
            Ok(()) => {}
            Err(why) => self.waiting(UPKEEP, &why),
        }
    }

    /// Tries it, unless it failed a short while ago.
    fn attempt<T>(
        &mut self,
        what: &str,
        act: impl FnOnce(&Self) -> Result<T, Failure>,
    ) -> Option<T> {
        if self.rests(what) {
            return None;
        }
        match act(self) {
            Ok(done) => {
                self.failed.remove(what);
                Some(done)
            }
            Err(why) => {
                self.waiting(what, &why);
                None
            }
        }
    }

    fn rests(&self, what: &str) -> bool {
        self.failed.get(what).is_some_and(|at| at.elapsed() < AGAIN)
    }

    /// Whether a single round did all there was to do.
    fn verdict(&self) -> Result<Answer, Failure> {
        let mut left: Vec<&str> = self.failed.keys().map(String::as_str).collect();
        left.sort_unstable();
        match left.as_slice() {
            [] => Ok(Answer::silent()),
            left => Err(Failure::could_not(format!("not done: {}", left.join(", ")))
                .hint("mend what was said above and run it again")),
        }
    }

    fn one(&self, index: &Index, grant: &Grant, now: u64) -> Result<(), Failure> {
        let id = format!("grant:{}", grant.grant);
        let order = &grant.order;
        let price = describe::price(self.chain.network(), order.token, order.amount);
        let _turn = self.session.turn()?;
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

    fn waiting(&mut self, what: &str, why: &Failure) {
        if self.rests(what) {
            return;
        }
        self.failed.insert(what.to_owned(), Instant::now());
        say(
            self.session,
            &json!({ "event": "waiting", "id": what, "why": why.message() }),
            &format!("{what}: waiting: {}", why.message()),
        );
    }
}
