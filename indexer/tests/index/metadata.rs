//! Manifests: missing, there, malformed, at odds with the chain; and gone with their version.

use crate::dump::dump;
use crate::scene::{Scene, no_stores};
use alloy_primitives::{B256, U256};
use indexer::{Index, Metadata, Root, SameRoot};
use ledger::chain::Event;
use ledger::dataset::Version;
use ledger::manifest::{File, PanelDescription};
use ledger::market::Terms;
use ledger::statement::ReleaseRule;
use ledger::{Cid, Codec, Manifest};
use std::time::Duration;
use store::{BlockStore as _, Directory, Stores};
use tests::anvil::Development as _;

pub(crate) fn manifest(title: &str, description: &str, seed: u8) -> Manifest {
    let file = |size| File { cid: Cid::new(Codec::Raw, B256::repeat_byte(seed)), size };
    Manifest {
        title: title.to_owned(),
        description: description.to_owned(),
        format: "vcf".to_owned(),
        build: "GRCh38".to_owned(),
        size: 1000,
        body: file(1028),
        content_root: B256::repeat_byte(seed),
        key_commit: B256::with_last_byte(seed + 1),
        panel: PanelDescription {
            samples: 2504,
            columns: 16,
            depth: 1,
            data_root: B256::with_last_byte(seed),
            leaves: file(512),
            leaves_sha256: B256::repeat_byte(seed),
            refused: vec![("half call".to_owned(), 3)],
            refused_list: file(40),
        },
        xwing: Box::new([7; 1216]),
        rule: ReleaseRule { min_samples: 0, min_count: 0 },
    }
}

/// The version that a manifest is of.
pub(crate) fn version_of(manifest: &Manifest) -> Version {
    Version {
        manifest: manifest.cid().digest(),
        data_root: manifest.panel.data_root,
        key_commit: manifest.key_commit,
        samples: manifest.panel.samples,
        columns: manifest.panel.columns,
    }
}

pub(crate) fn list(scene: &Scene, version: Version) -> U256 {
    let done = scene.chain.list(&scene.provider, version, scene.terms(0)).unwrap();
    match done.events[..] {
        [_, Event::Listed { dataset, .. }] => dataset,
        ref other => panic!("{other:?}"),
    }
}

pub(crate) fn put(scene: &Scene, manifest: &Manifest) {
    let store = Directory::create(scene.folder("store")).unwrap();
    store.put(manifest.cid(), &manifest.encode()).unwrap();
}

pub(crate) fn stores(scene: &Scene) -> Stores {
    Stores::new(vec![Box::new(Directory::create(scene.folder("store")).unwrap())])
}

fn catch_up(scene: &Scene, index: &Index, stores: &Stores) {
    index.writer().unwrap().catch_up(&scene.chain, stores, |_| {}).unwrap();
}

fn metadata(index: &Index, dataset: U256, number: u64) -> Metadata {
    index.version(dataset, number).unwrap().unwrap().metadata
}

