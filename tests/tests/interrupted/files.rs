//! Files: a name has the whole file or none, nothing readable stays behind, and the same command run
//! again succeeds and leaves nothing else.

use crate::{names, showing};
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Command;
use tests::interruption;
use tests::job::few_records;
use tests::scene::{Actor, Done, Scene, data};

/// Interrupts the command at so many moments; `look` looks after each.
fn interrupt(moments: u64, command: impl Fn() -> Command, look: impl Fn(bool, &str)) {
    let whole = interruption::whole(&mut command());
    look(true, "uninterrupted");
    for n in 0..moments {
        let cut = interruption::interrupt(&mut command(), n, whole);
        look(cut.ended, &cut.when);
    }
    Done::of(&mut command()).yes();
    look(true, "run again");
}

#[test]
fn an_interrupted_evaluation_leaves_the_table_before_it() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    fs::copy(data("genotypes/chr22_10k.vcf.gz"), scene.path("chr22.vcf.gz")).unwrap();
    let count =
        || hospital.command(["evaluate", "cohort-count", "--data", "chr22.vcf.gz", "--out", "out"]);
    Done::of(&mut count()).yes();
    let (whole, before) = (fs::read(scene.path("out/result.tsv")).unwrap(), names(&scene.path("")));
    interrupt(12, count, |ended, when| {
        assert!(fs::read(scene.path("out/result.tsv")).unwrap() == whole, "{when}");
        assert_eq!(names(&scene.path("out")).len(), 1, "{when}");
        assert!(!ended || names(&scene.path("")) == before, "{when}: {:?}", names(&scene.path("")));
    });
}

/// The first records of all 2,504 people.
fn part_of_chr22(scene: &Scene, name: &str) {
    let whole = MultiGzDecoder::new(File::open(data("genotypes/chr22_10k.vcf.gz")).unwrap());
    let mut part = GzEncoder::new(File::create(scene.path(name)).unwrap(), Compression::fast());
    for line in BufReader::new(whole).lines().take(1_000) {
        writeln!(part, "{}", line.unwrap()).unwrap();
    }
    part.finish().unwrap();
}

#[test]
fn an_interrupted_seal_leaves_no_half_folder_and_no_genotype() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    part_of_chr22(&scene, "chr22.vcf.gz");
    let seal =
        || hospital.command(["seal", "chr22.vcf.gz", "--build", "GRCh37", "--out", "sealed"]);
    Done::of(&mut seal()).yes();
    let before = names(&scene.path(""));
    let list = |when: &str| {
        let done = hospital.run(["list", "sealed", "--price", "1"]);
        assert_eq!(done.code, Some(0), "{when}: {done:#?}");
    };
    interrupt(100, seal, |ended, when| {
        assert_eq!(names(&scene.path("sealed")).len(), 4, "{when}");
        assert!(showing(&scene, &[]).is_empty(), "{when}");
        assert!(!ended || names(&scene.path("")) == before, "{when}: {:?}", names(&scene.path("")));
    });
    list("whole in the end, its key kept");
    let again = names(&hospital.home().join("vault/keys"));
    assert!(again.iter().all(|name| name.ends_with(".key")), "{again:?}");
}

#[test]
fn an_interrupted_proof_leaves_the_result_before_it() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    few_records(&scene, "small.vcf");
    let region = ["--columns", "22:16050075-16050213", "--build", "GRCh37", "--out", "result"];
    let prove = || {
        let mut command = hospital.command(["prove", "allele-frequency", "--data", "small.vcf"]);
        command.args(region);
        command
    };
    Done::of(&mut prove()).yes();
    let before = names(&scene.path(""));
    interrupt(12, prove, |ended, when| {
        let done = hospital.run(["verify", "result"]);
        assert_eq!(done.code, Some(0), "{when}: {done:#?}");
        assert!(!ended || names(&scene.path("")) == before, "{when}: {:?}", names(&scene.path("")));
    });
}

#[test]
fn an_interrupted_init_or_backup_leaves_a_whole_keystore_or_none() {
    let scene = Scene::new();
    for n in 0..12 {
        let name = format!("late{n}");
        let (actor, phrase) = (scene.stranger(&name), format!("{name}.phrase"));
        let mut init = actor.command(["init", "--phrase-out", &phrase]);
        let cut = interruption::interrupt(&mut init, n, 500_000);
        go_on(&scene, &actor, &phrase, &cut.when);
        let keys = format!("{name}.keys");
        interruption::interrupt(&mut actor.command(["keys", "backup", &keys]), n, 500_000);
        if !scene.path(&keys).exists() {
            actor.run(["keys", "backup", &keys]).yes();
        }
        actor.run(["keys", "restore", &keys]).yes();
    }
    let stray: Vec<_> =
        names(&scene.path("")).into_iter().filter(|name| name.ends_with("partial")).collect();
    assert!(stray.is_empty(), "{stray:?}");
}

/// What a person does who is not sure that `init` came to its end: the phrase on file and the
/// keystore are of one identity, or there is no keystore.
fn go_on(scene: &Scene, actor: &Actor<'_>, phrase: &str, when: &str) {
    let done = actor.run(["init", "--phrase-out", phrase]);
    if done.code != Some(0) && !actor.home().join("identity.json").exists() {
        let done = done.could_not("is there already").says("init --restore --phrase-file");
        assert!(!actor.home().join("vault/identity.json").exists(), "{when}: {done:#?}");
        actor.run(["init", "--restore", "--phrase-file", phrase]).yes();
    }
    let name = format!("{phrase}.twin");
    let twin = scene.stranger(&name);
    twin.run(["init", "--restore", "--phrase-file", phrase]).yes();
    assert_eq!(twin.address(), actor.address(), "{when}");
}
