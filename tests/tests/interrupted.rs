//! `kill -9` and Ctrl-C at any moment: a name has the whole file or none, nothing readable stays
//! behind, and the same command run again succeeds and leaves nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tests::job::few_records;
use tests::scene::{Actor, Done, Scene, data};

const SEED: u64 = 20_260_713;
/// Moments for each command and signal.
const MOMENTS: u64 = 6;

/// A number below `most` for the `n`th moment (SplitMix64).
fn random(n: u64, most: u64) -> u64 {
    let mut z = SEED.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % most.max(1)
}

/// How it ended, and what it said, when the signal came after this time.
fn interrupted(command: &mut Command, signal: &str, after: Duration) -> (ExitStatus, String) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(after);
    let _ =
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
    let output = child.wait_with_output().unwrap();
    (output.status, String::from_utf8(output.stderr).unwrap())
}

/// Interrupts the command at [`MOMENTS`] moments by each signal; `look` looks after each.
fn interrupt(command: impl Fn() -> Command, look: impl Fn(bool, &str)) {
    let begun = Instant::now();
    Done::of(&mut command()).yes();
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    look(true, "uninterrupted");
    for (which, signal) in ["-KILL", "-INT"].into_iter().enumerate() {
        for n in 0..MOMENTS {
            let after = Duration::from_micros(random(which as u64 * MOMENTS + n, whole));
            let when = format!("{signal} after {after:?} (seed {SEED})");
            let (status, said) = interrupted(&mut command(), signal, after);
            assert!(!said.contains("panicked"), "{when}: {said}");
            match (status.code(), status.signal()) {
                // It was faster.
                (Some(0), None) => look(true, &when),
                (None, Some(9)) if signal == "-KILL" => look(false, &when),
                (Some(2 | 130), None) | (None, Some(2)) if signal == "-INT" => look(false, &when),
                _ => panic!("{when}: {status:?} {said}"),
            }
        }
        Done::of(&mut command()).yes();
        look(true, "run again");
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => files(&entry.path(), into),
            kind if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
}

/// Files that show genotypes of `record`, but for those named.
fn showing(scene: &Scene, but: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&scene.path(""), &mut found);
    let record = b"\t0|0\t0|0\t0|0\t0|0";
    found.retain(|path| {
        !but.iter().any(|name| *path == scene.path(name))
            && fs::read(path).is_ok_and(|bytes| bytes.windows(record.len()).any(|w| w == record))
    });
    found
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
    interrupt(count, |ended, when| {
        assert!(fs::read(scene.path("out/result.tsv")).unwrap() == whole, "{when}");
        assert_eq!(names(&scene.path("out")).len(), 1, "{when}");
        assert!(!ended || names(&scene.path("")) == before, "{when}: {:?}", names(&scene.path("")));
    });
}

#[test]
fn an_interrupted_seal_leaves_no_half_folder_and_no_genotype() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    fs::copy(data("genotypes/chr22_10k.vcf.gz"), scene.path("chr22.vcf.gz")).unwrap();
    let seal =
        || hospital.command(["seal", "chr22.vcf.gz", "--build", "GRCh37", "--out", "sealed"]);
    Done::of(&mut seal()).yes();
    let before = names(&scene.path(""));
    let list = |when: &str| {
        let done = hospital.run(["list", "sealed", "--price", "1"]);
        assert_eq!(done.code, Some(0), "{when}: {done:#?}");
    };
    interrupt(seal, |ended, when| {
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
    interrupt(prove, |ended, when| {
        let done = hospital.run(["verify", "result"]);
        assert_eq!(done.code, Some(0), "{when}: {done:#?}");
        assert!(!ended || names(&scene.path("")) == before, "{when}: {:?}", names(&scene.path("")));
    });
}

#[test]
fn an_interrupted_opening_leaves_no_file_and_no_genotype() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    hospital.sell_small();
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["deliver", "grant:1"]).yes();
    let open = || lab.command(["open", "grant:1", "--out", "genomes.vcf"]);
    let (whole, out) = (fs::read(scene.path("small.vcf")).unwrap(), scene.path("genomes.vcf"));
    let before = names(&scene.path(""));
    interrupt(open, |ended, when| {
        if out.exists() {
            // Interrupted after it had its name.
            assert!(fs::read(&out).unwrap() == whole, "{when}");
            fs::remove_file(&out).unwrap();
        } else {
            assert!(!ended, "{when}: no file");
        }
        assert_eq!(names(&scene.path("")), before, "{when}");
        assert_eq!(showing(&scene, &["small.vcf"]), Vec::<PathBuf>::new(), "{when}");
    });
    let replace = || lab.command(["open", "grant:1", "--out", "genomes.vcf", "--force"]);
    fs::write(&out, "old").unwrap();
    interrupt(replace, |ended, when| {
        let read = fs::read(&out).unwrap();
        assert!(read == whole || (!ended && read == b"old"), "{when}");
        fs::write(&out, "old").unwrap();
    });
}

#[test]
fn an_interrupted_init_or_backup_leaves_a_whole_keystore_or_none() {
    let scene = Scene::new();
    for n in 0..2 * MOMENTS {
        let (name, signal) = (format!("late{n}"), if n % 2 == 0 { "-KILL" } else { "-INT" });
        let (actor, phrase) = (scene.stranger(&name), format!("{name}.phrase"));
        let init = || actor.command(["init", "--phrase-out", &phrase]);
        let after = Duration::from_micros(random(100 + n, 500_000));
        interrupted(&mut init(), signal, after);
        let when = format!("{signal} after {after:?} (seed {SEED})");
        go_on(&scene, &actor, &phrase, &when);
        let keys = format!("{name}.keys");
        interrupted(&mut actor.command(["keys", "backup", &keys]), signal, after);
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
