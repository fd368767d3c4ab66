//! The whole market on the real chain: what the contracts did is what the rows say.

use crate::anvil::Development as _;
use crate::dump::{count, dump};
use crate::scene::{HOUR, Scene, order_in, purchase, version};
use alloy_primitives::{Address, B256, U256};
use indexer::{Grant, Index, LogRow, Moment, Revocations, Step};
use ledger::accumulator;
use ledger::chain::{Anchoring, At, Done, Event, Included, PrivateKeySigner};
use ledger::market::{GrantStatus, Order, SaleStatus, Terms};
use ledger::merkle;
use serde_json::json;

const PRICE: u128 = 1_000_000;

fn moment(scene: &Scene, included: &Included) -> Moment {
    let block = scene.node().block(At::Number(included.block)).unwrap().unwrap();
    Moment { block: block.number, time: block.time, transaction: included.transaction }
}

#[test]
fn listings_keep_their_history() {
    let scene = Scene::new();
    let index = scene.index("index");
    let (provider, reader) = (scene.provider.address(), scene.reader.address());
    let listed = scene.chain.list(&scene.provider, version(1), scene.terms(PRICE)).unwrap();
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
    assert_eq!(spans, [(scene.terms(PRICE), first, Some(second)), (dear, second, None)]);
    // A version that names the same panel later.
    let copy = scene.chain.list(&scene.provider, version(1), scene.terms(0)).unwrap();
    assert!(matches!(copy.events[1], Event::Listed { dataset, .. } if dataset == U256::from(2)));
    scene.follow(&index);
    assert_eq!(index.same_roots(U256::from(2)).unwrap().len(), 1);
    assert_eq!(index.same_roots(dataset).unwrap(), []);
}

/// A scene in which the reader can pay and dataset 1 costs [`PRICE`].
fn shop() -> Scene {
    let scene = Scene::new();
    let token = scene.network().tokens[0].address;
    let much = U256::from(100 * PRICE);
    let by = &scene.provider;
    scene.chain.mint_test_token(by, token, scene.reader.address(), much).unwrap();
    scene.chain.list(by, version(1), scene.terms(PRICE)).unwrap();
    scene
}

fn buy(scene: &Scene) -> (U256, Order, Done) {
    let token = scene.network().tokens[0].address;
    let price = U256::from(PRICE);
    let permit = scene.chain.permit(&scene.reader, token, price, u64::MAX).unwrap();
    let purchase = purchase(U256::from(1), 1, scene.terms(PRICE));
    let done = scene.chain.buy(&scene.reader, &purchase, permit).unwrap();
    let (grant, order) = order_in(&done);
    (grant, order, done)
}

const ENVELOPE: B256 = B256::repeat_byte(0xee);

fn grant(index: &Index, number: U256) -> Grant {
    index.grant(number).unwrap().unwrap()
}

fn numbers(grants: &[Grant]) -> Vec<u64> {
    grants.iter().map(|grant| grant.grant.to()).collect()
}

