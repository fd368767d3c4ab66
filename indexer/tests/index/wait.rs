//! Commands beside a process that follows.

use crate::crash::follower;
use crate::scene::{Scene, no_stores};
use indexer::IndexError;
use std::time::{Duration, Instant};
use tests::anvil::Development as _;

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_reader_waits_for_what_is_on_the_chain_now() {
    let scene = Scene::new();
    let index = scene.index("index");
    let first = scene.list(1);
    let _follower = follower(&scene, "index", &scene.anvil.url);
    let position = index.wait_for(&scene.chain, PATIENCE).unwrap();
    assert!(index.dataset(first).unwrap().is_some());
    assert_eq!(position, index.position().unwrap().unwrap());
    assert!(index.try_writer().unwrap().is_none());

    let begun = Instant::now();
    let second = scene.list(2);
    let listed = begun.elapsed();
    index.current(&scene.chain, &no_stores(), PATIENCE, |_| {}).unwrap();
    assert!(index.dataset(second).unwrap().is_some());
    eprintln!("listed after {listed:?}, readable after {:?}", begun.elapsed());

    // The head as of the call counts by hash too.
    scene.node().reorg(1);
    let head = scene.node().head().unwrap();
    let position = index.wait_for(&scene.chain, PATIENCE).unwrap();
    assert_eq!((position.block, position.hash), (head.number, head.hash));
    assert!(index.dataset(second).unwrap().is_none());
}

#[test]
fn a_reader_says_what_it_waited_for_and_another_writer_is_refused() {
    let scene = Scene::new();
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    let at = writer.catch_up(&scene.chain, &no_stores(), |_| {}).unwrap();
    scene.node().mine(1);
    let head = scene.node().head().unwrap();

    let error = index.wait_for(&scene.chain, Duration::from_millis(200)).unwrap_err();
    assert!(!error.is_no());
    let text = error.to_string();
    assert!(matches!(error, IndexError::Behind { at: Some(n), .. } if n == at.block), "{text}");
    for part in [format!("block {} {}", head.number, head.hash), format!("at block {}", at.block)] {
        assert!(text.contains(&part), "{text}");
    }
    let short = Duration::from_millis(300);
    let error = index.current(&scene.chain, &no_stores(), short, |_| {}).unwrap_err();
    assert!(matches!(error, IndexError::Behind { waited, .. } if waited == short), "{error}");

    assert!(scene.index("index").try_writer().unwrap().is_none());
    let error = scene.index("index").writer().err();
    assert!(matches!(error, Some(IndexError::AnotherWriter { .. })), "{error:?}");
    drop(writer);
    let position = index.current(&scene.chain, &no_stores(), short, |_| {}).unwrap();
    assert_eq!(position.hash, head.hash);
}

#[test]
fn what_is_read_stays_as_it_was_until_it_is_brought_up_again() {
    let scene = Scene::new();
    let index = scene.index("index");
    let current = || {
        let wait = Duration::from_secs(5);
        index.current(&scene.chain, &no_stores(), wait, |_| {}).unwrap()
    };
    scene.list(1);
    let before = current();
    let accumulators = index.accumulators().unwrap();
    scene.list(2);
    scene.follow(&scene.index("index"));
    assert_eq!(index.datasets().unwrap().len(), 1);
    assert_eq!(index.position().unwrap(), Some(before));
    assert_eq!(index.accumulators().unwrap(), accumulators);

    assert!(current().block > before.block);
    assert_eq!(index.datasets().unwrap().len(), 2);
}
