//! From nothing to every row readable: ours and the peer's, one after the other, each from a fresh
//! database and by its own wall time from the start of its process.

use crate::market::Market;
use crate::peer::Peer;
use crate::plan::Round;
use crate::report::{Report, Target, percentile};
use crate::served::{Served, TABLES};
use ledger::chain::{At, Chain, Node};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Events a second that an index must take in.
const RATE: f64 = 15_000.0;
/// MiB that it may take.
pub(crate) const MEMORY: f64 = 256.0;

/// The home of our last run, whose index is at the chain's head.
pub(crate) fn run(
    market: &Market,
    homes: &Path,
    round: Round,
    peer: Option<&Path>,
    report: &mut Report,
) -> PathBuf {
    let peer = peer.map(Peer::of);
    let (mut home, mut ours, mut theirs, mut memory) = (PathBuf::new(), vec![], vec![], vec![]);
    for pair in 0..round.pairs {
        home = homes.join(format!("ours{pair}"));
        let (rate, peak, rows) = follow(market, &home, &homes.join("nothing"), round.events);
        eprintln!("pair {pair}: ours {rate:.0}/s, {peak:.0} MiB");
        ours.push(rate);
        memory.push(peak);
        if let Some(peer) = &peer {
            let (seconds, peak) = peer.follow(market, &rows);
            let rate = round.events as f64 / seconds;
            eprintln!("pair {pair}: Ponder {rate:.0}/s, {peak:.0} MiB and PostgreSQL");
            theirs.push(rate);
        }
        if pair + 1 < round.pairs {
            std::fs::remove_dir_all(&home).unwrap();
        }
    }
    let events = round.events;
    let median = percentile(&mut ours, 50);
    report.add(format!("{events} events, ours"), median, "/s", Target::AtLeast(RATE));
    if !theirs.is_empty() {
        let other = percentile(&mut theirs, 50);
        report.add(format!("{events} events, Ponder with PostgreSQL"), other, "/s", Target::None);
        report.add(format!("{events} events, ratio"), median / other, "x", Target::None);
    }
    let most = percentile(&mut memory, 100);
    report.add(format!("{events} events, peak memory"), most, "MiB", Target::AtMost(MEMORY));
    home
}

/// Events a second from the start of the process until it is at the head, its peak memory, and how
/// many rows it has in each table.
fn follow(market: &Market, home: &Path, store: &Path, events: u64) -> (f64, f64, Vec<u64>) {
    let served = Served::start(market, home, store);
    let (taken, ready) = served.wait_for("ready");
    assert_eq!(ready["block"], market.head().number);
    let status = served.web().json("/v1/status");
    assert_eq!(accumulators(&status), committed(market), "accumulators at the head");
    assert_eq!(served.count("SELECT count(*) FROM events"), events, "events in the index");
    let rows = served.rows();
    assert!(rows.iter().all(|rows| *rows > 0), "{TABLES:?} have {rows:?} rows");
    let peak = served.peak_memory();
    served.end();
    (events as f64 / taken.as_secs_f64(), peak, rows)
}

fn accumulators(status: &Value) -> Vec<Value> {
    let contracts = status["contracts"].as_array().unwrap();
    contracts.iter().map(|contract| contract["accumulator"].clone()).collect()
}

fn committed(market: &Market) -> Vec<Value> {
    let node = Node::new(market.url()).unwrap();
    let chain = Chain::connect(market.network.clone(), vec![node]).unwrap();
    let contracts = market.network.contracts.all();
    let acc = |contract| json!(chain.acc(contract, At::Latest).unwrap());
    contracts.iter().map(|(_, contract)| acc(contract.address)).collect()
}
