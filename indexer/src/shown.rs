//! What is shown of the index to people and programs: the one definition of the JSON that
//! `provenome --json search`, `show` and `grants` print and that a served index answers.
//!
//! Each type is made from rows and reads back from its JSON, so that both sides of a served index
//! are the same code.

pub(crate) mod dataset;
pub(crate) mod event;
pub(crate) mod grant;
pub(crate) mod history;
pub(crate) mod log;
pub(crate) mod result;

pub use dataset::{Body, Ended, Known, NotProvable, Said, ShownDataset, ShownInFull, ShownTerms};
pub use event::Mismatch;
pub use grant::ShownGrant;
pub use history::{ShownAttestation, ShownTermsSpan, ShownVersion};
pub use log::{ShownAnchor, ShownLog};
pub use result::{ShownResult, Standing};

use crate::{Level, Position};
use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

/// The block that an answer is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerAt {
    /// Its number.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// How final the block itself is.
    pub level: Level,
    /// The last block that is safe.
    pub safe: Option<u64>,
    /// The last block that is final.
    pub finalized: Option<u64>,
}

impl From<Position> for AnswerAt {
    fn from(position: Position) -> Self {
        Self {
            block: position.block,
            hash: position.hash,
            time: position.time,
            level: position.level(),
            safe: position.safe,
            finalized: position.finalized,
        }
    }
}
