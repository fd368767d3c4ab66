//! An actor's log: its id, its leaves, and the entries blocks from which anyone finds every step
//! and recomputes the anchored root. Specification: `docs/spec/log.md`, vectors `log.json`.

use crate::checkpoint::{Checkpoint, NoteError};
use crate::dag_cbor::{self, DecodeError, Reader, Value};
use crate::hash::{self, sha256};
use crate::{Cid, Codec, LogId, Signature, StepId, Tag, merkle};
use alloy_primitives::{Address, B256};
use ed25519_dalek::VerifyingKey;

/// Entries that one block lists at most; more stand in earlier blocks.
pub const MAX_ENTRIES: usize = 4096;

/// `T("log", u64 chain ‖ contract ‖ owner ‖ H(origin))`.
pub fn log_id(chain: u64, contract: Address, owner: Address, origin: &str) -> LogId {
    LogId(hash::tagged(
        Tag::LOG,
        &[&chain.to_be_bytes(), contract.as_slice(), owner.as_slice(), sha256(origin).as_slice()],
    ))
}

/// A leaf's bytes: `"provenome/v1/log-leaf\0" ‖ step_id ‖ signer ‖ H(signature)`.
pub fn leaf(step: StepId, signer: Address, signature: &Signature) -> Vec<u8> {
    let hash = signature.hash();
    [b"provenome/v1/log-leaf\0", step.0.as_slice(), signer.as_slice(), hash.as_slice()].concat()
}

/// One step as an entries block lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The step's body.
    pub body: Cid,
    /// The actor's signature over its id.
    pub signature: Signature,
}

/// `{checkpoint, entries, previous}`: the steps that follow those of the block before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntriesBlock {
    /// The signed note at this block's end.
    pub checkpoint: String,
    /// At most [`MAX_ENTRIES`].
    pub entries: Vec<Listed>,
    /// Digest of the block before; none in the first.
    pub previous: Option<B256>,
}

impl EntriesBlock {
    /// The strict DAG-CBOR block.
    pub fn encode(&self) -> Vec<u8> {
        let entries = self.entries.iter().map(|entry| {
            Value::List(vec![entry.body.into(), Value::Bytes(entry.signature.0.to_vec())])
        });
        Value::map([
            ("checkpoint", Value::from(self.checkpoint.as_str())),
            ("entries", Value::List(entries.collect())),
            ("previous", Value::Bytes(self.previous.map(|p| p.to_vec()).unwrap_or_default())),
        ])
        .encode()
    }

    /// Reads a block.
    ///
    /// # Errors
    /// Anything but the schema, or more than [`MAX_ENTRIES`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut block = Reader::decode("the entries block", bytes)?;
        let entries = block.items("entries", "a list of step and signature", |item| {
            let [body, signature] = dag_cbor::tuple(item)?;
            let Value::Link(body) = body else { return None };
            let signature = Signature(dag_cbor::array(signature)?);
            (body.codec() == Codec::DagCbor).then_some(Listed { body, signature })
        })?;
        let checkpoint = block.text("checkpoint")?;
        let previous = match block.bytes("previous")?.as_slice() {
            [] => None,
            bytes => Some(B256::try_from(bytes).map_err(|_| {
                DecodeError::Schema("field \"previous\" is neither empty nor 32 bytes".to_owned())
            })?),
        };
        block.end()?;
        if entries.is_empty() || entries.len() > MAX_ENTRIES {
            let count = entries.len();
            return Err(DecodeError::Schema(format!(
                "the entries block lists {count} steps, not 1 to {MAX_ENTRIES}"
            )));
        }
        Ok(Self { checkpoint, entries, previous })
    }
}

/// A log's head as the chain has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The log.
    pub id: LogId,
    /// Its owner.
    pub owner: Address,
    /// Its origin.
    pub origin: String,
    /// The key its checkpoints are signed with.
    pub key: B256,
    /// Anchored leaves.
    pub size: u64,
    /// Anchored root.
    pub root: B256,
}

/// Why a log's blocks are not the anchored log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The blocks list more or fewer steps than were anchored.
    #[error("the entries blocks list {listed} steps, but the anchored head has {anchored}")]
    Size {
        /// Steps listed.
        listed: u64,
        /// Leaves anchored.
        anchored: u64,
    },
    /// The steps listed do not give the anchored root.
    #[error("the listed steps give the root {computed}, but the anchored one is {anchored}")]
    Root {
        /// The recomputed root.
        computed: B256,
        /// The anchored one.
        anchored: B256,
    },
    /// A checkpoint that the log did not sign.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// A checkpoint that says something else than its block.
    #[error("a checkpoint says size {0}, which is not what the blocks up to it list")]
    Checkpoint(u64),
    /// The log's key on chain is no Ed25519 key.
    #[error("the log's key {0} is no Ed25519 key")]
    Key(B256),
}

/// Verifies that `blocks`, first to last, with the leaves of their steps in order, are all of the
/// anchored log: number, root, and each block's signed checkpoint.
///
/// # Errors
/// Says what does not hold.
pub fn verify_log(
    head: &Head,
    blocks: &[EntriesBlock],
    leaves: &[Vec<u8>],
) -> Result<(), LogError> {
    let hashes: Vec<B256> = leaves.iter().map(|leaf| merkle::leaf_hash(leaf)).collect();
    let listed: usize = blocks.iter().map(|block| block.entries.len()).sum();
    if listed as u64 != head.size || hashes.len() != listed {
        return Err(LogError::Size { listed: listed as u64, anchored: head.size });
    }
    let computed = merkle::root(&hashes);
    if computed != head.root {
        return Err(LogError::Root { computed, anchored: head.root });
    }
    let key = VerifyingKey::from_bytes(&head.key.0).map_err(|_| LogError::Key(head.key))?;
    let mut size = 0;
    for block in blocks {
        size += block.entries.len();
        let note = Checkpoint::verify(&block.checkpoint, &head.origin, &key)?;
        if note.size != size as u64 || note.root != merkle::root(&hashes[..size]) {
            return Err(LogError::Checkpoint(note.size));
        }
    }
    Ok(())
}
