//! Nodes that leave out, invent, repeat and reorder events, answer null or fail: found out, or
//! asked again; nothing of it ever becomes a row.

use crate::dump::{count, dump};
use crate::proxy::{Answer, Proxy};
use crate::scene::{Scene, catch_up, no_stores};
use indexer::{BlockId, Index, IndexError, Position};
use ledger::chain::{At, Chain, ChainError};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use tests::anvil::Development as _;

fn try_catch_up(index: &Index, chain: &Chain) -> Result<Position, IndexError> {
    index.writer().unwrap().catch_up(chain, &no_stores(), |_| {})
}

/// What a node that changes its logs gives as receipts.
#[derive(Clone, Copy, Debug)]
enum Receipts {
    /// As they are.
    Right,
    /// One too few.
    Altered,
    /// It does not know the question.
    Refused,
}

/// Changes what `eth_getLogs` gives, where it gives anything.
fn with_logs(
    change: impl Fn(&mut Vec<Value>),
    receipts: Receipts,
) -> impl Fn(&Value, Value) -> Answer {
    move |request, mut answer| {
        let method = request["method"].as_str().unwrap();
        if let (Receipts::Refused, "eth_getBlockReceipts") = (receipts, method) {
            let error = json!({ "code": -32601, "message": "the method does not exist" });
            return Answer::Json(json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error }));
        }
        if let Some(given) = answer["result"].as_array_mut()
            && !given.is_empty()
        {
            match (receipts, method) {
                (_, "eth_getLogs") => change(given),
                (Receipts::Altered, "eth_getBlockReceipts") => drop(given.pop()),
                _ => {}
            }
        }
        Answer::Json(answer)
    }
}

fn flip_last_digit(value: &mut Value) {
    let mut text = value.as_str().unwrap().to_owned();
    let last = if text.pop() == Some('0') { '1' } else { '0' };
    text.push(last);
    *value = text.into();
}

type Lie = fn(&mut Vec<Value>);
const LIES: [(&str, Lie); 5] = [
    ("left out", |logs| drop(logs.pop())),
    ("all left out", Vec::clear),
    ("repeated", |logs| logs.push(logs[0].clone())),
    ("altered", |logs| flip_last_digit(&mut logs[1]["data"])),
    ("reordered", |logs| {
        let first = logs[0]["logIndex"].take();
        logs[0]["logIndex"] = std::mem::replace(&mut logs[1]["logIndex"], first);
    }),
];
/// Empty blocks after the events: few, so that they are near the head, or a backfill's.
const PLACES: [u64; 2] = [2, 40];

#[test]
fn events_that_do_not_add_up_stop_following() {
    let scene = Scene::new();
    let index = scene.index("index");
    scene.list(1);
    for (after, number) in PLACES.into_iter().zip(2..) {
        scene.follow(&index);
        scene.list(number);
        scene.node().mine(after);
        let (rows, at) = (dump(index.path()), index.position().unwrap());
        let head = scene.node().head().unwrap().number;
        let end = if after > 16 { head - 16 } else { head };
        let end = scene.node().block(At::Number(end)).unwrap().unwrap();
        let refused = [("receipts refused", LIES[0].1, Receipts::Refused)];
        let lies = LIES.map(|(lie, change)| (lie, change, Receipts::Altered));
        for (lie, change, receipts) in lies.into_iter().chain(refused) {
            let what = format!("{lie}, {after} blocks later");
            let proxy = Proxy::start(&scene.anvil.url, with_logs(change, receipts));
            match try_catch_up(&index, &proxy.chain(&scene)) {
                Err(error @ IndexError::Incomplete(_)) => {
                    assert!(error.is_no(), "{what}");
                    let IndexError::Incomplete(found) = error else { unreachable!() };
                    let registry = scene.network().contracts.registry.address;
                    let named = (found.name, found.contract);
                    assert_eq!(named, ("DatasetRegistry", registry), "{what}");
                    assert_eq!(found.block, BlockId { number: end.number, hash: end.hash });
                    let acc = scene.chain.acc(registry, At::Hash(end.hash)).unwrap();
                    assert_eq!(found.committed, acc, "{what}");
                    assert_ne!(found.replayed, acc, "{what}");
                }
                other => panic!("{what}: {other:?}"),
            }
            assert_eq!((dump(index.path()), index.position().unwrap()), (rows.clone(), at));
        }
    }
    scene.follow(&index);
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()));
}

