//! Orders that are delivered, declined, or neither: honest ones, malformed ones, late ones.

use crate::{hospital_and_lab, status};
use alloy_primitives::B256;
use ledger::chain::{Chain, PrivateKeySigner, Purchase};
use ledger::dataset::Version;
use ledger::market::Terms;
use ledger::{Cid, Codec, Manifest, Network};
use store::{BlockStore as _, Directory};
use tests::scene::{Actor, Scene};
use vault::{Passphrase, Vault};

/// Buys `dataset:1` as a program of the lab's own would, with whatever it likes as its request.
fn order(scene: &Scene, lab: &Actor<'_>, request: B256) {
    let read = |name: &str| std::fs::read(scene.path(name)).unwrap();
    let network = Network::parse(&String::from_utf8(read("network.json")).unwrap()).unwrap();
    let manifest = Manifest::decode(&read("sealed/manifest.cbor")).unwrap();
    let version = Version {
        manifest: manifest.cid().digest(),
        data_root: manifest.panel.data_root,
        key_commit: manifest.key_commit,
        samples: manifest.panel.samples,
        columns: manifest.panel.columns,
    };
    let shown = lab.json(["show", "dataset:1"])["terms"].clone();
    let seconds = |key: &str| u32::try_from(shown[key].as_u64().unwrap()).unwrap();
    let terms = Terms {
        price: shown["price_units"].as_str().unwrap().parse().unwrap(),
        token: network.tokens[0].address,
        access_seconds: seconds("access_seconds"),
        delivery_seconds: seconds("delivery_seconds"),
        dispute_seconds: seconds("dispute_seconds"),
    };
    let passphrase = std::fs::read_to_string(lab.passphrase()).unwrap();
    let passphrase = Passphrase::new(passphrase.trim().to_owned());
    let vault = Vault::open(lab.home().join("vault"), &passphrase).unwrap();
    let secret = vault.identity().ethereum_secret();
    let by = PrivateKeySigner::from_slice(secret.expose()).unwrap();
    let chain = Chain::connect(network, vec![scene.chain.node()]).unwrap();
    let deadline = chain.node().head().unwrap().time + 600;
    let price = terms.price.try_into().unwrap();
    let permit = chain.permit(&by, terms.token, price, deadline).unwrap();
    let answer_commit = B256::with_last_byte(7);
    let dataset = "1".parse().unwrap();
    let purchase = Purchase { dataset, version, terms, request, answer_commit };
    chain.buy(&by, &purchase, permit).unwrap();
}

fn put(scene: &Scene, block: &[u8]) -> B256 {
    let cid = Cid::of(Codec::Raw, block);
    Directory::open(scene.path("blocks")).unwrap().put(cid, block).unwrap();
    cid.digest()
}

#[test]
fn a_malformed_request_is_declined_and_its_buyer_refunded() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    order(&scene, &lab, put(&scene, b"PVR1, and then nothing"));
    order(&scene, &lab, put(&scene, &[&b"PVR1"[..], &[7; 2368]].concat()));
    assert_eq!(lab.tokens(), 500.0);
    let serve = hospital.run(["serve", "--once"]).yes();
    let serve = serve.says("grant:1: declined, the buyer is refunded: the block is no request");
    serve.says("grant:2: declined, the buyer is refunded");
    assert_eq!((lab.tokens(), hospital.tokens()), (1000.0, 1000.0));
    for grant in ["grant:1", "grant:2"] {
        assert_eq!(status(&lab, grant), "declined");
    }
    assert!(!hospital.home().join("envelopes").exists(), "no key was wrapped");

    order(&scene, &lab, put(&scene, b"by hand"));
    let by_hand = hospital.json(["deliver", "grant:3"]);
    assert_eq!(by_hand["delivered"], false, "{by_hand}");
    assert_eq!(lab.tokens(), 1000.0);
    lab.run(["open", "grant:3", "--out", "nothing.vcf"])
        .no("grant:3 was not delivered: it is declined");
    assert!(!scene.path("nothing.vcf").exists());
}

