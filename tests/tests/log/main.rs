//! The own log: what is anchored stays, and a home that lacks it gets it back from the store.

mod fork;
mod recover;

use std::fs;
use std::path::PathBuf;
use tests::job::{Job, few_records, seal};
use tests::scene::{Actor, Scene};

/// Ids of the steps in somebody's log, in order.
fn steps(of: &Actor<'_>) -> Vec<String> {
    let log = of.json(["log"]);
    let steps = log["steps"].as_array().unwrap();
    steps.iter().map(|step| step["step"].as_str().unwrap().to_owned()).collect()
}

/// How many steps are anchored, and how many of those shown here say so.
fn anchored(of: &Actor<'_>) -> (u64, usize) {
    let log = of.json(["log"]);
    let marked = log["steps"].as_array().unwrap().iter().filter(|step| step["anchored"] == true);
    (log["anchored"].as_u64().unwrap(), marked.count())
}

/// The files of somebody's log, in order.
fn logged(of: &Actor<'_>) -> Vec<PathBuf> {
    let folder = fs::read_dir(of.home().join("log")).unwrap().next().unwrap().unwrap().path();
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Another home of the same identity, with nothing in it.
fn restored<'a>(scene: &'a Scene, name: &str, of: &str) -> Actor<'a> {
    let home = scene.stranger(name);
    home.run(["init", "--restore", "--phrase-file", &format!("{of}.phrase")]).yes();
    home
}

/// Lists the small file once more: a step in the log.
fn list_another(scene: &Scene, by: &Actor<'_>, folder: &str) {
    if !scene.path("small.vcf").exists() {
        few_records(scene, "small.vcf");
    }
    seal(by, "small.vcf", folder).yes();
    by.run(["list", folder, "--price", "1"]).yes();
}

#[test]
fn a_head_is_anchored_once() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    hospital
        .run(["anchor"])
        .could_not("the log has no steps yet")
        .says("`provenome list` and `provenome post` record them");
    list_another(&scene, &hospital, "first");
    assert_eq!(anchored(&hospital), (0, 0));
    hospital.run(["log"]).yes().says("not anchored");

    let first = hospital.json(["anchor"]);
    assert_eq!((&first["size"], first["transaction"].is_string()), (&1.into(), true));
    let head = scene.chain.node().head().unwrap().number;
    let again = hospital.json(["anchor"]);
    assert!(again["transaction"].is_null(), "{again:#}");
    for key in ["log", "size", "root", "entries"] {
        assert_eq!(again[key], first[key], "{key}");
    }
    hospital.run(["anchor"]).yes().says("nothing was sent");
    assert_eq!(scene.chain.node().head().unwrap().number, head, "something was sent");
    assert_eq!(anchored(&hospital), (1, 1));

    list_another(&scene, &hospital, "second");
    assert_eq!(anchored(&hospital), (1, 1));
    assert_eq!(hospital.json(["anchor"])["size"], 2);
    assert_eq!(anchored(&hospital), (2, 2));
}

#[test]
fn a_log_that_lost_a_step_is_refused_and_gets_it_back() {
    let scene = Scene::new();
    let hospital = Job::listed(&scene).hospital;
    list_another(&scene, &hospital, "second");
    hospital.run(["anchor"]).yes();
    let whole = steps(&hospital);

    scene.cheat(["drop-step", "hospital"]).yes();
    assert_eq!((steps(&hospital), anchored(&hospital)), (whole[1..].to_vec(), (2, 0)));
    hospital.run(["log"]).yes().says("the log here does not begin with the anchored steps");
    hospital
        .run(["anchor"])
        .no("contract: the contract refuses: ")
        .says("in this home do not extend the 2 that are anchored")
        .says("hint: a log can only grow: `provenome log --recover`");
    assert_eq!(anchored(&hospital), (2, 0));

    // As long as before, but with another step in the place of the first.
    list_another(&scene, &hospital, "third");
    hospital.run(["anchor"]).no("do not extend the 2 that are anchored");
    let third = steps(&hospital)[1].clone();

    let recovered = hospital.json(["log", "--recover"]);
    assert_eq!(recovered["recovered"], 1);
    assert_eq!(steps(&hospital), [whole[0].clone(), whole[1].clone(), third]);
    assert_eq!(anchored(&hospital), (2, 2));
    assert_eq!(hospital.json(["anchor"])["size"], 3);
    scene.stranger("auditor").run(["audit", "dataset:3"]).yes().says("anchored");
}
