//! `kill -9` and Ctrl-C at any moment.

mod files;
mod job;
mod sets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tests::scene::Scene;

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => files(&entry.path(), into),
            kind if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
}

/// Files that show genotypes of `record`, but for those named.
fn showing(scene: &Scene, but: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&scene.path(""), &mut found);
    let record = b"\t0|0\t0|0\t0|0\t0|0";
    found.retain(|path| {
        !but.iter().any(|name| *path == scene.path(name))
            && fs::read(path).is_ok_and(|bytes| bytes.windows(record.len()).any(|w| w == record))
    });
    found
}