#[test]
fn a_node_with_wrong_logs_and_right_receipts_is_followed() {
    for after in PLACES {
        let scene = Scene::new();
        for seed in 1..=3 {
            scene.list(seed);
            scene.node().mine(after);
        }
        let fresh = scene.index("fresh");
        scene.follow(&fresh);
        for (lie, change) in LIES {
            let what = format!("{lie}, {after} blocks later");
            let proxy = Proxy::start(&scene.anvil.url, with_logs(change, Receipts::Right));
            let index = scene.index(lie);
            catch_up(&index, &proxy.chain(&scene));
            assert_eq!(dump(index.path()), dump(fresh.path()), "{what}");
        }
    }
}

#[test]
fn what_was_wrong_once_is_fetched_once_more() {
    let scene = Scene::new();
    scene.list(1);
    let lies = AtomicU32::new(1);
    let proxy = Proxy::start(
        &scene.anvil.url,
        with_logs(
            move |logs| {
                if lies.swap(0, Ordering::SeqCst) == 1 {
                    logs.pop();
                }
            },
            Receipts::Refused,
        ),
    );
    let index = scene.index("index");
    catch_up(&index, &proxy.chain(&scene));
    assert_eq!(index.datasets().unwrap().len(), 1);
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()));
}

#[test]
fn null_and_errors_are_asked_again_and_never_nothing() {
    let scene = Scene::new();
    scene.list(1);
    let bad_answers: [fn(Value) -> Answer; 3] = [
        |mut answer| {
            answer["result"] = Value::Null;
            Answer::Json(answer)
        },
        |answer| {
            let error = json!({ "code": -32000, "message": "busy" });
            Answer::Json(json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error }))
        },
        |_| Answer::Status(503),
    ];
    for (i, bad) in bad_answers.into_iter().enumerate() {
        // Every third answer is bad, but for those on which the network is judged.
        let asked = AtomicU32::new(0);
        let proxy = Proxy::start(&scene.anvil.url, move |request, answer| {
            let judged = request["method"] == "eth_chainId" || request["method"] == "eth_getCode";
            let genesis = request["params"][0] == "0x0";
            match asked.fetch_add(1, Ordering::SeqCst) % 3 {
                0 if !judged && !genesis => bad(answer),
                _ => Answer::Json(answer),
            }
        });
        let index = scene.index(&format!("index {i}"));
        catch_up(&index, &proxy.chain(&scene));
        let fresh = scene.index(&format!("fresh {i}"));
        scene.follow(&fresh);
        assert_eq!(dump(index.path()), dump(fresh.path()), "{i}");
    }

    // One that never answers the question is an error of the other kind.
    let proxy = Proxy::start(&scene.anvil.url, |request, mut answer| {
        if request["method"] == "eth_getLogs" {
            answer["result"] = Value::Null;
        }
        Answer::Json(answer)
    });
    let index = scene.index("never");
    let error = try_catch_up(&index, &proxy.chain(&scene)).unwrap_err();
    assert!(matches!(error, IndexError::Chain(ChainError::Unreachable { .. })), "{error:?}");
    assert!(!error.is_no());
    assert_eq!(count(index.path(), "SELECT count(*) FROM events"), 0);
    assert!(index.position().unwrap().unwrap().block < scene.network().deployed_at + 1);
}

#[test]
fn logs_from_elsewhere_are_not_taken() {
    let scene = Scene::new();
    scene.list(1);
    let lies: [fn(&mut Vec<Value>); 3] = [
        |logs| logs[0]["address"] = json!("0x00000000000000000000000000000000000000aa"),
        |logs| flip_last_digit(&mut logs.last_mut().unwrap()["blockHash"]),
        |logs| logs[0]["blockNumber"] = json!("0xffffff"),
    ];
    for (i, change) in lies.into_iter().enumerate() {
        let proxy = Proxy::start(&scene.anvil.url, with_logs(change, Receipts::Right));
        let index = scene.index(&i.to_string());
        let error = try_catch_up(&index, &proxy.chain(&scene)).unwrap_err();
        assert!(matches!(error, IndexError::Chain(ChainError::Strange { .. })), "{i}: {error:?}");
        assert_eq!(count(index.path(), "SELECT count(*) FROM events"), 0, "{i}");
    }
}

