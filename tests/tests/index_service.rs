//! A served index beside the home's own: the same answers, another network refused, and "proved"
//! only where the chain, the policy and the record say so.

use serde_json::Value;
use tests::scene::{Actor, Done, Scene, data};
use tests::serving::Serving;

#[test]
fn a_served_index_gives_the_answers_of_the_own_one() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    hospital.sell_small();
    hospital.run(["anchor"]).yes();
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["serve", "--once"]).yes();

    let indexer = scene.stranger("indexer");
    let serving =
        Serving::start(&mut indexer.command(["index", "serve", "--listen", "127.0.0.1:0"]));
    for (actor, words) in [
        (&lab, &["search"][..]),
        (&lab, &["search", "small", "--limit", "1"]),
        (&lab, &["search", "no", "such", "words"]),
        (&lab, &["show", "dataset:1"]),
        (&lab, &["show", "grant:1"]),
        (&lab, &["show", "result:1"]),
        (&lab, &["show", "dataset:2"]),
        (&lab, &["grants"]),
        (&lab, &["grants", "--wait", "grant:1"]),
        (&hospital, &["grants"]),
    ] {
        for json in [&["--json"][..], &[]] {
            let own = Done::of(actor.command([]).args(words).args(json));
            let served =
                Done::of(actor.command([]).args(words).args(json).args(["--index", &serving.url]));
            assert_eq!((&served.out, served.code), (&own.out, own.code), "{words:?}");
            assert_eq!(served.err, own.err, "{words:?}");
        }
    }
    proofs_are_held_against_the_own_node(&scene, &lab, &serving.url);
    let by_environment = Done::of(lab.command(["search"]).env("PROVENOME_INDEX", &serving.url));
    assert_eq!(by_environment.yes().out, lab.run(["search"]).out);
    let own = lab.json(["search"]);
    assert_eq!(serving.json("/v1/datasets")["datasets"], own["datasets"]);
    let log = &serving.json("/v1/logs")["logs"][0]["log"];
    let steps = serving.json(&format!("/v1/logs/{}/steps", log.as_str().unwrap()));
    assert_eq!((&steps["steps"][0]["kind"], &steps["incomplete"]), (&"list".into(), &Value::Null));

    // One index of a home has one writer, and no other network's index is believed.
    indexer.run(["index", "serve", "--once"]).could_not("another process keeps");
    let other = Scene::new();
    let stranger = other.actor("stranger");
    stranger.sell_small();
    // A proof is of no block of its chain, whether that has as many blocks or not yet.
    let listing = scene.path("dataset-1.proof");
    let verify = || stranger.run(["verify", listing.to_str().unwrap()]);
    verify().could_not("the node has no block");
    (0..10).for_each(|_| other.warp(1));
    verify().no("FAIL  block");
    stranger.run(["search", "--index", &serving.url]).could_not("follows another network");
    stranger.run(["search", "--index", "ftp://x"]).could_not("is no address of a served index");
    assert_eq!(serving.end(), Some(0));
    lab.run(["search", "--index", "http://127.0.0.1:1"]).could_not("does not answer");
    indexer.run(["index", "serve", "--once"]).yes().says("the index is at block");
}

/// Of each row a proof from a served index and one of the own: the same, and checked alike.
fn proofs_are_held_against_the_own_node(scene: &Scene, lab: &Actor<'_>, index: &str) {
    for (id, change, event) in [
        ("dataset:1", None, "Listed"),
        ("grant:1", None, "Delivered"),
        ("grant:1", Some("paid"), "Bought"),
        ("dataset:1", Some("owner"), "DatasetTransferred"),
        ("dataset:1", Some("terms"), "Listed"),
    ] {
        let name = format!("{}{}.proof", id.replace(':', "-"), change.unwrap_or_default());
        let own = format!("own-{name}");
        let words = |file: &str| {
            let mut command = lab.command(["--json", "show", id, "--proof", file]);
            command.args(change.map(|change| ["--change", change]).into_iter().flatten());
            command
        };
        let shown = Done::of(words(&name).args(["--index", index])).yes().json();
        assert_eq!(shown["proof"]["event"], event);
        Done::of(&mut words(&own)).yes();
        let proof = std::fs::read(scene.path(&name)).unwrap();
        assert_eq!(proof, std::fs::read(scene.path(&own)).unwrap(), "{name}");
        let verified = lab.json(["verify", &name]);
        assert_eq!((&verified["event"], &verified["id"]), (&event.into(), &id.into()));
        assert_eq!(verified["block_hash"], shown["proof"]["block_hash"]);
        let hash = verified["block_hash"].as_str().unwrap();
        // With the hash given no node is asked.
        let nowhere = "http://127.0.0.1:1";
        lab.run(["verify", &name, "--block", hash, "--rpc", nowhere]).yes().says(event);
        lab.run(["verify", &name, "--rpc", nowhere]).could_not("does not answer");
        lab.run(["verify", &name, "--block", &format!("0x{}", "1".repeat(64))]).no("FAIL  block");
        // Nothing is overwritten.
        Done::of(&mut words(&name)).could_not("is there already");

        let (mut altered, last) = (proof.clone(), proof.len() - 1);
        altered[last / 2] ^= 1;
        std::fs::write(scene.path("altered.proof"), &altered).unwrap();
        lab.run(["verify", "altered.proof"]).no("FAIL  ");
        std::fs::write(scene.path("altered.proof"), &proof[..last]).unwrap();
        lab.run(["verify", "altered.proof"]).no("FAIL  form");
    }
    lab.run(["show", "grant:1", "--proof", "none.proof", "--change", "settled"])
        .no("grant:1 was never settled");
    lab.run(["show", "grant:1", "--proof", "none.proof", "--change", "settled", "--index", index])
        .no("grant:1 was never settled");
    lab.run(["show", "dataset:1", "--proof", "none.proof", "--change", "paid"])
        .could_not("dataset:1 has no change \"paid\"");
    lab.run(["show", "grant:1", "--proof", "none.proof", "--change", "terms"])
        .could_not("grant:1 has no change \"terms\"");
    lab.run(["show", "grant:1", "--proof", "none.proof", "--change", "open"])
        .could_not("there is no such change");
    lab.run(["show", "dataset:9", "--proof", "none.proof"]).no("there is no dataset:9");
    assert!(!scene.path("none.proof").exists());
}

