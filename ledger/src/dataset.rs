//! A dataset's version: what the registry commits to and what steps name as input.
//! Specification: `docs/spec/dataset.md`, vectors `dataset.json`.

use crate::{Tag, VersionCommit, hash};
use alloy_primitives::{Address, B256, U256, keccak256};

/// The preimage of a version's commitment, as carried in calls and events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Version {
    /// SHA-256 of the manifest block.
    pub manifest: B256,
    /// The panel's root, a field element.
    pub data_root: B256,
    /// `P("key"; …)` of the data key, a field element.
    pub key_commit: B256,
    /// People in the panel.
    pub samples: u64,
    /// Provable columns.
    pub columns: u64,
}

impl Version {
    /// `keccak256(abi.encode(manifest, data_root, key_commit, samples, columns))`.
    pub fn commit(&self) -> VersionCommit {
        let mut words = [0; 5 * 32];
        words[..32].copy_from_slice(self.manifest.as_slice());
        words[32..64].copy_from_slice(self.data_root.as_slice());
        words[64..96].copy_from_slice(self.key_commit.as_slice());
        words[120..128].copy_from_slice(&self.samples.to_be_bytes());
        words[152..].copy_from_slice(&self.columns.to_be_bytes());
        VersionCommit(keccak256(words))
    }
}

/// Which version of which dataset: chain, registry, token and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VersionName {
    /// The chain's id.
    pub chain: u64,
    /// The registry contract.
    pub registry: Address,
    /// The dataset's token.
    pub dataset: U256,
    /// From 1.
    pub version: u64,
}

impl VersionName {
    /// `T("dataset", u64 chain ‖ registry ‖ u256 id ‖ u64 version ‖ version_commit)`: the
    /// commitment by which a step names a listed dataset.
    pub fn commit(&self, version: &Version) -> B256 {
        hash::tagged(
            Tag::DATASET,
            &[
                &self.chain.to_be_bytes(),
                self.registry.as_slice(),
                &self.dataset.to_be_bytes::<32>(),
                &self.version.to_be_bytes(),
                version.commit().0.as_slice(),
            ],
        )
    }
}
