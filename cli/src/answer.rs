//! What a command says: text for people or one JSON object, and the exit code.

use crate::failure::{Exit, Failure};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::ExitCode;

/// What a command found or did.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    json: Value,
    exit: Exit,
}

impl Answer {
    /// Done, or true.
    pub(crate) fn yes(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, exit: Exit::Yes }
    }

    /// A report whose outcome is not simply yes.
    pub(crate) fn with_exit(text: impl Into<String>, json: Value, exit: Exit) -> Self {
        Self { text: text.into(), json, exit }
    }

    /// Nothing to say: the command has said it already.
    pub(crate) fn silent() -> Self {
        Self::yes("", Value::Null)
    }
}

/// Prints the answer and gives the exit code. Data goes to stdout, errors to stderr; with `--json`
/// there is one object on stdout either way.
pub(crate) fn print(result: Result<Answer, Failure>, json: bool) -> ExitCode {
    let (text, value, exit) = match result {
        Ok(answer) => (answer.text, answer.json, answer.exit),
        Err(failure) => {
            anstream::eprintln!("{}", failure.text());
            (String::new(), failure.json(), failure.exit)
        }
    };
    let mut out = anstream::stdout().lock();
    let written = match (json, &value) {
        (true, Value::Null) => Ok(()),
        (true, _) => writeln!(out, "{}", with_ok(value, exit)),
        (false, _) if text.is_empty() => Ok(()),
        (false, _) => writeln!(out, "{}", text.trim_end_matches('\n')),
    };
    // A reader that went away (`| head`) is no failure of the command.
    drop(written);
    ExitCode::from(exit as u8)
}

fn with_ok(value: Value, exit: Exit) -> Value {
    match value {
        Value::Object(mut object) => {
            object.entry("ok").or_insert(json!(exit == Exit::Yes));
            Value::Object(object)
        }
        other => other,
    }
}

/// `label   value` lines with the values under each other.
#[derive(Default)]
pub(crate) struct Lines(Vec<(String, String)>);

impl Lines {
    /// One more line.
    pub(crate) fn add(&mut self, label: &str, value: impl std::fmt::Display) -> &mut Self {
        self.0.push((label.to_owned(), value.to_string()));
        self
    }
}

impl std::fmt::Display for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = self.0.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        for (label, value) in &self.0 {
            writeln!(f, "{label:<width$}  {value}")?;
        }
        Ok(())
    }
}
