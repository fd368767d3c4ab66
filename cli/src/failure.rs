//! Why a command did not do what was asked: what failed, with which value, and what to do next.
//! "Checked, and false" (exit 1) and "could not" (exit 2) are never mixed up.

mod from;

use crate::plain::plain_lines;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Display;
use std::io;
use std::path::Path;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Yes = 0,
    No = 1,
    CouldNot = 2,
}

const FULL: &str = "free some space and run the command again; nothing was half written";

/// A command that did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) check: Option<&'static str>,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// Checked, and false.
    pub(crate) fn no(message: impl Display) -> Self {
        Self { exit: Exit::No, check: None, message: message.to_string(), hint: None }
    }

    /// Could not.
    pub(crate) fn could_not(message: impl Display) -> Self {
        Self { exit: Exit::CouldNot, ..Self::no(message) }
    }

    /// False or could not, as `is_no` says.
    pub(crate) fn of(is_no: bool, message: impl Display) -> Self {
        if is_no { Self::no(message) } else { Self::could_not(message) }
    }

    /// What to do next.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// What to do next, if the cause is that nothing more can be written.
    pub(crate) fn hint_where_full(self, cause: &(dyn Error + 'static)) -> Self {
        if is_full(cause) { self.hint(FULL) } else { self }
    }

    /// What failed, without kind and hint.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What can be seen of the cause.
    pub(crate) fn because(mut self, cause: &str) -> Self {
        self.message = format!("{}: {cause}", self.message);
        self
    }

    /// The name of the check that failed.
    pub(crate) fn check(mut self, check: &'static str) -> Self {
        self.check = Some(check);
        self
    }

    pub(crate) fn text(&self) -> String {
        let message = plain_lines(&self.message);
        let kind = match self.check {
            Some(check) => format!("error: {check}: {message}"),
            None => format!("error: {message}"),
        };
        match &self.hint {
            Some(hint) => format!("{kind}\n  hint: {hint}"),
            None => kind,
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "ok": false,
            "check": self.check,
            "error": self.message,
            "hint": self.hint,
        })
    }
}

/// Puts what was tried and with which file before an error.
pub(crate) trait Context<T> {
    fn context(self, doing: &str, path: &Path) -> Result<T, Failure>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, doing: &str, path: &Path) -> Result<T, Failure> {
        self.map_err(|e| {
            let message = format!("cannot {doing} {}: {e}", path.display());
            Failure::could_not(message).hint_where_full(&e)
        })
    }
}

fn is_full(error: &(dyn Error + 'static)) -> bool {
    let full = |e: &io::Error| {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
    };
    error.downcast_ref::<io::Error>().is_some_and(full) || error.source().is_some_and(is_full)
}

fn refusal_hint(name: &str) -> &'static str {
    match name {
        "TermsChanged" | "VersionChanged" => "look at it again with `provenome show`, then buy",
        "DatasetPaused" | "EnforcedPause" => "the sale is paused; try later",
        "ERC20InsufficientBalance" => {
            "the account has not enough of the token; see `provenome account`"
        }
        "ERC20InsufficientAllowance" => {
            "the token was not allowed to the market; run the command again"
        }
        "BadProof" => {
            "the proof is not of this poster, this dataset's panel and these numbers; prove again with your own account and the listed data"
        }
        "AlreadyPosted" => {
            "this account has posted a result for the same columns of this version: a question is answered once"
        }
        "UnknownCircuit" => {
            "no circuit of this size is registered: the network's operator adds it with `provenome network register DATASET`"
        }
        "GrantInactive" => {
            "the grant was not delivered, has expired or was revoked; see `provenome grants`"
        }
        "NotHolder" => "post with --grant and the account that holds it, or as the dataset's owner",
        "NotOwner" => {
            "only the dataset's owner may do this (`provenome show` names it); who bought it can post with --grant"
        }
        "NotDeliverer" | "NotRevoker" => {
            "only the grant's provider may do this; `provenome show` names it"
        }
        "WrongStatus" => "the grant is in another phase; `provenome show` says in which",
        "WindowOutOfRange" | "AccessTooShort" => {
            "delivery and dispute windows are 1h to 30d, access is at least 1h"
        }
        "AlreadyAttested" => "a grant attests once, and for good; `provenome show` counts it",
        "TooEarly" => "wait for the deadline; see `provenome grants`",
        "TooLate" => "the deadline has passed; see `provenome grants`",
        "NotConsistent" | "NotLarger" | "WrongOldSize" => {
            "a log can only grow; the steps anchored before must all be there, unchanged"
        }
        _ => "",
    }
}
