//! Who has the money after each step, and who is not let spend it.

use crate::{hospital_and_lab, status, through};
use ledger::Network;
use serde_json::json;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use tests::anvil::Development as _;
use tests::proxy::Proxy;
use tests::scene::{Actor, Scene};

/// What the market holds, in whole tokens.
fn escrow(scene: &Scene) -> f64 {
    let network =
        Network::parse(&std::fs::read_to_string(scene.path("network.json")).unwrap()).unwrap();
    let chain = ledger::chain::Chain::connect(network.clone(), vec![scene.chain.node()]).unwrap();
    let held = chain.balances(network.contracts.market.address, network.tokens[0].address);
    held.unwrap().token.to_string().parse::<f64>().unwrap() / 1e6
}

fn stands(scene: &Scene, lab: &Actor<'_>, hospital: &Actor<'_>) -> (f64, f64, f64) {
    (lab.tokens(), escrow(scene), hospital.tokens())
}

#[test]
fn the_price_waits_in_escrow_until_it_is_settled() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    assert_eq!(stands(&scene, &lab, &hospital), (1000.0, 0.0, 1000.0));

    let bought = lab.json(["buy", "dataset:1"]);
    assert_eq!((&bought["id"], &bought["dataset"]), (&json!("grant:1"), &json!("dataset:1")));
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 250.0, 1000.0));
    let account = lab.json(["account"]);
    assert_eq!(account["tokens"][0]["allowance"], "0", "the permit was for one price");

    hospital.run(["deliver", "grant:1"]).yes();
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 250.0, 1000.0));
    hospital.run(["settle", "grant:1"]).no("TooEarly").says("wait for the deadline");
    assert_eq!(hospital.json(["settle"])["settled"], json!([]));
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 250.0, 1000.0));

    scene.warp(72 * 3600 + 60);
    assert_eq!(hospital.json(["settle"])["settled"][0]["id"], "grant:1");
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 0.0, 1250.0));
    hospital.run(["settle"]).yes().says("nothing is due");
    hospital.run(["settle", "grant:1"]).no("WrongStatus").says("another phase");
    hospital.run(["withdraw"]).yes().says("nothing is owed");
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 0.0, 1250.0));
}

#[test]
fn who_cannot_pay_spends_nothing() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);

    hospital.run(["terms", "dataset:1", "--price", "1000.000001"]).yes();
    let refused = lab.run(["buy", "dataset:1"]).no("balance: the price is 1000.000001 tUSD");
    let told = refused.says("has 1000 tUSD").says("send tokens to 0x");
    assert!(told.out.is_empty(), "{told:#?}");
    hospital.run(["terms", "dataset:1", "--price", "1000"]).yes();
    lab.run(["buy", "dataset:1", "--max-price", "999.99"]).no("max-price: the price is 1000 tUSD");
    lab.run(["buy", "dataset:1", "--max-price", "much"]).could_not("such as 12.5");
    lab.run(["buy", "dataset:2"]).no("there is no dataset:2").says("provenome search");
    lab.run(["buy", "grant:1"]).could_not("grant:1 is no dataset").says("dataset:N");
    assert_eq!(stands(&scene, &lab, &hospital), (1000.0, 0.0, 1000.0));
    assert_eq!(lab.json(["grants"])["bought"], json!([]));

    let penniless = scene.stranger("penniless");
    penniless.run(["init", "--phrase-out", "penniless.phrase"]).yes();
    lab.run(["devnet", "fund", &penniless.address(), "--coin", "0", "--token", "1000"]).yes();
    penniless
        .run(["buy", "dataset:1"])
        .could_not("not enough coin")
        .says("provenome devnet fund ADDRESS");
    assert_eq!((penniless.tokens(), escrow(&scene)), (1000.0, 0.0));
    lab.run(["devnet", "fund", &penniless.address(), "--token", "0"]).yes();
    penniless.run(["buy", "dataset:1", "--max-price", "1000"]).yes();
    assert_eq!((penniless.tokens(), escrow(&scene)), (0.0, 1000.0));
}