#[test]
fn a_result_is_proved_only_with_its_record_and_a_circuit_of_the_policy() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    std::fs::copy(data("genotypes/chr22_10k.vcf.gz"), scene.path("chr22.vcf.gz")).unwrap();
    std::fs::copy(data("columns16.tsv"), scene.path("columns.tsv")).unwrap();
    hospital
        .run(["seal", "chr22.vcf.gz", "--out", "sealed", "--title", "22", "--build", "GRCh37"])
        .yes();
    hospital.run(["list", "sealed", "--price", "250"]).yes();
    let data = ["--data", "chr22.vcf.gz", "--columns", "columns.tsv", "--out", "result"];
    Done::of(hospital.command(["prove", "allele-frequency"]).args(data)).yes();
    hospital.run(["post", "result"]).yes();
    hospital.run(["anchor"]).yes();

    let indexer = scene.stranger("indexer");
    let serving =
        Serving::start(&mut indexer.command(["index", "serve", "--listen", "127.0.0.1:0"]));
    let proved =
        Done::of(&mut hospital.command(["show", "result:1", "--json", "--index", &serving.url]))
            .yes()
            .json();
    assert_eq!(
        (&proved["standing"], &proved["development_keys"]),
        (&"proved".into(), &true.into())
    );
    assert_eq!(proved, hospital.json(["show", "result:1"]));
    let proof = ["show", "result:1", "--proof", "result.proof", "--index", &serving.url];
    hospital.run(proof).yes().says("Posted, log");
    hospital.run(["show", "result:1", "--proof", "own.proof"]).yes();
    let read = |name: &str| std::fs::read(scene.path(name)).unwrap();
    assert_eq!(read("result.proof"), read("own.proof"));
    let posted = hospital.json(["verify", "result.proof"]);
    assert_eq!((&posted["event"], &posted["id"]), (&"Posted".into(), &"result:1".into()));
    let step = posted["says"].as_array().unwrap().iter().find(|said| said["name"] == "step");
    assert_eq!(step.unwrap()["value"], proved["step"]);
    assert_eq!(serving.json("/v1/results?dataset=1")["results"][0]["standing"], "proved");
    let graph = &serving.json("/v1/results/1/graph")["graph"];
    let kinds = |name: &str| -> Vec<String> {
        let nodes = graph["nodes"].as_array().unwrap().iter();
        nodes.filter(|node| node["kind"] == name).map(|node| node["id"].to_string()).collect()
    };
    assert_eq!(
        (kinds("result").len(), kinds("dataset").len(), kinds("step").len(), kinds("input").len()),
        (1, 1, 2, 1),
        "{graph:#}"
    );
    assert_eq!(
        (graph["edges"].as_array().unwrap().len(), &graph["incomplete"]),
        (4, &serde_json::json!([])),
        "{graph:#}"
    );
    assert_eq!(serving.end(), Some(0));

    // The same chain under a policy that names no circuit; and with an empty store.
    let path = scene.path("network.json");
    let honest = std::fs::read_to_string(&path).unwrap();
    let mut network: Value = serde_json::from_str(&honest).unwrap();
    network["policy"]["circuits"] = serde_json::json!([]);
    std::fs::write(&path, network.to_string()).unwrap();
    let posted = hospital.json(["show", "result:1"]);
    assert_eq!(posted["standing"], "posted");
    assert!(posted["why"].as_str().unwrap().starts_with("circuit: "), "{posted}");
    std::fs::write(&path, honest).unwrap();
    std::fs::create_dir(scene.path("empty")).unwrap();
    let nowhere = format!("dir:{}", scene.path("empty").display());
    let posted = hospital.json(["show", "result:1", "--store", &nowhere]);
    assert_eq!(
        (&posted["standing"], &posted["why"]),
        (&"posted".into(), &"record: no store has it".into())
    );
}
