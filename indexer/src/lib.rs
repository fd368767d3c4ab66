//! The index: every event of a network's contracts, followed block by block into SQLite, and what
//! they amount to — datasets, grants, results, logs — as plain rows.
//!
//! It is a cache: delete the file, follow again, get the same rows. Each batch is closed against the
//! contracts' accumulators, so that a node cannot leave out or invent an event unnoticed.
//! Specification: `docs/spec/index.md`.

mod apply;
mod batch;
mod commit;
mod early;
mod error;
mod file;
mod follow;
mod index;
mod lock;
mod metadata;
mod range;
mod read;
mod reorg;
mod retry;
mod row;
mod search;
#[cfg(feature = "service")]
pub mod service;
mod shown;
mod wait;
mod writer;

pub use error::{Incomplete, IndexError};
pub use follow::{BlockId, Noted, Progress, Step};
pub use index::{Index, Level, Position};
pub use read::dataset::{Dataset, OwnerSpan, Root, SameRoot, TermsSpan, VersionRow};
pub use read::event::Row;
pub use read::filter::{DatasetFilter, GrantFilter, ResultFilter};
pub use read::grant::{Delivery, Grant, Revocations};
pub use read::log::{Anchor, LogRow};
pub use read::manifest::Metadata;
pub use read::page::{Mark, Page, Turn};
pub use read::result::{Attestation, CircuitRow, ResultRow};
pub use row::Moment;
pub use shown::{
    AnswerAt, Body, Ended, Known, Mismatch, NotProvable, Said, ShownAnchor, ShownAttestation,
    ShownDataset, ShownGrant, ShownInFull, ShownLog, ShownResult, ShownTerms, ShownTermsSpan,
    ShownVersion, Standing,
};
pub use writer::Writer;
