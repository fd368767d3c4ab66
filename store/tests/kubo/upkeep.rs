//! Pins, repair from another place, and transfers that go on where they stopped.

use crate::{Lcg, client, folder, node, raw};
use ledger::content::{Cid, Codec};
use std::io::Read as _;
use store::several::Outcome;
use store::upkeep::Tended;
use store::{
    BlockStore, Directory, FileCid, Kubo, StoreError, Stores, Upkeep, open_file, write_file,
};
use tests::kubo::proxy::{Fault, Proxy};

fn file(stores: &dyn BlockStore) -> FileCid {
    write_file(stores, Lcg(1).take(5 << 20), |_| ()).unwrap()
}

fn leaf(number: usize) -> (Cid, Vec<u8>) {
    let mut bytes = Vec::new();
    Lcg(1).take(5 << 20).read_to_end(&mut bytes).unwrap();
    let leaf = bytes[number << 20..(number + 1) << 20].to_vec();
    (raw(&leaf), leaf)
}

/// Everything that was not in order.
fn tend(stores: &Stores, roots: &[Cid]) -> Vec<Tended> {
    let mut walk = Upkeep::of(roots.iter().copied());
    let all = std::iter::from_fn(|| walk.step(stores));
    all.filter(|tended| !tended.repaired.is_empty() || tended.failed.is_some()).collect()
}

#[test]
fn a_pin_outlives_the_cleaning() {
    let (_home, node) = node();
    let place = client(&node);
    let root = file(&*place).cid;
    let single = Cid::of(Codec::DagCbor, &[0xa0]);
    place.put(single, &[0xa0]).unwrap();
    let loose = raw(b"loose");
    place.put(loose, b"loose").unwrap();
    for cid in [root, single] {
        assert!(!place.pinned(cid).unwrap());
        place.pin(cid).unwrap();
        place.pin(cid).unwrap();
        assert!(place.pinned(cid).unwrap());
    }
    node.ipfs(["repo", "gc", "--quiet"]);
    assert!(place.has(root).unwrap() && place.has(leaf(4).0).unwrap());
    assert!(place.has(single).unwrap());
    assert!(!place.has(loose).unwrap());
}

#[test]
fn a_file_with_a_hole_is_not_pinned() {
    let (_home, node) = node();
    let place = client(&node);
    let root = file(&*place).cid;
    node.ipfs(["block", "rm", &leaf(2).0.to_string()]);
    let error = place.pin(root).unwrap_err();
    let StoreError::Kubo { cid, source, .. } = error else { panic!("{error:?}") };
    assert_eq!(cid, root);
    assert!(source.to_string().contains(&leaf(2).0.to_string()), "{source}");
    assert!(!place.pinned(root).unwrap());
}

#[test]
fn what_a_node_lost_comes_back_from_the_folder() {
    let (home, node) = node();
    let stores = Stores::new(vec![client(&node), folder(home.path())]);
    let root = file(&stores).cid;
    stores.pin(root).unwrap();
    assert!(tend(&stores, &[root]).is_empty());

    node.ipfs(["pin", "rm", &root.to_string()]);
    node.ipfs(["block", "rm", &leaf(1).0.to_string()]);
    std::fs::write(node.file(leaf(3).0), b"rot").unwrap();
    let mut tended = tend(&stores, &[root]);
    tended.sort_by_key(|one| [root, leaf(1).0, leaf(3).0].iter().position(|cid| *cid == one.cid));
    let [pin, lost, rotten] = &tended[..] else { panic!("{tended:?}") };
    let done = |one: &Tended| {
        assert!(one.failed.is_none(), "{one:?}");
        assert_eq!(one.repaired[0].store, node.place());
        (one.cid, one.repaired[0].outcome.clone())
    };
    assert_eq!(done(pin), (root, Outcome::Missing));
    assert_eq!(done(lost), (leaf(1).0, Outcome::Missing));
    assert_eq!(done(rotten), (leaf(3).0, Outcome::Corrupt));
    assert!(std::fs::read(node.file(leaf(3).0)).unwrap() == leaf(3).1);
    assert!(tend(&stores, &[root]).is_empty());
}

#[test]
fn what_rotted_under_pins_is_replaced_and_they_stay() {
    let (_home, node) = node();
    let place = client(&node);
    let root = file(&*place).cid;
    let (cid, bytes) = leaf(3);
    node.ipfs(["pin", "add", "--name", "genomes", &root.to_string()]);
    node.ipfs(["pin", "add", "--recursive=false", &cid.to_string()]);
    std::fs::write(node.file(cid), b"rot").unwrap();
    assert!(matches!(place.get(cid).unwrap_err(), StoreError::Corrupt { .. }));
    place.put(cid, &bytes).unwrap();
    assert!(std::fs::read(node.file(cid)).unwrap() == bytes);
    let pins = node.ipfs(["pin", "ls", "--names", "--type=recursive", &root.to_string()]);
    assert_eq!(pins, format!("{root} recursive genomes"));
    let pins = node.ipfs(["pin", "ls", "--type=direct", &cid.to_string()]);
    assert_eq!(pins, format!("{cid} direct"));
}

