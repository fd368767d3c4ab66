//! Proofs of every row but grants: versions, terms, attestations, logs, anchors, and what set a
//! dataset's values as they are now.

use super::Serving;
use super::proofs::{ENVELOPE, verify};
use crate::scene::Scene;
use alloy_primitives::{Address, B256, U256};
use indexer::Row;
use indexer::service::Served;
use ledger::chain::{Anchoring, Event};
use ledger::market::SaleStatus;
use ledger::{LogId, merkle};
use serde_json::json;

#[test]
fn every_other_row_is_proved_by_the_event_that_made_it() {
    let scene = Scene::new();
    let (chain, by, reader) = (&scene.chain, &scene.provider, scene.reader.address());
    let dataset = scene.list(1);
    let (grant, order) = scene.buy(dataset, 1, scene.terms(0));
    chain.deliver(by, grant, order, ENVELOPE).unwrap();
    let evidence = B256::repeat_byte(0xe1);
    chain.attest(&scene.reader, (grant, order, ENVELOPE), false, evidence).unwrap();
    chain.new_version(by, dataset, crate::scene::version(2)).unwrap();
    let dear = scene.terms(7);
    let set = chain.set_terms(by, dataset, dear).unwrap().included.block;
    chain.set_status(by, dataset, SaleStatus::Paused).unwrap();
    let opened = chain.open_log(by, "one.example", B256::repeat_byte(0xab)).unwrap();
    let [Event::Opened { log, .. }] = opened.events[..] else { panic!("{opened:?}") };
    let leaves = [merkle::leaf_hash(&[0]), merkle::leaf_hash(&[1])];
    for size in [1, 2] {
        let proof = match size {
            1 => Vec::new(),
            _ => merkle::consistency_proof(&leaves, 1),
        };
        let (old_size, entries) = (size as u64 - 1, B256::repeat_byte(0xee));
        let root = merkle::root(&leaves[..size]);
        let anchoring = Anchoring { log, old_size, size: size as u64, root, entries, proof };
        chain.anchor(by, &anchoring).unwrap();
    }
    let moved = scene.transfer(dataset, reader).block;
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let served = Served::new(&format!("http://{}", serving.address)).unwrap();
    let index = scene.index("served");
    let listed = index.dataset(dataset).unwrap().unwrap().listed.block;

    let prove = |row: Row| {
        let proof = served.proof(row).unwrap().unwrap_or_else(|| panic!("{row}")).said;
        let found = verify(&scene, &proof).unwrap();
        let log = index.event_of(row).unwrap().unwrap();
        assert_eq!((found.block, found.hash), (log.block, log.block_hash), "{row}");
        found.event
    };
    let terms = |from| Row::Terms { dataset, from };
    let version = |number| Row::Version { dataset, number };
    for row in [Row::Dataset(dataset), terms(Some(listed)), version(Some(1))] {
        assert!(matches!(prove(row), Event::Listed { .. }), "{row}");
    }
    for row in [terms(None), terms(Some(set))] {
        assert!(matches!(prove(row), Event::TermsSet { terms, .. } if terms == dear), "{row}");
    }
    for row in [version(None), version(Some(2))] {
        let event = prove(row);
        let Event::Versioned { number: 2, version, .. } = event else { panic!("{row}: {event:?}") };
        assert_eq!(version, crate::scene::version(2));
    }
    let event = prove(Row::Sale(dataset));
    let is_paused = |status| status == SaleStatus::Paused;
    assert!(matches!(event, Event::StatusSet { status, .. } if is_paused(status)), "{event:?}");
    let transferred = Event::DatasetTransferred { dataset, from: by.address(), to: reader };
    assert_eq!(prove(Row::Owner(dataset)), transferred);
    let Event::Attested(word) = prove(Row::Attestation { dataset, grant }) else {
        panic!("no attestation")
    };
    assert_eq!((word.grant, word.by, word.equal), (grant, reader, false));
    assert!(matches!(prove(Row::Log(log)), Event::Opened { log: of, .. } if of == log));
    for n in [1, 2] {
        let event = prove(Row::Anchor { log, size: n });
        assert!(matches!(event, Event::Anchored { size, .. } if size == n), "{event:?}");
    }
    // Rows that are not there, and values that nothing has set since the listing.
    for row in [
        terms(Some(listed + 1)),
        terms(Some(u64::MAX)),
        version(Some(3)),
        version(Some(0)),
        Row::Owner(U256::from(2)),
        Row::Attestation { dataset: U256::from(2), grant },
        Row::Attestation { dataset, grant: U256::from(2) },
        Row::Anchor { log, size: 3 },
        Row::Log(LogId(B256::ZERO)),
    ] {
        assert_eq!(served.proof(row).unwrap(), None, "{row}");
        assert_eq!(index.event_of(row).unwrap(), None, "{row}");
    }
    let fresh = scene.list(3);
    serving.catch_up(&scene);
    for row in [Row::Sale(fresh), Row::Terms { dataset: fresh, from: None }] {
        assert!(matches!(prove(row), Event::Listed { dataset, .. } if dataset == fresh), "{row}");
    }
    let minted =
        Event::DatasetTransferred { dataset: fresh, from: Address::ZERO, to: by.address() };
    assert_eq!(prove(Row::Owner(fresh)), minted);
    let told = serving.json(&format!("/v1/logs/{log}/anchors/2/proof"))["proof"].clone();
    assert_eq!((&told["id"], &told["block"]), (&json!(log), &json!(moved - 1)));
    serving.stop().unwrap();
}
