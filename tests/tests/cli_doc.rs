//! `docs/cli.md` against the program: every command has its section, every key that `--json` prints
//! is in the table of its command, and every key of a table is printed somewhere.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tests::scene::ROOT;
use tests::transcript::Transcript;

type Keys = BTreeSet<String>;

/// Keys that need what a transcript on one honest local chain cannot show.
const RARE: [(&str, &[&str]); 7] = [
    ("search", &["datasets[].not_provable[].reason", "datasets[].not_provable[].count"]),
    ("network register", &["circuits[]"]),
    (
        "inspect",
        &[
            "kinship.duplicates.named[].first",
            "kinship.duplicates.named[].second",
            "kinship.duplicates.named[].kinship",
            "kinship.duplicates.named[].variants",
            "kinship.duplicates.named[].ibs0",
        ],
    ),
    ("open", &["files[]"]),
    ("serve", &["cid", "stores[]", "why", "from", "to"]),
    ("show", &["same_roots[]", "warnings[]", "not_provable[].reason", "not_provable[].count"]),
    (
        "withdraw",
        &[
            "withdrawn[].to",
            "withdrawn[].transaction",
            "withdrawn[].amount",
            "withdrawn[].amount_units",
            "withdrawn[].token",
            "withdrawn[].symbol",
        ],
    ),
];

#[test]
fn every_key_of_json_is_documented_and_every_documented_key_is_printed() {
    let (documented, printed) = (documented(), printed());
    for (command, keys) in &printed {
        let sections = documented.get(command.as_str());
        let section = sections.unwrap_or_else(|| panic!("docs/cli.md has no section {command}"));
        // A list or an object that was null has no keys of its own to show.
        let whole = |key: &str| section.iter().any(|known| known.starts_with(&format!("{key}[")));
        let missing: Vec<_> = keys.difference(section).filter(|key| !whole(key)).collect();
        assert!(missing.is_empty(), "docs/cli.md does not document {missing:?} of {command}");
    }
    for (command, section) in &documented {
        let seen = printed.get(command).cloned().unwrap_or_default();
        let rare: Keys = RARE
            .iter()
            .filter(|(name, _)| name == command)
            .flat_map(|(_, keys)| keys.iter().map(|key| (*key).to_owned()))
            .collect();
        let unseen: Vec<_> = section.difference(&seen).filter(|key| !rare.contains(*key)).collect();
        assert!(unseen.is_empty(), "{command} is documented to print {unseen:?}, and never does");
    }
}

#[test]
fn every_command_has_a_section_and_every_section_a_command() {
    let commands: BTreeSet<String> = leaves().into_iter().collect();
    let sections: BTreeSet<String> = documented().into_keys().collect();
    assert_eq!(commands, sections);
}

#[test]
fn every_variable_of_the_environment_is_named() {
    let page = page();
    let mut sources = Vec::new();
    rust_files(&Path::new(ROOT).join("cli/src"), &mut sources);
    let mut found = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(source).unwrap();
        for (at, _) in text.match_indices("\"PROVENOME_") {
            let name = text[at + 1..].split('"').next().unwrap();
            // `env!` is read when the program is built, not when it runs.
            if !text[..at].ends_with("env!(") {
                found.insert(name.to_owned());
            }
        }
    }
    assert!(found.len() >= 7, "{found:?}");
    for name in found {
        assert!(page.contains(&format!("`{name}`")), "docs/cli.md does not name {name}");
    }
}

fn page() -> String {
    fs::read_to_string(Path::new(ROOT).join("docs/cli.md")).unwrap()
}

/// The commands that do something, as the help lists them: `keys backup`, not `keys`.
fn leaves() -> Vec<String> {
    let said = Transcript::read("help.txt").said();
    let commands = said.iter().filter_map(|said| {
        let command = said.line.strip_prefix("provenome ")?.strip_suffix(" --help")?;
        (!said.text.contains("\nCommands:\n")).then(|| command.to_owned())
    });
    commands.collect()
}

/// The keys that a page's section documents, objects of several commands put in.
fn documented() -> BTreeMap<String, Keys> {
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut title = String::new();
    for line in page().lines() {
        let heading = line.split_once(' ').filter(|(level, _)| level.starts_with("##"));
        if let Some((level, name)) = heading {
            // `terms` is a command and an object: objects keep the mark of their level.
            title = if level == "####" { format!("#### {name}") } else { name.to_owned() };
            tables.entry(title.clone()).or_default();
        } else if let Some([key, kind, _]) = row(line) {
            tables.entry(title.clone()).or_default().push((key, kind));
        }
    }
    let commands = leaves();
    tables
        .iter()
        .filter(|(title, _)| commands.contains(title))
        .map(|(title, _)| (title.clone(), expand(&tables, title, "")))
        .collect()
}

/// A row of a table of keys.
fn row(line: &str) -> Option<[String; 3]> {
    let cells = line.strip_prefix("| ")?.strip_suffix('|')?;
    let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
    let key = cells.first()?;
    let is_key = key.contains('`') && !key.contains("--") || key == "…";
    is_key.then(|| cells.try_into().ok()).flatten()
}

fn expand(tables: &BTreeMap<String, Vec<(String, String)>>, title: &str, before: &str) -> Keys {
    let mut keys = Keys::new();
    let rows = tables.get(title).unwrap_or_else(|| panic!("docs/cli.md has no object {title}"));
    for (key, kind) in rows {
        let key = key.replace(['`', '…'], "");
        let key = format!("{before}{key}");
        match kind.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            None => {
                keys.insert(key);
            }
            Some(object) => {
                // The row `…` stands for the object's keys beside those of the table.
                let path = key.trim_end_matches('.');
                let before = if path.is_empty() { String::new() } else { format!("{path}.") };
                keys.extend(expand(tables, &format!("#### {object}"), &before));
            }
        }
    }
    keys
}

/// The keys that the transcript of `--json` shows, by command; `ok` and failures are everywhere.
fn printed() -> BTreeMap<String, Keys> {
    let mut printed: BTreeMap<String, Keys> = BTreeMap::new();
    let leaves = leaves();
    for said in Transcript::read("json.txt").said() {
        let words: Vec<&str> = said.line.split_whitespace().collect();
        let Some(at) = words.iter().position(|word| *word == "--json") else { continue };
        let rest = words[at + 1..].join(" ");
        let named =
            |command: &&String| rest == **command || rest.starts_with(&format!("{command} "));
        let Some(command) = leaves.iter().find(named) else { continue };
        let objects: String = said.text.lines().filter(|l| !l.starts_with("2> ")).collect();
        let objects =
            objects.trim_start_matches(|c: char| c == '?' || c == ' ' || c.is_ascii_digit());
        for object in serde_json::Deserializer::from_str(objects).into_iter::<Value>() {
            let object = object.unwrap_or_else(|e| panic!("{}: {e}", said.line));
            if object.get("error").is_none() {
                paths(&object, "", printed.entry(command.clone()).or_default());
            }
        }
    }
    for keys in printed.values_mut() {
        keys.remove("ok");
    }
    printed
}

/// The paths to all leaves: `terms.price`, `datasets[].id`.
fn paths(value: &Value, path: &str, into: &mut Keys) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let dot = if path.is_empty() { "" } else { "." };
                paths(value, &format!("{path}{dot}{key}"), into);
            }
        }
        Value::Array(values) => {
            values.iter().for_each(|value| paths(value, &format!("{path}[]"), into));
        }
        _ => {
            into.insert(path.to_owned());
        }
    }
}

fn rust_files(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}