#[test]
fn grants_go_through_their_phases() {
    let scene = shop();
    let index = scene.index("index");
    let (provider, reader) = (scene.provider.address(), scene.reader.address());
    let by = &scene.provider;

    // 1 is paid for, 2 declined, 3 withdrawn before delivery, 4 withdrawn after it, 5 never
    // delivered, 6 paid for and then revoked.
    let bought: Vec<_> = (0..6).map(|_| buy(&scene)).collect();
    let order = |n: usize| (bought[n - 1].0, bought[n - 1].1);
    let at = scene.follow(&index);
    assert_eq!(numbers(&index.open_orders(provider).unwrap()), [1, 2, 3, 4, 5, 6]);
    assert_eq!(numbers(&index.grants_of(reader).unwrap()), [1, 2, 3, 4, 5, 6]);
    let (number, placed, done) = &bought[0];
    let first = grant(&index, *number);
    assert_eq!((first.buyer, first.order, first.status), (reader, *placed, GrantStatus::Paid));
    assert_eq!(first.bought, moment(&scene, &done.included));
    assert_eq!(first.deliver_by, first.bought.time + u64::from(HOUR));
    assert_eq!((first.delivered, first.settled, first.ended), (None, None, None));
    assert_eq!(index.refundable(reader, at.time).unwrap(), []);
    assert_eq!(index.refundable(reader, first.deliver_by).unwrap(), []);
    // Others may have been bought in the same second.
    let refundable = index.refundable(reader, first.deliver_by + 1).unwrap();
    assert_eq!(refundable[0], first);
    assert!(refundable.iter().all(|grant| grant.deliver_by == first.deliver_by));

    let delivered = scene.chain.deliver(by, order(1).0, order(1).1, ENVELOPE).unwrap();
    let declined = scene.chain.decline(by, order(2).0, order(2).1).unwrap();
    scene.chain.revoke(by, order(3).0, order(3).1, B256::ZERO).unwrap();
    scene.chain.deliver(by, order(4).0, order(4).1, ENVELOPE).unwrap();
    scene.chain.revoke(by, order(4).0, order(4).1, ENVELOPE).unwrap();
    scene.chain.deliver(by, order(6).0, order(6).1, ENVELOPE).unwrap();
    scene.follow(&index);
    let first = grant(&index, order(1).0);
    let delivery = first.delivered.unwrap();
    assert_eq!((first.status, delivery.envelope), (GrantStatus::Delivered, ENVELOPE));
    assert_eq!(delivery.at, moment(&scene, &delivered.included));
    assert_eq!(delivery.settle_after, delivery.at.time + u64::from(2 * HOUR));
    assert_eq!(delivery.expires_at, delivery.at.time + u64::from(24 * HOUR));
    let second = grant(&index, order(2).0);
    assert_eq!(second.status, GrantStatus::Declined);
    assert_eq!((second.ended, second.ended_by), (Some(moment(&scene, &declined.included)), None));
    for n in [3, 4] {
        let ended = grant(&index, order(n).0);
        assert_eq!((ended.status, ended.ended_by), (GrantStatus::Withdrawn, Some(provider)));
    }
    assert_eq!(numbers(&index.open_orders(provider).unwrap()), [5]);
    assert_eq!(index.settleable(provider, delivery.settle_after).unwrap(), []);
    let settleable = index.settleable(provider, delivery.settle_after + 1).unwrap();
    assert!(settleable[0] == first && settleable.iter().all(|grant| grant.status == first.status));

    scene.node().pass(u64::from(3 * HOUR));
    let at = scene.follow(&index);
    assert_eq!(numbers(&index.settleable(provider, at.time).unwrap()), [1, 6]);
    assert_eq!(numbers(&index.refundable(reader, at.time).unwrap()), [5]);
    let settled = scene.chain.settle(by, order(1).0, order(1).1, ENVELOPE).unwrap();
    scene.chain.refund(&scene.reader, order(5).0, order(5).1).unwrap();
    scene.chain.settle(by, order(6).0, order(6).1, ENVELOPE).unwrap();
    // The dataset is sold; its new owner ends a grant that the seller was paid for.
    scene.transfer(U256::from(1), reader);
    let revoked = scene.chain.revoke(&scene.reader, order(6).0, order(6).1, ENVELOPE).unwrap();
    let evidence = B256::repeat_byte(5);
    scene.chain.attest(&scene.reader, (order(1).0, order(1).1, ENVELOPE), true, evidence).unwrap();
    let at = scene.follow(&index);

    let first = grant(&index, order(1).0);
    assert_eq!(first.status, GrantStatus::Settled);
    assert_eq!(first.settled, Some(moment(&scene, &settled.included)));
    assert_eq!(grant(&index, order(5).0).status, GrantStatus::Refunded);
    let sixth = grant(&index, order(6).0);
    assert_eq!((sixth.status, sixth.ended_by), (GrantStatus::Revoked, Some(reader)));
    assert!(sixth.settled.is_some() && sixth.ended == Some(moment(&scene, &revoked.included)));
    assert_eq!(index.revocations_by(provider).unwrap(), Revocations { refunded: 2, paid: 0 });
    assert_eq!(index.revocations_by(reader).unwrap(), Revocations { refunded: 0, paid: 1 });
    for account in [provider, reader] {
        assert_eq!(numbers(&index.grants_on(account).unwrap()), [1, 2, 3, 4, 5, 6]);
        assert_eq!(index.settleable(account, at.time).unwrap(), []);
        assert_eq!(index.refundable(account, at.time).unwrap(), []);
    }
    assert_eq!(index.grants_on(Address::ZERO).unwrap(), []);
    let words = index.attestations(U256::from(1)).unwrap();
    assert_eq!(words.len(), 1);
    let word = &words[0].attested;
    assert_eq!((word.grant, word.by, word.version), (order(1).0, reader, 1));
    assert!(word.equal && word.evidence == evidence);

    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()));
}

