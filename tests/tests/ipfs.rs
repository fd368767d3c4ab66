//! The job over an IPFS node: pinned, looked after by `serve`, and gone on with where it stopped.

use std::collections::BTreeSet;
use std::fs;
use tests::job;
use tests::kubo::Kubo;
use tests::kubo::proxy::{Fault, Proxy};
use tests::scene::{Actor, Done, Scene};
use tests::serving::Serving;

fn over<const N: usize>(actor: &Actor<'_>, place: &str, words: [&str; N]) -> Done {
    Done::of(actor.command(words).env("PROVENOME_STORE", place))
}

/// A hospital that has listed `small.vcf` over the node.
fn listed<'a>(scene: &'a Scene, node: &Kubo) -> (Actor<'a>, String) {
    let hospital = scene.actor("hospital");
    job::few_records(scene, "small.vcf");
    job::seal(&hospital, "small.vcf", "sealed").yes();
    let list = ["list", "sealed", "--price", "250", "--json"];
    let manifest = over(&hospital, &node.place(), list).yes().json()["manifest"].clone();
    (hospital, manifest.as_str().unwrap().to_owned())
}

/// The same, and a lab that bought it and may open `grant:1`.
fn delivered<'a>(scene: &'a Scene, node: &Kubo) -> (Actor<'a>, Actor<'a>) {
    let (hospital, _) = listed(scene, node);
    let lab = scene.actor("lab");
    over(&lab, &node.place(), ["buy", "dataset:1"]).yes();
    over(&hospital, &node.place(), ["deliver", "grant:1"]).yes();
    (hospital, lab)
}

/// Takes all pins away, and then everything.
fn clean(node: &Kubo) {
    for kind in ["recursive", "direct"] {
        let pins = node.ipfs(["pin", "ls", "--quiet", &format!("--type={kind}")]);
        for pin in pins.lines() {
            node.ipfs(["pin", "rm", pin]);
        }
    }
    node.ipfs(["repo", "gc", "--quiet"]);
}

#[test]
fn what_was_listed_is_pinned_and_repaired_from_the_sealed_folder() {
    let scene = Scene::new();
    let node = Kubo::start(&scene.path("ipfs"));
    let (hospital, manifest) = listed(&scene, &node);
    node.ipfs(["repo", "gc", "--quiet"]);
    node.ipfs(["block", "stat", "--offline", &manifest]);
    over(&hospital, &node.place(), ["serve", "--once"]).yes();

    clean(&node);
    let told = over(&hospital, &node.place(), ["serve", "--once"]).yes();
    assert!(told.out.contains(&format!("repaired {manifest} in {}", node.place())), "{}", told.out);
    let again = over(&hospital, &node.place(), ["serve", "--once"]).yes();
    assert!(!again.out.contains("repaired"), "{}", again.out);
    node.ipfs(["repo", "gc", "--quiet"]);
    node.ipfs(["block", "stat", "--offline", &manifest]);

    clean(&node);
    fs::rename(scene.path("sealed"), scene.path("elsewhere")).unwrap();
    let done = over(&hospital, &node.place(), ["serve", "--once"]);
    done.could_not("not done: upkeep");
}

