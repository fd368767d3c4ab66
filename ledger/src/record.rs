//! The record of a posted result: the claim, the version it is of, and the step that made it. Its
//! SHA-256 is on chain; it cites the step, never the reverse. Specification: `docs/spec/result.md`.

use crate::claim::{Claim, ClaimError};
use crate::dag_cbor::{self, DecodeError, Reader, Value};
use crate::dataset::{Version, VersionName};
use crate::{Cid, Codec, Signature};
use alloy_primitives::B256;

const VERSION: u64 = 1;

/// Everything that an auditor needs beside the chain to judge one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was asked, what came out, and the proof.
    pub claim: Claim,
    /// Which listed version.
    pub name: VersionName,
    /// That version's preimage.
    pub version: Version,
    /// The step's body.
    pub step: Cid,
    /// The poster's signature over the step's id.
    pub signature: Signature,
    /// The published table, a raw block.
    pub result: Cid,
    /// The public salt of the table's commitment in the step.
    pub result_salt: B256,
}

impl Record {
    /// The strict DAG-CBOR block.
    pub fn encode(&self) -> Vec<u8> {
        let Version { manifest, data_root, key_commit, samples, columns } = self.version;
        Value::map([
            ("version", Value::Uint(VERSION)),
            ("claim", self.claim.value()),
            (
                "dataset",
                Value::map([
                    ("chain", Value::Uint(self.name.chain)),
                    ("registry", self.name.registry.into()),
                    ("id", self.name.dataset.into()),
                    ("version", self.name.version.into()),
                    ("manifest", Value::Link(Cid::new(Codec::DagCbor, manifest))),
                    ("data_root", data_root.into()),
                    ("key_commit", key_commit.into()),
                    ("samples", samples.into()),
                    ("columns", columns.into()),
                ]),
            ),
            ("step", self.step.into()),
            ("signature", Value::Bytes(self.signature.0.to_vec())),
            ("result", self.result.into()),
            ("result_salt", self.result_salt.into()),
        ])
        .encode()
    }

    /// Reads a record.
    ///
    /// # Errors
    /// Anything but the schema, or a claim that no prover could have made.
    pub fn decode(bytes: &[u8]) -> Result<Self, ClaimError> {
        let mut map = Reader::decode("the record", bytes)?;
        let version = map.uint("version")?;
        if version != VERSION {
            let text = format!("the record's version is {version}, not {VERSION}");
            return Err(DecodeError::Schema(text).into());
        }
        let claim = Claim::read(map.map("claim", "the claim")?)?;
        let mut dataset = map.map("dataset", "the dataset")?;
        let record = Self {
            claim,
            name: VersionName {
                chain: dataset.uint("chain")?,
                registry: dataset.address("registry")?,
                dataset: dataset.u256("id")?,
                version: dataset.uint("version")?,
            },
            version: Version {
                manifest: dataset.link("manifest")?.digest(),
                data_root: dataset.word("data_root")?,
                key_commit: dataset.word("key_commit")?,
                samples: dataset.uint("samples")?,
                columns: dataset.uint("columns")?,
            },
            step: map.link("step")?,
            signature: Signature(map.array("signature")?),
            result: map.link("result")?,
            result_salt: map.word("result_salt")?,
        };
        dataset.end()?;
        map.end()?;
        dag_cbor::demand_equal("the record", &record.encode(), bytes)?;
        Ok(record)
    }

    /// The block's CID.
    pub fn cid(&self) -> Cid {
        Cid::of(Codec::DagCbor, &self.encode())
    }
}
