//! An index that has followed: how long from a block to its rows, how long a reorganisation takes,
//! and how long until it follows again after a restart.

use crate::backfill::MEMORY;
use crate::market::Market;
use crate::report::{Report, Target, percentile};
use crate::served::{PATIENCE, Served};
use crate::web::Web;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use tests::anvil::Development as _;

/// Blocks whose way to a reader is timed.
const BLOCKS: u32 = 200;
/// Blocks that a reorganisation replaces.
const DEPTH: u64 = 64;
/// Between two looks, small beside what is measured.
const LOOK: Duration = Duration::from_millis(1);

pub(crate) fn run(market: &mut Market, home: &Path, events: u64, report: &mut Report) {
    let store = home.with_file_name("nothing");
    let served = Served::start(market, home, &store);
    let (taken, _) = served.wait_for("ready");
    let name = |what: &str| format!("{what}, after {events} events");
    let restart = taken.as_secs_f64();
    report.add(name("restart to following"), restart, "s", Target::AtMost(2.0));

    let mut web = served.web();
    let mut latencies: Vec<f64> = (0..BLOCKS).map(|i| latency(market, &mut web, i)).collect();
    let p50 = percentile(&mut latencies, 50);
    report.add(name("block to readable row, p50"), p50, "ms", Target::AtMost(300.0));
    let p99 = percentile(&mut latencies, 99);
    report.add(name("block to readable row, p99"), p99, "ms", Target::AtMost(1000.0));

    let seconds = reorg(market, &served, &mut web);
    report.add(name("reorg of 64 blocks"), seconds, "s", Target::AtMost(1.0));
    let peak = served.peak_memory();
    report.add(name("peak memory, all of this"), peak, "MiB", Target::AtMost(MEMORY));
    served.end();
}

/// Milliseconds from the node's word that a block is there until its dataset is read.
fn latency(market: &mut Market, web: &mut Web, i: u32) -> f64 {
    // Never in step with the follower's own looks at the head.
    std::thread::sleep(Duration::from_millis(u64::from(i * 37 % 101)));
    market.trade(1);
    let begun = Instant::now();
    let path = format!("/v1/datasets/{}", market.datasets);
    while web.get(&path).unwrap().0 != 200 {
        assert!(begun.elapsed() < PATIENCE, "the dataset does not come");
        std::thread::sleep(LOOK);
    }
    begun.elapsed().as_secs_f64() * 1_000.0
}

/// Seconds from when the other chain is there until the answers are of it.
fn reorg(market: &Market, served: &Served, web: &mut Web) -> f64 {
    let head = || json!(market.head().hash);
    while web.json("/v1/status")["at"]["hash"] != head() {
        std::thread::sleep(LOOK);
    }
    // The node takes its time to replace blocks, during which nothing is measured.
    served.signal("-STOP");
    market.node.reorg(DEPTH);
    let new = head();
    let begun = Instant::now();
    served.signal("-CONT");
    // A connection of its own: the old one was idle for too long.
    let mut web = served.web();
    while web.json("/v1/status")["at"]["hash"] != new {
        assert!(begun.elapsed() < PATIENCE, "the index does not follow");
        std::thread::sleep(LOOK);
    }
    let taken = begun.elapsed().as_secs_f64();
    let (_, told) = served.wait_for("reorg");
    let depth = told["from"].as_u64().unwrap() - told["to"].as_u64().unwrap();
    assert_eq!(depth, DEPTH, "blocks taken back");
    taken
}
