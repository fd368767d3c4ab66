//! Logs and anchors as they are shown.

use crate::{Anchor, LogRow};
use alloy_primitives::{Address, B256};
use ledger::{Cid, Codec, LogId};
use serde::{Deserialize, Serialize};

/// A head of a log that is on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownAnchor {
    /// Steps.
    pub size: u64,
    /// RFC 6962 root.
    pub root: B256,
    /// The newest block of entries.
    pub entries: Cid,
    /// When.
    pub time: u64,
    /// In which block.
    pub block: u64,
    /// By which transaction.
    pub transaction: B256,
}

impl From<&Anchor> for ShownAnchor {
    fn from(anchor: &Anchor) -> Self {
        Self {
            size: anchor.size,
            root: anchor.root,
            entries: Cid::new(Codec::DagCbor, anchor.entries),
            time: anchor.at.time,
            block: anchor.at.block,
            transaction: anchor.at.transaction,
        }
    }
}

/// A log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLog {
    /// Its id.
    pub log: LogId,
    /// Who alone anchors it.
    pub owner: Address,
    /// Its name: its owner's word.
    pub origin: String,
    /// The Ed25519 key that signs its checkpoints.
    pub key: B256,
    /// When it was opened.
    pub time: u64,
    /// Its latest anchor; null is the empty log.
    pub head: Option<ShownAnchor>,
}

impl From<&LogRow> for ShownLog {
    fn from(row: &LogRow) -> Self {
        Self {
            log: row.log,
            owner: row.owner,
            origin: row.origin.clone(),
            key: row.key,
            time: row.opened.time,
            head: row.head.as_ref().map(ShownAnchor::from),
        }
    }
}