#[test]
fn nobody_buys_what_they_were_not_shown() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    lab.run(["show", "dataset:1"]).yes();
    hospital.run(["terms", "dataset:1", "--access", "30d"]).yes();
    lab.run(["buy", "dataset:1"])
        .no("as-shown: terms or version of dataset:1 changed")
        .says("show");
    assert_eq!(lab.tokens(), 1000.0);
    lab.run(["show", "dataset:1"]).yes().says("30d");

    hospital.run(["pause", "dataset:1"]).yes();
    lab.run(["buy", "dataset:1"]).no("on-sale: the sale of dataset:1 is paused");
    lab.run(["show", "dataset:1"]).yes().says("paused");
    lab.run(["resume", "dataset:1"]).no("NotOwner").says("only the dataset's owner");
    hospital.run(["resume", "dataset:1"]).yes();
    lab.run(["buy", "dataset:1"]).yes();

    lab.run(["buy", "dataset:1"]).no("not-bought: you have grant:1").says("--again");
    assert_eq!(lab.tokens(), 750.0);
    lab.run(["buy", "dataset:1", "--again"]).yes().says("grant:2");
    hospital.run(["buy", "dataset:1"]).yes().says("your own");
    assert_eq!(stands(&scene, &lab, &hospital), (500.0, 750.0, 750.0));
}

/// The order is signed and on its way when the terms change: the contract has the last word.
#[test]
fn terms_that_change_under_an_order_are_refused_by_the_contract() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    let (caught, seen) = channel();
    let (release, released) = channel::<()>();
    let hold = Mutex::new(Some((caught, released)));
    let proxy = Proxy::of(&scene.chain.url, move |request| {
        if request["method"] == "eth_sendRawTransaction"
            && let Some((caught, released)) = hold.lock().unwrap().take()
        {
            caught.send(()).unwrap();
            released.recv().unwrap();
        }
        None
    });
    let refused = std::thread::scope(|threads| {
        let buying = threads.spawn(|| through(&lab, &proxy.url, &["buy", "dataset:1"]));
        seen.recv().unwrap();
        hospital.run(["terms", "dataset:1", "--price", "251"]).yes();
        release.send(()).unwrap();
        buying.join().unwrap()
    });
    refused.no("TermsChanged").says("look at it again");
    assert_eq!(stands(&scene, &lab, &hospital), (1000.0, 0.0, 1000.0));
    lab.run(["buy", "dataset:1"]).yes().says("251 tUSD");
    assert_eq!(stands(&scene, &lab, &hospital), (749.0, 251.0, 1000.0));
}

#[test]
fn an_allowance_that_is_there_is_used_and_a_spent_order_is_not_sent_again() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    hospital.run(["terms", "dataset:1", "--price", "0"]).yes();
    lab.run(["buy", "dataset:1"]).yes().says("0 tUSD");
    assert_eq!(stands(&scene, &lab, &hospital), (1000.0, 0.0, 1000.0));

    // The order is sent, but the buyer never hears of it.
    hospital.run(["terms", "dataset:1", "--price", "250"]).yes();
    let deaf = Proxy::of(&scene.chain.url, |request| {
        (request["method"] == "eth_getTransactionReceipt").then(|| json!(null))
    });
    through(&lab, &deaf.url, &["buy", "dataset:1", "--again"])
        .could_not("was sent but is in no block yet")
        .says("run the command again");
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 250.0, 1000.0));
    let again = lab.json(["buy", "dataset:1", "--again"]);
    assert_eq!((&again["id"], &again["transaction"]), (&json!("grant:2"), &json!(null)));
    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 250.0, 1000.0));
    assert_eq!(status(&lab, "grant:2"), "paid");
}

/// A token that refuses to pay blocks no order: what could not be pushed waits.
#[test]
fn a_payment_that_the_token_refuses_is_owed_and_withdrawn() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    lab.run(["buy", "dataset:1"]).yes();
    let token = lab.json(["account"])["tokens"][0]["address"].clone();
    let node = scene.chain.node();
    let code = node.ask("eth_getCode", json!([token, "latest"]));
    node.ask("anvil_setCode", json!([token, "0x60006000fd"]));
    hospital.run(["decline", "grant:1"]).yes().says("the token refused it").says("withdraw");
    node.ask("anvil_setCode", json!([token, code]));

    assert_eq!(stands(&scene, &lab, &hospital), (750.0, 250.0, 1000.0));
    let account = lab.json(["account"]);
    assert_eq!(account["tokens"][0]["credit"], "250");
    hospital.run(["withdraw"]).yes().says("nothing is owed");
    lab.run(["withdraw"]).yes().says("250 tUSD");
    assert_eq!(stands(&scene, &lab, &hospital), (1000.0, 0.0, 1000.0));
    lab.run(["withdraw"]).yes().says("nothing is owed");
}
