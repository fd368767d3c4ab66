//! Lines of bash, as people type them.

use crate::scene::{ROOT, built};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `bash -c LINE` in a folder, which is the home directory too: with the programs of this tree, and
/// without the settings of whoever runs the tests.
pub fn bash(folder: &Path, line: &str) -> Command {
    let mut command = Command::new("bash");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PROVENOME_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("PATH", path_with_programs())
        .env("HOME", folder)
        .env_remove("COLUMNS")
        .args(["-c", line]);
    command
}

/// `NAME …` for `provenome --home NAME …`, with the passphrase in `NAME.pass`.
pub fn functions(actors: &[&str]) -> String {
    let one = |name: &&str| {
        format!(
            "{name}() {{ PROVENOME_PASSPHRASE_FILE={name}.pass provenome --home {name} \"$@\"; }}; "
        )
    };
    actors.iter().map(one).collect()
}

/// Where all tests keep their proving keys, so that each is made once.
pub fn proving_keys() -> PathBuf {
    built("provenome").with_file_name("tmp/keys")
}

/// `PATH` with the programs of this tree and anvil before all others.
fn path_with_programs() -> OsString {
    let built = built("provenome").parent().unwrap().to_owned();
    let tools = Path::new(ROOT).join("contracts/node_modules/.bin");
    let old = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([built, tools].into_iter().chain(std::env::split_paths(&old))).unwrap()
}
