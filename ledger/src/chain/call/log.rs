//! `ProvenanceLog`: logs and their heads.

use crate::LogId;
use crate::chain::contracts::ProvenanceLog;
use crate::chain::{Chain, ChainError, Done, PrivateKeySigner};
use alloy_primitives::B256;

/// A log's head to be put on the chain.
#[derive(Clone, Debug)]
pub struct Anchoring {
    /// The log.
    pub log: LogId,
    /// Leaves anchored so far.
    pub old_size: u64,
    /// Leaves from now on.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: B256,
    /// SHA-256 of the last entries block.
    pub entries: B256,
    /// RFC 6962 consistency proof.
    pub proof: Vec<B256>,
}

impl Chain {
    /// Opens a log under `origin`, whose checkpoints `key` signs.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn open_log(
        &self,
        by: &PrivateKeySigner,
        origin: &str,
        key: B256,
    ) -> Result<Done, ChainError> {
        let call = ProvenanceLog::openCall { origin: origin.to_owned(), key };
        self.act(by, self.network().contracts.log.address, &call)
    }

    /// Moves a log's head forward.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn anchor(&self, by: &PrivateKeySigner, anchor: &Anchoring) -> Result<Done, ChainError> {
        let call = ProvenanceLog::anchorCall {
            logId: anchor.log.0,
            oldSize: anchor.old_size,
            newSize: anchor.size,
            newRoot: anchor.root,
            entries: anchor.entries,
            proof: anchor.proof.clone(),
        };
        self.act(by, self.network().contracts.log.address, &call)
    }
}
