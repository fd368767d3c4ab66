//! What a Kubo node did instead of what it was asked, and what to do about it.
//! Specification: `docs/spec/store.md`.

use std::time::Duration;

/// Characters of a node's own words that are repeated.
const WORDS: usize = 300;

/// Why a node's address is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `http://HOST:PORT` or `https://HOST:PORT`.
    #[error("{0:?} is no address of a Kubo node: write kubo:http://HOST:PORT")]
    Form(String),
    /// A name or password in the address, which is not repeated here.
    #[error(
        "the address of a Kubo node has a name or password in it: write kubo:http://HOST:PORT, and let a tunnel or a proxy beside you hold the secret"
    )]
    Secret,
    /// The system gave no means to connect.
    #[error("no connection to a Kubo node can be made: {0}")]
    Client(String),
}

/// Why a node did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KuboError {
    /// No connection, or one that broke before the answer began.
    #[error("it does not answer ({0}); start it with `ipfs daemon`, or correct the address")]
    Unreachable(String),
    /// The answer broke off.
    #[error("its answer broke off ({0}); run the command again: it goes on where it stopped")]
    BrokeOff(String),
    /// Not the whole answer in time.
    #[error("it gave no whole answer in {} seconds; see whether the node is overloaded", .0.as_secs_f64())]
    TooSlow(Duration),
    /// A status that Kubo's commands do not answer with.
    #[error(
        "it answers with HTTP status {0}; the address must be that of a Kubo node's RPC (port 5001 unless configured), not of a gateway"
    )]
    Status(u16),
    /// The node's disk.
    #[error("its disk is full; free space there (`ipfs repo gc`), then run the command again")]
    Full,
    /// It looked, and nobody it asked gave the block.
    #[error("it found nobody who has the block in {} seconds; name the store that has it", .0.as_secs_f64())]
    NotFound(Duration),
    /// Kubo's own words.
    #[error("it refuses: {0}")]
    Refused(String),
    /// More bytes than the answer may have.
    #[error("its answer has more than {0} bytes; it is no Kubo node, or a broken one")]
    TooLong(usize),
    /// An answer that is not Kubo's.
    #[error("it answers {0} with something else than Kubo does; use Kubo 0.43 or later")]
    Strange(&'static str),
    /// It says that it stored the block under another name.
    #[error("it stored the bytes as {0}; it is no Kubo node, or a broken one")]
    OtherCid(String),
}

impl KuboError {
    /// Whether asking again soon may help.
    pub(super) const fn passes(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::BrokeOff(_) | Self::TooSlow(_))
            || matches!(self, Self::Status(429 | 500..=599))
    }

    /// Sorts what the node says; its words are cut, and lose what is not printable.
    pub(super) fn said(message: &str) -> Self {
        if message.contains("no space left on device") || message.contains("disk quota exceeded") {
            return Self::Full;
        }
        Self::Refused(message.chars().filter(|c| !c.is_control()).take(WORDS).collect())
    }

    /// Sorts what the client met.
    pub(super) fn met(error: &reqwest::Error) -> Self {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let cause = cause.to_string();
        if error.is_body() || error.is_decode() {
            Self::BrokeOff(cause)
        } else {
            Self::Unreachable(cause)
        }
    }
}
