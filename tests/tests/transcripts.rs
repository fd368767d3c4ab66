//! Every help, every answer and every error, word for word. How to renew the files when words were
//! changed on purpose is said in `tests/src/transcript.rs`.

use tests::job::few_records;
use tests::redaction::Redaction;
use tests::scene::{Done, Scene, data};
use tests::shell::bash;
use tests::transcript::Transcript;

/// Who appears in the transcripts.
const ACTORS: [&str; 5] = ["operator", "hospital", "lab", "auditor", "nobody"];

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| Done::of(&mut bash(folder.path(), line));
    let mut script: Vec<String> =
        ["provenome --version", "provenome --help", "provenome"].map(|l| format!("$ {l}")).into();
    for command in commands(&run("provenome --help").out) {
        let line = format!("provenome {command} --help");
        let help = run(&line).out;
        script.push(format!("$ {line}"));
        if help.contains("\nCommands:\n") {
            script.extend(commands(&help).map(|sub| format!("$ provenome {command} {sub} --help")));
        }
    }
    script.push("$ provenome seal -h".to_owned());
    let mut redaction = Redaction::new(folder.path());
    Transcript::read("help.txt").hold_script(&script, &mut redaction, run);
}

#[test]
fn the_main_job_is_told_in_these_words() {
    let scene = scene();
    let mut redaction = Redaction::new(&scene.path(""));
    Transcript::read("job.txt").hold(&mut redaction, |line| scene.shell(&ACTORS, line));
}

#[test]
fn every_command_answers_with_these_keys() {
    let scene = scene();
    let mut redaction = Redaction::new(&scene.path(""));
    Transcript::read("json.txt").hold(&mut redaction, |line| scene.shell(&ACTORS, line));
}

#[test]
fn every_error_says_what_failed_and_what_to_do() {
    let scene = scene();
    let mut redaction = Redaction::new(&scene.path(""));
    Transcript::read("errors.txt").hold(&mut redaction, |line| scene.shell(&ACTORS, line));
}

/// A network, genotypes, columns, and passphrases of people who have nothing else yet.
fn scene() -> Scene {
    let scene = Scene::new();
    for name in ["hospital", "lab", "auditor", "nobody"] {
        let _ = scene.stranger(name);
    }
    few_records(&scene, "small.vcf");
    scene.small_vcf("whole.vcf");
    std::fs::copy(data("columns16.tsv"), scene.path("columns16.tsv")).unwrap();
    for set in ["relatives", "sexes"] {
        for end in ["bed", "bim", "fam"] {
            let name = format!("{set}.{end}");
            let from = data(&format!("genotypes/plink/{name}"));
            std::fs::copy(from, scene.path(&name)).unwrap();
        }
    }
    scene
}

/// The commands that a help lists: two spaces, a word, and what it does.
fn commands(help: &str) -> impl Iterator<Item = &str> {
    help.lines().filter_map(|line| {
        let (word, what) = line.strip_prefix("  ")?.split_once("  ")?;
        let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        (plain && !what.trim().is_empty()).then_some(word)
    })
}
