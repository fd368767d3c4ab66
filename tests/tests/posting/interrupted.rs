//! `kill -9` at many moments of the commands that send transactions: the same command, run again,
//! finishes the job, and whatever happened before, there is one listing, one order, one result, one
//! head. The moments follow what can be seen from outside: a file, a block of the chain.

use crate::{steps, under_way};
use std::path::Path;
use std::time::{Duration, Instant};
use tests::job::{Job, few_records, prove, seal};
use tests::scene::{Actor, Running, Scene};

/// Milliseconds after the sign until the kill.
const LATER: [u64; 5] = [0, 3, 10, 30, 100];

/// What is waited for before the kill.
enum Sign<'a> {
    /// A block more on the chain.
    Block,
    /// A file more in this folder.
    File(&'a Path),
}

impl Sign<'_> {
    fn count(&self, scene: &Scene) -> u64 {
        match self {
            Self::Block => scene.chain.node().head().unwrap().number,
            Self::File(folder) => files(folder),
        }
    }
}

/// Files in a folder and below.
fn files(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 })
        .sum()
}

/// Starts the command, waits for the sign and a little longer, and kills it.
fn kill<const N: usize>(scene: &Scene, by: &Actor<'_>, words: [&str; N], sign: &Sign<'_>, ms: u64) {
    let before = sign.count(scene);
    let running: Running = by.start(words);
    let begun = Instant::now();
    while sign.count(scene) == before && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(ms));
    running.kill();
}

#[test]
fn a_killed_list_lists_once() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    few_records(&scene, "small.vcf");
    let blocks = scene.path("blocks");
    let mut listed = 0;
    for sign in [Sign::File(&blocks), Sign::Block] {
        for later in LATER {
            listed += 1;
            let folder = format!("sealed{listed}");
            seal(&hospital, "small.vcf", &folder).yes();
            let list = ["list", &folder, "--price", "250"];
            kill(&scene, &hospital, list, &sign, later);
            let done = hospital.json(list);
            assert_eq!(done["id"], format!("dataset:{listed}"));
            assert_eq!(steps(&hospital), listed, "{done:#}");
            let again = hospital.json(list);
            assert!(again["transaction"].is_null() && again["step"] == done["step"], "{again:#}");
        }
    }
    let found = hospital.json(["search"]);
    assert_eq!(found["datasets"].as_array().unwrap().len(), listed);
    hospital.run(["anchor"]).yes();
    scene.stranger("auditor").run(["audit", "dataset:7"]).yes().says("anchored");
}

#[test]
fn a_killed_buy_orders_once() {
    let scene = Scene::new();
    let job = Job::listed(&scene);
    let lab = &job.lab;
    job.hospital.run(["terms", "dataset:1", "--price", "10"]).yes();
    let notes = lab.home().join("notes");
    let mut bought = 0_u32;
    for sign in [Sign::File(&notes), Sign::Block] {
        for later in LATER {
            bought += 1;
            let buy = ["buy", "dataset:1", "--again"];
            kill(&scene, lab, buy, &sign, later);
            let orders = || lab.json(["grants"])["bought"].as_array().unwrap().len() as u32;
            // Where it came to its end before the kill, the same command would be another order.
            if orders() < bought || !under_way(&scene, "lab").is_empty() {
                lab.run(buy).yes().says(&format!("grant:{bought}"));
            }
            assert_eq!(orders(), bought);
            assert_eq!(under_way(&scene, "lab"), Vec::<String>::new());
            assert_eq!(lab.tokens(), 1000.0 - 10.0 * f64::from(bought));
        }
    }
    let delivered = job.hospital.json(["deliver", "grant:7"]);
    assert_eq!(delivered["delivered"], true);
    lab.run(["open", "grant:7", "--out", "opened.vcf"]).yes();
}

#[test]
fn a_killed_post_posts_once() {
    let scene = Scene::new();
    let job = Job::listed(&scene);
    let hospital = &job.hospital;
    let notes = hospital.home().join("notes");
    let text = std::fs::read_to_string(scene.path("small.vcf")).unwrap();
    let positions = text.lines().filter(|line| !line.starts_with('#'));
    let mut positions = positions.map(|line| line.split('\t').nth(1).unwrap());
    let mut posted = 0;
    for sign in [Sign::File(&notes), Sign::Block] {
        for later in LATER {
            posted += 1;
            let position = positions.next().unwrap();
            prove(hospital, "small.vcf", &format!("22:{position}-{position}"), "result").yes();
            kill(&scene, hospital, ["post", "result"], &sign, later);
            let done = hospital.json(["post", "result"]);
            assert_eq!(done["id"], format!("result:{posted}"));
            // The listing is the first step.
            assert_eq!(steps(hospital), 1 + posted, "{done:#}");
            let log = hospital.json(["log"]);
            assert_eq!(log["steps"][posted]["step"], done["step"]);
            assert_eq!(under_way(&scene, "hospital"), Vec::<String>::new());
        }
    }
    hospital.run(["show", &format!("result:{}", posted + 1)]).no("there is no result");
    hospital.run(["anchor"]).yes();
    let auditor = scene.stranger("auditor");
    for result in 1..=posted {
        auditor.run(["audit", &format!("result:{result}")]).yes().says("ok    log-entry");
    }
}

#[test]
fn a_killed_anchor_anchors_once() {
    let scene = Scene::new();
    let mut heads = 0;
    let hospital = scene.actor("hospital");
    few_records(&scene, "small.vcf");
    let blocks = scene.path("blocks");
    for sign in [Sign::Block, Sign::File(&blocks)] {
        for later in LATER {
            heads += 1;
            let folder = format!("sealed{heads}");
            seal(&hospital, "small.vcf", &folder).yes();
            hospital.run(["list", &folder, "--price", "250"]).yes();
            kill(&scene, &hospital, ["anchor"], &sign, later);
            assert_eq!(hospital.json(["anchor"])["size"], heads);
            assert_eq!(hospital.json(["log"])["anchored"], heads);
            hospital.run(["anchor"]).yes().says("nothing was sent");
        }
    }
    let auditor = scene.stranger("auditor");
    auditor
        .run(["audit", &format!("dataset:{heads}")])
        .yes()
        .says(&format!("{heads} steps"))
        .says(&format!("{heads} checkpoints"));
}
