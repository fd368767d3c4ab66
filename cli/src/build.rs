//! What this program was built from: the code hash and the environment that its steps name.

use alloy_primitives::B256;
use ledger::step::{CodeFile, Environment, code_hash};

/// `path executable size sha256` a line, made by `build.rs` from the sources of the protocols.
const SOURCES: &str = include_str!(concat!(env!("OUT_DIR"), "/sources.txt"));
/// SHA-256 over compiler version and lock file.
const TOOLCHAIN: &str = env!("PROVENOME_TOOLCHAIN");

/// The sources of the built-in protocols, as listed at build.
pub(crate) fn sources() -> Vec<CodeFile> {
    SOURCES
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let mut next = || fields.next().expect("build.rs writes four fields");
            let path = next().to_owned();
            let executable = next() == "x";
            let size = next().parse().expect("build.rs writes the size");
            let digest = next().parse().expect("build.rs writes the digest");
            CodeFile { path, executable, size, digest }
        })
        .collect()
}

/// `T("code", …)` over [`sources`].
pub(crate) fn code() -> B256 {
    code_hash(&sources()).expect("the paths in our own tree are plain")
}

/// `T("env", …)` of the compiler and the locked dependencies.
pub(crate) fn environment() -> B256 {
    Environment::Toolchain(TOOLCHAIN.parse().expect("build.rs writes 32 bytes")).hash()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_hash_covers_the_protocols_sources() {
        let sources = sources();
        let has = |path: &str| sources.iter().any(|file| file.path == path);
        assert!(has("cohort/src/lib.rs") && has("prover/src/lib.rs") && has("ledger/src/lib.rs"));
        assert!(code() != B256::ZERO && environment() != B256::ZERO);
    }
}
