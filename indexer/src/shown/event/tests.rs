//! Every value that an event has, in what is shown of its row.

use super::*;
use crate::{Known, ShownTerms};
use alloy_primitives::{Address, B256};
use ledger::market::{Order, Terms};

fn order() -> Order {
    Order {
        dataset: U256::from(2),
        version: 3,
        amount: 250,
        token: Address::repeat_byte(4),
        payee: Address::repeat_byte(5),
        deliverer: Address::repeat_byte(5),
        access_seconds: 3_600,
        dispute_seconds: 3_600,
        request: B256::repeat_byte(6),
        answer_commit: B256::repeat_byte(7),
    }
}

fn delivered_grant() -> ShownGrant {
    ShownGrant {
        id: Id::new(Thing::Grant, U256::from(1)),
        dataset: Id::new(Thing::Dataset, U256::from(2)),
        version: 3,
        buyer: Address::repeat_byte(8),
        provider: Address::repeat_byte(5),
        status: GrantStatus::Delivered,
        active: true,
        amount: None,
        amount_units: "250".to_owned(),
        token: Address::repeat_byte(4),
        symbol: None,
        deliver_by: 10,
        envelope: Some(Cid::new(Codec::Raw, B256::repeat_byte(9))),
        settle_after: Some(20),
        expires_at: Some(30),
        request: Cid::new(Codec::Raw, B256::repeat_byte(6)),
        now: 15,
    }
}

fn version() -> Version {
    Version {
        manifest: B256::repeat_byte(1),
        data_root: B256::repeat_byte(2),
        key_commit: B256::repeat_byte(3),
        samples: 4,
        columns: 5,
    }
}

fn terms() -> Terms {
    Terms {
        price: 250,
        token: Address::repeat_byte(4),
        access_seconds: 1,
        delivery_seconds: 2,
        dispute_seconds: 3,
    }
}

fn listed_dataset() -> ShownDataset {
    let terms = terms();
    ShownDataset {
        id: Id::new(Thing::Dataset, U256::from(2)),
        owner: Address::repeat_byte(8),
        status: SaleStatus::OnSale,
        manifest_is: Known::Missing,
        why: None,
        title: None,
        description: None,
        build: None,
        format: None,
        version: 1,
        samples: 4,
        columns: 5,
        data_root: B256::repeat_byte(2),
        key_commit: B256::repeat_byte(3),
        manifest: Cid::new(Codec::DagCbor, B256::repeat_byte(1)),
        content_root: None,
        size: None,
        body: None,
        not_provable: None,
        rule: None,
        terms: ShownTerms {
            price: None,
            price_units: "250".to_owned(),
            token: terms.token,
            symbol: None,
            access_seconds: 1,
            delivery_seconds: 2,
            dispute_seconds: 3,
        },
    }
}

