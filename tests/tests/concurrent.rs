//! Commands at the same time: each thing happens once, the others wait or say why not, and nothing
//! in a home or a folder is a mixture of two.

use std::fs;
use std::process::{Child, Command, Stdio};
use tests::job::few_records;
use tests::scene::{Actor, Done, Scene};

/// Runs both at once.
fn both(first: &mut Command, second: &mut Command) -> [Done; 2] {
    let begin = |command: &mut Command| -> Child {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children = [begin(first), begin(second)];
    children.map(|child| {
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let done =
            Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!done.err.contains("panicked"), "{done:#?}");
        done
    })
}

fn twice<const N: usize>(actor: &Actor<'_>, words: [&str; N]) -> [Done; 2] {
    both(&mut actor.command(words), &mut actor.command(words))
}

/// The one that succeeded, and the other.
#[track_caller]
fn one(done: [Done; 2]) -> [Done; 2] {
    let [a, b] = done;
    let [yes, other] = if a.code == Some(0) { [a, b] } else { [b, a] };
    assert!(yes.code == Some(0) && other.code != Some(0), "not one: {yes:#?} {other:#?}");
    [yes, other]
}

fn transactions(done: [Done; 2]) -> usize {
    done.map(|done| done.yes().json()).iter().filter(|json| !json["transaction"].is_null()).count()
}

#[test]
fn what_is_sent_twice_at_once_happens_once() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    few_records(&scene, "small.vcf");
    hospital.run(["seal", "small.vcf", "--out", "sealed", "--build", "GRCh37"]).yes();

    let list = ["list", "sealed", "--price", "250", "--json"];
    assert_eq!(transactions(twice(&hospital, list)), 1);
    let found = lab.json(["search"]);
    assert_eq!(found["datasets"].as_array().unwrap().len(), 1);
    assert_eq!(hospital.json(["log"])["steps"].as_array().unwrap().len(), 1);

    let [_, other] = one(twice(&lab, ["buy", "dataset:1"]));
    other.no("you have grant:1 for this version already");
    assert_eq!(lab.tokens(), 750.0);

    let [_, other] = one(twice(&hospital, ["deliver", "grant:1"]));
    other.no("grant:1 is delivered");

    for done in twice(&hospital, ["anchor"]) {
        done.yes().says("1 step, root");
    }
    assert_eq!(transactions(twice(&hospital, ["anchor", "--json"])), 0);

    let [yes, other] = one(twice(&lab, ["open", "grant:1", "--out", "genomes.vcf"]));
    yes.says("recomputed");
    other.could_not("genomes.vcf is there already");
    let sealed = fs::read(scene.path("small.vcf")).unwrap();
    assert!(fs::read(scene.path("genomes.vcf")).unwrap() == sealed);
    for done in twice(&lab, ["open", "grant:1", "--out", "genomes.vcf", "--force"]) {
        done.yes();
    }
    assert!(fs::read(scene.path("genomes.vcf")).unwrap() == sealed);

    let region = ["--columns", "22:16050075-16050213", "--out", "result"];
    let prove = ["prove", "allele-frequency", "--grant", "grant:1"];
    Done::of(lab.command(prove).args(region)).yes();
    assert_eq!(transactions(twice(&lab, ["post", "result", "--json"])), 1);
    assert_eq!(lab.json(["log"])["steps"].as_array().unwrap().len(), 1);
    lab.run(["show", "result:2"]).no("result:2");
    lab.run(["anchor"]).yes();
    scene.stranger("auditor").run(["audit", "result:1"]).yes();
}

#[test]
fn two_commands_write_one_folder_and_one_of_them_is_told() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    scene.small_vcf("small.vcf");
    for _ in 0..3 {
        let seal = ["seal", "small.vcf", "--out", "sealed", "--build", "GRCh37"];
        let done = twice(&hospital, seal);
        assert!(done.iter().any(|done| done.code == Some(0)), "{done:#?}");
        for done in done.into_iter().filter(|done| done.code != Some(0)) {
            done.could_not("another command is writing sealed now");
        }
        let mut names: Vec<_> = fs::read_dir(scene.path("sealed"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["body.c4gh", "leaves.bin", "manifest.cbor", "refused.tsv"]);
    }
    hospital.run(["list", "sealed", "--price", "1"]).yes();
    assert!(!scene.path(".sealed.partial").exists());
}

#[test]
fn two_identities_never_share_a_home_and_no_phrase_is_of_nobody() {
    let scene = Scene::new();
    for round in 0..4 {
        let name = format!("twin{round}");
        let twin = scene.stranger(&name);
        let phrases = [format!("{name}.a.phrase"), format!("{name}.b.phrase")];
        let done = both(
            &mut twin.command(["init", "--phrase-out", &phrases[0]]),
            &mut twin.command(["init", "--phrase-out", &phrases[1]]),
        );
        assert!(done.iter().any(|done| done.code == Some(0)), "{done:#?}");
        let address = twin.address();
        let left: Vec<_> = phrases.iter().filter(|name| scene.path(name).exists()).collect();
        assert_eq!(left.len(), 1, "{left:?} of {done:#?}");
        let again = scene.stranger(&format!("again{round}"));
        again.run(["init", "--restore", "--phrase-file", left[0]]).yes();
        assert_eq!(again.address(), address);
        twin.run(["keys", "backup", &format!("{name}.keys")]).yes();
    }
    let twin = scene.stranger("same");
    let done = twice(&twin, ["init", "--phrase-out", "same.phrase"]);
    assert!(done.iter().any(|done| done.code == Some(0)), "{done:#?}");
    let again = scene.stranger("same-again");
    again.run(["init", "--restore", "--phrase-file", "same.phrase"]).yes();
    assert_eq!(again.address(), twin.address());
}

#[test]
fn a_backup_is_never_written_over_another() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    let [_, other] = one(twice(&hospital, ["keys", "backup", "keys.bin"]));
    other.could_not("keys.bin is there already");
    hospital.run(["keys", "restore", "keys.bin"]).yes();
}

#[test]
fn others_read_and_send_while_serve_follows() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    hospital.sell_small();
    let serving = hospital.start(["serve"]);
    let second = lab.start(["serve"]);
    lab.run(["buy", "dataset:1"]).yes();
    lab.run(["grants", "--wait", "grant:1"]).yes();
    std::thread::scope(|scope| {
        for words in
            [["show", "dataset:1"], ["show", "grant:1"], ["search", "small"], ["log", "--json"]]
        {
            let hospital = &hospital;
            scope.spawn(move || hospital.run(words).yes());
        }
        for _ in 0..2 {
            scope.spawn(|| hospital.run(["anchor"]).yes());
            scope.spawn(|| lab.run(["grants"]).yes().says("grant:1"));
        }
    });
    hospital.run(["serve"]).could_not("is another `serve` running on this home?");
    let id = serving.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(serving.end().code(), Some(0), "Ctrl-C ends `serve` as it should end");
    second.kill();
    lab.run(["grants"]).yes().says("delivered");
}
