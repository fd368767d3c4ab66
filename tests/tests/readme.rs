//! The README says nothing that is not so: its commands run, its links lead somewhere.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tests::anvil::Anvil;
use tests::scene::{Done, ROOT};
use tests::shell::{bash, proving_keys};
use tests::transcript::Transcript;

#[test]
fn the_commands_of_the_readme_run_as_written() {
    let chain = Anvil::start();
    let folder = tempfile::tempdir().unwrap();
    let blocks: Vec<&str> = readme_text()
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 2, "{blocks:?}");
    let place = format!("{}/", folder.path().display());
    let commands = blocks.concat().replace("target/try/", &place);
    let script =
        format!("set -euo pipefail\ntrap 'echo \"stopped at: $BASH_COMMAND\" >&2' ERR\n{commands}");
    let mut command = bash(Path::new(ROOT), &script);
    command
        .env("HOME", folder.path())
        .env("PROVENOME_RPC", &chain.url)
        .env("PROVENOME_CACHE", proving_keys());
    let done = Done::of(&mut command).yes();
    // The last command shows what all of them together made.
    let found = done.out.lines().last().unwrap_or_default();
    assert!(found.starts_with("dataset:1  chr22_10k.vcf.gz  2,504 people"), "{found:?}");
}

#[test]
fn the_readme_is_short_and_its_paths_exist() {
    let text = readme_text();
    assert!(text.lines().count() < 120);
    for (at, _) in text.match_indices("](") {
        let target = text[at + 2..].split(')').next().unwrap();
        let local = !target.contains("://");
        assert!(!local || Path::new(ROOT).join(target).exists(), "there is no {target}");
    }
    for word in text.split(|c: char| c.is_whitespace() || "`()".contains(c)) {
        let word = word.trim_end_matches(['.', ',', ':', ';']);
        let first = word.split('/').next().unwrap_or_default();
        let ours = word.contains('/') && Path::new(ROOT).join(first).is_dir() && !first.is_empty();
        // What building makes is not in the tree.
        let made = word.starts_with("target/") || word.contains("node_modules");
        assert!(!ours || made || Path::new(ROOT).join(word).exists(), "there is no {word}");
    }
    for script in ["demo", "test", "setup", "devnet", "contracts"] {
        let about = fs::metadata(Path::new(ROOT).join("scripts").join(script)).unwrap();
        assert!(about.permissions().mode() & 0o111 == 0o111, "scripts/{script} cannot be run");
    }
}

#[test]
fn every_command_that_the_readme_names_is_one() {
    let known: Vec<String> = Transcript::read("help.txt")
        .said()
        .iter()
        .filter_map(|said| {
            let rest = said.line.strip_prefix("provenome ")?;
            rest.split_whitespace().next().map(str::to_owned)
        })
        .collect();
    let text = readme_text();
    for line in text.lines() {
        let words: Vec<&str> =
            line.split(|c: char| c.is_whitespace() || "`\"()".contains(c)).collect();
        for (at, _) in words.iter().enumerate().filter(|(_, word)| **word == "provenome") {
            let mut rest = words[at + 1..].iter().filter(|word| !word.is_empty()).peekable();
            while rest.peek().is_some_and(|word| **word == "--home") {
                rest.nth(1);
            }
            let Some(command) = rest.next().filter(|_| line.contains("provenome ")) else {
                continue;
            };
            let placeholder = command.bytes().all(|b| b.is_ascii_uppercase());
            let ends = line.trim_end().ends_with("provenome");
            assert!(
                placeholder
                    || ends
                    || command.starts_with('-')
                    || known.iter().any(|k| k == command),
                "{command:?} is no command: {line}"
            );
        }
    }
    for job in
        ["seal", "list", "serve", "search", "buy", "open", "evaluate", "prove", "post", "audit"]
    {
        assert!(known.iter().any(|command| command == job));
        assert!(text.contains(&format!("`{job}")), "the README does not name {job}");
    }
}

fn readme_text() -> &'static str {
    include_str!("../../README.md")
}
