//! Backfill, restart, a reorg of 64 blocks and the time from a block to its rows, against a node
//! that costs little: its answers are made beforehand. `cargo bench -p indexer -- [events]`; the
//! figures stand in `docs/spec/index.md`.

mod synthetic;

use indexer::{Index, Step};
use ledger::chain::{Chain, Node};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::Stores;
use synthetic::{FOLLOWED, PER_BLOCK, Synthetic, network, serve};

fn main() {
    let events = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(100_000_u64);
    let node = Arc::new(Synthetic::new(events / PER_BLOCK));
    let url = serve(Arc::clone(&node));
    let chain = Chain::connect(network(), vec![Node::new(&url).unwrap()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), &network()).unwrap();
    let stores = Stores::new(Vec::new());

    let mut writer = index.writer().unwrap();
    let begun = Instant::now();
    let mut followed = 0;
    while let Step::Blocks { events, .. } = writer.step(&chain, &stores).unwrap() {
        followed += events.len();
    }
    let taken = begun.elapsed();
    let rate = followed as f64 / taken.as_secs_f64();
    println!("backfill      {followed} events in {taken:.2?}: {rate:.0}/s");
    let size = std::fs::metadata(index.path()).unwrap().len() as f64 / 1e6;
    println!("database      {size:.0} MB");
    drop((writer, index));

    let begun = Instant::now();
    let index = Index::open(folder.path(), &network()).unwrap();
    let mut writer = index.writer().unwrap();
    assert_eq!(writer.step(&chain, &stores).unwrap(), Step::Idle);
    println!("restart       {:.2?}", begun.elapsed());

    drop(writer);

    let mut latencies = latencies(&node, &index, &url);
    latencies.sort();
    let at = |share: usize| latencies[latencies.len() * share / 100];
    println!("block to row  p50 {:.2?}, p99 {:.2?}", at(50), at(99));

    node.fork.store(node.head() - 63, Ordering::SeqCst);
    let mut writer = index.writer().unwrap();
    let begun = Instant::now();
    match writer.step(&chain, &stores).unwrap() {
        Step::Reorg { from, to } => {
            println!("reorg         {} blocks in {:.2?}", from.number - to.number, begun.elapsed());
        }
        other => panic!("{other:?}"),
    }
    println!("peak memory   {}", peak_memory());
}

/// How long after each of the last blocks its rows can be read, beside one who steps all the time.
fn latencies(node: &Synthetic, index: &Index, url: &str) -> Vec<Duration> {
    let mut writer = index.writer().unwrap();
    let chain = Chain::connect(network(), vec![Node::new(url).unwrap()]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let stores = Stores::new(Vec::new());
            for _ in 0..FOLLOWED {
                while writer.step(&chain, &stores).unwrap() == Step::Idle {
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        });
        let follow = |_| {
            let head = node.head.fetch_add(1, Ordering::SeqCst) + 1;
            let begun = Instant::now();
            while index.position().unwrap().unwrap().block < head {
                std::thread::sleep(Duration::from_micros(200));
            }
            begun.elapsed()
        };
        (0..FOLLOWED).map(follow).collect()
    })
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |size| size.trim().to_owned())
}
