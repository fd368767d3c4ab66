//! Proofs of the events behind rows, from a real chain: what is served holds against the block's hash
//! as another node's client has it, and against no other; nodes that lie or are silent are refused.

use super::Serving;
use crate::proxy::{Answer, Proxy};
use crate::scene::{HOUR, Scene};
use alloy_primitives::{Address, B256, Bytes, U256};
use indexer::Row;
use indexer::service::Served;
use ledger::chain::{
    Event, NotProved, Proved, RawLog, ReceiptProof, ReceiptProofError, verify_receipt_proof,
};
use ledger::market::GrantStatus as S;
use ledger::{Id, Thing};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tests::anvil::Development as _;

pub(super) const ENVELOPE: B256 = B256::repeat_byte(0xee);

fn bytes(answer: &Value) -> Bytes {
    answer["proof"]["bytes"].as_str().unwrap().parse().unwrap()
}

/// What the bytes prove of the block that the scene's own node has under their number.
pub(super) fn verify(scene: &Scene, proof: &[u8]) -> Result<Proved, ReceiptProofError> {
    let number = ReceiptProof::decode(proof)?.claimed_block()?;
    let hash = scene.chain.block_hash(number).unwrap().unwrap();
    verify_receipt_proof(proof, hash, &scene.network().contracts)
}

