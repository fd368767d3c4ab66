//! `provenome index serve` as a process of its own, on a home of its own.

use crate::market::Market;
use crate::web::Web;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tests::scene::built;

/// The longest that anything is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3_600);
/// Tables of which both sides have a row for the same thing.
pub(crate) const TABLES: [&str; 11] = [
    "datasets",
    "owners",
    "statuses",
    "terms",
    "versions",
    "grants",
    "phases",
    "attestations",
    "results",
    "logs",
    "anchors",
];

pub(crate) struct Served {
    child: Child,
    begun: Instant,
    told: Receiver<(Instant, Value)>,
    pub(crate) url: String,
    home: PathBuf,
}

impl Served {
    /// Starts it; when this returns, it listens.
    pub(crate) fn start(market: &Market, home: &Path, store: &Path) -> Self {
        std::fs::create_dir_all(home).unwrap();
        std::fs::create_dir_all(store).unwrap();
        let network = home.join("network.json");
        std::fs::write(&network, market.network.to_text()).unwrap();
        let mut command = Command::new(built("provenome"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PROVENOME_") {
                command.env_remove(name);
            }
        }
        command
            .env("PROVENOME_NETWORK", network)
            .env("PROVENOME_RPC", market.url())
            .env("PROVENOME_STORE", format!("dir:{}", store.display()))
            .arg("--home")
            .arg(home)
            .args(["index", "serve", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped());
        let begun = Instant::now();
        let mut child = command.spawn().unwrap();
        let (tell, told) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        std::thread::spawn(move || {
            for line in lines {
                let value = serde_json::from_str(&line).unwrap();
                // Nobody listens once the bench is done with it.
                let _ = tell.send((Instant::now(), value));
            }
        });
        let mut served = Self { child, begun, told, url: String::new(), home: home.to_path_buf() };
        served.url = served.wait_for("listening").1["url"].as_str().unwrap().to_owned();
        served
    }

    /// The next event of this name, and how long after the start it came.
    pub(crate) fn wait_for(&self, name: &str) -> (Duration, Value) {
        loop {
            let (at, value) = self.told.recv_timeout(PATIENCE).expect("it has ended, or is stuck");
            if value["event"] == name {
                return (at - self.begun, value);
            }
            eprintln!("index         {value}");
        }
    }

    pub(crate) fn web(&self) -> Web {
        Web::connect(&self.url).unwrap()
    }

    /// How many rows a query counts in the database.
    pub(crate) fn count(&self, sql: &str) -> u64 {
        let folder = self.home.join("index");
        let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let path = files.find(|path| path.extension().is_some_and(|e| e == "sqlite")).unwrap();
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let count: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
        count.cast_unsigned()
    }

    /// Rows of every table that both sides have.
    pub(crate) fn rows(&self) -> Vec<u64> {
        TABLES.map(|table| self.count(&format!("SELECT count(*) FROM {table}"))).to_vec()
    }

    /// The most memory that it has had at once, in MiB.
    pub(crate) fn peak_memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// Seconds that it has kept a core busy so far.
    pub(crate) fn busy_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // Ticks in user mode and in the kernel's, the 12th and 13th after the name in brackets.
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks = after_name.split_whitespace().skip(11).take(2);
        ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn end(mut self) {
        self.signal("-INT");
        assert!(self.child.wait().unwrap().success(), "it did not end well");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