#[test]
fn payments_that_a_token_refused_are_owed() {
    let scene = shop();
    let index = scene.index("index");
    let token = scene.network().tokens[0].address;
    let provider = scene.provider.address();
    let placed: Vec<_> = (0..2).map(|_| buy(&scene)).collect();
    for (grant, order, _) in &placed {
        scene.chain.deliver(&scene.provider, *grant, *order, ENVELOPE).unwrap();
    }
    scene.node().pass(u64::from(3 * HOUR));
    let code = scene.node().code(token, At::Latest).unwrap();
    scene.node().ask("anvil_setCode", json!([token, "0x5f5ffd"]));
    for (n, (grant, order, _)) in (1..).zip(&placed) {
        scene.chain.settle(&scene.provider, *grant, *order, ENVELOPE).unwrap();
        scene.follow(&index);
        assert_eq!(index.credits(provider).unwrap(), [(token, U256::from(n * PRICE))]);
    }
    scene.node().ask("anvil_setCode", json!([token, code]));
    scene.chain.withdraw(&scene.provider, token, provider).unwrap();
    scene.follow(&index);
    assert_eq!(index.credits(provider).unwrap(), []);
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()));

    // Without the withdrawal it is owed again.
    scene.node().reorg(1);
    scene.follow(&index);
    assert_eq!(index.credits(provider).unwrap(), [(token, U256::from(2 * PRICE))]);
}

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
        entries: ENVELOPE,
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

#[test]
fn a_step_tells_what_happened_and_events_replay_to_the_accumulators() {
    let scene = shop();
    let index = scene.index("index");
    scene.follow(&index);
    let (number, _, _) = buy(&scene);
    let mut writer = index.writer().unwrap();
    let no_stores = crate::scene::no_stores();
    match writer.step(&scene.chain, &no_stores).unwrap() {
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
    assert_eq!(writer.step(&scene.chain, &no_stores).unwrap(), Step::Idle);

    let head = index.position().unwrap().unwrap();
    let connection = rusqlite::Connection::open(index.path()).unwrap();
    for (contract, acc) in index.accumulators().unwrap() {
        assert_eq!(acc, scene.chain.acc(contract, At::Hash(head.hash)).unwrap());
        let mut replayed = accumulator::seed(scene.network().chain, contract);
        let mut events = connection
            .prepare("SELECT topics, data, acc_after FROM events WHERE address = ?1 ORDER BY block, log_index")
            .unwrap();
        let mut rows = events.query([contract.0.0]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (topics, data): (Vec<u8>, Vec<u8>) = (row.get(0).unwrap(), row.get(1).unwrap());
            let topics: Vec<_> = topics.chunks(32).map(B256::from_slice).collect();
            replayed = accumulator::extend(replayed, &topics, &data);
            assert_eq!(row.get::<_, [u8; 32]>(2).unwrap(), replayed.0);
        }
        assert_eq!(replayed, acc);
    }
    assert!(count(index.path(), "SELECT count(*) FROM events") > 10);
}
