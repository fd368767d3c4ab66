//! Going back behind a finalized block stops following. The local node calls final what lies 64
//! blocks behind its head.

use crate::dump::{count, dump};
use crate::scene::{Scene, no_stores};
use indexer::{IndexError, Level};
use ledger::network::Finality;
use tests::anvil::Development as _;

#[test]
fn a_replaced_finalized_block_stops_following() {
    let scene = Scene::new();
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    scene.list(1);
    let at = writer.catch_up(&scene.chain, &no_stores(), |_| {}).unwrap();
    // The local node calls its first block final from the beginning.
    assert_eq!((at.safe, at.finalized, at.level()), (Some(0), Some(0), Level::Head));
    assert!(at.counts(at.block, Finality::Head) && !at.counts(at.block, Finality::Finalized));

    scene.node().mine(100);
    let at = writer.catch_up(&scene.chain, &no_stores(), |_| {}).unwrap();
    let finalized = at.block - 64;
    assert_eq!((at.safe, at.finalized), (Some(at.block - 32), Some(finalized)));
    assert!(at.counts(finalized, Finality::Finalized));
    assert!(!at.counts(finalized + 1, Finality::Finalized));
    assert_eq!(count(index.path(), "SELECT min(number) FROM blocks"), finalized.cast_signed());

    // Up to the finalized block is deep, but no violation.
    scene.node().reorg(64);
    let next = writer.catch_up(&scene.chain, &no_stores(), |_| {}).unwrap();
    assert_eq!((next.block, next.safe, next.finalized), (at.block, at.safe, Some(finalized)));
    assert_ne!(next.hash, at.hash);

    scene.node().mine(1);
    let at = writer.catch_up(&scene.chain, &no_stores(), |_| {}).unwrap();
    let rows = dump(index.path());
    scene.node().reorg(70);
    for _ in 0..2 {
        let error = writer.step(&scene.chain, &no_stores()).unwrap_err();
        let violated = matches!(error, IndexError::FinalityViolated { block } if block.number == finalized + 1);
        assert!(violated && error.is_no(), "{error:?}");
    }
    assert_eq!((dump(index.path()), index.position().unwrap()), (rows, Some(at)));
}
