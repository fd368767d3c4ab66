//! A question: the parts of its path and its query, each read into the type that it must be. What is
//! not known is refused, so that a misspelt filter is never no filter.

use super::cursor;
use super::refusal::Refusal;
use crate::{Mark, Turn};
use std::fmt::Display;
use std::str::FromStr;

/// Rows of a page where nothing is said, and at most.
const LIMIT: usize = 50;
const MOST: usize = 200;
/// Bytes of one value.
const VALUE: usize = 1024;

/// A question's parts.
pub(super) struct Question {
    pub(super) path: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
}

impl Question {
    /// Refuses parameters that the route does not know, and those given twice.
    pub(super) fn verify_names(&self, known: &[&str]) -> Result<(), Refusal> {
        for (at, (name, value)) in self.query.iter().enumerate() {
            let shown: String = name.chars().take(40).collect();
            if !known.contains(&name.as_str()) {
                let why = match known {
                    [] => "this address takes no parameters".to_owned(),
                    known => format!("it is none of {}", known.join(", ")),
                };
                return Err(Refusal::malformed(&shown, why));
            }
            if self.query[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Refusal::malformed(&shown, "it is given twice"));
            }
            if value.len() > VALUE {
                return Err(Refusal::malformed(&shown, format!("it is longer than {VALUE} bytes")));
            }
        }
        Ok(())
    }

    /// A part of the path.
    pub(super) fn part<T: FromStr>(&self, name: &str, form: &str) -> Result<T, Refusal> {
        let value = self.path.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        value
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| Refusal::malformed(name, format!("it must be {form}")))
    }

    /// A number from 1, as datasets, grants and results have it.
    pub(super) fn number(&self) -> Result<alloy_primitives::U256, Refusal> {
        self.part::<Number>("number", Number::FORM).map(|number| number.0)
    }

    /// A parameter's text, if it is given.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter, if it is given.
    pub(super) fn given<T: FromStr>(&self, name: &str, form: &str) -> Result<Option<T>, Refusal> {
        let read = |value: &str| {
            value.parse().map_err(|_| Refusal::malformed(name, format!("it must be {form}")))
        };
        self.text(name).map(read).transpose()
    }

    /// A parameter that is one of a few words, if it is given.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let known = words.iter().find(|(word, _)| *word == text);
        known.map(|(_, meant)| Some(*meant)).ok_or_else(|| {
            let words = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
            Refusal::malformed(name, format!("it must be {words}"))
        })
    }

    /// How many rows.
    pub(super) fn limit(&self) -> Result<usize, Refusal> {
        let form = format!("a number from 1 to {MOST}");
        match self.given::<usize>("limit", &form)? {
            None => Ok(LIMIT),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(_) => Err(Refusal::malformed("limit", format!("it must be {form}"))),
        }
    }

    /// Which page.
    pub(super) fn turn(&self) -> Result<Turn, Refusal> {
        let after: Option<Mark> = self.text("cursor").map(cursor::read).transpose()?;
        Ok(Turn { after, limit: self.limit()? })
    }
}

/// Decimal digits without a sign: `U256` itself would read hexadecimal and empty texts too.
pub(super) struct Number(pub(super) alloy_primitives::U256);

impl Number {
    pub(super) const FORM: &str = "a decimal number from 1";
}

impl FromStr for Number {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let digits = (1..=78).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number =
            digits.then(|| alloy_primitives::U256::from_str_radix(text, 10).ok()).flatten();
        match number {
            Some(number) if !number.is_zero() => Ok(Self(number)),
            _ => Err(Refusal::malformed("number", Self::FORM)),
        }
    }
}

/// A missing thing, by its name.
pub(super) fn found<T>(thing: Option<T>, name: impl Display) -> Result<T, Refusal> {
    thing.ok_or_else(|| Refusal::NotFound(name.to_string()))
}
