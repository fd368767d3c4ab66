//! Followers that are killed, in processes of their own: no gaps, no duplicates, and the next one
//! may write.

use crate::dump::{count, dump};
use crate::program::Killed;
use crate::proxy::{Answer, Proxy};
use crate::scene::{Scene, no_stores};
use indexer::{Index, IndexError};
use ledger::Network;
use ledger::chain::{Chain, Node};
use serde_json::json;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tests::anvil::Development as _;

/// Not a test: what the processes that the tests start do.
#[test]
#[ignore = "the other tests start it"]
fn child() {
    let from = |name| std::env::var(name).unwrap_or_else(|_| panic!("the parent sets {name}"));
    let network = Network::parse(&from("INDEX_NETWORK")).unwrap();
    let index = Index::open(from("INDEX_FOLDER").as_ref(), &network).unwrap();
    let mut writer = index.writer().unwrap();
    let chain = Chain::connect(network, vec![Node::new(&from("INDEX_NODE")).unwrap()]).unwrap();
    loop {
        if let Err(error) = writer.step(&chain, &no_stores()) {
            assert!(!error.is_no(), "{error}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The command of a process that follows `url` into the folder of this name.
pub(crate) fn child_of(scene: &Scene, name: &str, url: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .env("INDEX_NETWORK", scene.network().to_text())
        .env("INDEX_FOLDER", scene.folder(name))
        .env("INDEX_NODE", url);
    command
}

/// Such a process.
pub(crate) fn follower(scene: &Scene, name: &str, url: &str) -> Killed {
    let said = scene.folder(&format!("{}.said", name.replace('/', " ")));
    Killed::start(&mut child_of(scene, name, url), &said)
}

fn scene() -> Scene {
    let scene = Scene::new();
    for seed in 1..=4 {
        scene.list(seed);
        scene.node().mine(8);
    }
    scene
}

fn assert_whole(scene: &Scene, index: &Index, fresh: &[String], what: &str) {
    scene.follow(index);
    assert_eq!(dump(index.path()), fresh, "{what}");
}

#[test]
fn killed_between_fetch_and_commit_it_goes_on_without_gap() {
    let scene = scene();
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    let fresh = dump(fresh.path());
    for (method, nth) in [("eth_getLogs", 1), ("eth_call", 5), ("eth_getLogs", 2), ("eth_call", 9)]
    {
        let what = format!("{method} {nth}");
        let (reached, wait) = mpsc::channel();
        let asked = AtomicU32::new(0);
        let proxy = Proxy::start(&scene.anvil.url, move |request, answer| {
            let is_it = request["method"] == method;
            if is_it && asked.fetch_add(1, Ordering::SeqCst) + 1 == nth {
                reached.send(()).unwrap();
                return Answer::Silence;
            }
            Answer::Json(answer)
        });
        let follower = follower(&scene, &what, proxy.url());
        wait.recv_timeout(Duration::from_secs(20)).unwrap();
        let index = scene.index(&what);
        assert!(matches!(index.writer(), Err(IndexError::AnotherWriter { .. })), "{what}");
        assert_eq!(follower.kill(), None, "{what}");
        assert_whole(&scene, &index, &fresh, &what);
    }
}

#[test]
fn killed_at_any_moment_it_goes_on_without_gap() {
    let scene = scene();
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    let fresh = dump(fresh.path());
    // Two blocks at a time make many commits; the kills come ever later into them.
    let proxy = Proxy::start(&scene.anvil.url, |request, answer| {
        let filter = &request["params"][0];
        let number = |value: &serde_json::Value| {
            u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
        };
        if request["method"] == "eth_getLogs"
            && number(&filter["toBlock"]) - number(&filter["fromBlock"]) >= 2
        {
            let error = json!({ "code": -32005, "message": "too many" });
            return Answer::Json(json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }));
        }
        Answer::Json(answer)
    });
    let index = scene.index("index");
    let events = "SELECT count(*) FROM events";
    let (mut counts, mut kills) = (Vec::new(), 0);
    let all = count(scene.index("fresh").path(), events);
    while counts.last() != Some(&all) {
        assert!(kills < 40, "it does not get on: {counts:?}");
        let follower = follower(&scene, "index", proxy.url());
        std::thread::sleep(Duration::from_millis(60 + 7 * kills));
        drop(follower);
        kills += 1;
        counts.push(count(index.path(), events));
        let gapless = "SELECT count(*) = ifnull(max(id) - min(id) + 1, 0) FROM versions";
        assert_eq!(count(index.path(), gapless), 1);
    }
    assert!(kills > 2, "{counts:?}");
    assert!(counts.is_sorted(), "{counts:?}");
    assert_whole(&scene, &index, &fresh, "killed");
}

#[test]
fn a_writer_dropped_in_the_middle_leaves_whole_batches() {
    let scene = scene();
    let fresh = scene.index("fresh");
    scene.follow(&fresh);
    let index = scene.index("index");
    let mut writer = index.writer().unwrap();
    writer.step(&scene.chain, &no_stores()).unwrap();
    let (at, rows) = (index.position().unwrap(), dump(index.path()));
    drop(writer);
    assert_eq!((index.position().unwrap(), dump(index.path())), (at, rows));
    assert_whole(&scene, &index, &dump(fresh.path()), "dropped");
}
