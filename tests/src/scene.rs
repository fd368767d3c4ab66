//! A chain with the contracts on it, a block store, and actors with homes of their own.

use crate::anvil::Anvil;
use crate::shell::{bash, functions, proving_keys};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The repository.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// One network and everybody on it.
#[derive(Debug)]
pub struct Scene {
    folder: TempDir,
    /// The node.
    pub chain: Anvil,
}

impl Scene {
    /// A folder that commands run in, with `network.json` and the store `blocks`.
    #[expect(clippy::new_without_default, reason = "it starts a program")]
    pub fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap(), chain: Anvil::start() };
        std::fs::create_dir(scene.path("blocks")).unwrap();
        let operator = scene.actor("operator");
        operator.run(["network", "deploy", "--out", "network.json"]).yes();
        scene
    }

    /// An actor with an identity, 10 coins, and 1000 tUSD where there is a network already.
    pub fn actor(&self, name: &str) -> Actor<'_> {
        let actor = self.stranger(name);
        actor.run(["init", "--phrase-out", &format!("{name}.phrase")]).yes();
        actor.run(["devnet", "fund", &actor.address()]).yes();
        actor
    }

    /// An actor with a passphrase, and nothing else yet.
    pub fn stranger(&self, name: &str) -> Actor<'_> {
        let actor = Actor { scene: self, name: name.to_owned() };
        std::fs::write(actor.passphrase(), format!("the passphrase of {name}\n")).unwrap();
        actor
    }

    /// A path in the scene's folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Lets time pass on the chain.
    pub fn warp(&self, seconds: u64) {
        use crate::anvil::Development as _;
        self.chain.node().pass(seconds);
    }

    /// Runs the program of cheats.
    pub fn cheat<const N: usize>(&self, words: [&str; N]) -> Done {
        let mut command = Command::new(built("cheat"));
        self.surround(&mut command).args(words);
        Done::of(&mut command)
    }

    /// Runs a line of bash. `NAME …` is `provenome --home NAME …` for each of these actors.
    pub fn shell(&self, actors: &[&str], line: &str) -> Done {
        let mut command = bash(self.folder.path(), &(functions(actors) + line));
        Done::of(self.surround(&mut command))
    }

    /// A few real genotypes: 31 people × 355 columns of chromosome 22.
    pub fn small_vcf(&self, name: &str) -> PathBuf {
        let mut text = String::new();
        let whole = std::fs::File::open(data("genotypes/chr22_10k.vcf.gz")).unwrap();
        for line in std::io::read_to_string(flate2::read::MultiGzDecoder::new(whole))
            .unwrap()
            .lines()
            .take(600)
        {
            let most = if line.starts_with("##") { usize::MAX } else { 40 };
            let fields: Vec<&str> = line.split('\t').take(most).collect();
            text += &fields.join("\t");
            text.push('\n');
        }
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn surround<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PROVENOME_") {
                command.env_remove(name);
            }
        }
        let network = self.path("network.json");
        command
            .current_dir(self.folder.path())
            .env("PROVENOME_RPC", &self.chain.url)
            .env("PROVENOME_STORE", format!("dir:{}", self.path("blocks").display()))
            .env("PROVENOME_CACHE", proving_keys());
        if network.exists() {
            command.env("PROVENOME_NETWORK", network);
        }
        command
    }
}

/// A file of `tests/data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(ROOT).join("tests/data").join(name)
}

/// Somebody with a home of their own.
#[derive(Debug)]
pub struct Actor<'a> {
    scene: &'a Scene,
    name: String,
}

impl Actor<'_> {
    /// Runs `provenome --home NAME` with these words.
    pub fn run<const N: usize>(&self, words: [&str; N]) -> Done {
        Done::of(&mut self.command(words))
    }

    /// What `--json` answers; the exit code must be 0.
    pub fn json<const N: usize>(&self, words: [&str; N]) -> Value {
        let mut command = self.command(words);
        Done::of(command.arg("--json")).yes().json()
    }

    /// The command, for more arguments or another environment.
    pub fn command<const N: usize>(&self, words: [&str; N]) -> Command {
        let mut command = Command::new(built("provenome"));
        self.scene
            .surround(&mut command)
            .env("PROVENOME_PASSPHRASE_FILE", self.passphrase())
            .args(["--home", &self.name])
            .args(words);
        command
    }

    /// The same in the background.
    pub fn start<const N: usize>(&self, words: [&str; N]) -> Running {
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().unwrap())
    }

    /// The account.
    pub fn address(&self) -> String {
        self.json(["account", "--offline"])["address"].as_str().unwrap().to_owned()
    }

    /// Test tokens held, in whole tokens.
    pub fn tokens(&self) -> f64 {
        let account = self.json(["account"]);
        account["tokens"][0]["balance"].as_str().unwrap().parse().unwrap()
    }

    /// The actor's folder.
    pub fn home(&self) -> PathBuf {
        self.scene.path(&self.name)
    }

    /// The file with the passphrase.
    pub fn passphrase(&self) -> PathBuf {
        self.scene.path(format!("{}.pass", self.name))
    }

    /// Seals the small VCF into `sealed` and lists it for 250 tUSD: `dataset:1`.
    pub fn sell_small(&self) {
        self.scene.small_vcf("small.vcf");
        self.run(["seal", "small.vcf", "--out", "sealed", "--title", "Small", "--build", "GRCh37"])
            .yes();
        self.run(["list", "sealed", "--price", "250"]).yes();
    }
}

/// A program of this tree, built beside this test.
pub fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().with_file_name(name);
    assert!(program.exists(), "no {}: run `cargo build --workspace --bins`", program.display());
    program
}

/// A program in the background, killed with the test.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts it, its output going where `command` says.
    pub fn of(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits for its end.
    pub fn end(mut self) -> std::process::ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it, as `kill -9` does.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a command said.
#[derive(Debug)]
pub struct Done {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Done {
    /// Runs it to its end, without input.
    pub fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
        Self {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// It did what was asked.
    #[track_caller]
    pub fn yes(self) -> Self {
        self.ended(0)
    }

    /// Checked, and false; these words say why.
    #[track_caller]
    pub fn no(self, why: &str) -> Self {
        self.ended(1).says(why)
    }

    /// It could not; these words say why.
    #[track_caller]
    pub fn could_not(self, why: &str) -> Self {
        self.ended(2).says(why)
    }

    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected exit code {code}: {self:#?}");
        self
    }

    /// These words are in what it said.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words) || self.err.contains(words), "no {words:?} in {self:#?}");
        self
    }

    /// The one object that `--json` prints.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }
}
