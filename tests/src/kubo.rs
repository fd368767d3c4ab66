//! An IPFS node of the test's own: a fresh repository, on ports of this machine that are free, stopped
//! with the test.

pub mod proxy;

use ledger::Cid;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running node.
#[derive(Debug)]
pub struct Kubo {
    child: Child,
    repository: PathBuf,
    /// Where its RPC listens.
    pub url: String,
}

impl Kubo {
    /// Starts one with the folder `repository`, which is made; when this returns, it listens. It
    /// knows no other node.
    pub fn start(repository: &Path) -> Self {
        Self::with(repository, &["--offline"])
    }

    /// The same, for other nodes of this machine to connect to.
    pub fn online(repository: &Path) -> Self {
        Self::with(repository, &[])
    }

    /// Makes two nodes neighbours.
    pub fn connect(&self, other: &Self) {
        let addresses = other.ipfs(["swarm", "addrs", "local", "--id"]);
        let address = addresses.lines().find(|address| address.starts_with("/ip4/127.0.0.1/tcp"));
        self.ipfs(["swarm", "connect", address.expect("it listens on this machine")]);
    }

    fn with(repository: &Path, words: &[&str]) -> Self {
        run(repository, ["init", "--profile=test,unixfs-v1-2025"]);
        run(repository, ["config", "Addresses.API", "/ip4/127.0.0.1/tcp/0"]);
        run(repository, ["config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0"]);
        let mut child = command(repository)
            .arg("daemon")
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it ran before");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| {
                let listening =
                    line.strip_prefix("RPC API server listening on /ip4/127.0.0.1/tcp/");
                listening.map(str::to_owned)
            })
            .expect("the node ended before it listened");
        lines.find(|line| line == "Daemon is ready").expect("the node ended before it was ready");
        // Nobody reads the rest, but a full pipe would stop the node.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            repository: repository.to_path_buf(),
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    /// The place as a person writes it.
    pub fn place(&self) -> String {
        format!("kubo:{}", self.url)
    }

    /// What `ipfs` with these words writes.
    pub fn ipfs<const N: usize>(&self, words: [&str; N]) -> String {
        run(&self.repository, words)
    }

    /// The archive that the node makes of all below a CID.
    pub fn export(&self, cid: &str) -> Vec<u8> {
        output(&self.repository, ["dag", "export", "--progress=false", cid])
    }

    /// The file in which the node keeps a block.
    pub fn file(&self, cid: Cid) -> PathBuf {
        file(&self.repository, cid)
    }
}

impl Drop for Kubo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The file in which a node with this repository keeps a block: `flatfs`, `next-to-last/2`.
pub fn file(repository: &Path, cid: Cid) -> PathBuf {
    let key = base32(&cid.to_bytes()[2..]);
    let shard = &key[key.len() - 3..key.len() - 1];
    repository.join("blocks").join(shard).join(format!("{key}.data"))
}

fn base32(bytes: &[u8]) -> String {
    let bit = |n: usize| bytes.get(n / 8).map_or(0, |byte| byte >> (7 - n % 8) & 1);
    let symbol = |n: usize| (0..5).fold(0, |symbol, k| symbol << 1 | bit(5 * n + k));
    let symbols = (0..(bytes.len() * 8).div_ceil(5)).map(symbol);
    symbols.map(|n| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(n)] as char).collect()
}

fn run<const N: usize>(repository: &Path, words: [&str; N]) -> String {
    String::from_utf8(output(repository, words)).unwrap().trim().to_owned()
}

fn output<const N: usize>(repository: &Path, words: [&str; N]) -> Vec<u8> {
    let done = command(repository).args(words).output();
    let done = done.unwrap_or_else(|e| panic!("{} does not start: {e}", program().display()));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "ipfs {words:?}: {said}");
    done.stdout
}

fn command(repository: &Path) -> Command {
    let mut command = Command::new(program());
    command.env("IPFS_PATH", repository).env("IPFS_TELEMETRY", "off").stdin(Stdio::null());
    command
}

fn program() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/kubo/bin/ipfs");
    let program = std::env::var_os("PROVENOME_IPFS").map_or_else(|| built.into(), PathBuf::from);
    assert!(
        program.exists(),
        "there is no {}: run `scripts/setup --ipfs`, or name Kubo 0.43 in PROVENOME_IPFS",
        program.display()
    );
    program
}
