//! How following goes: what `/health`, `/v1/status` and the metrics tell.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How following goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It has not reached the chain's head yet, or fell behind it.
    #[default]
    Following,
    /// It is at the chain's head.
    Ready,
    /// The node does not answer; it is asked again.
    Waiting,
    /// The index's file cannot be read or written; it is tried again.
    Broken,
    /// A final block was replaced: following has stopped, answers are of the block before that.
    FinalityViolated,
    /// The node said something false: following has stopped.
    Halted,
}

impl Phase {
    pub(super) const ALL: [Self; 6] = [
        Self::Following,
        Self::Ready,
        Self::Waiting,
        Self::Broken,
        Self::FinalityViolated,
        Self::Halted,
    ];

    /// The word that is served.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Broken => "broken",
            Self::FinalityViolated => "finality-violated",
            Self::Halted => "halted",
        }
    }
}

/// The phase and why, and what was counted.
#[derive(Default)]
pub(super) struct Status {
    phase: Mutex<(Phase, Option<String>)>,
    pub(super) events: AtomicU64,
    pub(super) reorgs: AtomicU64,
}

impl Status {
    pub(super) fn phase(&self) -> (Phase, Option<String>) {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Enters a phase; whether it is another than before.
    pub(super) fn enter(&self, phase: Phase, why: Option<String>) -> bool {
        let mut now = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *now, (phase, why)).0 != phase
    }

    pub(super) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }
}
