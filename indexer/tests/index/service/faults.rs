//! A service whose node falls behind or becomes another chain: what it says of itself, what it goes
//! on answering, and what it ends with.

use super::Serving;
use crate::proxy::{Answer, Proxy};
use crate::scene::Scene;
use indexer::IndexError;
use indexer::service::{Following, ServeError};
use ledger::chain::ChainError;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tests::anvil::Development as _;

#[test]
fn behind_a_node_that_lags_it_waits_and_answers_go_on() {
    let scene = Scene::new();
    scene.list(1);
    scene.node().mine(8);
    let behind = Arc::new(AtomicU64::new(0));
    let (node, late) = (scene.anvil.node(), Arc::clone(&behind));
    let proxy = Proxy::start(&scene.anvil.url, move |request, mut answer| {
        let behind = late.load(Ordering::SeqCst);
        if request["params"][0] == "latest" && behind > 0 {
            let head = node.head().unwrap().number - behind;
            let older = json!([format!("{head:#x}"), false]);
            answer["result"] = node.ask("eth_getBlockByNumber", older);
        }
        Answer::Json(answer)
    });
    let serving = Serving::of(&scene, proxy.url(), Vec::new());
    serving.catch_up(&scene);
    let before = serving.json("/v1/datasets");
    behind.store(5, Ordering::SeqCst);
    serving.wait(|told| matches!(told, Following::Waiting { .. }));
    let health = serving.get("/health").json(200);
    assert_eq!(health["status"], "waiting");
    assert!(health["why"].as_str().unwrap().contains("behind the index"), "{health}");
    assert_eq!(serving.json("/v1/datasets"), before);
    behind.store(0, Ordering::SeqCst);
    serving.wait(|told| matches!(told, Following::Ready { .. }));
    scene.list(2);
    serving.catch_up(&scene);
    assert_eq!(serving.get("/health").json(200)["status"], "ready");
    serving.stop().unwrap();
}

#[test]
fn what_a_node_said_is_for_whoever_runs_the_service_alone() {
    let scene = Scene::new();
    let gone = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&gone);
    let proxy =
        Proxy::start(&scene.anvil.url, move |_, answer| match fails.load(Ordering::SeqCst) {
            true => Answer::Status(503),
            false => Answer::Json(answer),
        });
    let serving = Serving::of(&scene, proxy.url(), Vec::new());
    gone.store(true, Ordering::SeqCst);
    serving.wait(|told| matches!(told, Following::Waiting { why } if why.contains(proxy.url())));
    for path in ["/health", "/v1/status"] {
        let told = serving.json(path);
        let public = "the node does not answer as it should; it is asked again";
        assert_eq!(told["why"], public, "{told}");
        assert!(!told.to_string().contains("127.0.0.1"), "{told}");
    }
    serving.stop().unwrap();
}

#[test]
fn it_halts_where_the_node_becomes_another_chain() {
    let scene = Scene::new();
    scene.list(1);
    let switched = Arc::new(AtomicBool::new(false));
    let lie = Arc::clone(&switched);
    let proxy = Proxy::start(&scene.anvil.url, move |request, mut answer| {
        if request["method"] == "eth_chainId" && lie.load(Ordering::SeqCst) {
            answer["result"] = "0x1".into();
        }
        Answer::Json(answer)
    });
    let serving = Serving::of(&scene, proxy.url(), Vec::new());
    serving.catch_up(&scene);
    let before = serving.json("/v1/datasets");
    let mut events = serving.follow();
    switched.store(true, Ordering::SeqCst);
    scene.list(2);
    serving.wait(|told| matches!(told, Following::Stopped { .. }));
    let health = serving.get("/health").json(503);
    assert_eq!(health["status"], "halted");
    assert!(health["why"].as_str().unwrap().contains("chain id 1, expected 31337"), "{health}");
    assert_eq!(serving.json("/v1/datasets"), before);
    let (_, stopped) = events.find(|(name, _)| name == "stopped").unwrap();
    assert_eq!(stopped, json!({ "phase": "halted" }));
    match serving.stop() {
        Err(ServeError::Index(error @ IndexError::Chain(ChainError::WrongNetwork(_)))) => {
            assert!(error.is_no());
        }
        other => panic!("{other:?}"),
    }
}
