//! Listings on the real chain, and their history.

use crate::scene::{Scene, moment, version};
use alloy_primitives::U256;
use ledger::chain::Event;
use ledger::market::{SaleStatus, Terms};

#[test]
fn listings_keep_their_history() {
    let scene = Scene::new();
    let index = scene.index("index");
    let (provider, reader) = (scene.provider.address(), scene.reader.address());
    let listed = scene.chain.list(&scene.provider, version(1), scene.terms(7)).unwrap();
    let dataset = U256::from(1);
    let added = scene.chain.new_version(&scene.provider, dataset, version(2)).unwrap();
    let dear = Terms { price: u128::MAX >> 32, ..scene.terms(0) };
    let set = scene.chain.set_terms(&scene.provider, dataset, dear).unwrap();
    scene.chain.set_status(&scene.provider, dataset, SaleStatus::Paused).unwrap();
    let moved = scene.transfer(dataset, reader);
    let position = scene.follow(&index);

    let row = index.dataset(dataset).unwrap().unwrap();
    assert_eq!((row.owner, row.status, row.terms), (reader, SaleStatus::Paused, dear));
    assert_eq!(row.listed, moment(&scene, &listed.included));
    assert_eq!((row.latest.number, row.latest.version), (2, version(2)));
    assert_eq!(row.latest.added, moment(&scene, &added.included));
    assert_eq!(index.datasets().unwrap(), std::slice::from_ref(&row));
    let versions = index.versions(dataset).unwrap();
    assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [version(1), version(2)]);
    assert_eq!(index.version(dataset, 2).unwrap(), Some(row.latest));
    assert_eq!(index.version(dataset, 3).unwrap(), None);
    assert_eq!(index.dataset(U256::from(2)).unwrap(), None);

    let owners = index.owners(dataset).unwrap();
    assert_eq!(owners.iter().map(|span| span.owner).collect::<Vec<_>>(), [provider, reader]);
    assert_eq!((owners[0].from, owners[0].to), (listed.included.block, Some(moved.block)));
    assert_eq!((owners[1].from, owners[1].to), (moved.block, None));
    for (block, owner) in [
        (listed.included.block - 1, None),
        (listed.included.block, Some(provider)),
        (moved.block - 1, Some(provider)),
        (moved.block, Some(reader)),
        (position.block + 9, Some(reader)),
    ] {
        assert_eq!(index.owner_at(dataset, block).unwrap(), owner, "{block}");
    }
    let terms = index.terms(dataset).unwrap();
    let spans: Vec<_> = terms.iter().map(|span| (span.terms, span.from, span.to)).collect();
    let (first, second) = (listed.included.block, set.included.block);
    assert_eq!(spans, [(scene.terms(7), first, Some(second)), (dear, second, None)]);
    // A version that names the same panel later.
    let copy = scene.chain.list(&scene.provider, version(1), scene.terms(0)).unwrap();
    assert!(matches!(copy.events[1], Event::Listed { dataset, .. } if dataset == U256::from(2)));
    scene.follow(&index);
    assert_eq!(index.same_roots(U256::from(2)).unwrap().len(), 1);
    assert_eq!(index.same_roots(dataset).unwrap(), []);
}
