use crate::answer::Answer;
use crate::failure::Failure;
use crate::session::Session;
use clap::{Args, Subcommand};
use indexer::Index;
use indexer::service::{Following, Options, serve};
use ledger::chain::Chain;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C and SIGTERM.
static STOP: AtomicBool = AtomicBool::new(false);

/// The index as a service of its own: what happened on the chain, for people and programs.
#[derive(Debug, Args)]
pub(crate) struct IndexCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Serve),
}

/// Follow the chain and answer over HTTP: JSON under /v1, a page to look at under /.
///
/// It needs no identity and no passphrase. It writes the index of its home, so that no other
/// `serve` can run on the same home; give it one of its own. It tells nothing that is not public,
/// and listens on this machine alone unless --listen says otherwise: put a proxy that speaks TLS
/// before it when others shall ask. docs/index-service.md describes the answers.
///
/// JSON: one object a line: {event: "listening" | "ready" | "waiting" | "broken" | "reorg" |
/// "stopped", …}. Exit code 1: it was stopped after a final block was replaced, or a node said
/// something false. Exit code 2: it was stopped while its file could not be written.
#[derive(Debug, Args)]
struct Serve {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// Bring the index up to the chain's head and end, without listening
    #[arg(long, conflicts_with = "listen")]
    once: bool,
}

pub(crate) fn run(session: &Session, args: &IndexCommand) -> Result<Answer, Failure> {
    let Command::Serve(args) = &args.command;
    let chain = Chain::connect(session.network()?, session.nodes()?)?;
    let stores = session.stores()?;
    let folder = session.home().index()?;
    let mut writer = Index::open(&folder, chain.network())?.writer()?;
    if args.once {
        let at = writer.catch_up(&chain, stores, |_| {})?;
        let text = format!("the index is at block {} {}", at.block, at.hash);
        return Ok(Answer::yes(text, json!({ "block": at.block, "hash": at.hash })));
    }
    ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst))
        .map_err(|e| Failure::could_not(format!("cannot listen for Ctrl-C: {e}")))?;
    let options = Options { folder, listen: args.listen, stop: &STOP };
    let json = session.json;
    serve(writer, chain, stores, &options, move |told| say(json, told))?;
    Ok(Answer::silent())
}

fn say(json: bool, told: &Following) {
    let (value, text) = words(told);
    if json {
        anstream::println!("{value}");
    } else {
        anstream::println!("{text}");
    }
}

fn words(told: &Following) -> (Value, String) {
    match told {
        Following::Listening { address } => (
            json!({ "event": "listening", "url": format!("http://{address}") }),
            format!("http://{address}; Ctrl-C ends it"),
        ),
        Following::Ready { block } => (
            json!({ "event": "ready", "block": block }),
            format!("at the chain's head, block {block}"),
        ),
        Following::Reorg { from, to } => (
            json!({ "event": "reorg", "from": from.number, "to": to.number }),
            format!("the chain was reorganised from block {} back to {}", from.number, to.number),
        ),
        Following::Waiting { why } => {
            (json!({ "event": "waiting", "why": why }), format!("waiting: {why}"))
        }
        Following::Broken { why } => (
            json!({ "event": "broken", "why": why }),
            format!("the index cannot be kept up to date, it is tried again: {why}"),
        ),
        Following::Stopped { why } => (
            json!({ "event": "stopped", "why": why }),
            format!("following has stopped, answers go on: {why}"),
        ),
    }
}
