//! Ponder with PostgreSQL: the same chain, the same things in tables with indexes, its API up.

use crate::market::Market;
use crate::served::{PATIENCE, TABLES};
use crate::web::Web;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::scene::Done;

/// Debian's place for the programs of PostgreSQL 15.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";
const LOOK: Duration = Duration::from_millis(20);

/// Ponder's project, installed.
pub(crate) struct Peer(PathBuf);

impl Peer {
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.to_path_buf())
    }

    /// Seconds from its start until it is ready with so many rows in [`TABLES`], and the peak memory
    /// of its process in MiB. Each run has a database of its own.
    pub(crate) fn follow(&self, market: &Market, rows: &[u64]) -> (f64, f64) {
        let postgres = Postgres::start();
        let network = postgres.folder.path().join("network.json");
        std::fs::write(&network, market.network.to_text()).unwrap();
        let port = free_port();
        let mut command = Command::new("node");
        command
            .arg(self.0.join("node_modules/ponder/dist/esm/bin/ponder.js"))
            .args(["start", "--schema", "bench", "--hostname", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .args(["--log-level", "warn"])
            .current_dir(&self.0)
            .env("PROVENOME_NETWORK", network)
            .env("PONDER_RPC_URL", market.url())
            .env("DATABASE_URL", postgres.url())
            .env("PONDER_TELEMETRY_DISABLED", "1")
            .stdout(Stdio::null());
        let begun = Instant::now();
        let ponder = Ended(command.spawn().expect("node does not start"));
        let url = format!("http://127.0.0.1:{port}");
        let ready = || Web::connect(&url).and_then(|mut web| web.get("/ready"));
        while !ready().is_ok_and(|(status, _)| status == 200) {
            assert!(begun.elapsed() < PATIENCE, "Ponder does not get ready");
            std::thread::sleep(LOOK);
        }
        while postgres.rows() != rows {
            let waited = begun.elapsed();
            assert!(
                waited < PATIENCE,
                "{TABLES:?}: Ponder has {:?}, not {rows:?}",
                postgres.rows()
            );
            std::thread::sleep(LOOK);
        }
        let seconds = begun.elapsed().as_secs_f64();
        (seconds, ponder.peak_memory())
    }
}

/// A process that ends with the bench.
struct Ended(Child);

impl Ended {
    fn peak_memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // PostgreSQL takes this for "fast": it ends its own processes and frees its memory.
        let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// A PostgreSQL with default settings, in a folder of its own.
struct Postgres {
    // Before the folder.
    _server: Ended,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        if let Some((user, group)) = other_user() {
            chown(&data, Some(user), Some(group)).unwrap();
        }
        let mut initdb = as_other_user("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=bench", "--pgdata"]).arg(&data);
        Done::of(&mut initdb).yes();
        let port = free_port();
        let mut server = as_other_user("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(&data);
        server.args(["-c", "listen_addresses=127.0.0.1", "-p", &port.to_string()]);
        let server = Ended(server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let postgres = Self { _server: server, folder, port };
        let begun = Instant::now();
        while postgres.ask("SELECT 1").code != Some(0) {
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not start");
            std::thread::sleep(LOOK);
        }
        postgres
    }

    fn url(&self) -> String {
        format!("postgresql://bench@127.0.0.1:{}/postgres", self.port)
    }

    fn ask(&self, sql: &str) -> Done {
        let psql = Path::new(PROGRAMS).join("psql");
        Done::of(Command::new(psql).args(["-At", "-F", " ", "-c", sql, &self.url()]))
    }

    fn rows(&self) -> Vec<u64> {
        let counts = TABLES.map(|table| format!("(SELECT count(*) FROM bench.{table})"));
        let done = self.ask(&format!("SELECT {}", counts.join(", "))).yes();
        done.out.split_whitespace().map(|count| count.parse().unwrap()).collect()
    }
}

/// PostgreSQL refuses to run as root: then the user that its package made runs it.
fn other_user() -> Option<(u32, u32)> {
    let id = |words: &[&str]| -> u32 {
        Done::of(Command::new("id").args(words)).yes().out.trim().parse().unwrap()
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

fn as_other_user(program: &str) -> Command {
    let program = Path::new(PROGRAMS).join(program);
    let Some((user, group)) = other_user() else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", &user.to_string(), "--regid", &group.to_string(), "--clear-groups"])
        .arg(program)
        .current_dir("/");
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
