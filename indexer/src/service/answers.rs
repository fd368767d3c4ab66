//! Answers ready to be sent. Those that come from the index alone are remembered until it is written
//! to: the same question about the same moment has the same answer.

use super::Service;
use super::pool::Reader;
use super::question::Question;
use super::refusal::Refusal;
use super::routes::Route;
use crate::{Index, IndexError};
use axum::body::Bytes;
use ledger::hash::sha256;
use std::collections::HashMap;

/// Bytes of answers that each reader remembers.
const REMEMBERED: usize = 2 << 20;
/// The address whose answers are asked for again and again: lists and searches of datasets.
const ASKED_OFTEN: &str = "/v1/datasets";

/// A body and its entity tag.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) body: Bytes,
    pub(super) tag: String,
}

impl Ready {
    pub(super) fn of(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let digest = format!("{:x}", sha256(&body));
        Self { tag: format!("\"{}\"", &digest[..32]), body }
    }
}

type Asked = Vec<(String, String)>;

/// What one reader has answered.
#[derive(Default)]
pub(super) struct Answers {
    /// The state of the index, as its reader counts them.
    version: i64,
    of: HashMap<Asked, Ready>,
    bytes: usize,
}

impl Answers {
    fn recall(&mut self, version: i64, asked: &Asked) -> Option<Ready> {
        if self.version != version {
            *self = Self { version, ..Self::default() };
        }
        self.of.get(asked).cloned()
    }

    fn remember(&mut self, asked: &Asked, ready: &Ready) {
        let words: usize = asked.iter().map(|(name, value)| name.len() + value.len()).sum();
        let room = words + ready.body.len();
        if self.bytes + room > REMEMBERED {
            *self = Self { version: self.version, ..Self::default() };
        }
        self.bytes += room;
        self.of.insert(asked.clone(), ready.clone());
    }
}

impl Reader {
    /// The answer to a question.
    pub(super) fn answer(
        &mut self,
        route: &Route,
        service: &Service,
        question: &Question,
    ) -> Result<Ready, Refusal> {
        let is_asked_often = route.path == ASKED_OFTEN;
        if is_asked_often {
            // Asked for before the answer is made: what is written meanwhile makes another version.
            let version = self.index.data_version()?;
            if let Some(ready) = self.answers.recall(version, &question.query) {
                return Ok(ready);
            }
        }
        let ready = Ready::of(route.whole(self, service, question)?);
        if is_asked_often {
            self.answers.remember(&question.query, &ready);
        }
        Ok(ready)
    }
}

impl Index {
    /// Changes whenever another connection has written; held, it is that of the moment held.
    pub(super) fn data_version(&self) -> Result<i64, IndexError> {
        let read = |row: &rusqlite::Row<'_>| row.get(0);
        Ok(self.connection.pragma_query_value(None, "data_version", read)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_recalled_of_the_same_state_only_and_never_too_many() {
        let mut answers = Answers::default();
        let asked = |word: &str| vec![("q".to_owned(), word.to_owned())];
        let large = Ready::of(vec![b' '; REMEMBERED - 1]);
        assert!(answers.recall(1, &asked("a")).is_none());
        answers.remember(&asked("a"), &Ready::of("found"));
        assert_eq!(answers.recall(1, &asked("a")).unwrap().body, "found");
        assert!(answers.recall(1, &asked("b")).is_none());
        answers.remember(&asked("b"), &large);
        assert!(answers.recall(1, &asked("a")).is_none());
        assert_eq!(answers.recall(1, &asked("b")).unwrap().tag, large.tag);
        assert!(answers.recall(2, &asked("b")).is_none());
        assert!(answers.recall(1, &asked("b")).is_none());
    }
}
