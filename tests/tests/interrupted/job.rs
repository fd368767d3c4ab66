//! The job over an IPFS node: after any number of interruptions the same command finishes it, once,
//! and what a command had said to be done was done.

use crate::showing;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tests::anvil::Development as _;
use tests::interruption::{self, interrupt, random};
use tests::job::{self, REGION};
use tests::kubo::Kubo;
use tests::scene::{Actor, Done, Scene};

/// Interruptions of each command.
const MOMENTS: u64 = 100;
/// Interruptions of one run of a job, at most.
const IN_A_ROW: u64 = 4;

/// A moment of a scene that everybody can go back to: the chain and all homes.
struct Kept<'a> {
    scene: &'a Scene,
    homes: Vec<PathBuf>,
    folder: PathBuf,
    chain: serde_json::Value,
}

impl<'a> Kept<'a> {
    fn of(scene: &'a Scene, actors: &[&Actor<'_>]) -> Self {
        let folder = scene.path("kept");
        let homes: Vec<PathBuf> = actors.iter().map(|actor| actor.home()).collect();
        for home in &homes {
            job::copy(home, &folder.join(home.file_name().unwrap()));
        }
        let chain = scene.chain.node().ask("evm_snapshot", serde_json::json!([]));
        Self { scene, homes, folder, chain }
    }

    fn back(&mut self) {
        let node = self.scene.chain.node();
        assert_eq!(node.ask("evm_revert", serde_json::json!([self.chain])), true);
        self.chain = node.ask("evm_snapshot", serde_json::json!([]));
        for home in &self.homes {
            fs::remove_dir_all(home).unwrap();
            job::copy(&self.folder.join(home.file_name().unwrap()), home);
        }
    }
}

/// Does the job again and again, each time from the moment that `back` goes back to, and interrupts
/// it up to [`IN_A_ROW`] times before it may finish. `said` hears what an interrupted command said,
/// `finished` looks at the end.
fn finishes(
    command: impl Fn() -> Command,
    mut back: impl FnMut(),
    said: impl Fn(&str, &str),
    finished: impl Fn(&str),
) {
    let whole = interruption::whole(&mut command());
    finished("not interrupted");
    let mut n = 0;
    while n < MOMENTS {
        back();
        let first = n;
        for _ in 0..=random(1_000 + n, IN_A_ROW) {
            let cut = interrupt(&mut command(), n, whole);
            said(&cut.out, &cut.when);
            n += 1;
        }
        let when = format!("after the moments {first} to {n} (seed {})", interruption::SEED);
        let done = Done::of(&mut command());
        assert_eq!(done.code, Some(0), "{when}: {done:#?}");
        finished(&when);
    }
}

fn over<const N: usize>(actor: &Actor<'_>, node: &Kubo, words: [&str; N]) -> Command {
    let mut command = actor.command(words);
    command.env("PROVENOME_STORE", node.place());
    command
}

/// 31 people and few records, but several blocks: the records say more about themselves than others.
fn long_file(scene: &Scene, name: &str) {
    job::few_records(scene, name);
    let path = scene.path(name);
    let mut long = String::new();
    for line in fs::read_to_string(&path).unwrap().lines() {
        let mut fields: Vec<&str> = line.split('\t').collect();
        let about = fields.get(7).map(|info| format!("{info};ABOUT={}", "long".repeat(12_000)));
        if let (false, Some(about)) = (line.starts_with('#'), &about) {
            fields[7] = about;
        }
        writeln!(long, "{}", fields.join("\t")).unwrap();
    }
    fs::write(path, long).unwrap();
}

/// A hospital that has sealed `long.vcf`, a lab, and a node.
fn sealed(scene: &Scene) -> (Actor<'_>, Actor<'_>, Kubo) {
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    long_file(scene, "long.vcf");
    job::seal(&hospital, "long.vcf", "sealed").yes();
    (hospital, lab, Kubo::start(&scene.path("ipfs")))
}

fn listed(scene: &Scene) -> (Actor<'_>, Actor<'_>, Kubo) {
    let (hospital, lab, node) = sealed(scene);
    Done::of(&mut over(&hospital, &node, ["list", "sealed", "--price", "250"])).yes();
    (hospital, lab, node)
}

fn forget(node: &Kubo) {
    let pins = node.ipfs(["pin", "ls", "--quiet", "--type=recursive"]);
    let direct = node.ipfs(["pin", "ls", "--quiet", "--type=direct"]);
    for pin in pins.lines().chain(direct.lines()) {
        node.ipfs(["pin", "rm", pin]);
    }
    node.ipfs(["repo", "gc", "--quiet"]);
}

