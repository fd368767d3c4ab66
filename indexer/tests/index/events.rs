//! What a step tells, and that the stored events replay to what the contracts commit to.

use crate::dump::{count, dump, replay};
use crate::scene::{Scene, no_stores};
use indexer::Step;
use ledger::chain::{At, Event};
use tests::anvil::Development as _;

#[test]
fn a_step_tells_what_happened_and_events_replay_to_the_accumulators() {
    let scene = Scene::new();
    let dataset = scene.list(1);
    let index = scene.index("index");
    scene.follow(&index);
    let (number, _) = scene.buy(dataset, 1, scene.terms(0));
    let mut writer = index.writer().unwrap();
    match writer.step(&scene.chain, &no_stores()).unwrap() {
        Step::Blocks { position, events } => {
            assert_eq!(position, index.position().unwrap().unwrap());
            let bought =
                |event: &Event| matches!(event, Event::Bought { grant, .. } if *grant == number);
            // Mint, lock, purchase: the others change no row.
            assert_eq!(events.len(), 3);
            assert!(bought(&events[2].event), "{events:?}");
            assert!(events.iter().all(|noted| noted.block == position.block));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(writer.step(&scene.chain, &no_stores()).unwrap(), Step::Idle);

    let head = index.position().unwrap().unwrap();
    for (contract, acc) in index.accumulators().unwrap() {
        assert_eq!(acc, scene.chain.acc(contract, At::Hash(head.hash)).unwrap());
    }
    let replayed = replay(index.path(), scene.network(), "after a step");
    assert_eq!(replayed, Some(head.block.cast_signed()));
    assert!(count(index.path(), "SELECT count(*) FROM events") > 10);
}

#[test]
fn a_batch_may_end_before_a_contract_is_there() {
    let scene = Scene::new();
    let deployed = scene.node().head().unwrap().number;
    scene.list(1);
    // The backfill ends 16 blocks below the head: in the middle of the deployment.
    scene.node().mine(12);
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    match writer.step(&scene.chain, &no_stores()).unwrap() {
        Step::Blocks { position, .. } => assert!((1..deployed - 1).contains(&position.block)),
        other => panic!("{other:?}"),
    }
    while writer.step(&scene.chain, &no_stores()).unwrap() != Step::Idle {}
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()));
    assert_eq!(index.datasets().unwrap().len(), 1);
}
