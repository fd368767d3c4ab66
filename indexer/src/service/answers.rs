//! Answers ready to be sent. Those that come from the index alone are remembered until it is written
//! to: the same question about the same moment has the same answer.

use super::Service;
use super::pool::Reader;
use super::question::Question;
use super::refusal::Refusal;
use super::remembered::Remembered;
use super::routes::Route;
use axum::body::Bytes;
use ledger::hash::sha256;

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

/// Answers by the parameters of their questions.
pub(super) type Answers = Remembered<Vec<(String, String)>, Ready>;

impl Reader {
    /// The answer to a question.
    pub(super) fn answer(
        &mut self,
        route: &Route,
        service: &Service,
        question: &Question,
    ) -> Result<Ready, Refusal> {
        if route.path != ASKED_OFTEN {
            return Ok(Ready::of(route.whole(self, service, question)?));
        }
        // Asked for before the answer is made: what is written meanwhile makes another state.
        let state = self.index.state()?;
        let asked = &question.query;
        if let Some(ready) = self.memory.answers.recall(state, [asked]).pop().flatten() {
            return Ok(ready);
        }
        let ready = Ready::of(route.whole(self, service, question)?);
        let words: usize = asked.iter().map(|(name, value)| name.len() + value.len()).sum();
        let bytes = words + ready.body.len();
        self.memory.answers.keep(state, [(asked.clone(), ready.clone(), bytes)]);
        Ok(ready)
    }
}
