//! Who may post, and that it is posted once.

use crate::{steps, under_way};
use std::fs;
use tests::job::{Job, REGION, prove};
use tests::scene::Scene;

#[test]
fn the_same_post_twice_is_one_result() {
    let scene = Scene::new();
    let lab = Job::proved(&scene).lab;
    let first = lab.json(["post", "result"]);
    assert_eq!((&first["id"], &first["dataset"]), (&"result:1".into(), &"dataset:1".into()));
    assert!(first["transaction"].is_string());
    let head = scene.chain.node().head().unwrap().number;

    lab.run(["post", "result"]).yes().says("it was posted before; nothing was sent");
    let again = lab.json(["post", "result", "--grant", "grant:1"]);
    assert!(again["transaction"].is_null());
    for key in ["id", "dataset", "version", "step", "record"] {
        assert_eq!(again[key], first[key], "{key}");
    }
    assert_eq!(scene.chain.node().head().unwrap().number, head, "something was sent");
    assert_eq!((steps(&lab), under_way(&scene, "lab")), (1, vec![]));
    lab.run(["show", "result:2"]).no("there is no result:2");

    // Another grant for the same version asks the same question under another name.
    lab.run(["buy", "dataset:1", "--again"]).yes();
    scene.stranger("hospital").run(["deliver", "grant:2"]).yes();
    let replayed = lab.json(["post", "result", "--grant", "grant:2"]);
    assert_eq!((&replayed["id"], &replayed["transaction"]), (&first["id"], &().into()));

    // A home restored from the phrase finds what was posted, and has its step again.
    let restored = scene.stranger("restored");
    restored.run(["init", "--restore", "--phrase-file", "lab.phrase"]).yes();
    assert_eq!(steps(&restored), 0);
    let found = restored.json(["post", "result"]);
    assert_eq!((&found["step"], &found["transaction"]), (&first["step"], &().into()));
    assert_eq!(restored.json(["log"])["steps"][0]["step"], first["step"]);
}

#[test]
fn an_owner_posts_without_a_grant() {
    let scene = Scene::new();
    let job = Job::listed(&scene);
    prove(&job.hospital, "small.vcf", REGION, "own").yes();
    let posted = job.hospital.json(["post", "own"]);
    assert_eq!((&posted["id"], &posted["dataset"]), (&"result:1".into(), &"dataset:1".into()));
    assert_eq!(steps(&job.hospital), 2);
    job.hospital.run(["anchor"]).yes();
    let auditor = scene.stranger("auditor");
    auditor.run(["audit", "result:1"]).yes().says("owned the dataset at block");
    assert!(!auditor.home().join("vault").exists());
}

#[test]
fn the_table_that_is_published_is_the_claims() {
    let scene = Scene::new();
    let job = Job::listed(&scene);
    prove(&job.hospital, "small.vcf", REGION, "own").yes();
    let table = fs::read(scene.path("own/result.tsv")).unwrap();
    fs::write(scene.path("own/result.tsv"), "anything").unwrap();
    job.hospital.run(["post", "own"]).yes();
    let published = fs::read_dir(scene.path("blocks")).unwrap().map(Result::unwrap);
    let found = published
        .flat_map(|shard| fs::read_dir(shard.path()).unwrap().map(Result::unwrap))
        .filter(|block| fs::read(block.path()).unwrap() == table);
    assert_eq!(found.count(), 1);
    scene.stranger("auditor").run(["audit", "result:1"]).yes();
}
