//! What can be audited, and what the answer says for people and for programs.

use crate::checks;
use serde_json::Value;
use std::fs;
use tests::job::{Job, REGION, few_records, prove, seal};
use tests::scene::{ROOT, Scene};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_stranger_audits_everything_without_keys_or_data() {
    let scene = Scene::new();
    Job::posted(&scene);
    let stranger = scene.stranger("stranger");
    for subject in ["result:1", "dataset:1", "grant:1", "result"] {
        let done = stranger.run(["audit", subject]).yes().says("nothing is false");
        assert!(done.out.starts_with(&format!("audit of {subject}: ")), "{done:#?}");
        let report = stranger.json(["audit", subject]);
        let expected =
            ["block", "block_hash", "checks", "ok", "outcome", "steps", "subject", "trusted"];
        assert_eq!(keys(&report), expected, "{subject}");
        assert_eq!((&report["subject"], &report["outcome"]), (&subject.into(), &"holds".into()));
        assert!(checks(&report).iter().all(|(_, outcome)| *outcome == "holds"));
        assert_eq!(report["block"].is_null(), subject == "result", "a folder asks no chain");
    }
    for private in ["vault", "identity.json", "log"] {
        assert!(!stranger.home().join(private).exists(), "an auditor has no {private}");
    }

    let report = stranger.json(["audit", "result:1"]);
    let steps = report["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["kind"], &steps[1]["kind"]), (&"list".into(), &"result".into()));
    assert_eq!(keys(&steps[1]), ["anchored", "checks", "evidence", "inputs", "kind", "step"]);
    assert_eq!(keys(&steps[1]["inputs"][0]), ["evidence", "name", "opened"]);
    assert_eq!(keys(&steps[1]["checks"][0]), ["compared", "name", "outcome"]);
    let documented = fs::read_to_string(format!("{ROOT}/docs/spec/audit.md")).unwrap();
    for (name, _) in checks(&report) {
        assert!(documented.contains(&format!("`{name}`")), "{name} is not documented");
    }
    for subject in ["result:2", "dataset:2", "grant:2"] {
        stranger.run(["audit", subject]).no(&format!("there is no {subject}"));
    }
    for nonsense in ["nothing", "result:", "result:0", "result:-1", "panel:1", "result:1x", ""] {
        stranger.run(["audit", nonsense]).could_not("there is none of that name");
    }
}

#[test]
fn an_audit_says_what_is_not_anchored_and_what_ended_since() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    few_records(&scene, "small.vcf");
    seal(&hospital, "small.vcf", "sealed").yes();
    hospital.run(["list", "sealed", "--price", "250", "--dispute-window", "1h"]).yes();
    lab.run(["buy", "dataset:1"]).yes();
    let stranger = scene.stranger("stranger");
    stranger.run(["audit", "grant:1"]).yes().says("to be delivered by");
    hospital.run(["deliver", "grant:1"]).yes();
    lab.run(["open", "grant:1", "--out", "genomes.vcf"]).yes();
    prove(&lab, "genomes.vcf", REGION, "result").yes();
    lab.run(["post", "result"]).yes();

    // Before the log is anchored: nothing is false, and it is said.
    let report = stranger.json(["audit", "result:1"]);
    assert_eq!(report["steps"][0]["anchored"], false);
    assert!(!checks(&report).iter().any(|(name, _)| ["log", "log-entry"].contains(name)));
    stranger
        .run(["audit", "result:1"])
        .yes()
        .says("unanchored")
        .says("its provider has anchored no step that says so");
    lab.run(["anchor"]).yes();
    hospital.run(["anchor"]).yes();
    let report = stranger.json(["audit", "result:1"]);
    assert_eq!(report["steps"][1]["anchored"], true);

    // A result that was posted in time stays what it is when the grant ends.
    scene.warp(7_200);
    hospital.run(["settle"]).yes();
    hospital.run(["revoke", "grant:1"]).yes();
    stranger.run(["audit", "grant:1"]).yes().says("revoked by the provider");
    stranger.run(["audit", "result:1"]).yes().says("held grant:1, active at block");
    hospital.run(["pause", "dataset:1"]).yes();
    stranger.run(["audit", "dataset:1"]).yes().says("nothing is false");
}
