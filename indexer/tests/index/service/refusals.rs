//! What is refused, and what it costs to ask badly.

use super::Serving;
use crate::scene::Scene;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

#[test]
fn malformed_questions_are_refused_by_name() {
    let scene = Scene::new();
    scene.list(1);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let long = "x".repeat(1025);
    let zeros = "0".repeat(64);
    for (path, status, code, says) in [
        ("/v1/datasets/0", 400, "malformed", "number: it must be a decimal number from 1"),
        ("/v1/datasets/-1", 400, "malformed", "number"),
        ("/v1/datasets/0x1", 400, "malformed", "number"),
        (&format!("/v1/datasets/{}", "9".repeat(79)), 400, "malformed", "number"),
        ("/v1/datasets/2", 404, "not-found", "there is no dataset:2"),
        ("/v1/datasets/2/versions", 404, "not-found", "there is no dataset:2"),
        ("/v1/grants/1", 404, "not-found", "there is no grant:1"),
        ("/v1/results/1", 404, "not-found", "there is no result:1"),
        ("/v1/results/1/graph", 404, "not-found", "there is no result:1"),
        ("/v1/datasets/2/proof", 404, "not-found", "there is no dataset:2"),
        ("/v1/datasets/0/proof", 400, "malformed", "number"),
        ("/v1/datasets/1/proof?status=paid", 400, "malformed", "status: it is none of value"),
        ("/v1/datasets/1/proof?value=price", 400, "malformed", "value: it must be owner or status"),
        ("/v1/datasets/2/proof?value=terms", 404, "not-found", "there is no dataset:2"),
        ("/v1/datasets/1/versions/x/proof", 400, "malformed", "version: it must be a number"),
        ("/v1/datasets/1/versions/9/proof", 404, "not-found", "no version 9 of dataset:1"),
        ("/v1/datasets/1/terms/-1/proof", 400, "malformed", "from: it must be a block's number"),
        ("/v1/datasets/1/terms/1/proof", 404, "not-found", "dataset:1 with terms from block 1 on"),
        ("/v1/datasets/1/attestations/0/proof", 400, "malformed", "grant: it must be a decimal"),
        (
            "/v1/datasets/1/attestations/9/proof",
            404,
            "not-found",
            "word on dataset:1 under grant:9",
        ),
        ("/v1/logs/0x12/proof", 400, "malformed", "log: it must be 32 bytes in hexadecimal"),
        (&format!("/v1/logs/0x{zeros}/proof"), 404, "not-found", "there is no log 0x000"),
        (&format!("/v1/logs/0x{zeros}/anchors/1/proof"), 404, "not-found", "with 1 steps"),
        ("/v1/grants/1/proof", 404, "not-found", "there is no grant:1"),
        ("/v1/grants/1/proof?status=paid", 404, "not-found", "no grant:1 that was ever paid"),
        ("/v1/grants/1/proof?status=open", 400, "malformed", "status: it must be paid or"),
        ("/v1/results/1/proof", 404, "not-found", "there is no result:1"),
        ("/v1/logs/0x12", 400, "malformed", "log: it must be 32 bytes in hexadecimal"),
        (&format!("/v1/logs/0x{zeros}/steps"), 404, "not-found", "there is no log 0x000"),
        ("/v1/datasets?limit=0", 400, "malformed", "limit: it must be a number from 1 to 200"),
        ("/v1/datasets?limit=201", 400, "malformed", "limit"),
        ("/v1/datasets?limit=-1", 400, "malformed", "limit"),
        ("/v1/datasets?limit=1&limit=2", 400, "malformed", "limit: it is given twice"),
        ("/v1/datasets?stat=paused", 400, "malformed", "stat: it is none of q, owner, status"),
        ("/v1/datasets?status=gone", 400, "malformed", "status: it must be on_sale or paused"),
        ("/v1/datasets?owner=0x12", 400, "malformed", "owner: it must be an address"),
        ("/v1/datasets?min_samples=many", 400, "malformed", "min_samples"),
        ("/v1/datasets?cursor=1.2.3", 400, "malformed", "cursor: it is none that this service"),
        ("/v1/datasets?cursor=s5", 400, "malformed", "cursor"),
        ("/v1/datasets?q=x&cursor=sffff", 400, "malformed", "use more words"),
        (&format!("/v1/datasets?cursor=1.1.{zeros}"), 409, "cursor-gone", "begin again"),
        (&format!("/v1/datasets?q={long}"), 400, "malformed", "q: it is longer than 1024 bytes"),
        ("/v1/grants?buyer=me", 400, "malformed", "buyer: it must be an address"),
        ("/v1/grants?status=open", 400, "malformed", "status: it must be paid or delivered"),
        ("/v1/results?circuit=1", 400, "malformed", "circuit"),
        ("/v1/status?x=1", 400, "malformed", "x: this address takes no parameters"),
        ("/v2/datasets", 404, "not-found", "/v1/openapi.json"),
        (&format!("/v1/datasets?q={}", "x".repeat(5000)), 414, "long-address", "4096 bytes"),
    ] {
        let error = &serving.get(path).json(status)["error"];
        assert_eq!(error["code"], code, "{path}: {error}");
        assert!(error["message"].as_str().unwrap().contains(says), "{path}: {error}");
    }
    // Words are only ever words.
    for words in ["%22%29%20OR%201=1", "%00", "%ff", "NEAR(", "-x", "*"] {
        let found = serving.json(&format!("/v1/datasets?q={words}"));
        assert_eq!(found["datasets"].as_array().map(Vec::len), Some(0), "{words}");
    }
    for method in ["POST", "PUT", "DELETE"] {
        let asked =
            format!("{method} /v1/datasets HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let heard = serving.send(&asked);
        assert_eq!(heard.json(405)["error"]["code"], "method", "{method}");
        assert_eq!(heard.header("allow"), "get, head");
    }
    let heard = serving.get_with("/v1/datasets", "content-length: 5\r\n");
    assert_eq!(heard.json(413)["error"]["code"], "body");
    serving.stop().unwrap();
}

#[test]
fn oversized_and_broken_requests_cost_one_connection() {
    let scene = Scene::new();
    let serving = Serving::start(&scene, Vec::new());
    let many: String = (0..100).map(|n| format!("x-{n}: y\r\n")).collect();
    for (headers, status) in [(format!("x: {}\r\n", "y".repeat(20_000)), 431), (many, 431)] {
        assert_eq!(serving.get_with("/health", &headers).status, status);
    }
    for broken in ["\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        assert_eq!(serving.send(broken).status, 400, "{broken:?}");
    }
    assert_eq!(serving.get("/health").status, 200);
    serving.stop().unwrap();
}

#[test]
fn slow_clients_are_let_go_of_and_others_answered_meanwhile() {
    let scene = Scene::new();
    for seed in 1..=5 {
        scene.list(seed);
    }
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let mut slow: Vec<_> = (0..50).map(|_| serving.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /v1/datasets HTTP/1.1\r\nhost: x\r\nx-half").unwrap();
    }
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let ask = || {
            for _ in 0..20 {
                let page = serving.json("/v1/datasets?q=&limit=3");
                assert_eq!(page["datasets"].as_array().unwrap().len(), 3);
            }
        };
        let clients: Vec<_> = (0..50).map(|_| scope.spawn(ask)).collect();
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
    // Half a request is waited for for ten seconds, then its connection is closed.
    for stream in &mut slow {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!(serving.get("/health").status, 200);
    serving.stop().unwrap();
}

#[test]
fn who_asks_too_often_is_refused_and_others_are_not() {
    let scene = Scene::new();
    let serving = Serving::start(&scene, Vec::new());
    let asked = "GET /style.css HTTP/1.1\r\nhost: x\r\n\r\n".repeat(300);
    let heard = from_elsewhere(serving.address, &(asked + &last("/health")));
    let refused = heard.matches("HTTP/1.1 429 ").count();
    assert!((1..=101).contains(&refused), "{refused}");
    assert!(heard.contains("retry-after: 1") && heard.contains("too-often"), "{heard}");
    // From this machine itself as often as one likes.
    for _ in 0..300 {
        assert_eq!(serving.get("/health").status, 200);
    }
    serving.stop().unwrap();
}

fn last(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

/// What is answered to a client at another address of this machine.
fn from_elsewhere(service: SocketAddr, asked: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let (mut answers, mut questions) = socket.connect(service).await.unwrap().into_split();
        let (mut heard, asked) = (String::new(), asked.to_owned());
        let asking = tokio::spawn(async move { questions.write_all(asked.as_bytes()).await });
        answers.read_to_string(&mut heard).await.unwrap();
        asking.await.unwrap().unwrap();
        heard
    })
}
