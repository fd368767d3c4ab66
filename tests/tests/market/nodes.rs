//! Network files, nodes and stores that are not what they should be.

use crate::{hospital_and_lab, status, through};
use serde_json::{Value, json};
use std::fs;
use tests::proxy::Proxy;
use tests::scene::Scene;

#[test]
fn a_network_file_that_is_not_the_chains_is_refused_before_anything_is_done() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let true_file: Value =
        serde_json::from_slice(&fs::read(scene.path("network.json")).unwrap()).unwrap();
    let zero = format!("0x{:064}", 0);
    for (place, value, why) in [
        ("/chain", json!(1), "chain id 31337, expected 1"),
        ("/genesis", json!(zero), "another first block"),
        ("/contracts/registry/code_hash", json!(zero), "DatasetRegistry 0x"),
        ("/contracts/market/code_hash", json!(zero), "GrantMarket 0x"),
        ("/contracts/log/address", json!(hospital.address()), "ProvenanceLog 0x"),
    ] {
        let mut edited = true_file.clone();
        *edited.pointer_mut(place).unwrap() = value;
        fs::write(scene.path("edited.json"), edited.to_string()).unwrap();
        let with_file = |words: &[&str]| {
            let mut command = lab.command(["--network", "edited.json"]);
            tests::scene::Done::of(command.args(words)).no("network: the chain is not").says(why)
        };
        with_file(&["search"]).says("--network");
        with_file(&["account"]);
        with_file(&["network", "show"]);
        with_file(&["buy", "dataset:1"]);
        with_file(&["audit", "result:1"]);
    }
    assert_eq!(lab.tokens(), 1000.0);

    let unread = |file: &str, why: &str| {
        lab.run(["--network", file, "search"]).could_not(why);
        lab.run(["--network", file, "buy", "dataset:1"]).could_not(why);
    };
    unread("nowhere.json", "there is no network file nowhere.json");
    let text = fs::read_to_string(scene.path("network.json")).unwrap();
    fs::write(scene.path("cut.json"), &text[..text.len() / 2]).unwrap();
    unread("cut.json", "cut.json: the network file is malformed");
    unread("sealed", "sealed is no file");
    let nobody = scene.stranger("nobody");
    let unnamed =
        tests::scene::Done::of(nobody.command(["search"]).env_remove("PROVENOME_NETWORK"));
    unnamed.could_not("no network file is named").says("--network FILE");
}

#[test]
fn a_node_or_a_store_that_is_not_there_is_named() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    // A port that was free a moment ago.
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dead = format!("http://{dead}");
    for words in [&["search"][..], &["account"], &["buy", "dataset:1"], &["audit", "result:1"]] {
        through(&lab, &dead, words)
            .could_not(&format!("the node {dead} does not answer"))
            .says("is the node running");
        let both = format!("{},{dead}", scene.chain.url);
        through(&lab, &both, words).could_not(&format!("the node {dead} does not answer"));
    }
    through(&hospital, &dead, &["serve"]).could_not("does not answer");
    through(&lab, "ftp://x", &["search"]).could_not("no node's address").says("http://HOST:PORT");
    lab.run(["account", "--offline", "--rpc", &dead]).yes();

    for (place, why) in [
        ("dir:nowhere", "cannot open the folder of blocks nowhere"),
        ("dir:small.vcf", "small.vcf is no folder"),
        ("nowhere", "names no place for blocks"),
    ] {
        for words in [&["search"][..], &["buy", "dataset:1"]] {
            let mut command = lab.command(["--store", place]);
            let refused = tests::scene::Done::of(command.args(words)).could_not(why);
            refused.says("names a folder that is there");
        }
    }
    fs::create_dir(scene.path("empty")).unwrap();
    let fresh = scene.actor("fresh");
    let elsewhere = |words: &[&str]| {
        tests::scene::Done::of(fresh.command(["--store", "dir:empty"]).args(words))
    };
    elsewhere(&["search"]).yes().says("no store has its manifest");
    elsewhere(&["buy", "dataset:1"]).could_not("no store has the dataset's manifest");
    assert_eq!((lab.tokens(), fresh.tokens()), (1000.0, 1000.0));
    assert_eq!(lab.json(["grants"])["bought"], json!([]));
}

/// One of two nodes lacks the blocks after the first: neither money nor keys move.
#[test]
fn nodes_that_disagree_stop_money_and_keys() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let behind = Proxy::of(&scene.chain.url, |request| {
        let named = request["params"][0].as_str().unwrap_or_default();
        let later =
            request["method"] == "eth_getBlockByNumber" && !["0x0", "latest"].contains(&named);
        later.then_some(Value::Null)
    });
    let both = format!("{},{}", scene.chain.url, behind.url);
    through(&lab, &both, &["buy", "dataset:1"]).could_not("disagree").says("do not act");
    assert_eq!(lab.tokens(), 1000.0);
    lab.run(["buy", "dataset:1"]).yes();
    through(&hospital, &both, &["deliver", "grant:1"]).could_not("disagree").says("do not act");
    through(&hospital, &both, &["serve", "--once"])
        .could_not("not done: orders")
        .says("orders: waiting: ");
    assert_eq!(status(&lab, "grant:1"), "paid");
    assert!(!hospital.home().join("envelopes").exists(), "no key was wrapped");

    let agreed = Proxy::of(&scene.chain.url, |_| None);
    let both = format!("{},{}", scene.chain.url, agreed.url);
    through(&hospital, &both, &["serve", "--once"]).yes().says("delivered");
}
