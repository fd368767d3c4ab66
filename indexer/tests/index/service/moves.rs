//! While the chain moves: reorgs between two pages, event streams, a final block replaced, a node
//! that goes away; and the way out.

use super::Serving;
use crate::scene::Scene;
use indexer::IndexError;
use indexer::service::{Following, ServeError};
use std::io::{Read as _, Write as _};
use tests::anvil::Development as _;

#[test]
fn a_reorg_between_two_pages_is_told_and_what_is_below_it_goes_on() {
    let scene = Scene::new();
    for seed in 1..=4 {
        scene.list(seed);
    }
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let mut events = serving.follow();
    let (name, first) = events.next().unwrap();
    assert_eq!((name.as_str(), &first["status"]), ("position", &"ready".into()));
    let next = |limit: usize| {
        let page = serving.json(&format!("/v1/datasets?limit={limit}"));
        page["next"].as_str().unwrap().to_owned()
    };
    let (low, high) = (next(1), next(3));

    // The blocks of datasets 3 and 4 are replaced by empty ones; then others are listed.
    scene.node().reorg(2);
    let (third, fourth) = (scene.list(13), scene.list(14));
    serving.catch_up(&scene);
    let gone = serving.get(&format!("/v1/datasets?limit=3&cursor={high}"));
    assert_eq!(gone.json(409)["error"]["code"], "cursor-gone");
    let page = serving.json(&format!("/v1/datasets?limit=3&cursor={low}"));
    let columns: Vec<_> =
        page["datasets"].as_array().unwrap().iter().map(|row| &row["columns"]).collect();
    assert_eq!(columns, [1002, 1013, 1014]);
    assert_eq!((third.to_string(), fourth.to_string()), ("3".to_owned(), "4".to_owned()));

    let (_, reorg) = events.find(|(name, _)| name == "reorg").unwrap();
    assert!(reorg["to"]["block"].as_u64() < reorg["from"]["block"].as_u64());
    let (_, block) = events.find(|(name, told)| name == "block" && told["events"] != 0).unwrap();
    assert_eq!(block["changed"][0], "dataset:3");
    serving.stop().unwrap();
    assert!(events.all(|(name, _)| name == "block"), "the stream ends with the service");
}

#[test]
fn a_replaced_final_block_stops_following_and_answers_go_on() {
    let scene = Scene::new();
    scene.list(1);
    scene.node().mine(100);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let before = serving.json("/v1/datasets");
    assert_eq!(before["at"]["finalized"], before["at"]["block"].as_u64().unwrap() - 64);
    scene.node().reorg(70);
    serving.wait(|told| matches!(told, Following::Stopped { .. }));
    scene.list(2);
    let health = serving.get("/health").json(503);
    assert_eq!(health["status"], "finality-violated");
    assert!(health["why"].as_str().unwrap().contains("was final as"), "{health}");
    assert_eq!(serving.json("/v1/datasets"), before);
    assert_eq!(serving.json("/v1/status")["status"], "finality-violated");
    match serving.stop() {
        Err(ServeError::Index(error @ IndexError::FinalityViolated { .. })) => {
            assert!(error.is_no());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_shutdown_finishes_answers_and_does_not_wait_for_the_idle() {
    let scene = Scene::new();
    scene.list(1);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let address = serving.address;
    let mut idle = serving.connect();
    let mut kept = serving.connect();
    kept.write_all(b"GET /v1/datasets HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut begin = [0; 12];
    kept.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
    let mut events = serving.follow();
    events.next().unwrap();
    let begun = std::time::Instant::now();
    serving.stop().unwrap();
    assert!(begun.elapsed().as_secs() < 11, "{:?}", begun.elapsed());
    assert!(events.all(|(name, _)| name == "block"));
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "the idle connection is closed");
    assert!(std::net::TcpStream::connect(address).is_err());
    // The writer's lock is free again.
    scene.index("served").writer().unwrap();
}
