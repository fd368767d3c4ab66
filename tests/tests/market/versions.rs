//! New versions: what was bought keeps its bytes, what is bought now gets the new ones.

use crate::hospital_and_lab;
use std::fs;
use tests::scene::{Actor, Scene};

/// The small VCF without its last ten records, sealed into `folder`.
fn seal_fewer(scene: &Scene, hospital: &Actor<'_>, folder: &str) {
    let text = fs::read_to_string(scene.path("small.vcf")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let fewer = lines[..lines.len() - 10].join("\n") + "\n";
    fs::write(scene.path("fewer.vcf"), fewer).unwrap();
    hospital.run(["seal", "fewer.vcf", "--out", folder, "--build", "GRCh37"]).yes();
}

#[test]
fn a_grant_keeps_its_version_and_new_buyers_get_the_new_one() {
    let scene = Scene::new();
    let (hospital, lab) = hospital_and_lab(&scene);
    lab.run(["buy", "dataset:1"]).yes();
    let late = scene.actor("late");
    late.run(["show", "dataset:1"]).yes();
    seal_fewer(&scene, &hospital, "sealed2");
    let listed = hospital.json(["list", "sealed2", "--version-of", "dataset:1", "--price", "300"]);
    assert_eq!((&listed["id"], &listed["version"]), (&"dataset:1".into(), &2.into()));
    assert_eq!(listed["terms"]["price"], "300");

    // Shown the old version: not sold the new one unseen.
    late.run(["buy", "dataset:1"]).no("as-shown");
    assert_eq!(late.tokens(), 1000.0);
    assert_eq!(late.json(["show", "dataset:1"])["version"], 2);
    late.run(["buy", "dataset:1"]).yes().says("version 2").says("300 tUSD");
    lab.run(["show", "dataset:1"]).yes();
    lab.run(["buy", "dataset:1"]).yes().says("grant:3 for dataset:1 version 2");

    hospital.run(["serve", "--once"]).yes();
    for (actor, grant, file, version) in [
        (&lab, "grant:1", "small.vcf", 1),
        (&late, "grant:2", "fewer.vcf", 2),
        (&lab, "grant:3", "fewer.vcf", 2),
    ] {
        let out = format!("{grant}.vcf");
        actor.run(["open", grant, "--out", &out]).yes();
        let same = fs::read(scene.path(&out)).unwrap() == fs::read(scene.path(file)).unwrap();
        assert!(same, "{grant} does not give {file}");
        assert_eq!(actor.json(["show", grant])["version"], version);
    }
    lab.run(["attest", "grant:1"]).yes().says("version 1");
    let shown = lab.json(["show", "dataset:1"])["attestations"].clone();
    assert_eq!(shown["equal"], 0, "an attestation of version 1 says nothing of version 2");
}

#[test]
fn a_version_belongs_to_the_owner_and_to_one_dataset() {
    let scene = Scene::new();
    let (hospital, other) = hospital_and_lab(&scene);
    fs::copy(scene.path("small.vcf"), scene.path("copy.vcf")).unwrap();
    other.run(["seal", "copy.vcf", "--out", "sealed2", "--build", "GRCh37"]).yes();
    for dataset in ["dataset:1", "dataset:9"] {
        other
            .run(["list", "sealed2", "--version-of", dataset, "--price", "1"])
            .no("NotOwner")
            .says("only the dataset's owner");
    }
    other.run(["list", "sealed", "--price", "1"]).could_not("data key").says("keys restore");
    other
        .run(["list", "sealed2", "--version-of", "grant:1", "--price", "1"])
        .could_not("no dataset");
    assert_eq!(other.json(["log"])["steps"], serde_json::json!([]));
    assert_eq!(hospital.json(["search"])["datasets"].as_array().unwrap().len(), 1);

    let again = hospital.json(["list", "sealed", "--price", "250"]);
    assert_eq!((&again["id"], &again["transaction"]), (&"dataset:1".into(), &().into()));
    seal_fewer(&scene, &hospital, "sealed3");
    hospital.run(["list", "sealed3", "--price", "2"]).yes().says("dataset:2 version 1");
    hospital
        .run(["list", "sealed", "--version-of", "dataset:2", "--price", "7"])
        .no("version-of: this folder is dataset:1 version 1 already")
        .says("seal the file again");
    for (dataset, price) in [("dataset:1", "250"), ("dataset:2", "2")] {
        assert_eq!(hospital.json(["terms", dataset])["terms"]["price"], price);
    }
    assert_eq!(hospital.json(["log"])["steps"].as_array().unwrap().len(), 2);
}