#[test]
fn manifests_come_late_and_are_held_against_the_chain() {
    let scene = Scene::new();
    let index = scene.index("index");
    let good = manifest("Colon cohort", "", 1);
    let dataset = list(&scene, version_of(&good));
    assert_eq!(metadata_after(&scene, &index, dataset, &no_stores()), missing(1, "no place"));
    let stores = stores(&scene);
    assert_eq!(metadata_after(&scene, &index, dataset, &stores), missing(2, "does not have it"));
    put(&scene, &good);
    assert_eq!(
        metadata_after(&scene, &index, dataset, &stores),
        Metadata::There(Box::new(good.clone()))
    );

    // A block that is no manifest, and a manifest that says something else than the chain.
    let store = Directory::create(scene.folder("store")).unwrap();
    let garbage = Cid::of(Codec::DagCbor, b"\xa0");
    store.put(garbage, b"\xa0").unwrap();
    let malformed = list(&scene, Version { manifest: garbage.digest(), ..version_of(&good) });
    let other = list(&scene, Version { samples: 9, ..version_of(&good) });
    catch_up(&scene, &index, &stores);
    assert!(matches!(metadata(&index, malformed, 1), Metadata::Quarantined(_)));
    assert_eq!(
        metadata(&index, other, 1),
        Metadata::Quarantined("samples: the manifest says 2504, the chain 9".to_owned())
    );
    assert_eq!(index.search("cohort", 9).unwrap().len(), 1);
    let same = |dataset, root| SameRoot { dataset, number: 1, root };
    let before = [same(dataset, Root::Data), same(malformed, Root::Data)];
    assert_eq!(index.same_roots(other).unwrap(), before);
    assert_eq!(index.same_roots(dataset).unwrap(), []);

    // The same body under another panel; the flag needs both manifests.
    let mut copied = manifest("Copied", "", 2);
    copied.content_root = good.content_root;
    put(&scene, &copied);
    let copied = list(&scene, version_of(&copied));
    scene.follow(&index);
    assert_eq!(index.same_roots(copied).unwrap(), []);
    catch_up(&scene, &index, &stores);
    assert_eq!(index.same_roots(copied).unwrap(), [same(dataset, Root::Content)]);
}

fn metadata_after(scene: &Scene, index: &Index, dataset: U256, stores: &Stores) -> Metadata {
    catch_up(scene, index, stores);
    match metadata(index, dataset, 1) {
        Metadata::Missing { tries, why: Some(why) } => {
            let known = ["no place", "does not have it"];
            let why = known.into_iter().find(|part| why.contains(part)).map(str::to_owned);
            Metadata::Missing { tries, why }
        }
        other => other,
    }
}

fn missing(tries: u64, why: &str) -> Metadata {
    Metadata::Missing { tries, why: Some(why.to_owned()) }
}

#[test]
fn one_writer_rests_between_two_tries() {
    let scene = Scene::new();
    let index = scene.index("index");
    let late = manifest("Late", "", 1);
    let dataset = list(&scene, version_of(&late));
    let stores = stores(&scene);
    let mut writer = index.writer().unwrap();
    let mut step = || writer.step(&scene.chain, &stores).unwrap();
    while step() != indexer::Step::Idle {}
    step();
    assert!(matches!(metadata(&index, dataset, 1), Metadata::Missing { tries: 1, .. }));
    put(&scene, &late);
    std::thread::sleep(Duration::from_millis(1100));
    step();
    assert_eq!(metadata(&index, dataset, 1).manifest(), Some(&late));
}

#[test]
fn a_reorg_takes_manifests_along() {
    let scene = Scene::new();
    let index = scene.index("index");
    let stores = stores(&scene);
    let (first, second) = (manifest("Old title", "", 1), manifest("New title", "", 2));
    for manifest in [&first, &second] {
        put(&scene, manifest);
    }
    let dataset = list(&scene, version_of(&first));
    scene.chain.new_version(&scene.provider, dataset, version_of(&second)).unwrap();
    scene.chain.set_terms(&scene.provider, dataset, Terms { ..scene.terms(5) }).unwrap();
    catch_up(&scene, &index, &stores);
    let found = |words: &str| {
        let found = index.search(words, 9).unwrap();
        found.iter().map(|dataset| dataset.latest.number).collect::<Vec<_>>()
    };
    assert_eq!((found("old"), found("new"), found("title")), (vec![], vec![2], vec![2]));

    scene.node().reorg(2);
    catch_up(&scene, &index, &stores);
    assert_eq!((found("old"), found("new"), found("title")), (vec![1], vec![], vec![1]));
    scene.chain.new_version(&scene.provider, dataset, version_of(&second)).unwrap();
    catch_up(&scene, &index, &stores);
    assert_eq!((found("old"), found("new"), found("title")), (vec![], vec![2], vec![2]));
    let fresh = scene.index("fresh");
    catch_up(&scene, &fresh, &stores);
    assert_eq!(dump(index.path()), dump(fresh.path()));
}
