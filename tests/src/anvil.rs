//! A local node of the test's own, on a port that is free, stopped with the test.

use ledger::chain::Node;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running node.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Anvil {
    /// Starts it; when this returns, it listens.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more arguments.
    pub fn start_with(arguments: &[&str]) -> Self {
        let program = program();
        let mut child = Command::new(&program)
            .args(["--hardfork", "prague", "--host", "127.0.0.1", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{} does not start: {e}", program.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
            .unwrap_or_else(|| panic!("{} ended before it listened", program.display()));
        // Nobody reads the rest, but a full pipe would stop the node.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("http://{address}") }
    }

    /// A client of it.
    pub fn node(&self) -> Node {
        Node::new(&self.url).unwrap()
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../contracts/node_modules/.bin/anvil");
    let program =
        std::env::var_os("PROVENOME_ANVIL").map_or_else(|| installed.into(), PathBuf::from);
    assert!(
        program.exists(),
        "there is no {}: run `scripts/contracts setup`, or name anvil 1.7.1 in PROVENOME_ANVIL",
        program.display()
    );
    program
}

/// Requests that only development nodes know.
pub trait Development {
    /// Makes empty blocks.
    fn mine(&self, blocks: u64);
    /// Replaces the last `depth` blocks by empty ones.
    fn reorg(&self, depth: u64);
    /// Takes the last `depth` blocks away.
    fn shorten(&self, depth: u64);
    /// Lets time pass until the next block, and makes it.
    fn pass(&self, seconds: u64);
    /// Any other request.
    fn ask(&self, method: &'static str, parameters: Value) -> Value;
}

impl Development for Node {
    fn mine(&self, blocks: u64) {
        self.ask("anvil_mine", json!([format!("{blocks:#x}")]));
    }

    fn reorg(&self, depth: u64) {
        self.ask("anvil_reorg", json!([depth, []]));
    }

    fn shorten(&self, depth: u64) {
        self.ask("anvil_rollback", json!([depth]));
    }

    fn pass(&self, seconds: u64) {
        self.ask("evm_increaseTime", json!([seconds]));
        self.mine(1);
    }

    fn ask(&self, method: &'static str, parameters: Value) -> Value {
        self.development(method, parameters).unwrap_or_else(|e| panic!("{method}: {e}"))
    }
}