/// Refuses logs of more than 40 blocks, and the state of all but the last 60.
fn stingy(scene: &Scene) -> impl Fn(&Value, &Value) -> Option<Value> + use<> {
    let head = scene.node().head().unwrap().number;
    let recent = (head - 60..=head).map(|n| scene.node().block(At::Number(n)).unwrap().unwrap());
    let recent: HashSet<_> = recent.map(|block| block.hash.to_string()).collect();
    let number = |value: &Value| {
        u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    };
    move |request, answer| {
        let refused = match request["method"].as_str() {
            Some("eth_getLogs") => {
                let filter = &request["params"][0];
                number(&filter["toBlock"]) - number(&filter["fromBlock"]) >= 40
            }
            Some("eth_call") => {
                let at = request["params"][1].as_str().unwrap();
                at.len() == 66 && !recent.contains(at)
            }
            _ => false,
        };
        let error = json!({ "code": -32000, "message": "missing trie node or range too large" });
        refused.then(|| json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error }))
    }
}

fn long_scene() -> Scene {
    let scene = Scene::new();
    for seed in 1..=4 {
        scene.list(seed);
        scene.node().mine(60);
    }
    scene
}

#[test]
fn without_old_state_a_backfill_closes_at_its_last_block() {
    let scene = long_scene();
    let stingy = stingy(&scene);
    let proxy = Proxy::start(&scene.anvil.url, move |request, answer| {
        Answer::Json(stingy(request, &answer).unwrap_or(answer))
    });
    let index = scene.index("index");
    let mut blocks = Vec::new();
    let mut writer = index.writer().unwrap();
    writer
        .catch_up(&proxy.chain(&scene), &no_stores(), |progress| blocks.push(progress.block))
        .unwrap();
    assert!(blocks.len() > 5, "{blocks:?}");
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    assert_eq!(dump(index.path()), dump(fresh.path()));
    let open = "SELECT (SELECT max(number) FROM blocks) - closed FROM following";
    assert_eq!(count(index.path(), open), 0);
}

#[test]
fn without_old_state_a_lie_discards_all_that_is_not_closed() {
    let scene = long_scene();
    let second = scene.chain.node().head().unwrap().number - 2 * 61 - 60;
    type Lie = fn(&mut Vec<Value>, u64);
    let lies: [(&str, Lie); 2] = [
        ("left out", |logs, second| {
            logs.retain(|log| log["blockNumber"] != format!("{second:#x}"));
        }),
        ("repeated", |logs, second| {
            let there = |log: &&Value| log["blockNumber"] == format!("{second:#x}");
            if let Some(mut again) = logs.iter().rfind(there).cloned() {
                again["logIndex"] = "0x7".into();
                logs.push(again);
            }
        }),
    ];
    for (lie, lost) in lies {
        let stingy = stingy(&scene);
        let change = with_logs(move |logs| lost(logs, second), Receipts::Altered);
        let proxy =
            Proxy::start(&scene.anvil.url, move |request, answer| match stingy(request, &answer) {
                Some(refusal) => Answer::Json(refusal),
                None => change(request, answer),
            });
        let index = scene.index(lie);
        let mut writer = index.writer().unwrap();
        let mut most = 0;
        let error = writer
            .catch_up(&proxy.chain(&scene), &no_stores(), |progress| most = progress.events)
            .unwrap_err();
        assert!(error.is_no(), "{lie}: {error:?}");
        assert!(most > 0, "{lie}: some were there, but not closed");
        assert_eq!(count(index.path(), "SELECT count(*) FROM events"), 0, "{lie}");
        assert_eq!(count(index.path(), "SELECT count(*) FROM datasets"), 0, "{lie}");
        let discarded = "SELECT count(*) FROM reorg_log WHERE cause = 'discarded'";
        assert_eq!(count(index.path(), discarded), 4, "{lie}");

        drop(writer);
        scene.follow(&index);
        let fresh = scene.index(&format!("{lie} fresh"));
        scene.follow(&fresh);
        assert_eq!(dump(index.path()), dump(fresh.path()), "{lie}");

        // The same logs beside right receipts.
        let stingy = self::stingy(&scene);
        let change = with_logs(move |logs| lost(logs, second), Receipts::Right);
        let proxy =
            Proxy::start(&scene.anvil.url, move |request, answer| match stingy(request, &answer) {
                Some(refusal) => Answer::Json(refusal),
                None => change(request, answer),
            });
        let index = scene.index(&format!("{lie}, receipts"));
        catch_up(&index, &proxy.chain(&scene));
        assert_eq!(dump(index.path()), dump(fresh.path()), "{lie}");
    }
}
