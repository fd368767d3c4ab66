//! The program itself beside the library: `provenome index serve` in a home of the test's.

use crate::scene::Scene;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use tests::scene::built;

impl Scene {
    /// `provenome --home HOME index serve`; its index is [`Scene::index`] of `HOME/index`.
    pub(crate) fn program(&self, home: &str, url: &str) -> Command {
        let network = self.folder("network.json");
        let blocks = self.folder("blocks");
        std::fs::create_dir_all(&blocks).unwrap();
        // In one go: other programs may read it now.
        let whole = self.folder(&format!("{}.network", home.replace('/', " ")));
        std::fs::write(&whole, self.network().to_text()).unwrap();
        std::fs::rename(whole, &network).unwrap();
        let mut command = Command::new(built("provenome"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PROVENOME_") {
                command.env_remove(name);
            }
        }
        command.arg("--home").arg(self.folder(home)).arg("--network").arg(network);
        command.arg("--store").arg(format!("dir:{}", blocks.display()));
        command.args(["--rpc", url, "index", "serve"]);
        command
    }
}

/// A process that is killed at the latest when it is dropped; what it says goes into a file.
pub(crate) struct Killed(Child);

impl Killed {
    pub(crate) fn start(command: &mut Command, said: &Path) -> Self {
        let said = std::fs::File::create(said).unwrap();
        command.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
        Self(command.spawn().unwrap())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Sends the signal and waits for the end; `look` looks before.
    pub(crate) fn end_by(mut self, signal: &str, look: impl FnOnce()) -> ExitStatus {
        look();
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
        self.0.wait().unwrap()
    }

    /// As `kill -9` does; what it ended with where it had ended before.
    pub(crate) fn kill(mut self) -> Option<ExitStatus> {
        let ended = self.0.try_wait().unwrap();
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        ended
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
