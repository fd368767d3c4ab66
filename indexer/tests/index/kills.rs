//! A thousand `kill -9` at random moments, of followers in processes of their own and of the program
//! itself, while the chain grows and is reorganised: no gap, no duplicate, and the next one goes on.

use crate::crash::child_of;
use crate::depths::fresh_rows;
use crate::dump::{dump, replay};
use crate::program::Killed;
use crate::scene::Scene;
use crate::seed::Seed;
use crate::traffic::Traffic;
use std::path::Path;
use std::process::Command;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const SEED: u64 = 1_000_009;
/// Chains, one after the other: the local node loses state in long ones (`depths.rs`).
const TOWNS: u64 = 5;
/// Databases that are followed into at once, each anew so many times, with so many kills each.
const LANES: u64 = 4;
const TIMES: u64 = 2;
const KILLS: u64 = 25;
/// The longest that a follower may live.
const LIFE: u64 = 320;

/// What the lanes share.
struct Town<'a> {
    number: u64,
    scene: &'a Scene,
    /// Held for writing while the chain must stand still.
    quiet: RwLock<()>,
    /// Kills after which the index was further than before the process began.
    got_on: AtomicU64,
}

/// Blocks, and now and then a reorg, until `done`.
fn live(town: &Town, traffic: &Traffic, done: &AtomicBool) {
    let mut seed = Seed::new(SEED);
    while !done.load(Ordering::SeqCst) {
        {
            let _moving = town.quiet.read().unwrap();
            match seed.below(40) {
                0 => traffic.reorg(1 + seed.below(6), &mut seed),
                _ => traffic.pass(1, &mut seed),
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// One database's followers, killed one after the other. Odd lanes are the program's.
fn lane(town: &Town, lane: u64) {
    let scene = town.scene;
    let mut seed = Seed::new(SEED + town.number * LANES + lane);
    for time in 0..TIMES {
        let home = format!("lane {lane} time {time}");
        let name = format!("{home}/index");
        std::fs::create_dir(scene.folder(&home)).unwrap();
        let mut before = None;
        for n in 0..KILLS {
            let what = format!("town {}, {home}, kill {n} (seed {SEED})", town.number);
            let life = Duration::from_millis(seed.below(LIFE));
            live_and_die(&mut command(scene, lane, &home), life, &scene.folder(&home), &what);
            // After every other kill the next process is the first to open the file.
            if n % 2 == 0 && scene.folder(&name).is_dir() {
                let index = scene.index(&name);
                let at = replay(index.path(), scene.network(), &what);
                town.got_on.fetch_add(u64::from(at > before), Ordering::Relaxed);
                before = at;
            }
        }
        let _still = town.quiet.write().unwrap();
        let index = scene.index(&name);
        scene.follow(&index);
        assert_eq!(dump(index.path()), fresh_rows(scene), "{home} (seed {SEED})");
        drop(index);
        std::fs::remove_dir_all(scene.folder(&home)).unwrap();
    }
}

fn command(scene: &Scene, lane: u64, home: &str) -> Command {
    if lane.is_multiple_of(2) {
        return child_of(scene, &format!("{home}/index"), &scene.anvil.url);
    }
    let mut program = scene.program(home, &scene.anvil.url);
    program.args(["--listen", "127.0.0.1:0"]);
    program
}

/// Follows for so long and is killed; it may neither have ended nor have stopped following before.
fn live_and_die(command: &mut Command, life: Duration, home: &Path, what: &str) {
    let said = home.join("said");
    let process = Killed::start(command, &said);
    std::thread::sleep(life);
    let ended = process.kill();
    let told = std::fs::read_to_string(said).unwrap();
    assert_eq!(ended, None, "{what}: {told}");
    assert!(!told.contains("following has stopped"), "{what}: {told}");
}

/// How many of the followers that were looked at got on.
fn town(number: u64) -> u64 {
    let scene = Scene::new();
    let traffic = Traffic::of(&scene);
    traffic.pass(60, &mut Seed::new(SEED));
    let town = Town { number, scene: &scene, quiet: RwLock::default(), got_on: AtomicU64::new(0) };
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let town = &town;
        let lanes = (0..LANES).map(|n| scope.spawn(move || lane(town, n)));
        let lanes: Vec<_> = lanes.collect();
        scope.spawn(|| live(town, &traffic, &done));
        let ended: Vec<_> = lanes.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::SeqCst);
        for lane in ended {
            lane.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    town.got_on.into_inner()
}

#[test]
fn a_thousand_kills_leave_no_gap_and_no_duplicate() {
    let kills = TOWNS * LANES * TIMES * KILLS;
    assert_eq!(kills, 1_000);
    let got_on: u64 = (0..TOWNS).map(town).sum();
    assert!(got_on > kills / 8, "only {got_on} of {kills} followers got on (seed {SEED})");
}
