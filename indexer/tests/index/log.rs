//! Logs and anchors on the real chain.

use crate::scene::{Scene, moment};
use alloy_primitives::B256;
use indexer::LogRow;
use ledger::chain::{Anchoring, Event, PrivateKeySigner};
use ledger::merkle;

fn open_log(scene: &Scene, by: &PrivateKeySigner, origin: &str) -> LogRow {
    let key = B256::repeat_byte(0xab);
    let done = scene.chain.open_log(by, origin, key).unwrap();
    match &done.events[..] {
        [Event::Opened { log, owner, .. }] => LogRow {
            log: *log,
            owner: *owner,
            origin: origin.to_owned(),
            key,
            opened: moment(scene, &done.included),
            head: None,
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn logs_and_anchors_are_listed() {
    let scene = Scene::new();
    let index = scene.index("index");
    let one = open_log(&scene, &scene.provider, "one.example");
    let two = open_log(&scene, &scene.provider, "two.example");
    let three = open_log(&scene, &scene.reader, "one.example");
    let leaves: Vec<_> = (0..5).map(|n| merkle::leaf_hash(&[n])).collect();
    let anchor = |old: usize, size: usize| {
        let proof =
            if old == 0 { Vec::new() } else { merkle::consistency_proof(&leaves[..size], old) };
        let root = merkle::root(&leaves[..size]);
        let sizes = (old as u64, size as u64);
        let entries = B256::repeat_byte(size as u8);
        let by = &scene.provider;
        let done = scene
            .chain
            .anchor(
                by,
                &Anchoring { log: one.log, old_size: sizes.0, size: sizes.1, root, entries, proof },
            )
            .unwrap();
        indexer::Anchor {
            log: one.log,
            old_size: sizes.0,
            size: sizes.1,
            root,
            entries,
            at: moment(&scene, &done.included),
        }
    };
    let anchors = [anchor(0, 3), anchor(3, 5)];
    // The first anchor of a log may claim any size.
    let all = Anchoring {
        log: two.log,
        old_size: 0,
        size: u64::MAX,
        root: B256::ZERO,
        entries: B256::repeat_byte(0xee),
        proof: Vec::new(),
    };
    scene.chain.anchor(&scene.provider, &all).unwrap();
    scene.follow(&index);
    assert_eq!(index.anchors(one.log).unwrap(), anchors);
    assert_eq!(index.anchors(three.log).unwrap(), []);
    let one = LogRow { head: Some(anchors[1]), ..one };
    assert_eq!(index.log_of_id(one.log).unwrap(), Some(one.clone()));
    assert_eq!(index.logs_of(scene.reader.address()).unwrap(), std::slice::from_ref(&three));
    let logs = index.logs().unwrap();
    assert_eq!((&logs[0], &logs[2], logs.len()), (&one, &three, 3));
    assert_eq!(logs[1].head.unwrap().size, u64::MAX);
    assert_eq!(index.logs_of(scene.provider.address()).unwrap(), logs[..2]);
}
