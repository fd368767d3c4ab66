//! What a command says: text for people or one JSON object, and the exit code.

use crate::failure::{Exit, Failure};
use crate::plain::plain_json;
use clap::error::ErrorKind;
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

    /// The same with more text, and one more key.
    pub(crate) fn with(mut self, text: &str, key: &str, value: Value) -> Self {
        self.text += text;
        self.json[key] = value;
        self
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
            remark(failure.text());
            (String::new(), failure.json(), failure.exit)
        }
    };
    let written = match (json, &value) {
        (true, Value::Null) => Ok(()),
        (true, _) => say(plain_json(&with_ok(value, exit))),
        (false, _) if text.is_empty() => Ok(()),
        (false, _) => say(text.trim_end_matches('\n')),
    };
    if let Err(error) = written {
        remark(format_args!("error: cannot write the answer: {error}"));
        return ExitCode::from(Exit::CouldNot as u8);
    }
    ExitCode::from(exit as u8)
}

/// Prints what is wrong with the words typed, or the help that they ask for.
pub(crate) fn print_usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|word| word == "--json");
    let nothing = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    let no_command = nothing || error.kind() == ErrorKind::MissingSubcommand;
    if !error.use_stderr() || (nothing && !json) {
        // Where a closed output leaves nothing to print on, the exit code still says it.
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::CouldNot as u8));
    }
    let command = crate::args::named_command().map_or(String::new(), |name| format!("{name} "));
    let what = if no_command { "no command is named".to_owned() } else { one_line(error) };
    let failure = Failure::could_not(what).hint(format!("see `provenome {command}--help`"));
    print(Err(failure), json)
}

/// What is wrong, without the usage: that names options which only the environment gave.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let parts =
        text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let said: Vec<String> = parts
        .filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more information"))
        .map(|part| part.trim_start_matches("error: ").trim_start_matches("tip: ").to_owned())
        .collect();
    said.join("; ")
}

/// Writes to stdout. A reader that went away (`| head`) is no failure of the command.
pub(crate) fn say(data: impl std::fmt::Display) -> std::io::Result<()> {
    match writeln!(anstream::stdout().lock(), "{data}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Writes to stderr, if anybody listens.
pub(crate) fn remark(line: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
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
