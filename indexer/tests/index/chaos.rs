//! Nodes that fail a quarter of all they are asked, while the chain grows and is reorganised; that
//! fall behind and come back; that become another chain: nothing is lost, nothing is added.

use crate::depths::fresh_rows;
use crate::dump::{count, dump};
use crate::proxy::{Answer, Proxy, Tamper};
use crate::scene::{Scene, no_stores};
use crate::seed::Seed;
use crate::traffic::Traffic;
use indexer::{Index, IndexError, Step};
use ledger::chain::{At, Chain, ChainError, Node};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tests::anvil::Development as _;

/// Answers while the chain moves.
const MOVING: u64 = 600;

/// One of the ways in which an answer can fail.
fn failure(answer: Value, seed: &mut Seed) -> Answer {
    let error = |code: i32, message: &str| {
        let error = json!({ "code": code, "message": message });
        Answer::Json(json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error }))
    };
    match seed.below(8) {
        0 => Answer::Status(500),
        1 => Answer::Status(503),
        2 => error(-32000, "header not found"),
        3 => error(-32005, "limit exceeded"),
        4 => Answer::Json(json!({ "jsonrpc": "2.0", "id": answer["id"], "result": null })),
        5 => Answer::Closed,
        6 => Answer::Half(answer),
        _ => Answer::Late(Duration::from_millis(20 + seed.below(200)), answer),
    }
}

/// What the chain does between two answers.
fn move_on(traffic: &Traffic, node: &Node, seed: &mut Seed) {
    match seed.below(100) {
        0..6 => traffic.happen(seed),
        6..8 => node.mine(1 + seed.below(12)),
        8..13 => traffic.reorg(1 + seed.below(30), seed),
        _ => {}
    }
}

/// How many were asked for, and how many of them failed.
type Counted = Arc<[AtomicU64; 2]>;

fn chaos(scene: &Scene, traffic: Traffic, seed: u64) -> (Proxy, Counted) {
    let (node, seed) = (scene.anvil.node(), Mutex::new(Seed::new(seed)));
    let counted = Counted::default();
    let counts = Arc::clone(&counted);
    let proxy = Proxy::start(&scene.anvil.url, move |_, answer| {
        let mut seed = seed.lock().unwrap();
        if counts[0].fetch_add(1, Ordering::SeqCst) < MOVING {
            move_on(&traffic, &node, &mut seed);
        }
        if seed.percent(25) {
            counts[1].fetch_add(1, Ordering::SeqCst);
            return failure(answer, &mut seed);
        }
        Answer::Json(answer)
    });
    (proxy, counted)
}

/// Begins as a service that is started again and again would.
fn connect(scene: &Scene, url: &str, what: &str) -> Chain {
    for _ in 0..1_000 {
        match Chain::connect(scene.network().clone(), vec![Node::new(url).unwrap()]) {
            Ok(chain) => return chain,
            Err(error) => assert!(!error.is_no(), "{what}: {error}"),
        }
    }
    panic!("{what}: it never connects")
}

#[test]
fn a_quarter_of_all_answers_fails_and_nothing_is_lost() {
    // Most of the time goes into waiting until the node is asked again.
    std::thread::scope(|scope| {
        let runs = [1, 2, 3].map(|seed| scope.spawn(move || follow_through_chaos(seed)));
        let joined = runs.map(std::thread::ScopedJoinHandle::join);
        let rolled_back = joined.map(|run| run.unwrap_or_else(|e| std::panic::resume_unwind(e)));
        // Most reorgs are of blocks that such a follower has not reached yet.
        assert!(rolled_back.iter().sum::<i64>() > 0, "{rolled_back:?}");
    });
}

/// How many reorgs went below the index.
fn follow_through_chaos(number: u64) -> i64 {
    let what = format!("seed {number}");
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(number));
    traffic.pass(50, &mut seed);
    let (proxy, counted) = chaos(&scene, traffic, number);
    let chain = connect(&scene, proxy.url(), &what);
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    loop {
        let moving = counted[0].load(Ordering::SeqCst) < MOVING;
        match writer.step(&chain, &no_stores()) {
            Ok(Step::Idle) if !moving => break,
            Ok(_) => {}
            Err(error) => assert!(!error.is_no(), "{what}: {error}"),
        }
    }
    assert_eq!(dump(index.path()), fresh_rows(&scene), "{what}");
    let [asked, failed] = [0, 1].map(|i| counted[i].load(Ordering::SeqCst));
    assert!(failed * 5 > asked && asked > MOVING, "{what}: {failed} of {asked} failed");
    count(index.path(), "SELECT count(*) FROM reorg_log WHERE cause = 'reorg'")
}

