//! `serve` beside other commands, stopped and killed at bad moments, and cut off from node or store.

use crate::{hospital_and_lab, said, serving, status, until};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use tests::proxy::Proxy;
use tests::scene::{Running, Scene};

fn signal(serve: &Running, name: &str) {
    let id = serve.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

#[test]
fn one_serves_a_home_others_read_beside_it_and_signals_end_it() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let log = scene.path("serve.log");
    for (grant, name) in [("grant:1", "-TERM"), ("grant:2", "-INT")] {
        let serve = serving(&mut hospital.command(["serve"]), &log);
        for words in [&["serve"][..], &["serve", "--once"]] {
            let second = tests::scene::Done::of(hospital.command([]).args(words));
            second.could_not("another process keeps").says("is another `serve` running");
        }
        hospital.run(["search"]).yes().says("dataset:1");
        lab.run(["buy", "dataset:1", "--again"]).yes();
        lab.run(["grants", "--wait", grant]).yes().says("delivered");
        hospital.run(["grants"]).yes().says(grant);
        hospital.run(["account"]).yes();
        assert!(said(&log, &format!("{grant}: 250 tUSD in escrow")));
        signal(&serve, name);
        assert_eq!(serve.end().code(), Some(0), "after {name}");
    }
    hospital.run(["serve", "--once"]).yes();
}

/// Killed before the delivery reaches the chain, and after it but before the envelope is published.
#[test]
fn a_killed_serve_loses_no_order_and_delivers_none_twice() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let moments = [("eth_sendRawTransaction", "paid"), ("eth_getTransactionReceipt", "delivered")];
    for (number, (method, then)) in moments.into_iter().enumerate() {
        let grant = format!("grant:{}", number + 1);
        let (caught, seen) = channel();
        let (release, released) = channel::<()>();
        let hold = Mutex::new((caught, released));
        let proxy = Proxy::of(&scene.chain.url, move |request| {
            if request["method"] == method {
                let (caught, released) = &*hold.lock().unwrap();
                let _ = caught.send(());
                let _ = released.recv();
                // Nobody is there any more who could send it or hear of it.
                return Some(Value::Null);
            }
            None
        });
        let log = scene.path("serve.log");
        let serve = serving(&mut hospital.command(["serve", "--rpc", &proxy.url]), &log);
        lab.run(["buy", "dataset:1", "--again"]).yes();
        seen.recv().unwrap();
        serve.kill();
        drop(release);
        assert_eq!(status(&lab, &grant), then);
        if then == "delivered" {
            lab.run(["open", &grant, "--out", "early.vcf"]).could_not("no source for");
            assert!(!scene.path("early.vcf").exists());
        }
        hospital.run(["serve", "--once"]).yes();
        hospital.run(["serve", "--once"]).yes();
        let out = format!("{grant}.vcf");
        lab.run(["open", &grant, "--out", &out]).yes();
        let same =
            fs::read(scene.path(&out)).unwrap() == fs::read(scene.path("small.vcf")).unwrap();
        assert!(same, "{grant} gives other bytes");
    }
    assert_eq!(lab.json(["account"])["tokens"][0]["balance"], "500");
}

#[test]
fn a_node_that_goes_away_is_waited_for() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let proxy = Proxy::of(&scene.chain.url, |_| None);
    let log = scene.path("serve.log");
    let mut command = hospital.command(["serve", "--json", "--rpc", &proxy.url]);
    let out = fs::File::create(&log).unwrap();
    let serve = Running::of(command.stdout(out));
    until("serve follows the chain", || said(&log, r#""event":"following""#));
    proxy.stop();
    until("serve says that it waits", || said(&log, r#""event":"waiting""#));
    lab.run(["buy", "dataset:1"]).yes();
    assert_eq!(status(&lab, "grant:1"), "paid");
    proxy.start();
    lab.run(["grants", "--wait", "grant:1", "--timeout", "40"]).yes().says("delivered");
    let told = fs::read_to_string(&log).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<&Value> = told.iter().map(|line| &line["event"]).collect();
    let count = |event: &str| events.iter().filter(|e| **e == &json!(event)).count();
    assert_eq!((count("following"), count("delivered")), (1, 1), "{told:?}");
    let waiting = told.iter().find(|line| line["event"] == "waiting").unwrap();
    assert!(waiting["why"].as_str().unwrap().contains("does not answer"), "{waiting}");

    proxy.stop();
    signal(&serve, "-TERM");
    assert_eq!(serve.end().code(), Some(0), "without a node it ends as well");
}

#[test]
fn a_store_that_goes_away_is_waited_for() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let log = scene.path("serve.log");
    let serve = serving(&mut hospital.command(["serve"]), &log);
    let (here, away) = (scene.path("blocks"), scene.path("away"));
    fs::rename(&here, &away).unwrap();
    lab.run(["buy", "dataset:1", "--store", "dir:away"]).yes();
    until("serve says that it waits", || said(&log, "grant:1: waiting: "));
    assert!(said(&log, "cannot open the folder of blocks"), "{:?}", fs::read_to_string(&log));
    let shown = lab.json(["show", "grant:1", "--store", "dir:away"]);
    assert_eq!(shown["status"], "paid");
    fs::rename(&away, &here).unwrap();
    lab.run(["grants", "--wait", "grant:1", "--timeout", "40"]).yes();
    lab.run(["open", "grant:1", "--out", "opened.vcf"]).yes();

    // Delivered on the chain, but the envelope was lost with its place.
    let envelope = lab.json(["show", "grant:1"])["envelope"].as_str().unwrap().to_owned();
    fs::remove_dir_all(&here).unwrap();
    until("serve says what it waits for", || said(&log, "envelopes: waiting: "));
    fs::create_dir(&here).unwrap();
    let folder = |name: &str| fs::read_dir(scene.path(name)).unwrap().map(|e| e.unwrap().path());
    until("the envelope is there again", || {
        folder("blocks").any(|shard| shard.join(&envelope).exists())
    });
    signal(&serve, "-INT");
    assert_eq!(serve.end().code(), Some(0));
}
