//! A network file decides which proofs count: under a stricter one the same result fails.

use serde_json::{Value, json};
use std::fs;
use tests::job::Job;
use tests::scene::{Done, Scene};

/// Runs `verify` or `audit` under a changed copy of the network file.
fn under(scene: &Scene, words: [&str; 2], change: impl FnOnce(&mut Value)) -> Done {
    let text = fs::read_to_string(scene.path("network.json")).unwrap();
    let mut network: Value = serde_json::from_str(&text).unwrap();
    change(&mut network);
    fs::write(scene.path("stricter.json"), network.to_string()).unwrap();
    let auditor = scene.stranger("auditor");
    Done::of(auditor.command(words).env("PROVENOME_NETWORK", scene.path("stricter.json")))
}

#[test]
fn the_policy_says_which_circuits_keys_and_steps_count() {
    let scene = Scene::new();
    let job = Job::proved(&scene);
    let posted = job.lab.json(["post", "result"]);
    job.hospital.run(["anchor"]).yes();

    for words in [["verify", "result"], ["audit", "result"], ["audit", "result:1"]] {
        under(&scene, words, |_| ()).yes().says("development key");
        under(&scene, words, |network| network["policy"]["circuits"] = json!([]))
            .no("the policy does not name")
            .says("FAIL  circuit");
        under(&scene, words, |network| network["policy"]["development_keys"] = json!(false))
            .no("the key is a development key, which the policy refuses")
            .says("FAIL  proof");
    }
    let anchored = |network: &mut Value| network["policy"]["require_anchored"] = json!(true);
    under(&scene, ["audit", "result:1"], |_| ()).yes().says("unanchored");
    under(&scene, ["audit", "result:1"], anchored)
        .no("the poster's log is not anchored, and the policy demands it")
        .says("FAIL  log-entry")
        .says(posted["step"].as_str().unwrap());
    job.lab.run(["anchor"]).yes();
    under(&scene, ["audit", "result:1"], anchored).yes().says("ok    log-entry");
}

#[test]
fn a_network_file_of_another_chain_is_refused() {
    let scene = Scene::new();
    let job = Job::proved(&scene);
    job.lab.run(["post", "result"]).yes();
    let audit = ["audit", "result:1"];
    under(&scene, audit, |network| network["chain"] = json!(1)).no("network").says("hint: ");
    under(&scene, audit, |network| network["genesis"] = json!(format!("0x{}", "07".repeat(32))))
        .no("network");
    let code = json!(format!("0x{}", "07".repeat(32)));
    under(&scene, audit, |network| network["contracts"]["ledger"]["code_hash"] = code)
        .no("network");
    under(&scene, audit, |network| network["more"] = json!(1)).could_not("more");
    fs::write(scene.path("stricter.json"), "{").unwrap();
    Done::of(job.lab.command(audit).env("PROVENOME_NETWORK", scene.path("stricter.json")))
        .could_not("stricter.json");
}