#[test]
fn list_is_finished_once_and_its_blocks_stay() {
    let scene = Scene::new();
    let (hospital, lab, node) = sealed(&scene);
    let mut kept = Kept::of(&scene, &[&hospital]);
    let datasets = |when: &str| {
        node.ipfs(["repo", "gc", "--quiet"]);
        let found = Done::of(over(&lab, &node, ["search"]).arg("--json")).yes().json();
        let found = found["datasets"].as_array().unwrap().clone();
        assert!(found.len() <= 1, "{when}: {found:#?}");
        found
    };
    finishes(
        || over(&hospital, &node, ["list", "sealed", "--price", "250"]),
        || {
            kept.back();
            forget(&node);
        },
        |out, when| {
            if !out.is_empty() {
                assert_eq!(datasets(when).len(), 1, "{when}: {out}");
            }
        },
        |when| {
            let found = datasets(when);
            assert_eq!(found[0]["manifest_is"], "there", "{when}");
            let tended = Done::of(&mut over(&hospital, &node, ["serve", "--once"])).yes();
            assert!(!tended.out.contains("repaired"), "{when}: {tended:#?}");
            let steps = hospital.json(["log"])["steps"].as_array().unwrap().len();
            assert_eq!(steps, 1, "{when}");
        },
    );
}

#[test]
fn serve_delivers_every_order_once() {
    let scene = Scene::new();
    let (hospital, lab, node) = listed(&scene);
    for _ in 0..3 {
        Done::of(&mut over(&lab, &node, ["buy", "dataset:1", "--again"])).yes();
    }
    let mut kept = Kept::of(&scene, &[&hospital]);
    let state = |grant: &str| {
        let shown = Done::of(over(&lab, &node, ["show", grant]).arg("--json")).yes().json();
        shown["status"].as_str().unwrap().to_owned()
    };
    let grants = ["grant:1", "grant:2", "grant:3"];
    finishes(
        || over(&hospital, &node, ["serve", "--once"]),
        || kept.back(),
        |out, when| {
            for grant in grants.iter().filter(|grant| out.contains(*grant)) {
                assert_eq!(state(grant), "delivered", "{when}: {out}");
            }
        },
        |when| {
            for grant in grants {
                assert_eq!(state(grant), "delivered", "{when}");
                let open = ["open", grant, "--out", "opened.vcf", "--force"];
                Done::of(&mut over(&lab, &node, open)).yes();
            }
            let whole = fs::read(scene.path("long.vcf")).unwrap();
            assert!(fs::read(scene.path("opened.vcf")).unwrap() == whole, "{when}");
        },
    );
}

#[test]
fn open_leaves_the_whole_file_or_none_and_no_genotype() {
    let scene = Scene::new();
    let (hospital, lab, node) = listed(&scene);
    Done::of(&mut over(&lab, &node, ["buy", "dataset:1"])).yes();
    Done::of(&mut over(&hospital, &node, ["deliver", "grant:1"])).yes();
    let mut kept = Kept::of(&scene, &[&lab]);
    let (whole, out) = (fs::read(scene.path("long.vcf")).unwrap(), scene.path("opened.vcf"));
    let look = |when: &str| {
        assert!(!out.exists() || fs::read(&out).unwrap() == whole, "{when}");
        let shown = showing(&scene, &["long.vcf", "opened.vcf"]);
        assert!(shown.is_empty(), "{when}: {shown:?}");
    };
    finishes(
        || over(&lab, &node, ["open", "grant:1", "--out", "opened.vcf", "--force"]),
        || {
            kept.back();
            fs::remove_file(&out).unwrap();
        },
        |said, when| {
            look(when);
            assert!(said.is_empty() || out.exists(), "{when}: {said}");
        },
        |when| {
            look(when);
            assert!(out.exists(), "{when}");
            let near = fs::read_dir(lab.home().join("fetching")).unwrap();
            assert_eq!(near.count(), 0, "{when}: nothing is kept of what is done");
        },
    );
}

#[test]
fn post_is_done_once_and_its_record_stays() {
    let scene = Scene::new();
    let (hospital, _, node) = listed(&scene);
    job::prove(&hospital, "long.vcf", REGION, "result").yes();
    let mut kept = Kept::of(&scene, &[&hospital]);
    let results = |when: &str| {
        node.ipfs(["repo", "gc", "--quiet"]);
        let first = Done::of(over(&hospital, &node, ["show", "result:1"]).arg("--json"));
        let second = Done::of(&mut over(&hospital, &node, ["show", "result:2"]));
        assert!(second.err.contains("there is no result:2"), "{when}: {second:#?}");
        first
    };
    finishes(
        || over(&hospital, &node, ["post", "result"]),
        || kept.back(),
        |out, when| {
            if !out.is_empty() {
                results(when).yes();
            }
        },
        |when| {
            let shown = results(when).yes().json();
            assert_eq!(shown["standing"], "proved", "{when}: {shown:#}");
            let steps = hospital.json(["log"])["steps"].as_array().unwrap().len();
            assert_eq!(steps, 2, "{when}");
        },
    );
}
