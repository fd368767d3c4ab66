//! What an auditor may conclude: checks by name, and per step its evidence and its inputs.
//! Specification: `docs/spec/audit.md`.

use crate::StepId;
use crate::step::Kind;
use std::fmt;

/// How one check came out. "Could not" is never "false".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Looked at, and true.
    Holds,
    /// What it needs was not to be had.
    Unchecked,
    /// Looked at, and false.
    Fails,
}

impl Outcome {
    /// One lower-case word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Unchecked => "unchecked",
            Self::Fails => "fails",
        }
    }
}

/// One check: its name, how it came out, and what was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// A stable name.
    pub name: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// What was compared, or why it failed.
    pub compared: String,
}

impl Check {
    /// A check that holds; `compared` says what was compared.
    pub fn holds(name: &'static str, compared: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Holds, compared: compared.into() }
    }

    /// A check that fails, and why.
    pub fn fails(name: &'static str, why: impl fmt::Display) -> Self {
        Self { name, outcome: Outcome::Fails, compared: why.to_string() }
    }

    /// A check that could not be made, and why.
    pub fn unchecked(name: &'static str, why: impl fmt::Display) -> Self {
        Self { name, outcome: Outcome::Unchecked, compared: why.to_string() }
    }

    /// Holds where the two are equal; either way says both.
    pub fn equal<T: PartialEq + fmt::Display + Copy>(
        name: &'static str,
        found: (&str, T),
        expected: (&str, T),
    ) -> Self {
        let same = found.1 == expected.1;
        let compared = if same {
            format!("{} = {} = {}", found.0, expected.0, expected.1)
        } else {
            format!("{} {} is not {} {}", found.0, found.1, expected.0, expected.1)
        };
        let outcome = if same { Outcome::Holds } else { Outcome::Fails };
        Self { name, outcome, compared }
    }

    /// Holds where `result` is fine, fails with its error otherwise.
    pub fn of<E: fmt::Display>(
        name: &'static str,
        result: Result<(), E>,
        compared: impl Into<String>,
    ) -> Self {
        match result {
            Ok(()) => Self::holds(name, compared),
            Err(why) => Self::fails(name, why),
        }
    }
}

/// The worst outcome of the checks.
pub fn worst<'a>(checks: impl IntoIterator<Item = &'a Check>) -> Outcome {
    checks.into_iter().map(|check| check.outcome).max().unwrap_or(Outcome::Holds)
}

/// What speaks for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A proof under a key that nobody can forge with.
    Proved,
    /// A proof under a development key: anyone can make one.
    ProvedDevelopment,
    /// The actor's word.
    Signed,
    /// Something that should have been looked at was not to be had.
    Unchecked,
    /// Something is false.
    Invalid,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proved => "proved",
            Self::ProvedDevelopment => "proved (development key: forgeable)",
            Self::Signed => "signed",
            Self::Unchecked => "unchecked",
            Self::Invalid => "invalid",
        })
    }
}

/// What speaks for an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputEvidence {
    /// A version listed on the chain.
    Listed,
    /// Another step's output.
    Linked,
    /// Nothing.
    Unattested,
}

impl fmt::Display for InputEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Listed => "listed",
            Self::Linked => "linked",
            Self::Unattested => "unattested",
        })
    }
}

/// The verdict on one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputVerdict {
    /// Its name in the step.
    pub name: String,
    /// What speaks for it.
    pub evidence: InputEvidence,
    /// Whether its commitment was opened; unopened is by design.
    pub opened: bool,
}

/// The verdict on one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepVerdict {
    /// Which step.
    pub step: StepId,
    /// What it records.
    pub kind: Kind,
    /// What speaks for it where all its checks hold.
    pub claimed: Evidence,
    /// Whether its log's anchored head has it.
    pub anchored: bool,
    /// Its inputs.
    pub inputs: Vec<InputVerdict>,
    /// What was checked.
    pub checks: Vec<Check>,
}

impl StepVerdict {
    /// What speaks for the step: its claim, unless a check says less.
    pub fn evidence(&self) -> Evidence {
        match worst(&self.checks) {
            Outcome::Holds => self.claimed,
            Outcome::Unchecked => Evidence::Unchecked,
            Outcome::Fails => Evidence::Invalid,
        }
    }
}

/// An audit's report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Checks that belong to no single step.
    pub checks: Vec<Check>,
    /// The verdicts, parents first.
    pub steps: Vec<StepVerdict>,
    /// What was taken on trust.
    pub trusted: Vec<String>,
}

impl Report {
    /// The worst outcome of all checks.
    pub fn outcome(&self) -> Outcome {
        worst(self.checks.iter().chain(self.steps.iter().flat_map(|step| &step.checks)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::B256;

    fn step(checks: Vec<Check>) -> StepVerdict {
        StepVerdict {
            step: StepId(B256::ZERO),
            kind: Kind::Result,
            claimed: Evidence::Proved,
            anchored: true,
            inputs: Vec::new(),
            checks,
        }
    }

    #[test]
    fn a_false_check_outweighs_one_that_was_not_made() {
        let (good, open, bad) =
            (Check::holds("a", ""), Check::unchecked("b", ""), Check::fails("c", ""));
        for (checks, evidence, outcome) in [
            (vec![good.clone()], Evidence::Proved, Outcome::Holds),
            (vec![good.clone(), open.clone()], Evidence::Unchecked, Outcome::Unchecked),
            (vec![bad, open, good], Evidence::Invalid, Outcome::Fails),
        ] {
            let step = step(checks);
            assert_eq!(step.evidence(), evidence);
            assert_eq!(Report { steps: vec![step], ..Report::default() }.outcome(), outcome);
        }
    }
}
