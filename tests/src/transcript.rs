//! Transcripts: what the program says, word for word, in `tests/transcripts/`.
//!
//! A transcript is a list of shell lines. Each stands after `$ ` and is followed by what it said:
//! standard output as it was, standard error after `2> `, and `? N` where the exit code N is not 0.
//! What is different in every run is replaced by a name ([`Redaction`]), and JSON is laid out.
//! To renew the files after a change of words, look at the difference and commit it:
//!
//! ```text
//! SNAPSHOTS=overwrite cargo test --workspace --test transcripts
//! ```

use crate::redaction::Redaction;
use crate::scene::{Done, ROOT};
use std::fmt::Write as _;
use std::path::PathBuf;

/// One file of `tests/transcripts`.
#[derive(Debug)]
pub struct Transcript {
    path: PathBuf,
    written: String,
}

/// A command line, and what it said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The line.
    pub line: String,
    /// What follows it.
    pub text: String,
}

impl Transcript {
    /// Reads the file; an absent one is empty.
    pub fn read(name: &str) -> Self {
        let path = PathBuf::from(ROOT).join("tests/transcripts").join(name);
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        Self { path, written }
    }

    /// Every command line with what it said.
    pub fn said(&self) -> Vec<Said> {
        let mut said: Vec<Said> = Vec::new();
        for line in self.written.lines() {
            match (line.strip_prefix("$ "), said.last_mut()) {
                (Some(line), _) => said.push(Said { line: line.to_owned(), text: String::new() }),
                (None, Some(last)) if !line.starts_with("# ") => last.text += &format!("{line}\n"),
                _ => {}
            }
        }
        said
    }

    /// Runs the lines of the file again, and holds what they say against it.
    ///
    /// # Panics
    ///
    /// If they say something else.
    pub fn hold(&self, redaction: &mut Redaction, run: impl FnMut(&str) -> Done) {
        let script: Vec<&str> = self
            .written
            .lines()
            .filter(|line| line.starts_with("$ ") || line.starts_with("# "))
            .collect();
        assert!(!script.is_empty(), "no lines in {}", self.path.display());
        self.hold_script(&script, redaction, run);
    }

    /// The same with lines of the caller's own, each after `$ ` or, as a comment, `# `.
    ///
    /// # Panics
    ///
    /// If they say something else.
    pub fn hold_script(
        &self,
        script: &[impl AsRef<str>],
        redaction: &mut Redaction,
        mut run: impl FnMut(&str) -> Done,
    ) {
        let mut found = String::new();
        for line in script.iter().map(AsRef::as_ref) {
            if !found.is_empty() {
                found.push('\n');
            }
            writeln!(found, "{line}").unwrap();
            if let Some(command) = line.strip_prefix("$ ") {
                found += &told(&run(command), redaction);
            }
        }
        if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
            std::fs::write(&self.path, &found).unwrap();
            return;
        }
        if let Some(difference) = difference(&self.written, &found) {
            panic!(
                "{} is not what is said now (SNAPSHOTS=overwrite renews it):\n{difference}",
                self.path.display()
            );
        }
    }
}

/// What a command said, as a transcript has it.
fn told(done: &Done, redaction: &mut Redaction) -> String {
    let mut text = String::new();
    match done.code {
        Some(0) => {}
        Some(code) => writeln!(text, "? {code}").unwrap(),
        None => text += "? a signal\n",
    }
    let out = match serde_json::from_str::<serde_json::Value>(&done.out) {
        Ok(value) if value.is_object() => format!("{value:#}"),
        _ => done.out.clone(),
    };
    for line in redaction.apply(&out).lines() {
        assert!(
            !line.starts_with("$ ") && !line.starts_with("# "),
            "{line:?} cannot be told apart"
        );
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    for line in redaction.apply(&done.err).lines() {
        writeln!(text, "{}", format!("2> {line}").trim_end()).unwrap();
    }
    text
}

/// The first lines that differ, with the command line that they belong to.
fn difference(written: &str, found: &str) -> Option<String> {
    if written == found {
        return None;
    }
    let (mut written, mut found) = (written.lines(), found.lines());
    let mut command = "the beginning";
    loop {
        let (was, is) = (written.next(), found.next());
        if was != is {
            let mut text = format!("after {command}\n");
            for (mark, first, rest) in [("-", was, written), ("+", is, found)] {
                for line in first.into_iter().chain(rest).take(6) {
                    writeln!(text, "{mark} {line}").unwrap();
                }
            }
            return Some(text);
        }
        command = is.filter(|line| line.starts_with("$ ")).unwrap_or(command);
        is?;
    }
}
