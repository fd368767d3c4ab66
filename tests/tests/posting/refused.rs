//! Posts that are refused: exit code 1, no result, no step in the log, nothing left under way.

use crate::{steps, under_way};
use tests::job::{Job, REGION, few_records, prove, seal};
use tests::scene::{Actor, Scene};

/// Nothing was posted by anybody, and nothing is recorded or under way in this home.
#[track_caller]
fn unchanged(scene: &Scene, actor: &Actor<'_>, name: &str, before: usize) {
    actor.run(["show", "result:1"]).no("there is no result:1");
    assert_eq!((steps(actor), under_way(scene, name)), (before, vec![]));
}

#[test]
fn nobody_posts_without_right() {
    let scene = Scene::new();
    let job = Job::proved(&scene);
    let rival = scene.actor("rival");
    rival
        .run(["post", "result"])
        .no("panel: no dataset and no active grant of")
        .says("a claim over a panel that is listed nowhere cannot be posted");
    rival
        .run(["post", "result", "--grant", "grant:1"])
        .no("contract: the contract refuses: NotHolder")
        .says("the claim was made for");
    unchanged(&scene, &rival, "rival", 0);
    job.hospital.run(["post", "result"]).no("BadProof").says("the claim was made for");
    job.hospital.run(["post", "result", "--grant", "grant:1"]).no("NotHolder");
    unchanged(&scene, &job.hospital, "hospital", 1);

    job.lab.run(["post", "result", "--grant", "grant:99"]).no("there is no grant:99");
    job.lab.run(["post", "result", "--grant", "dataset:1"]).could_not("dataset:1 is no grant");
    job.lab.run(["post", "nowhere"]).could_not("nowhere has no claim.cbor").says("hint: ");
    job.lab.run(["post", "sealed"]).could_not("sealed has no claim.cbor");
    std::fs::write(scene.path("nobody.cbor"), "no claim").unwrap();
    std::fs::create_dir(scene.path("broken")).unwrap();
    std::fs::rename(scene.path("nobody.cbor"), scene.path("broken/claim.cbor")).unwrap();
    job.lab.run(["post", "broken"]).no("claim: ");
    unchanged(&scene, &job.lab, "lab", 0);

    before_delivery(&scene, &job, &rival);
}

/// A buyer who has the file from elsewhere, before the provider delivered.
fn before_delivery(scene: &Scene, job: &Job<'_>, rival: &Actor<'_>) {
    rival.run(["buy", "dataset:1"]).yes();
    prove(rival, "genomes.vcf", REGION, "early").yes().says("listed nowhere");
    rival.run(["post", "early"]).no("panel: ");
    rival
        .run(["post", "early", "--grant", "grant:2"])
        .no("contract: the contract refuses: GrantInactive")
        .says("the claim is over the panel")
        .says("was not delivered");
    unchanged(scene, rival, "rival", 0);
    job.hospital.run(["decline", "grant:2"]).yes();
    rival.run(["post", "early", "--grant", "grant:2"]).no("contract: the contract refuses: ");
    unchanged(scene, rival, "rival", 0);
}

#[test]
fn a_proof_is_of_one_version_of_one_dataset() {
    let scene = Scene::new();
    let job = Job::proved(&scene);
    let (hospital, lab) = (&job.hospital, &job.lab);
    // The same genotypes sealed anew are another panel: its salts come from another key.
    seal(hospital, "small.vcf", "second").yes();
    hospital.run(["list", "second", "--price", "1", "--version-of", "dataset:1"]).yes();
    seal(hospital, "small.vcf", "third").yes();
    hospital.run(["list", "third", "--price", "1"]).yes();
    for (dataset, grant) in [("dataset:1", "grant:2"), ("dataset:2", "grant:3")] {
        lab.run(["buy", dataset]).yes();
        hospital.run(["deliver", grant]).yes();
        lab.run(["post", "result", "--grant", grant])
            .no("contract: the contract refuses: BadProof")
            .says("the claim is over the panel")
            .says("the registry has");
    }
    unchanged(&scene, lab, "lab", 0);
    // Without --grant the one is found whose panel it is.
    let posted = lab.json(["post", "result"]);
    assert_eq!((&posted["dataset"], &posted["version"]), (&"dataset:1".into(), &1.into()));
}

#[test]
fn a_proof_made_without_a_network_is_nobodys() {
    let scene = Scene::new();
    let job = Job::opened(&scene);
    let mut alone = scene.stranger("stranger").command([
        "prove",
        "allele-frequency",
        "--data",
        "genomes.vcf",
        "--columns",
        REGION,
        "--out",
        "alone",
        "--build",
        "GRCh37",
    ]);
    tests::scene::Done::of(alone.env_remove("PROVENOME_NETWORK"))
        .yes()
        .says("the proof is for nobody to post");
    job.lab.run(["verify", "alone"]).yes();
    job.lab
        .run(["post", "alone", "--grant", "grant:1"])
        .no("BadProof")
        .says("the claim is over the panel")
        .says("the claim was made for 0x0000000000000000000000000000000000000000")
        .says("on chain 0, this is");
    unchanged(&scene, &job.lab, "lab", 0);
}

#[test]
fn an_ended_grant_is_no_right_to_post() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    few_records(&scene, "small.vcf");
    seal(&hospital, "small.vcf", "sealed").yes();
    let words = ["--access", "3d", "--dispute-window", "1h"];
    hospital
        .run(["list", "sealed", "--price", "250", words[0], words[1], words[2], words[3]])
        .yes();
    for (grant, out) in [("grant:1", "a.vcf"), ("grant:2", "b.vcf")] {
        lab.run(["buy", "dataset:1", "--again"]).yes();
        hospital.run(["deliver", grant]).yes();
        lab.run(["open", grant, "--out", out]).yes();
    }
    prove(&lab, "a.vcf", REGION, "result").yes();
    scene.warp(7_200);
    hospital.run(["settle"]).yes();
    hospital.run(["revoke", "grant:2"]).yes();
    lab.run(["post", "result", "--grant", "grant:2"]).no("GrantInactive").says("was revoked");
    unchanged(&scene, &lab, "lab", 0);

    scene.warp(3 * 86_400);
    for words in [&["post", "result"][..], &["post", "result", "--grant", "grant:1"]] {
        let mut post = lab.command([]);
        tests::scene::Done::of(post.args(words)).no("GrantInactive").says("has expired");
    }
    unchanged(&scene, &lab, "lab", 0);
}
