//! A dataset's histories as they are shown: versions, terms, readers' words.

use super::dataset::{Known, ShownTerms, known};
use crate::{Attestation, TermsSpan, VersionRow};
use alloy_primitives::{Address, B256};
use ledger::{Cid, Codec, Id, Network, Thing};
use serde::{Deserialize, Serialize};

/// One version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownVersion {
    /// From 1.
    pub version: u64,
    /// Whether its manifest is known.
    pub manifest_is: Known,
    /// Why it is not known.
    pub why: Option<String>,
    /// Its author's words, where the manifest is known.
    pub title: Option<String>,
    /// People.
    pub samples: u64,
    /// Provable columns.
    pub columns: u64,
    /// The panel's root.
    pub data_root: B256,
    /// The data key's commitment.
    pub key_commit: B256,
    /// The manifest's CID.
    pub manifest: Cid,
    /// When it was added.
    pub time: u64,
    /// In which block.
    pub block: u64,
    /// By which transaction.
    pub transaction: B256,
}

impl From<&VersionRow> for ShownVersion {
    fn from(row: &VersionRow) -> Self {
        let (manifest_is, why) = known(&row.metadata);
        Self {
            version: row.number,
            manifest_is,
            why,
            title: row.metadata.manifest().map(|m| m.title.clone()),
            samples: row.version.samples,
            columns: row.version.columns,
            data_root: row.version.data_root,
            key_commit: row.version.key_commit,
            manifest: Cid::new(Codec::DagCbor, row.version.manifest),
            time: row.added.time,
            block: row.added.block,
            transaction: row.added.transaction,
        }
    }
}

/// Terms, and how long they held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTermsSpan {
    /// The terms.
    #[serde(flatten)]
    pub terms: ShownTerms,
    /// From this block's end on.
    pub from: u64,
    /// Until this one's; null is now.
    pub to: Option<u64>,
    /// When they were set.
    pub time: u64,
}

impl ShownTermsSpan {
    /// Of this span.
    pub fn of(network: &Network, span: &TermsSpan) -> Self {
        let terms = ShownTerms::of(network, &span.terms);
        Self { terms, from: span.from, to: span.to, time: span.time }
    }
}

/// A reader's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownAttestation {
    /// Under which grant.
    pub grant: Id,
    /// The reader.
    pub by: Address,
    /// Of which version.
    pub version: u64,
    /// Whether the recomputed panel is the listed one.
    pub equal: bool,
    /// Digest of what supports it.
    pub evidence: B256,
    /// When.
    pub time: u64,
    /// In which block.
    pub block: u64,
    /// By which transaction.
    pub transaction: B256,
}

impl From<&Attestation> for ShownAttestation {
    fn from(row: &Attestation) -> Self {
        Self {
            grant: Id::new(Thing::Grant, row.attested.grant),
            by: row.attested.by,
            version: row.attested.version,
            equal: row.attested.equal,
            evidence: row.attested.evidence,
            time: row.at.time,
            block: row.at.block,
            transaction: row.at.transaction,
        }
    }
}
