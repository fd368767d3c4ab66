//! Reorgs while following and during backfill: the rows are those of whoever follows afterwards.

use crate::dump::{count, dump};
use crate::proxy::{Answer, Proxy};
use crate::scene::{HOUR, Scene, catch_up, no_stores};
use indexer::{BlockId, Index, IndexError, Step, Writer};
use ledger::chain::Chain;
use ledger::market::Terms;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tests::anvil::Development as _;

/// Steps until there is nothing to do; what happened.
fn steps(writer: &mut Writer, chain: &Chain) -> Vec<Step> {
    let mut all = Vec::new();
    loop {
        match writer.step(chain, &no_stores()).unwrap() {
            Step::Idle => return all,
            step => all.push(step),
        }
    }
}

fn assert_as_if_followed_now(scene: &Scene, index: &Index, name: &str) {
    let fresh = scene.index(name);
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()), "{name}");
}

#[test]
fn rows_after_a_reorg_are_those_of_the_new_chain() {
    let scene = Scene::new();
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    let first = scene.list(1);
    scene.node().mine(20);
    steps(&mut writer, &scene.chain);

    for (depth, hours) in [(1, 10), (3, 20), (12, 30)] {
        // Changes of what stays, and things that will never have been.
        let terms = |hours| Terms { access_seconds: hours * HOUR, ..scene.terms(0) };
        let set = |hours| scene.chain.set_terms(&scene.provider, first, terms(hours)).unwrap();
        set(hours);
        scene.list(hours as u8);
        scene.node().mine(8);
        steps(&mut writer, &scene.chain);
        set(hours + 1);
        let (grant, _) = scene.buy(first, 1, terms(hours + 1));
        steps(&mut writer, &scene.chain);
        assert!(index.grant(grant).unwrap().is_some());

        let before = index.position().unwrap().unwrap();
        scene.node().reorg(depth);
        let happened = steps(&mut writer, &scene.chain);
        let (from, to) = match &happened[0] {
            Step::Reorg { from, to } => (*from, *to),
            other => panic!("{other:?}"),
        };
        assert_eq!(from, before.id());
        assert_eq!(to.number, before.block - depth);
        assert!(matches!(happened[1], Step::Blocks { .. }), "{happened:?}");
        assert!(index.grant(grant).unwrap().is_none());
        assert_as_if_followed_now(&scene, &index, &format!("after {depth}"));

        // The same number is given again.
        let now = index.dataset(first).unwrap().unwrap().terms;
        assert_eq!(scene.buy(first, 1, now).0, grant);
        steps(&mut writer, &scene.chain);
        assert!(index.grant(grant).unwrap().is_some());
        assert_as_if_followed_now(&scene, &index, &format!("then {depth}"));
    }
    assert_eq!(count(index.path(), "SELECT count(*) FROM reorg_log WHERE cause = 'reorg'"), 3);
}

#[test]
fn a_lower_head_is_lag_until_the_chain_is_another() {
    let scene = Scene::new();
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    scene.list(1);
    scene.node().mine(5);
    scene.list(2);
    steps(&mut writer, &scene.chain);
    let at = index.position().unwrap().unwrap();
    let rows = dump(index.path());

    scene.node().shorten(4);
    let lag = writer.step(&scene.chain, &no_stores()).unwrap();
    assert_eq!(lag, Step::Lag { head: at.block - 4 });
    assert_eq!(dump(index.path()), rows);

    scene.list(3);
    match writer.step(&scene.chain, &no_stores()).unwrap() {
        Step::Reorg { from, to } => {
            assert_eq!((from, to.number), (at.id(), at.block - 4));
        }
        other => panic!("{other:?}"),
    }
    steps(&mut writer, &scene.chain);
    assert_eq!(index.datasets().unwrap().len(), 2);
    assert_as_if_followed_now(&scene, &index, "fresh");
}

#[test]
fn a_reorg_in_the_middle_of_a_batch_is_fetched_again() {
    let scene = Scene::new();
    for seed in 1..=3 {
        scene.list(seed);
        scene.node().mine(20);
    }
    let (node, done) = (scene.anvil.node(), Arc::new(AtomicBool::new(false)));
    // After the backfill's logs were read, the blocks that it ends with are replaced.
    let proxy = Proxy::start(&scene.anvil.url, move |request, answer| {
        if request["method"] == "eth_getLogs" && !done.swap(true, Ordering::SeqCst) {
            node.reorg(45);
        }
        Answer::Json(answer)
    });
    let chain = proxy.chain(&scene);
    let index = scene.index("index");
    let position = catch_up(&index, &chain);
    let head = scene.node().head().unwrap();
    assert_eq!(position.id(), BlockId { number: head.number, hash: head.hash });
    assert_eq!(index.datasets().unwrap().len(), 1);
    assert_as_if_followed_now(&scene, &index, "fresh");
    assert_eq!(count(index.path(), "SELECT count(*) FROM reorg_log"), 0);
}

#[test]
fn a_reorg_between_two_batches_of_a_backfill_is_rolled_back() {
    // After the first batch the next one was fetched early; the second ends the backfill, 16 blocks
    // below the head.
    for batches in [1, 2] {
        let scene = Scene::new();
        for seed in 1..=3 {
            scene.list(seed);
            scene.node().mine(20);
        }
        let index = scene.index("index");
        let mut writer = index.writer().unwrap();
        for _ in 0..batches {
            let step = writer.step(&scene.chain, &no_stores()).unwrap();
            assert!(matches!(step, Step::Blocks { .. }), "{step:?}");
        }
        let at = index.position().unwrap().unwrap();
        let end = scene.node().head().unwrap().number - 16;
        assert_eq!(at.block == end, batches == 2, "block {} after {batches}", at.block);
        scene.node().reorg(45);
        let step = writer.step(&scene.chain, &no_stores()).unwrap();
        assert!(matches!(step, Step::Reorg { from, .. } if from == at.id()), "{step:?}");
        steps(&mut writer, &scene.chain);
        assert_as_if_followed_now(&scene, &index, "fresh");
    }
}

#[test]
fn a_client_of_another_network_is_refused() {
    let (scene, other) = (Scene::new(), Scene::other());
    let index = scene.index("index");
    let refused = index.writer().unwrap().step(&other.chain, &no_stores());
    assert!(matches!(refused, Err(IndexError::OtherChain { .. })), "{refused:?}");
}