#[test]
fn every_value_that_a_dataset_s_event_has_must_be_the_shown_one() {
    type Change = fn(&mut ShownDataset);
    type Verify = fn(&ShownDataset, &Event) -> Verified;
    type Case<'a> = (Verify, &'a [&'a Event], &'a [(&'a str, Change)]);
    let dataset = U256::from(2);
    let (owner, other) = (Address::repeat_byte(8), Address::repeat_byte(9));
    let listed = Event::Listed { dataset, owner, version: version(), terms: terms(), time: 1 };
    let set = Event::TermsSet { dataset, terms: terms(), time: 1 };
    let added = Event::Versioned { dataset, number: 1, version: version(), time: 1 };
    let moved = Event::DatasetTransferred { dataset, from: other, to: owner };
    let resumed = Event::StatusSet { dataset, status: SaleStatus::OnSale, time: 1 };
    let committed: [(&str, Change); 5] = [
        ("manifest", |d| d.manifest = Cid::new(Codec::DagCbor, B256::ZERO)),
        ("data_root", |d| d.data_root = B256::ZERO),
        ("key_commit", |d| d.key_commit = B256::ZERO),
        ("samples", |d| d.samples = 9),
        ("columns", |d| d.columns = 9),
    ];
    let asked: [(&str, Change); 5] = [
        ("price_units", |d| d.terms.price_units = "25".to_owned()),
        ("token", |d| d.terms.token = Address::ZERO),
        ("access_seconds", |d| d.terms.access_seconds = 9),
        ("delivery_seconds", |d| d.terms.delivery_seconds = 9),
        ("dispute_seconds", |d| d.terms.dispute_seconds = 9),
    ];
    let number: [(&str, Change); 1] = [("version", |d| d.version = 2)];
    let status: [(&str, Change); 1] = [("status", |d| d.status = SaleStatus::Paused)];
    let holder: [(&str, Change); 1] = [("owner", |d| d.owner = Address::ZERO)];
    let cases: [Case; 6] = [
        (ShownDataset::verify_listing, &[&listed], &committed),
        (ShownDataset::verify_owner, &[&moved], &holder),
        (ShownDataset::verify_status, &[&listed, &resumed], &status),
        (ShownDataset::verify_terms, &[&listed, &set], &asked),
        (ShownDataset::verify_version, &[&listed, &added], &committed),
        (ShownDataset::verify_version, &[&listed, &added], &number),
    ];
    let events = [&listed, &set, &added, &moved, &resumed];
    for (n, (verify, good, changes)) in cases.into_iter().enumerate() {
        for event in events {
            let shown = listed_dataset();
            if !good.contains(&event) {
                let is_other = matches!(verify(&shown, event), Err(Mismatch::OtherEvent { .. }));
                assert!(is_other, "{n}: {event:?}");
                continue;
            }
            assert_eq!(verify(&shown, event), Ok(()), "{n}");
            for (name, change) in changes {
                let mut altered = listed_dataset();
                change(&mut altered);
                match verify(&altered, event) {
                    Err(Mismatch::OtherValue { what, .. }) => assert_eq!(what, *name),
                    found => panic!("{n}, {name}: {found:?}"),
                }
            }
            let mut stranger = listed_dataset();
            stranger.id = Id::new(Thing::Dataset, U256::from(3));
            assert!(matches!(verify(&stranger, event), Err(Mismatch::OtherEvent { .. })));
        }
    }
    // A later version than the first: the listing is true, and says nothing of it.
    let later = ShownDataset { version: 2, samples: 9, ..listed_dataset() };
    assert_eq!(later.verify_listing(&listed), Ok(()));
}

type Change = fn(&mut ShownGrant);

#[test]
fn every_value_that_a_grant_s_event_has_must_be_the_shown_one() {
    let grant = U256::from(1);
    let bought = Event::Bought {
        grant,
        buyer: Address::repeat_byte(8),
        order: order(),
        deliver_by: 10,
        time: 1,
    };
    let delivered = Event::Delivered {
        grant,
        envelope: B256::repeat_byte(9),
        settle_after: 20,
        expires_at: 30,
        time: 15,
    };
    let purchase: [(&str, Change); 8] = [
        ("dataset", |g| g.dataset = Id::new(Thing::Dataset, U256::from(9))),
        ("version", |g| g.version = 9),
        ("buyer", |g| g.buyer = Address::ZERO),
        ("provider", |g| g.provider = Address::ZERO),
        ("amount_units", |g| g.amount_units = "25".to_owned()),
        ("token", |g| g.token = Address::ZERO),
        ("request", |g| g.request = Cid::new(Codec::Raw, B256::ZERO)),
        ("deliver_by", |g| g.deliver_by = 9),
    ];
    let delivery: [(&str, Change); 3] = [
        ("envelope", |g| g.envelope = None),
        ("settle_after", |g| g.settle_after = Some(9)),
        ("expires_at", |g| g.expires_at = None),
    ];
    for (event, status, changes) in [
        (&bought, GrantStatus::Paid, &purchase[..]),
        (&delivered, GrantStatus::Delivered, &delivery[..]),
    ] {
        let shown = delivered_grant();
        assert_eq!(shown.verify_change(event, status), Ok(()));
        for (name, change) in changes {
            let mut other = delivered_grant();
            change(&mut other);
            match other.verify_change(event, status) {
                Err(Mismatch::OtherValue { what, .. }) => assert_eq!(what, *name),
                found => panic!("{name}: {found:?}"),
            }
        }
        let mut other = delivered_grant();
        other.id = Id::new(Thing::Grant, U256::from(2));
        let is_other = |found| matches!(found, Err(Mismatch::OtherEvent { .. }));
        assert!(is_other(other.verify_change(event, status)));
        assert!(is_other(shown.verify_change(event, GrantStatus::Settled)));
    }
    let said = delivered_grant().verify_change(&bought, GrantStatus::Delivered).unwrap_err();
    assert_eq!(said.to_string(), "the event is not the delivery of grant:1");
}