#[test]
fn what_else_was_published_is_repaired_from_the_homes() {
    let scene = Scene::new();
    let node = Kubo::start(&scene.path("ipfs"));
    let (hospital, lab) = delivered(&scene, &node);
    over(&lab, &node.place(), ["open", "grant:1", "--out", "genomes.vcf"]).yes();
    over(&lab, &node.place(), ["attest", "grant:1"]).yes();
    job::prove(&lab, "genomes.vcf", job::REGION, "result").yes();
    over(&lab, &node.place(), ["post", "result"]).yes();
    for actor in [&lab, &hospital] {
        over(actor, &node.place(), ["anchor"]).yes();
    }
    let blocks =
        || node.ipfs(["refs", "local"]).lines().map(str::to_owned).collect::<BTreeSet<_>>();
    node.ipfs(["repo", "gc", "--quiet"]);
    let all = blocks();

    clean(&node);
    assert!(blocks().len() < 4, "{:?}", blocks());
    let auditor = scene.stranger("auditor");
    over(&auditor, &node.place(), ["audit", "result:1"]).could_not("no store has");
    over(&lab, &node.place(), ["serve", "--once"]).yes().says("repaired");
    over(&hospital, &node.place(), ["serve", "--once"]).yes().says("repaired");
    node.ipfs(["repo", "gc", "--quiet"]);
    assert_eq!(blocks(), all);
    over(&auditor, &node.place(), ["audit", "result:1"]).yes();
    for actor in [&lab, &hospital] {
        let again = over(actor, &node.place(), ["serve", "--once"]).yes();
        assert!(!again.out.contains("repaired"), "{}", again.out);
    }
}

#[test]
fn everybody_may_have_a_node_of_their_own() {
    let scene = Scene::new();
    let (hers, his) = (Kubo::online(&scene.path("hers")), Kubo::online(&scene.path("his")));
    his.connect(&hers);
    let (hospital, _) = listed(&scene, &hers);
    let lab = scene.actor("lab");
    over(&lab, &his.place(), ["search", "small"]).yes().says("dataset:1");
    over(&lab, &his.place(), ["buy", "dataset:1"]).yes();
    over(&hospital, &hers.place(), ["serve", "--once"]).yes().says("delivered");
    over(&lab, &his.place(), ["open", "grant:1", "--out", "genomes.vcf"]).yes();
    let plain = |name: &str| fs::read(scene.path(name)).unwrap();
    assert!(plain("genomes.vcf") == plain("small.vcf"));
}

#[test]
fn a_node_that_stalls_holds_no_served_index_up() {
    let scene = Scene::new();
    let node = Kubo::start(&scene.path("ipfs"));
    let (hospital, _) = listed(&scene, &node);
    job::prove(&hospital, "small.vcf", job::REGION, "result").yes();
    over(&hospital, &node.place(), ["post", "result"]).yes();

    let proxy = Proxy::start(&node.url);
    proxy.fault("block/get", Fault::Stall, usize::MAX);
    let indexer = scene.stranger("indexer");
    let mut serve = indexer.command(["index", "serve", "--listen", "127.0.0.1:0"]);
    let serving = Serving::start(serve.env("PROVENOME_STORE", format!("kubo:{}", proxy.url)));
    serving.wait_for("ready");
    let dataset = &serving.json("/v1/datasets/1")["dataset"];
    assert_eq!(dataset["manifest_is"], "missing", "{dataset:#}");
    let looked_for = "record: it is still being looked for: ask again";
    for _ in 0..8 {
        let result = &serving.json("/v1/results")["results"][0];
        assert_eq!((&result["standing"], &result["why"]), (&"posted".into(), &looked_for.into()));
    }
    assert_eq!(serving.end(), Some(0));
}

#[test]
fn opening_goes_on_where_it_stopped() {
    let scene = Scene::new();
    let node = Kubo::start(&scene.path("ipfs"));
    let (_, lab) = delivered(&scene, &node);

    let proxy = Proxy::start(&node.url);
    let place = format!("kubo:{}", proxy.url);
    let open = ["open", "grant:1", "--out", "genomes.vcf"];
    over(&lab, &place, ["search"]).yes();
    proxy.fault("block/get", Fault::Status(404), usize::MAX);
    over(&lab, &place, open).could_not("it answers with HTTP status 404");
    assert!(!scene.path("genomes.vcf").exists());
    proxy.heal();
    over(&lab, &place, open).yes();
    let plain = |name: &str| fs::read(scene.path(name)).unwrap();
    assert!(plain("genomes.vcf") == plain("small.vcf"));
    let near = scene.path("lab/fetching");
    assert_eq!(fs::read_dir(near).unwrap().count(), 0, "nothing is kept of what is done");
}
