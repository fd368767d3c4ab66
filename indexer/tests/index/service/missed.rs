//! Readers of the event stream who come back: they get what they missed, also from a service that
//! was started again, or are told to read again.

use super::{Serving, Told};
use crate::scene::Scene;
use tests::anvil::Development as _;

/// The stream's events up to and with the block at which the chain is now.
fn up_to_head(scene: &Scene, events: &mut impl Iterator<Item = Told>) -> Vec<Told> {
    let head = scene.node().head().unwrap().hash.to_string();
    let mut told = Vec::new();
    loop {
        let next = events.next().expect("the stream goes on");
        let is_head = next.data["hash"] == head;
        told.push(next);
        if is_head {
            return told;
        }
    }
}

fn names(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.name.as_str()).collect()
}

#[test]
fn who_comes_back_gets_what_was_missed_also_from_another_service() {
    let scene = Scene::new();
    scene.list(1);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let mut always = serving.events(None);
    let first = always.next().unwrap();
    let head = scene.node().head().unwrap();
    assert_eq!(first.name, "position");
    assert_eq!(first.id, Some(format!("{}-{}", head.number, head.hash)));

    // Two who read one block each, and go; then a block with an event, a reorg of it, and another.
    scene.list(2);
    let second = up_to_head(&scene, &mut always);
    scene.list(3);
    let third = up_to_head(&scene, &mut always);
    assert_eq!(third[0].data["changed"], serde_json::json!(["dataset:3"]));
    let mut back = serving.events(second.last().unwrap().id.as_deref());
    assert_eq!(up_to_head(&scene, &mut back), third);
    scene.node().reorg(1);
    let mut reorged = up_to_head(&scene, &mut always);
    scene.list(4);
    reorged.extend(up_to_head(&scene, &mut always));
    assert_eq!(names(&reorged), ["reorg", "block", "block"]);
    let mut back = serving.events(third.last().unwrap().id.as_deref());
    assert_eq!(up_to_head(&scene, &mut back), reorged);
    // Nothing missed: the next block comes.
    let mut back = serving.events(reorged.last().unwrap().id.as_deref());
    scene.node().mine(1);
    let last = up_to_head(&scene, &mut always);
    assert_eq!(up_to_head(&scene, &mut back), last);
    serving.stop().unwrap();

    // The ids hold beyond the service, and what happened meanwhile is told.
    scene.list(5);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let mut back = serving.events(last.last().unwrap().id.as_deref());
    let missed = up_to_head(&scene, &mut back);
    assert_eq!((names(&missed), &missed[0].data["events"]), (vec!["block"], &2.into()));
    let mut back = serving.events(third.last().unwrap().id.as_deref());
    let whole = [&reorged[..], &last[..], &missed[..]].concat();
    assert_eq!(up_to_head(&scene, &mut back), whole);
    serving.stop().unwrap();
}

#[test]
fn who_missed_too_much_or_was_elsewhere_is_told_to_read_again() {
    let scene = Scene::new();
    scene.list(1);
    let serving = Serving::start(&scene, Vec::new());
    serving.catch_up(&scene);
    let early = serving.events(None).next().unwrap().id.unwrap();
    scene.node().mine(10);
    serving.catch_up(&scene);
    let middle = serving.events(None).next().unwrap().id.unwrap();
    // The first of the blocks that nobody stood at when they were taken back.
    let taken = scene.node().head().unwrap().number - 4;
    let taken = scene.node().block(ledger::chain::At::Number(taken)).unwrap().unwrap();
    let taken = format!("{}-{}", taken.number, taken.hash);
    scene.node().reorg(6);
    serving.catch_up(&scene);
    let head = scene.node().head().unwrap();
    let other = format!("{}-0x{}", head.number, "ab".repeat(32));
    for (since, name) in [
        (early.as_str(), "block"),
        (middle.as_str(), "reorg"),
        (taken.as_str(), "reset"),
        (other.as_str(), "reset"),
        ("", "reset"),
        ("5", "reset"),
        ("\"quoted\"", "reset"),
    ] {
        let told = serving.events(Some(since)).next().unwrap();
        assert_eq!(told.name, name, "{since}");
        if name == "reset" {
            assert_eq!(told.id, Some(format!("{}-{}", head.number, head.hash)), "{since}");
            assert_eq!(told.data["at"]["hash"], head.hash.to_string(), "{since}");
        }
    }
    // Final blocks are forgotten, and with them who had read no further.
    scene.node().mine(120);
    serving.catch_up(&scene);
    assert_eq!(serving.events(Some(&early)).next().unwrap().name, "reset");
    serving.stop().unwrap();
}
