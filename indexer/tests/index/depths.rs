//! Reorgs of every depth that is not final, from 1 to 64 blocks: while following, and in the middle
//! of a backfill. After each the rows are those of whoever follows the new chain from the start.

use crate::dump::{count, dump};
use crate::proxy::{Answer, Proxy};
use crate::scene::{Scene, catch_up, no_stores};
use crate::seed::Seed;
use crate::traffic::Traffic;
use indexer::{Index, Step, Writer};
use ledger::chain::At;
use serde_json::{Value, json};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The local node calls final what lies 64 blocks behind its head.
pub(crate) const DEEPEST: u64 = 64;
const SEED: u64 = 20_261_121;

/// The rows of an index made anew in the folder of this name, which is gone afterwards.
pub(crate) fn fresh_rows(scene: &Scene) -> Vec<String> {
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    let rows = dump(fresh.path());
    std::fs::remove_dir_all(scene.folder("fresh")).unwrap();
    rows
}

/// Depths that one chain goes through: the local node loses its contracts' state where it goes far
/// back in a chain of more than some 800 blocks.
pub(crate) const DEPTHS: [RangeInclusive<u64>; 5] =
    [1..=28, 29..=40, 41..=49, 50..=57, 58..=DEEPEST];

fn steps(writer: &mut Writer, scene: &Scene) -> Vec<Step> {
    let mut steps = Vec::new();
    loop {
        match writer.step(&scene.chain, &no_stores()).unwrap() {
            Step::Idle => return steps,
            step => steps.push(step),
        }
    }
}

#[test]
fn every_depth_at_the_head() {
    let lost: i64 = DEPTHS.into_iter().map(at_the_head).sum();
    assert!(lost > 500, "{lost} events were in blocks that were replaced (seed {SEED})");
}

/// How many events were in the blocks that were replaced.
fn at_the_head(depths: RangeInclusive<u64>) -> i64 {
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(SEED));
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    let mut lost = 0;
    for depth in depths {
        // Followed in two parts, so that the reorg goes through more than one batch.
        let first = 1 + seed.below(depth);
        traffic.pass(first, &mut seed);
        steps(&mut writer, &scene);
        traffic.pass(depth - first, &mut seed);
        steps(&mut writer, &scene);
        let before = index.position().unwrap().unwrap();
        traffic.reorg(depth, &mut seed);
        match &steps(&mut writer, &scene)[..] {
            // Of a backfill's blocks only those are stored that end a batch.
            [Step::Reorg { from, to }, Step::Blocks { .. }, ..] => {
                assert_eq!(*from, before.id(), "depth {depth} (seed {SEED})");
                assert!(to.number <= before.block - depth, "depth {depth}: {to:?} (seed {SEED})");
                let there = scene.node().block(At::Number(to.number)).unwrap().unwrap();
                assert_eq!(to.hash, there.hash, "depth {depth} (seed {SEED})");
            }
            other => panic!("depth {depth} (seed {SEED}): {other:?}"),
        }
        assert_eq!(dump(index.path()), fresh_rows(&scene), "depth {depth} (seed {SEED})");
        lost = count(index.path(), "SELECT sum(events) FROM reorg_log WHERE cause = 'reorg'");
    }
    lost
}

/// At the first question for logs up to which block the chain is to be reorganised, and how deep.
type Due = Arc<Mutex<Option<(u64, u64)>>>;

/// A node that gives logs of at most 12 blocks, and whose chain changes when it is due.
fn small_steps(scene: &Scene, traffic: Traffic, due: &Due) -> Proxy {
    let (due, seed) = (Arc::clone(due), Mutex::new(Seed::new(SEED)));
    let number = |value: &Value| {
        u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    };
    Proxy::start(&scene.anvil.url, move |request, answer| {
        if request["method"] != "eth_getLogs" {
            return Answer::Json(answer);
        }
        let filter = &request["params"][0];
        if number(&filter["toBlock"]) - number(&filter["fromBlock"]) >= 12 {
            let error = json!({ "code": -32005, "message": "too many" });
            return Answer::Json(json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error }));
        }
        let is_due = |(at, _): &mut (u64, u64)| number(&filter["toBlock"]) >= *at;
        if let Some((_, depth)) = due.lock().unwrap().take_if(is_due) {
            traffic.reorg(depth, &mut seed.lock().unwrap());
        }
        Answer::Json(answer)
    })
}

#[test]
fn every_depth_in_a_backfill() {
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(SEED));
    traffic.pass(140, &mut seed);
    let due = Due::default();
    let chain = small_steps(&scene, traffic, &due).chain(&scene);
    let rolled_back = AtomicU64::new(0);
    for depth in 1..=DEEPEST {
        let name = depth.to_string();
        let at = scene.node().head().unwrap().number - seed.below(depth);
        *due.lock().unwrap() = Some((at, depth));
        let index = scene.index(&name);
        catch_up(&index, &chain);
        assert_eq!(*due.lock().unwrap(), None, "depth {depth} at {at} (seed {SEED})");
        catch_up(&index, &chain);
        let rows = dump(index.path());
        assert_eq!(rows, fresh_rows(&scene), "depth {depth} at {at} (seed {SEED})");
        rolled_back.fetch_add(reorgs(&index), Ordering::Relaxed);
        std::fs::remove_dir_all(scene.folder(&name)).unwrap();
    }
    let rolled_back = rolled_back.into_inner();
    assert!(rolled_back > 30, "{rolled_back} of {DEEPEST} went below the index (seed {SEED})");
}

fn reorgs(index: &Index) -> u64 {
    count(index.path(), "SELECT count(*) FROM reorg_log WHERE cause = 'reorg'").cast_unsigned()
}