#[test]
fn an_order_whose_request_nobody_stores_waits_until_its_price_comes_back() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    order(&scene, &lab, B256::repeat_byte(0xab));
    hospital.run(["deliver", "grant:1"]).could_not("no source for").says("--store");
    hospital
        .run(["serve", "--once"])
        .could_not("not done: grant:1")
        .says("grant:1: waiting: no source for");
    assert_eq!((status(&lab, "grant:1").as_str(), lab.tokens()), ("paid", 750.0));
    lab.run(["refund", "grant:1"]).no("TooEarly").says("wait for the deadline");
    scene.warp(24 * 3600 + 60);
    lab.run(["refund", "grant:1"]).yes().says("250 tUSD back to");
    assert_eq!((status(&lab, "grant:1").as_str(), lab.tokens()), ("refunded", 1000.0));
    hospital.run(["serve", "--once"]).yes();
}

#[test]
fn a_late_delivery_is_refused_and_the_whole_price_comes_back() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    lab.run(["buy", "dataset:1"]).yes();
    lab.run(["grants", "--wait", "grant:1", "--timeout", "1"])
        .could_not("grant:1 was not delivered in 1 seconds")
        .says("is the provider's `serve` running?");
    lab.run(["grants", "--wait", "grant:7"]).no("there is no grant:7");
    assert_eq!(lab.json(["refund"])["refunded"], serde_json::json!([]));
    scene.warp(24 * 3600 - 60);
    let late = hospital.run(["deliver", "grant:1"]).no("has to be delivered by");
    late.says("past or less than 120 seconds away").says("the buyer can take the price back");
    scene.warp(120);
    hospital.run(["deliver", "grant:1"]).no("has to be delivered by");
    hospital.run(["serve", "--once"]).yes();
    assert_eq!((status(&lab, "grant:1").as_str(), lab.tokens()), ("paid", 750.0));
    assert!(!hospital.home().join("envelopes").exists(), "no key was wrapped");

    assert_eq!(lab.json(["refund"])["refunded"][0]["id"], "grant:1");
    assert_eq!((lab.tokens(), hospital.tokens()), (1000.0, 1000.0));
    lab.run(["refund"]).yes().says("nothing is due");
    lab.run(["refund", "grant:1"]).no("WrongStatus").says("another phase");
    assert_eq!(lab.tokens(), 1000.0);
}

#[test]
fn only_the_provider_delivers_and_declines_and_only_the_buyer_opens() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    lab.run(["buy", "dataset:1"]).yes();
    lab.run(["buy", "dataset:1", "--again"]).yes();
    lab.run(["deliver", "grant:1"]).no("provider: grant:1 is delivered by");
    lab.run(["decline", "grant:1"]).no("NotDeliverer").says("only the grant's provider");
    lab.run(["revoke", "grant:1"]).no("NotRevoker").says("only the grant's provider");
    assert_eq!(status(&lab, "grant:1"), "paid");
    lab.run(["open", "grant:1", "--out", "early.vcf"]).no("grant:1 was not delivered: it is paid");

    hospital.run(["deliver", "grant:1"]).yes();
    hospital.run(["deliver", "grant:1"]).no("grant:1 is delivered");
    hospital.run(["decline", "grant:1"]).no("WrongStatus");
    hospital.run(["decline", "grant:2"]).yes().says("was refunded in full");
    assert_eq!((lab.tokens(), hospital.tokens()), (750.0, 1000.0));

    let stranger = scene.actor("stranger");
    for other in [&stranger, &hospital] {
        other.run(["open", "grant:1", "--out", "theirs.vcf"]).no("reader: grant:1 is of 0x");
    }
    assert!(!scene.path("early.vcf").exists() && !scene.path("theirs.vcf").exists());
    stranger.run(["grants"]).yes().says("no grants");
    let (bought, sold) = (lab.json(["grants"]), hospital.json(["grants"]));
    let ids = |grants: &serde_json::Value, side: &str| {
        let grants = grants[side].as_array().unwrap();
        grants.iter().map(|g| format!("{} {}", g["id"], g["status"])).collect::<Vec<String>>()
    };
    let all = [r#""grant:1" "delivered""#, r#""grant:2" "declined""#].map(str::to_owned);
    assert_eq!((ids(&bought, "bought"), ids(&sold, "sold")), (all.to_vec(), all.to_vec()));
    assert_eq!((ids(&bought, "sold").len(), ids(&sold, "bought").len()), (0, 0));
    lab.run(["grants", "--wait", "grant:1"]).yes().says("delivered; settled after");
}
