//! Reports in words and as JSON.

use super::outcome_word;
use crate::plain::plain;
use ledger::step::Kind;
use ledger::verdict::{Check, Outcome, Report, StepVerdict};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The report in one line.
pub(crate) fn headline(report: &Report) -> &'static str {
    outcome_word(report.outcome())
}

/// The report as people read it.
pub(crate) fn report_text(report: &Report) -> String {
    let mut text = String::new();
    for check in &report.checks {
        push(&mut text, "", check);
    }
    for step in &report.steps {
        push_step(&mut text, step);
    }
    if !report.trusted.is_empty() {
        text += "\ntaken on trust:\n";
        for line in &report.trusted {
            writeln!(text, "  - {}", plain(line)).expect("writing to a string cannot fail");
        }
    }
    text
}

fn push_step(text: &mut String, step: &StepVerdict) {
    let kind = word(step.kind);
    let anchored = if step.anchored { "anchored" } else { "unanchored" };
    let line = format!("\nstep {kind} {}: {}, {anchored}\n", step.step, step.evidence());
    text.push_str(&line);
    for input in &step.inputs {
        let opened = if input.opened { "opened" } else { "unopened" };
        writeln!(text, "  input {}: {}, {opened}", plain(&input.name), input.evidence)
            .expect("writing to a string cannot fail");
    }
    for check in &step.checks {
        push(text, "  ", check);
    }
}

fn push(text: &mut String, indent: &str, check: &Check) {
    let mark = match check.outcome {
        Outcome::Holds => "ok  ",
        Outcome::Unchecked => "??  ",
        Outcome::Fails => "FAIL",
    };
    writeln!(text, "{indent}{mark}  {:21} {}", check.name, plain(&check.compared))
        .expect("writing to a string cannot fail");
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::List => "list",
        Kind::Result => "result",
    }
}

/// The report for programs.
pub(crate) fn report_json(report: &Report) -> Value {
    let steps: Vec<Value> = report
        .steps
        .iter()
        .map(|step| {
            let inputs: Vec<Value> = step
                .inputs
                .iter()
                .map(|input| {
                    json!({
                        "name": input.name,
                        "evidence": input.evidence.to_string(),
                        "opened": input.opened,
                    })
                })
                .collect();
            json!({
                "step": step.step,
                "kind": word(step.kind),
                "evidence": step.evidence().to_string(),
                "anchored": step.anchored,
                "inputs": inputs,
                "checks": checks(&step.checks),
            })
        })
        .collect();
    json!({
        "outcome": report.outcome().word(),
        "checks": checks(&report.checks),
        "steps": steps,
        "trusted": report.trusted,
    })
}

fn checks(checks: &[Check]) -> Vec<Value> {
    let value = |check: &Check| {
        json!({
            "name": check.name,
            "outcome": check.outcome.word(),
            "compared": check.compared,
        })
    };
    checks.iter().map(value).collect()
}