#[test]
fn a_node_that_falls_behind_and_comes_back_loses_nothing() {
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(4));
    let behind = Arc::new(AtomicU64::new(0));
    let (node, late) = (scene.anvil.node(), Arc::clone(&behind));
    let proxy = Proxy::start(&scene.anvil.url, move |request, mut answer| {
        let behind = late.load(Ordering::SeqCst);
        let asked = &request["params"][0];
        if request["method"] == "eth_getBlockByNumber" && behind > 0 {
            let head = node.head().unwrap().number - behind;
            let number = asked
                .as_str()
                .and_then(|n| u64::from_str_radix(n.trim_start_matches("0x"), 16).ok());
            if asked == "latest" {
                let older = json!([format!("{head:#x}"), false]);
                answer["result"] = node.ask("eth_getBlockByNumber", older);
            } else if number.is_some_and(|number| number > head) {
                answer["result"] = Value::Null;
            }
        }
        Answer::Json(answer)
    });
    let chain = proxy.chain(&scene);
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    for round in 0..12 {
        traffic.pass(1 + seed.below(30), &mut seed);
        behind.store(seed.below(40), Ordering::SeqCst);
        writer.catch_up(&chain, &no_stores(), |_| {}).unwrap();
        let (at, rows) = (index.position().unwrap(), dump(index.path()));
        let further = behind.load(Ordering::SeqCst) + 1 + seed.below(20);
        behind.store(further, Ordering::SeqCst);
        let head = scene.node().head().unwrap().number - further;
        let step = writer.step(&chain, &no_stores()).unwrap();
        assert_eq!(step, Step::Lag { head }, "round {round}");
        assert_eq!((index.position().unwrap(), dump(index.path())), (at, rows), "round {round}");
    }
    behind.store(0, Ordering::SeqCst);
    writer.catch_up(&chain, &no_stores(), |_| {}).unwrap();
    assert_eq!(dump(index.path()), fresh_rows(&scene));
}

fn refused(index: &Index, chain: &Chain) -> IndexError {
    index.writer().unwrap().catch_up(chain, &no_stores(), |_| {}).unwrap_err()
}

/// Says that its chain is another than it is.
fn another_id(request: &Value, mut answer: Value) -> Answer {
    if request["method"] == "eth_chainId" {
        answer["result"] = "0x1".into();
    }
    Answer::Json(answer)
}

#[test]
fn a_node_that_becomes_another_chain_is_refused_and_rows_stay() {
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(5));
    traffic.pass(90, &mut seed);
    let index = scene.index("index");
    scene.follow(&index);
    let (at, rows) = (index.position().unwrap(), dump(index.path()));
    let genesis = |scene: &Scene| scene.node().block(At::Number(0)).unwrap().unwrap().hash;
    // Chains that begin in the same second have the same first block.
    std::thread::sleep(Duration::from_millis(1_100));
    let other = Scene::other();
    assert_ne!(genesis(&other), genesis(&scene));
    let height = |scene: &Scene| scene.node().head().unwrap().number;
    let switched = Arc::new(AtomicBool::new(false));
    let behind = |lie: Box<Tamper>| {
        let switched = Arc::clone(&switched);
        Proxy::start(&scene.anvil.url, move |request, answer| {
            if switched.load(Ordering::SeqCst) {
                lie(request, answer)
            } else {
                Answer::Json(answer)
            }
        })
    };
    let elsewhere = || {
        let url = other.anvil.url.clone();
        behind(Box::new(move |_, _| Answer::Elsewhere(url.clone())))
    };
    // The other chain is shorter, as long, and longer; then the same chain says that it is another.
    for what in ["shorter", "as long", "longer", "another id"] {
        switched.store(false, Ordering::SeqCst);
        let proxy = if what == "another id" { behind(Box::new(another_id)) } else { elsewhere() };
        match what {
            "as long" => other.node().mine(height(&scene) - height(&other)),
            "longer" => other.node().mine(50),
            "another id" => scene.node().mine(1),
            _ => {}
        }
        let chain = proxy.chain(&scene);
        switched.store(true, Ordering::SeqCst);
        let error = refused(&index, &chain);
        assert!(error.is_no(), "{what}: {error}");
        let text = error.to_string();
        let said = if what == "another id" { "chain id 1, expected 31337" } else { "first block" };
        assert!(matches!(error, IndexError::Chain(ChainError::WrongNetwork(_))), "{what}: {text}");
        assert!(text.contains(said) && text.contains(proxy.url()), "{what}: {text}");
        assert_eq!((index.position().unwrap(), dump(index.path())), (at, rows.clone()), "{what}");
    }
    let acc = scene.chain.acc(scene.network().contracts.registry.address, At::Latest).unwrap();
    scene.follow(&index);
    assert!(index.accumulators().unwrap().iter().any(|(_, stored)| *stored == acc));
    assert_eq!(dump(index.path()), fresh_rows(&scene));
}