#[test]
fn a_pin_is_set_again_though_the_put_fails() {
    let (_home, node) = node();
    let proxy = Proxy::start(&node.url);
    let place = Kubo::at(&proxy.url).unwrap();
    let root = file(&place).cid;
    place.pin(root).unwrap();
    let (cid, bytes) = leaf(0);
    std::fs::write(node.file(cid), b"rot").unwrap();
    proxy.fault("block/rm", Fault::Status(404), 1);
    place.put(cid, &bytes).unwrap_err();
    assert!(place.pinned(root).unwrap(), "nothing was lifted");
    proxy.fault("block/put", Fault::Says("no space left on device"), 1);
    let error = place.put(cid, &bytes).unwrap_err();
    let StoreError::Kubo { source, .. } = error else { panic!("{error:?}") };
    assert!(matches!(source, store::kubo::KuboError::Full), "{source}");
    place.put(cid, &bytes).unwrap();
    place.pin(root).unwrap();
    assert!(tend(&Stores::new(vec![client(&node)]), &[root]).is_empty());
}

#[test]
fn what_all_lost_is_told_and_the_rest_looked_at() {
    let (_home, node) = node();
    let stores = Stores::new(vec![client(&node)]);
    let root = file(&stores).cid;
    node.ipfs(["block", "rm", &leaf(1).0.to_string()]);
    let tended = tend(&stores, &[root]);
    let [lost, pin] = &tended[..] else { panic!("{tended:?}") };
    assert_eq!((lost.cid, pin.cid), (leaf(1).0, root));
    assert!(matches!(lost.failed, Some(StoreError::Missing { .. })), "{lost:?}");
    assert!(matches!(pin.failed, Some(StoreError::NotEverywhere { .. })), "{pin:?}");
}

#[test]
fn a_node_that_is_away_ends_the_walk() {
    let (home, node) = node();
    let stores = Stores::new(vec![client(&node), folder(home.path())]);
    let root = file(&stores).cid;
    drop(node);
    let tended = tend(&stores, &[root]);
    let [one] = &tended[..] else { panic!("{tended:?}") };
    assert!(matches!(one.failed, Some(StoreError::NotEverywhere { .. })), "{one:?}");
}

#[test]
fn storing_goes_on_where_it_stopped() {
    let (_home, node) = node();
    let proxy = Proxy::start(&node.url);
    let place = Kubo::at(&proxy.url).unwrap();
    write_file(&place, Lcg(1).take(3 << 20).chain(Broken), |_| ()).unwrap_err();
    let before = proxy.asked("block/put");
    assert!(before >= 2, "{before}");
    file(&place);
    assert_eq!(before + proxy.asked("block/put"), 6, "5 leaves and a node, none twice");
    file(&place);
    assert_eq!(proxy.asked("block/put"), 0);
}

struct Broken;

impl std::io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("cable"))
    }
}

#[test]
fn fetching_goes_on_where_it_stopped() {
    let (home, node) = node();
    let root = file(&*client(&node)).cid;
    let proxy = Proxy::start(&node.url);
    let near = home.path().join("near");
    let stores = || {
        let far = Stores::new(vec![Box::new(Kubo::at(&proxy.url).unwrap())]);
        far.keeping_near(Directory::create(&near).unwrap())
    };
    let first = stores();
    let mut opened = open_file(&first, root).unwrap();
    opened.read_exact(&mut vec![0; 2 << 20]).unwrap();
    proxy.fault("block/get", Fault::Status(404), usize::MAX);
    opened.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(proxy.asked("block/get"), 1 + 2 + 1);

    // What rotted meanwhile is fetched again.
    let (second, digest) = (leaf(1).0, leaf(1).0.digest());
    std::fs::write(near.join(format!("{:02x}/{second}", digest[0])), b"rot").unwrap();
    proxy.heal();
    let (again, mut read) = (stores(), Vec::new());
    open_file(&again, root).unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(proxy.asked("block/get"), 1 + 3, "the rotten one and those not fetched yet");
    let mut expected = Vec::new();
    Lcg(1).take(5 << 20).read_to_end(&mut expected).unwrap();
    assert!(read == expected);
}
