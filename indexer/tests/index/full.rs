//! A disk that is full in the middle of following: the service says so, answers from what it has,
//! goes on once there is room, and ends with exit code 2 where there is none.

use crate::depths::fresh_rows;
use crate::dump::{dump, replay};
use crate::program::Killed;
use crate::scene::Scene;
use crate::seed::Seed;
use crate::traffic::Traffic;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

/// Whether this system lets one mount a file system of one's own.
fn may_mount() -> bool {
    let mut may = Command::new("unshare");
    may.args(["-Urm", "mount", "-t", "tmpfs", "none", "/mnt"]).stderr(Stdio::null());
    may.status().is_ok_and(|status| status.success())
}

/// `provenome index serve` whose home is a file system of 3 MiB.
struct Serving {
    process: Killed,
    said: PathBuf,
    /// The home as it is seen from outside of the process's own mounts.
    home: PathBuf,
    address: String,
}

impl Serving {
    fn start(scene: &Scene, home: &str) -> Self {
        let (home, said) = (scene.folder(home), scene.folder(&format!("{home}.said")));
        fs::create_dir(&home).unwrap();
        let mut program = scene.program(home.to_str().unwrap(), &scene.anvil.url);
        program.args(["--listen", "127.0.0.1:0", "--json"]);
        let mut command = Command::new("unshare");
        let mount = "mount -t tmpfs -o size=3m none \"$0\" && exec \"$@\"";
        command.args(["-Urm", "bash", "-c", mount]).arg(&home);
        command.arg(program.get_program()).args(program.get_args());
        for (name, _) in program.get_envs() {
            command.env_remove(name);
        }
        let process = Killed::start(&mut command, &said);
        let inside = format!("/proc/{}/root{}", process.id(), home.display());
        let mut serving = Self { process, said, home: inside.into(), address: String::new() };
        let url = serving.wait_for("listening")["url"].as_str().unwrap().to_owned();
        serving.address = url.strip_prefix("http://").unwrap().to_owned();
        serving.wait_for("ready");
        serving
    }

    /// Waits until the last event that it has told is this one.
    fn wait_for(&self, event: &str) -> Value {
        let begun = Instant::now();
        loop {
            let said = fs::read_to_string(&self.said).unwrap();
            let told = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let told: Vec<_> = told.filter(|told| told["event"] != "reorg").collect();
            match told.iter().rfind(|told| told["event"] == event) {
                Some(found) if event == "listening" || told.last() == Some(found) => {
                    return found.clone();
                }
                _ => assert!(begun.elapsed() < PATIENCE, "no {event}: {said}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
    }
}

/// Writes until nothing more can be written.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[1; 512]).is_ok() {}
}

#[test]
fn on_a_full_disk_it_is_broken_and_goes_on_when_there_is_room() {
    if !may_mount() {
        return;
    }
    let scene = Scene::new();
    let (traffic, mut seed) = (Traffic::of(&scene), Seed::new(3));
    let serving = Serving::start(&scene, "home");
    for round in 0..2 {
        let filler = serving.home.join("filler");
        fill(&filler);
        // What the database has in hand may still hold some blocks.
        traffic.pass(400, &mut seed);
        let why = serving.wait_for("broken")["why"].as_str().unwrap().to_owned();
        assert!(why.contains("home/index/") && why.contains("full"), "{why}");
        let (status, health) = serving.get("/health");
        assert_eq!((status, &health["status"]), (503, &"broken".into()), "round {round}: {health}");
        assert!(!health["why"].as_str().unwrap().contains("home"), "{health}");
        let (status, datasets) = serving.get("/v1/datasets?limit=200");
        assert_eq!((status, &datasets["at"]), (200, &health["at"]), "round {round}");
        if round == 0 {
            fs::remove_file(filler).unwrap();
            serving.wait_for("ready");
        }
    }
    // What it leaves is whole, and goes on elsewhere.
    let left = scene.folder("left");
    fs::create_dir(&left).unwrap();
    let index = serving.home.join("index");
    let said = serving.said.clone();
    let ended = serving.process.end_by("-INT", || {
        for entry in fs::read_dir(index).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), left.join(entry.file_name())).unwrap();
        }
    });
    assert_eq!(ended.code(), Some(2));
    let said = fs::read_to_string(said).unwrap();
    assert!(said.contains("free some space and run the command again"), "{said}");
    let index = scene.index("left");
    replay(index.path(), scene.network(), "left");
    scene.follow(&index);
    assert_eq!(dump(index.path()), fresh_rows(&scene));
}
