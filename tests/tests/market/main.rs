//! The market as buyers, providers and cheats use it: money, delivery, endings, versions, `serve`,
//! and the nodes that all of it is asked of.

mod delivery;
mod ending;
mod money;
mod nodes;
mod serve;
mod versions;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tests::scene::{Actor, Done, Running, Scene};

/// A hospital that has listed the small VCF as `dataset:1` for 250, and a lab with 1000.
fn hospital_and_lab(scene: &Scene) -> (Actor<'_>, Actor<'_>) {
    let hospital = scene.actor("hospital");
    hospital.sell_small();
    (hospital, scene.actor("lab"))
}

/// Runs the command against another node than the scene's.
fn through(actor: &Actor<'_>, url: &str, words: &[&str]) -> Done {
    Done::of(actor.command([]).args(words).args(["--rpc", url]))
}

/// The status of a grant, as anybody sees it.
fn status(actor: &Actor<'_>, grant: &str) -> String {
    actor.json(["show", grant])["status"].as_str().unwrap().to_owned()
}

/// Starts `serve` with its output in a file, and waits until it follows.
fn serving(command: &mut Command, log: &Path) -> Running {
    let out = std::fs::File::create(log).unwrap();
    let running = Running::of(command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null()));
    until("serve follows the chain", || said(log, "following from block"));
    running
}

fn said(log: &Path, words: &str) -> bool {
    std::fs::read_to_string(log).unwrap().contains(words)
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
