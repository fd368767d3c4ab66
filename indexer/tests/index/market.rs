//! Grants and payments on the real chain: what the contracts did is what the rows say.

use crate::dump::dump;
use crate::scene::{HOUR, Scene, moment, order_in, purchase, version};
use alloy_primitives::{Address, B256, U256};
use indexer::{Grant, Index, Revocations};
use ledger::chain::{At, Done};
use ledger::market::{GrantStatus, Order};
use serde_json::json;
use tests::anvil::Development as _;

const PRICE: u128 = 1_000_000;

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
