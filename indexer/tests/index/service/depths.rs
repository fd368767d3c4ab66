//! Reorgs of many depths under a service that is asked all the while: its stream tells each, and no
//! answer is ever of two chains.

use super::Serving;
use crate::depths::{DEEPEST, DEPTHS, fresh_rows};
use crate::dump::dump;
use crate::scene::Scene;
use crate::seed::Seed;
use crate::traffic::Traffic;
use indexer::service::Following;
use ledger::chain::{At, Event};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};

const SEED: u64 = 64_001;

/// How many datasets there were at each of the chain's last blocks, by the block's hash.
fn listed(scene: &Scene) -> Vec<(String, usize)> {
    let (node, contracts) = (scene.node(), &scene.network().contracts);
    let head = node.head().unwrap().number;
    let logs = node.logs(&[contracts.registry.address], 0, head).unwrap();
    let listings: Vec<u64> = logs
        .iter()
        .filter(|log| matches!(Event::decode(contracts, log), Ok(Event::Listed { .. })))
        .map(|log| log.block)
        .collect();
    let of = |number: u64| {
        let block = node.block(At::Number(number)).unwrap().unwrap();
        (block.hash.to_string(), listings.partition_point(|listing| *listing <= number))
    };
    (head.saturating_sub(2 * DEEPEST)..=head).map(of).collect()
}

/// All datasets, page by page: how many there were at the block that all pages are of; none where
/// the chain moved in between.
fn asked(serving: &Serving) -> Option<(String, usize)> {
    let (mut hash, mut ids, mut cursor) = (None::<String>, Vec::new(), String::new());
    loop {
        let heard = serving.get(&format!("/v1/datasets?limit=60{cursor}"));
        if heard.status == 409 {
            return None;
        }
        let page = heard.json(200);
        let at = page["at"]["hash"].as_str().unwrap().to_owned();
        if *hash.get_or_insert_with(|| at.clone()) != at {
            return None;
        }
        let rows = page["datasets"].as_array().unwrap();
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(ids.iter().zip(1..).all(|(id, n)| *id == format!("dataset:{n}")), "{ids:?}");
    Some((hash.unwrap(), ids.len()))
}

#[test]
fn reorgs_of_every_depth_are_told_and_no_answer_mixes_two_chains() {
    for depths in DEPTHS {
        go_through(depths);
    }
}

fn go_through(depths: RangeInclusive<u64>) {
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(SEED));
    traffic.pass(30, &mut seed);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let mut events = serving.follow();
    let mut known: HashMap<String, usize> = listed(&scene).into_iter().collect();
    let done = AtomicBool::new(false);
    let answers = std::thread::scope(|scope| {
        let asker = scope.spawn(|| {
            let mut answers = Vec::new();
            while !done.load(Ordering::SeqCst) {
                answers.extend(asked(&serving));
            }
            answers
        });
        // Whatever fails here, the asker is to end.
        let moved = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for depth in depths {
                traffic.pass(depth, &mut seed);
                serving.catch_up(&scene);
                known.extend(listed(&scene));
                let before = scene.node().head().unwrap();
                traffic.reorg(depth, &mut seed);
                known.extend(listed(&scene));
                serving.wait(|told| matches!(told, Following::Reorg { .. }));
                let (_, reorg) = events.find(|(name, _)| name == "reorg").unwrap();
                assert_eq!(reorg["from"]["hash"], before.hash.to_string(), "depth {depth}");
                let to = reorg["to"]["block"].as_u64().unwrap();
                assert!(to <= before.number - depth, "depth {depth}: {reorg} (seed {SEED})");
                let there = scene.node().block(At::Number(to)).unwrap().unwrap();
                assert_eq!(reorg["to"]["hash"], there.hash.to_string(), "depth {depth}");
            }
        }));
        done.store(true, Ordering::SeqCst);
        let answers = asker.join().unwrap();
        moved.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        answers
    });
    serving.catch_up(&scene);
    for (hash, datasets) in &answers {
        assert_eq!(known.get(hash), Some(datasets), "at {hash} (seed {SEED})");
    }
    assert!(answers.len() > 100, "{} answers", answers.len());
    assert_eq!(dump(scene.index("served").path()), fresh_rows(&scene), "seed {SEED}");
    serving.stop().unwrap();
}