#[test]
fn every_change_of_a_grant_and_every_listing_is_proved() {
    let scene = Scene::new();
    let by = &scene.provider;
    let dataset = scene.list(1);
    // 1 is settled and then revoked, 2 declined, 3 withdrawn, 4 never delivered.
    let placed: Vec<_> = (0..4).map(|_| scene.buy(dataset, 1, scene.terms(0))).collect();
    let order = |n: usize| placed[n - 1];
    scene.chain.deliver(by, order(1).0, order(1).1, ENVELOPE).unwrap();
    scene.chain.decline(by, order(2).0, order(2).1).unwrap();
    scene.chain.revoke(by, order(3).0, order(3).1, B256::ZERO).unwrap();
    scene.node().pass(u64::from(3 * HOUR));
    scene.chain.settle(by, order(1).0, order(1).1, ENVELOPE).unwrap();
    scene.chain.refund(by, order(4).0, order(4).1).unwrap();
    scene.chain.revoke(by, order(1).0, order(1).1, ENVELOPE).unwrap();
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let served = Served::new(&format!("http://{}", serving.address)).unwrap();

    let listing = serving.json("/v1/datasets/1/proof");
    let found = verify(&scene, &bytes(&listing)).unwrap();
    match found.event {
        Event::Listed { dataset: listed, owner, .. } => {
            assert_eq!((listed, owner), (dataset, by.address()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(found.contract, scene.network().contracts.registry.address);
    assert_eq!(
        (&listing["proof"]["id"], &listing["proof"]["block"]),
        (&"dataset:1".into(), &found.block.into())
    );
    assert_eq!(listing["proof"]["hash"], found.hash.to_string());
    let head = scene.node().head().unwrap();
    assert_eq!(
        (&listing["at"]["block"], &listing["at"]["level"]),
        (&head.number.into(), &"head".into())
    );

    for (grant, statuses) in [
        (1, &[S::Paid, S::Delivered, S::Settled, S::Revoked][..]),
        (2, &[S::Paid, S::Declined]),
        (3, &[S::Paid, S::Withdrawn]),
        (4, &[S::Paid, S::Refunded]),
    ] {
        let id = Id::new(Thing::Grant, U256::from(grant));
        let path = format!("/v1/grants/{grant}/proof");
        for status in statuses {
            let answer = serving.json(&format!("{path}?status={}", status.word()));
            let found = verify(&scene, &bytes(&answer)).unwrap();
            assert_eq!(
                (found.event.subject(), found.event.grant_status()),
                (Some(id), Some(*status))
            );
            let row = Row::Grant { grant: U256::from(grant), status: Some(*status) };
            let said = served.proof(row).unwrap().unwrap();
            assert_eq!((said.said, said.at.hash), (bytes(&answer), head.hash));
        }
        let latest = verify(&scene, &bytes(&serving.json(&path))).unwrap();
        assert_eq!(latest.event.grant_status(), statuses.last().copied(), "{path}");
    }
    let never = serving.get("/v1/grants/2/proof?status=settled").json(404);
    assert!(never["error"]["message"].as_str().unwrap().contains("grant:2 that was ever settled"));
    let none = Row::Grant { grant: U256::from(9), status: None };
    assert_eq!(served.proof(none).unwrap(), None);
    let tagged = serving.get("/v1/grants/1/proof");
    let known = format!("if-none-match: {}\r\n", tagged.header("etag"));
    assert_eq!(serving.get_with("/v1/grants/1/proof", &known).status, 304);
    serving.stop().unwrap();
}

/// Lists once more in a transaction of this kind, not mined yet.
fn send_listing(scene: &Scene, input: &Value, kind: u64, nonce: u64) {
    let mut call = json!({
        "from": scene.provider.address(), "to": scene.network().contracts.registry.address,
        "data": input, "gas": "0x40000", "nonce": format!("{nonce:#x}"),
    });
    match kind {
        0 => call["gasPrice"] = "0x77359400".into(),
        1 => {
            call["gasPrice"] = "0x77359400".into();
            call["accessList"] = json!([]);
        }
        _ => {
            call["maxFeePerGas"] = "0x77359400".into();
            call["maxPriorityFeePerGas"] = "0x1".into();
        }
    }
    scene.node().ask("eth_sendTransaction", json!([call]));
}

#[test]
fn every_listing_of_a_full_block_is_proved_whatever_its_transaction_s_kind() {
    const LISTINGS: u64 = 130;
    let scene = Scene::new();
    let terms = scene.terms(0);
    let first = scene.chain.list(&scene.provider, crate::scene::version(1), terms).unwrap();
    let transaction = first.included.transaction;
    let input = scene.node().ask("eth_getTransactionByHash", json!([transaction]))["input"].clone();
    let count = json!([scene.provider.address(), "latest"]);
    let count = scene.node().ask("eth_getTransactionCount", count);
    let nonce = u64::from_str_radix(count.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    scene.node().ask("evm_setAutomine", json!([false]));
    for n in 0..LISTINGS {
        send_listing(&scene, &input, n % 3, nonce + n);
    }
    scene.node().ask("anvil_mine", json!(["0x1"]));
    scene.node().ask("evm_setAutomine", json!([true]));
    let block = scene.node().head().unwrap();
    let receipts =
        scene.node().ask("eth_getBlockReceipts", json!([format!("{:#x}", block.number)]));
    let kinds: Vec<_> = receipts.as_array().unwrap().iter().map(|r| r["type"].clone()).collect();
    assert_eq!(
        (kinds.len() as u64, &kinds[..3]),
        (LISTINGS, &[json!("0x0"), json!("0x1"), json!("0x2")][..])
    );

    let index = scene.index("index");
    scene.follow(&index);
    let contracts = &scene.network().contracts;
    for number in 2..2 + LISTINGS {
        let id = Id::new(Thing::Dataset, U256::from(number));
        let log = index.event_of(Row::Dataset(U256::from(number))).unwrap().unwrap();
        let proof = scene.node().prove_log(&log, contracts).unwrap();
        let found = verify_receipt_proof(&proof, block.hash, contracts).unwrap();
        assert_eq!((found.event.subject(), found.transaction), (Some(id), number - 2));
        assert_eq!(
            (found.block, found.parent, found.time),
            (block.number, block.parent, block.time)
        );
        if number == 129 {
            every_byte_counts(&proof, block.hash, &scene);
        }
    }
    // What the node cannot prove, whatever the index says.
    let log = index.event_of(Row::Dataset(U256::from(2))).unwrap().unwrap();
    let other = RawLog { data: vec![1; 32], ..log.clone() };
    let absent = NotProved::Absent { number: block.number, hash: block.hash, index: log.index };
    assert_eq!(scene.node().prove_log(&other, contracts), Err(absent));
    let elsewhere = RawLog { block_hash: B256::repeat_byte(7), ..log.clone() };
    let gone = scene.node().prove_log(&elsewhere, contracts).unwrap_err();
    assert!(matches!(gone, NotProved::Gone { .. }) && !gone.is_no(), "{gone:?}");
    let mut strangers = *contracts;
    strangers.registry.address = Address::repeat_byte(1);
    let refused = scene.node().prove_log(&log, &strangers).unwrap_err();
    assert!(
        matches!(&refused, NotProved::Proof { why: ReceiptProofError::NotEvent { .. }, .. }),
        "{refused:?}"
    );
}

fn every_byte_counts(proof: &[u8], hash: B256, scene: &Scene) {
    let contracts = &scene.network().contracts;
    let good = verify_receipt_proof(proof, hash, contracts).unwrap();
    for at in 0..proof.len() {
        let mut altered = proof.to_vec();
        altered[at] ^= 1;
        if let Ok(found) = verify_receipt_proof(&altered, hash, contracts) {
            // The number of the log may name the mint beside the listing: as true, and another event.
            assert_eq!(found.transaction, good.transaction, "byte {at}");
            assert!(found.log != good.log && found.event != good.event, "byte {at}");
        }
        assert!(verify_receipt_proof(&proof[..at], hash, contracts).is_err(), "{at}");
    }
}

#[test]
fn after_a_reorganisation_the_old_proof_is_of_no_block_of_the_chain() {
    let scene = Scene::new();
    scene.list(1);
    scene.list(2);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let old = serving.json("/v1/datasets/2/proof");
    let (old, before) = (bytes(&old), verify(&scene, &bytes(&old)).unwrap());
    let kept = serving.json("/v1/datasets/1/proof");

    scene.node().reorg(1);
    serving.catch_up(&scene);
    assert_eq!(serving.get("/v1/datasets/2/proof").json(404)["error"]["code"], "not-found");
    scene.list(12);
    serving.catch_up(&scene);
    let now = scene.chain.block_hash(before.block).unwrap().unwrap();
    let refused = ReceiptProofError::OtherBlock { found: before.hash, expected: now };
    assert_eq!(verify(&scene, &old), Err(refused));
    let new = serving.json("/v1/datasets/2/proof");
    let found = verify(&scene, &bytes(&new)).unwrap();
    assert!(found.hash != before.hash && bytes(&new) != old);
    assert_eq!(found.event.subject(), before.event.subject());
    assert!(found.event != before.event, "another version was listed");
    assert_eq!(bytes(&serving.json("/v1/datasets/1/proof")), bytes(&kept));
    serving.stop().unwrap();
}

/// How the node lies, once it is told to.
type Lie = fn(&mut Value);
const RECEIPTS: &str = "eth_getBlockReceipts";
const BY_NUMBER: &str = "eth_getBlockByNumber";

#[test]
fn a_node_that_lies_or_refuses_gives_no_proof() {
    // Which question, what becomes of its answer, and how the service refuses then.
    let lies: [(&str, Lie, u16, &str); 7] = [
        (
            RECEIPTS,
            |answer| drop(answer["result"].as_array_mut().unwrap().pop()),
            502,
            "false-node",
        ),
        (RECEIPTS, |answer| answer["result"][0]["status"] = "0x0".into(), 502, "false-node"),
        (RECEIPTS, |answer| answer["result"][0]["type"] = "0x1".into(), 502, "false-node"),
        ("eth_getBlockByHash", |a| a["result"]["gasUsed"] = "0x1".into(), 502, "false-node"),
        (RECEIPTS, |answer| answer["result"] = Value::Null, 503, "node"),
        (
            RECEIPTS,
            |answer| {
                let error = json!({ "code": -32601, "message": "no such method" });
                *answer = json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error });
            },
            503,
            "node",
        ),
        // The block under its number is another one: the chain moved, and the index not yet.
        (BY_NUMBER, |a| a["result"]["hash"] = json!(B256::repeat_byte(9)), 409, "block-gone"),
    ];
    let scene = Scene::new();
    scene.list(1);
    scene.node().mine(3);
    for (n, (method, lie, status, code)) in lies.into_iter().enumerate() {
        let lying = Arc::new(AtomicBool::new(false));
        let listed = json!(format!("{:#x}", scene.node().head().unwrap().number - 3));
        let on = Arc::clone(&lying);
        let proxy = Proxy::start(&scene.anvil.url, move |request, mut answer| {
            // The follower asks by number too, for other blocks.
            let is_so = method != BY_NUMBER || request["params"][0] == listed;
            if on.load(Ordering::SeqCst) && request["method"] == method && is_so {
                lie(&mut answer);
            }
            Answer::Json(answer)
        });
        let serving = Serving::of(&scene, proxy.url(), Vec::new());
        serving.catch_up(&scene);
        lying.store(true, Ordering::SeqCst);
        let heard = serving.get("/v1/datasets/1/proof");
        let error = &heard.json(status)["error"];
        assert_eq!(error["code"], code, "{n}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.contains("127.0.0.1") && message.contains("block"), "{n}: {message}");
        if status != 502 {
            assert_eq!(heard.header("retry-after"), "1", "{n}");
        }
        // Nothing of it is remembered; and what is true is, when the node lies again.
        lying.store(false, Ordering::SeqCst);
        let proof = bytes(&serving.json("/v1/datasets/1/proof"));
        assert!(verify(&scene, &proof).is_ok(), "{n}");
        lying.store(true, Ordering::SeqCst);
        assert_eq!(bytes(&serving.json("/v1/datasets/1/proof")), proof, "{n}");
        serving.stop().unwrap();

        // Who asks such a node alone hears which one it is.
        let log = scene.index("served").event_of(Row::Dataset(U256::from(1)));
        let node = ledger::chain::Node::new(proxy.url()).unwrap();
        let contracts = &scene.network().contracts;
        let error = node.prove_log(&log.unwrap().unwrap(), contracts).unwrap_err();
        assert!(error.to_string().contains(proxy.url()), "{n}: {error}");
        assert_eq!(
            (error.is_no(), matches!(error, NotProved::False { .. })),
            (status == 502, status == 502),
            "{n}"
        );
    }
}

#[test]
fn a_silent_node_costs_those_alone_who_ask_for_proofs() {
    let scene = Scene::new();
    scene.list(1);
    let silent = Arc::new(AtomicBool::new(false));
    let on = Arc::clone(&silent);
    let proxy = Proxy::start(&scene.anvil.url, move |request, answer| {
        match on.load(Ordering::SeqCst) && request["method"] == RECEIPTS {
            true => Answer::Silence,
            false => Answer::Json(answer),
        }
    });
    let serving = Serving::of(&scene, proxy.url(), Vec::new());
    serving.catch_up(&scene);
    silent.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    let codes: Vec<String> = std::thread::scope(|scope| {
        let ask = || {
            let error = serving.get("/v1/datasets/1/proof").json(503)["error"].clone();
            error["code"].as_str().unwrap().to_owned()
        };
        let asking: Vec<_> = (0..40).map(|_| scope.spawn(ask)).collect();
        // Others are answered meanwhile.
        for _ in 0..20 {
            serving.json("/v1/datasets");
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    let of = |code: &str| codes.iter().filter(|known| *known == code).count();
    assert_eq!(of("node") + of("busy"), 40, "{codes:?}");
    // Two are being asked for and sixteen wait.
    assert!((1..=18).contains(&of("node")) && of("busy") >= 22, "{codes:?}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    serving.stop().unwrap();
}
