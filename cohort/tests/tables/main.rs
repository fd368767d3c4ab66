//! Tables of typed columns: real ones against the summaries of peers, random ones written in every
//! dialect, and text that is no table.

mod guesses;
mod hostile;
mod memory;
mod truth;
mod written;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use cohort::{Schema, Table, TableError, TableProfile, inspect_table, table_allele_frequency};

/// A file of the repository's test data.
fn data(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "tests", "data", "tables", path].iter().collect()
}

fn inspected(path: &Path, schema: Schema) -> Result<TableProfile, TableError> {
    inspect_table(Table::open(path, schema)?, &mut |_| {})
}

/// A file of these bytes, for as long as the folder lives.
fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    (folder, path)
}

/// What is found in the bytes, or the error after the file's name.
fn look(bytes: &[u8], schema: &str) -> Result<TableProfile, String> {
    let (_folder, path) = file(bytes);
    let schema = Schema::read(schema, "s.toml").unwrap();
    inspected(&path, schema).map_err(|error| told(&error, &path))
}

/// The lines of the result, or the error after the file's name.
fn frequencies(bytes: &[u8], schema: &str) -> Result<String, String> {
    let (_folder, path) = file(bytes);
    let schema = Schema::read(schema, "s.toml").unwrap();
    let mut out = Vec::new();
    Table::open(&path, schema)
        .and_then(|table| table_allele_frequency(table, &mut out, &mut |_| {}))
        .map_err(|error| told(&error, &path))?;
    Ok(String::from_utf8(out).unwrap())
}

fn told(error: &TableError, path: &Path) -> String {
    let text = error.to_string();
    let name = path.display().to_string();
    text.strip_prefix(&name).expect("an error begins with the file").to_owned()
}
