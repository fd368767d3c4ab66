//! Why a question is not answered: a status, a stable word, and what to do.

use super::pool::{Busy, PATIENCE};
use crate::IndexError;
use axum::http::StatusCode;
use rusqlite::ErrorCode;
use serde_json::{Value, json};

/// Why a question is not answered.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The address names nothing.
    #[error("there is no {0}")]
    NotFound(String),
    /// A part of the question is not what it must be.
    #[error("{what}: {why}")]
    Malformed {
        /// The part.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Only looking is possible.
    #[error("this service answers GET and HEAD alone")]
    Method,
    /// A request with a body.
    #[error("a question has no body")]
    Body,
    /// An address that is too long.
    #[error("the address is longer than {0} bytes")]
    LongAddress(usize),
    /// The page before this one is not on the chain any more.
    #[error("the chain was reorganised below this cursor: begin again from the first page")]
    CursorGone,
    /// Nothing was followed yet.
    #[error("the index has no block yet: ask again when /health says ready")]
    Empty,
    /// One address asks too often.
    #[error(
        "too many questions from your address: ask again in a second, and 20 times a second at most"
    )]
    TooOften,
    /// Too much is asked at once.
    #[error("too many questions at once: ask again in a second")]
    Busy,
    /// The question reads too much.
    #[error("the question takes longer than {} seconds: ask for less", PATIENCE.as_secs())]
    TooSlow,
    /// The node did not answer, or not in time. Its address may have a key in it.
    #[error(
        "the node that this service asks gives no header and receipts of block {0}: ask again later"
    )]
    NoNode(u64),
    /// What a proof would be of has left the chain.
    #[error(
        "block {0} is not on the chain of the node that this service asks any more: ask again in a \
         moment, when the index has followed"
    )]
    BlockGone(u64),
    /// The node lies.
    #[error(
        "the node that this service asks gives a header and receipts of block {0} that do not amount \
         to its hash: no proof can be made of them"
    )]
    FalseNode(u64),
    /// What cannot be proved within the limits, or is not where the index has it.
    #[error("{0}")]
    Unprovable(String),
    /// What the service needs could not be read. The cause is not for strangers.
    #[error("the index could not be read")]
    Broken(#[source] IndexError),
}

impl Refusal {
    pub(super) fn malformed(what: &str, why: impl Into<String>) -> Self {
        Self::Malformed { what: what.to_owned(), why: why.into() }
    }

    /// The status and a word that does not change.
    pub(super) const fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found"),
            Self::Malformed { .. } => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method"),
            Self::Body => (StatusCode::PAYLOAD_TOO_LARGE, "body"),
            Self::LongAddress(_) => (StatusCode::URI_TOO_LONG, "long-address"),
            Self::CursorGone => (StatusCode::CONFLICT, "cursor-gone"),
            Self::Empty => (StatusCode::SERVICE_UNAVAILABLE, "empty"),
            Self::TooOften => (StatusCode::TOO_MANY_REQUESTS, "too-often"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::TooSlow => (StatusCode::SERVICE_UNAVAILABLE, "too-slow"),
            Self::NoNode(_) => (StatusCode::SERVICE_UNAVAILABLE, "node"),
            Self::BlockGone(_) => (StatusCode::CONFLICT, "block-gone"),
            Self::FalseNode(_) => (StatusCode::BAD_GATEWAY, "false-node"),
            Self::Unprovable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "unprovable"),
            Self::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, "broken"),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "error": { "code": self.code().1, "message": self.to_string() } })
    }
}

impl From<IndexError> for Refusal {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::MarkGone { .. } => Self::CursorGone,
            IndexError::Database(error)
                if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
            {
                Self::TooSlow
            }
            error => Self::Broken(error),
        }
    }
}

impl From<Busy> for Refusal {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}
