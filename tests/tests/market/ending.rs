//! How grants end: revoked before and after payment, expired, under terms that changed meanwhile.

use crate::{hospital_and_lab, status};
use tests::job::Job;
use tests::scene::Scene;

#[test]
fn revoking_before_payment_gives_the_money_back_and_after_it_nothing() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    for _ in 0..3 {
        lab.run(["buy", "dataset:1", "--again"]).yes();
    }
    hospital.run(["serve", "--once"]).yes();
    lab.run(["buy", "dataset:1", "--again"]).yes();
    assert_eq!((lab.tokens(), hospital.tokens()), (0.0, 1000.0));

    hospital.run(["revoke", "grant:1"]).yes().says("was refunded in full");
    hospital.run(["revoke", "grant:4"]).yes().says("was refunded in full");
    assert_eq!((lab.tokens(), hospital.tokens()), (500.0, 1000.0));
    assert_eq!(
        (status(&lab, "grant:1"), status(&lab, "grant:4")),
        ("withdrawn".into(), "withdrawn".into())
    );
    scene.warp(72 * 3600 + 60);
    hospital.run(["settle", "grant:1"]).no("WrongStatus");
    hospital.run(["settle"]).yes().says("grant:2").says("grant:3");
    assert_eq!((lab.tokens(), hospital.tokens()), (500.0, 1500.0));

    hospital.run(["revoke", "grant:2"]).yes().says("had been charged before");
    hospital.run(["revoke", "grant:2"]).no("WrongStatus");
    assert_eq!((lab.tokens(), hospital.tokens()), (500.0, 1500.0));
    assert_eq!(
        (status(&lab, "grant:2"), status(&lab, "grant:3")),
        ("revoked".into(), "settled".into())
    );
    let shown = lab.json(["show", "dataset:1"])["revocations"].clone();
    assert_eq!((&shown["settled"], &shown["unsettled"]), (&1.into(), &2.into()));

    // What the buyer was given cannot be taken back; the public statements can be stopped.
    let opened = lab.run(["open", "grant:2", "--out", "kept.vcf"]).yes();
    opened.says("The provider ended this grant");
    lab.run(["attest", "grant:1"]).could_not("grant:1 was not opened from this home");
    lab.run(["attest", "grant:2"]).no("NotDelivered");
    lab.run(["attest", "grant:3"]).could_not("not opened").says("provenome open grant:3");
    assert_eq!(lab.json(["show", "dataset:1"])["attestations"]["equal"], 0);
}

#[test]
fn nothing_is_posted_under_a_grant_that_was_revoked_or_has_expired() {
    let scene = Scene::new();
    let Job { hospital, lab } = Job::proved(&scene);
    lab.run(["buy", "dataset:1", "--again"]).yes();
    lab.run(["buy", "dataset:1", "--again"]).yes();
    lab.run(["post", "result", "--grant", "grant:2"]).no("GrantInactive").says("not delivered");
    hospital.run(["serve", "--once"]).yes();
    hospital.run(["revoke", "grant:1"]).yes();
    scene.warp(73 * 3600);
    hospital.run(["settle"]).yes().says("grant:2");
    hospital.run(["revoke", "grant:2"]).yes();
    lab.run(["post", "result", "--grant", "grant:1"]).no("WrongStatus").says("another phase");
    lab.run(["post", "result", "--grant", "grant:2"]).no("GrantInactive").says("revoked");
    scene.warp(366 * 24 * 3600);
    lab.run(["grants"]).yes().says("access ended");
    lab.run(["post", "result", "--grant", "grant:3"]).no("GrantInactive").says("expired");
    lab.run(["post", "result"]).no("GrantInactive");
    lab.run(["show", "result:1"]).no("there is no result:1");
    assert_eq!(lab.json(["log"])["steps"], serde_json::json!([]));
}

#[test]
fn changed_terms_and_a_pause_touch_no_order_that_was_there() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    lab.run(["buy", "dataset:1"]).yes();
    lab.run(["terms", "dataset:1", "--price", "1"]).no("NotOwner").says("only the dataset's owner");
    hospital
        .run(["terms", "dataset:1", "--delivery-window", "10m"])
        .no("WindowOutOfRange")
        .says("1h to 30d");
    hospital.run(["terms", "dataset:1", "--access", "1m"]).no("AccessTooShort");
    hospital.run(["terms", "dataset:1", "--price", "3.1234567"]).could_not("6 decimals");
    assert_eq!(lab.json(["terms", "dataset:1"])["terms"]["price"], "250");

    hospital.run(["terms", "dataset:1", "--price", "100", "--dispute-window", "1h"]).yes();
    hospital.run(["pause", "dataset:1"]).yes();
    hospital.run(["deliver", "grant:1"]).yes();
    assert_eq!(lab.json(["show", "grant:1"])["amount"], "250");
    hospital.run(["resume", "dataset:1"]).yes();
    lab.run(["show", "dataset:1"]).yes();
    lab.run(["buy", "dataset:1", "--again"]).yes().says("100 tUSD").says("1h");
    hospital.run(["deliver", "grant:2"]).yes();

    scene.warp(2 * 3600);
    hospital.run(["settle", "grant:1"]).no("TooEarly");
    hospital.run(["settle"]).yes().says("grant:2");
    assert_eq!((lab.tokens(), hospital.tokens()), (650.0, 1100.0));
    scene.warp(72 * 3600);
    hospital.run(["settle"]).yes().says("grant:1");
    assert_eq!((lab.tokens(), hospital.tokens()), (650.0, 1350.0));
}
