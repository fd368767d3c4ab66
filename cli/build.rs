//! Lists the sources of the built-in protocols with their digests, and digests the toolchain: what
//! the steps of this program name as code and environment.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Crates whose sources decide what a protocol computes.
const CRATES: [&str; 3] = ["cohort", "ledger", "prover"];

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("..");
    let mut files = Vec::new();
    for name in CRATES {
        let source = root.join(name).join("src");
        println!("cargo::rerun-if-changed={}", source.display());
        collect(&source, &mut files);
    }
    let mut lines = String::new();
    for file in &files {
        let path = file.strip_prefix(&root).expect("collected below the root");
        let path = path.to_str().expect("source paths are ASCII");
        let content = fs::read(file).expect("a source file can be read");
        let mode = fs::metadata(file).expect("as above").permissions().mode();
        let executable = if mode & 0o100 == 0 { "-" } else { "x" };
        let digest = hex::encode(Sha256::digest(&content));
        writeln!(lines, "{path}\t{executable}\t{}\t0x{digest}", content.len())
            .expect("writing to a string cannot fail");
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("sources.txt"), lines).expect("cargo's output folder can be written");

    let rustc = env::var("RUSTC").expect("set by cargo");
    let version = std::process::Command::new(rustc).arg("-vV").output().expect("rustc runs");
    let lock = root.join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let mut hasher = Sha256::new();
    hasher.update(Sha256::digest(&version.stdout));
    hasher.update(Sha256::digest(fs::read(lock).expect("the lock file is there")));
    println!("cargo::rustc-env=PROVENOME_TOOLCHAIN=0x{}", hex::encode(hasher.finalize()));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the source folder can be read");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("as above").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
