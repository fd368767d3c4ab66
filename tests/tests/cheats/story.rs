//! The cheats that `scripts/demo` shows, in its order.

use std::fs;
use tests::job::{Job, REGION, copy, prove};
use tests::scene::Scene;

#[test]
fn every_cheat_of_the_demo_is_caught() {
    let scene = Scene::new();
    let job = Job::posted(&scene);
    let (hospital, lab) = (&job.hospital, &job.lab);

    copy(&scene.path("result"), &scene.path("forged"));
    scene.cheat(["change-count", "forged/result.tsv"]).yes();
    lab.run(["verify", "forged"]).no("FAIL  table").says("line 4 of result.tsv");

    a_proof_over_other_genotypes(&scene, &job);
    let refused = hospital.run(["post", "result"]).no("contract: the contract refuses: BadProof");
    let cause =
        format!("the claim was made for {}, the sender is {}", lab.address(), hospital.address());
    assert!(refused.err.to_lowercase().contains(&cause), "{cause} is not in {refused:#?}");
    hospital.run(["show", "result:2"]).no("there is no result:2");
    assert_eq!(hospital.json(["log"])["steps"].as_array().unwrap().len(), 1);

    copy(&lab.home(), &scene.path("lab-cheating"));
    let cheating = scene.stranger("lab-cheating");
    fs::copy(lab.passphrase(), cheating.passphrase()).unwrap();
    scene.cheat(["drop-step", "lab-cheating"]).yes();
    cheating
        .run(["anchor"])
        .no("the 0 steps in this home do not extend the 1 that are anchored")
        .says("provenome log --recover");
    assert_eq!(lab.json(["log"])["anchored"], 1);

    a_hidden_step(&scene, &job);
    a_flipped_byte(&scene, &job);
}

fn a_proof_over_other_genotypes(scene: &Scene, job: &Job<'_>) {
    let text = fs::read_to_string(scene.path("genomes.vcf")).unwrap();
    let records = text.find("\n#CHROM").unwrap();
    let (head, records) = text.split_at(records);
    fs::write(scene.path("other.vcf"), head.to_owned() + &records.replacen("0|0", "0|1", 1))
        .unwrap();
    prove(&job.lab, "other.vcf", "22:16050075-16050115", "other").yes().says("listed nowhere");
    job.lab
        .run(["post", "other", "--grant", "grant:1"])
        .no("contract: the contract refuses: BadProof")
        .says("the claim is over the panel");
    prove(&job.lab, "other.vcf", REGION, "same-question").yes();
    job.lab
        .run(["post", "same-question", "--grant", "grant:1"])
        .no("AlreadyPosted")
        .says("a question is answered once");
    job.lab.run(["post", "other"]).no("panel: ").says("no dataset and no active grant");
    job.lab.run(["show", "result:2"]).no("there is no result:2");
    assert_eq!(job.lab.json(["log"])["steps"].as_array().unwrap().len(), 1);
    assert!(
        notes(scene, "lab").iter().all(|name| !name.starts_with("post-")),
        "what was refused is not under way"
    );
}

fn notes(scene: &Scene, home: &str) -> Vec<String> {
    let Ok(notes) = fs::read_dir(scene.path(home).join("notes")) else { return Vec::new() };
    notes.map(|note| note.unwrap().file_name().into_string().unwrap()).collect()
}

fn a_hidden_step(scene: &Scene, job: &Job<'_>) {
    let before = job.lab.json(["log"]);
    scene.cheat(["hide-step", "lab", "lab.pass"]).yes();
    let auditor = scene.stranger("auditor");
    auditor.run(["audit", "result:1"]).no("FAIL  log").says("something is FALSE");
    job.lab
        .run(["log", "--recover"])
        .no("log: what the stores have is not what is anchored")
        .says("nothing was changed");
    assert_eq!(job.lab.json(["log"])["steps"][0]["step"], before["steps"][0]["step"]);
}

fn a_flipped_byte(scene: &Scene, job: &Job<'_>) {
    scene.cheat(["flip-byte", "blocks"]).yes();
    let renewed = scene.stranger("lab-new");
    renewed.run(["init", "--restore", "--phrase-file", "lab.phrase"]).yes();
    renewed.run(["open", "grant:1", "--out", "broken.vcf"]).no("blocks: ").says("corrupt block");
    assert!(!scene.path("broken.vcf").exists());
    let left: Vec<String> = fs::read_dir(scene.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("broken") || name.contains("partial"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    job.hospital.run(["show", "grant:1"]).yes();
}
