//! Names of things: 32-byte digests with a type each, and what people write as `dataset:3`.

use alloy_primitives::{B256, U256};
use std::fmt;
use std::str::FromStr;

macro_rules! digest {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub B256);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "0x{}", hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}

digest! {
    /// A step's id.
    StepId;
    /// A log's id.
    LogId;
    /// A circuit's id: protocol, constraints and verifying key.
    CircuitId;
    /// What the registry stores of a dataset's version.
    VersionCommit;
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thing {
    /// A listed dataset.
    Dataset,
    /// One reader's grant.
    Grant,
    /// A posted result.
    Result,
}

impl Thing {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Dataset, "dataset"), (Self::Grant, "grant"), (Self::Result, "result")];
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, word) = Self::ALL.into_iter().find(|(thing, _)| thing == self).expect("all listed");
        f.write_str(word)
    }
}

/// `dataset:3`, `grant:3` or `result:3`: what, and the number its contract gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// What it names.
    pub thing: Thing,
    /// Its number, from 1.
    pub number: U256,
}

impl Id {
    /// The id of `thing` with this number.
    pub const fn new(thing: Thing, number: U256) -> Self {
        Self { thing, number }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.thing, self.number)
    }
}

/// A text that is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no id: write dataset:N, grant:N or result:N with N from 1")]
pub struct NotId(String);

impl FromStr for Id {
    type Err = NotId;

    fn from_str(text: &str) -> Result<Self, NotId> {
        let read = || {
            let (word, number) = text.split_once(':')?;
            let (thing, _) = Thing::ALL.into_iter().find(|(_, known)| *known == word)?;
            let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            let number = digits.then(|| U256::from_str_radix(number, 10).ok())??;
            (number > U256::ZERO).then_some(Self { thing, number })
        };
        read().ok_or_else(|| NotId(text.to_owned()))
    }
}

crate::as_text!(Id);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_others_are_refused() {
        for text in ["dataset:1", "grant:18446744073709551616", "result:3"] {
            assert_eq!(text.parse::<Id>().map(|id| id.to_string()), Ok(text.to_owned()));
        }
        let id: Id = serde_json::from_str("\"grant:7\"").unwrap();
        assert_eq!(
            (id.thing, serde_json::to_string(&id).unwrap()),
            (Thing::Grant, "\"grant:7\"".into())
        );
        assert!(serde_json::from_str::<Id>("\"grant:0\"").is_err());
        for text in ["dataset:0", "dataset:", "dataset:+1", "dataset", "log:1", "3", "dataset:1 "] {
            assert_eq!(text.parse::<Id>(), Err(NotId(text.to_owned())), "{text}");
        }
    }
}
