//! Proof that an event is in a block: the block's header, the nodes of its receipts' trie down to one
//! transaction's receipt, and which of that receipt's logs it is. Whoever checks it believes only
//! whoever gave the block's hash. Specification: `docs/spec/proof.md`.

mod make;
mod trie;

pub use make::NotProved;
pub use trie::TrieError;

use super::event::Event;
use crate::dag_cbor::{self, DecodeError, Reader, Value};
use crate::network::Contracts;
use alloy::consensus::ReceiptEnvelope;
use alloy::eips::eip2718::Decodable2718 as _;
use alloy::rlp::{self, Decodable as _};
use alloy_primitives::{Address, B256, keccak256};

const VERSION: u64 = 1;
/// Bytes of a header: those of Ethereum have some 700, those that name their signers more.
const HEADER: usize = 8 << 10;
/// Nodes on the way to a receipt: a key has 9 bytes at most, a nibble a node, and the leaf.
const NODES: usize = 19;
/// Where a header has the parent's hash, the receipts' root, the number and the time.
const PARENT: usize = 0;
const RECEIPTS_ROOT: usize = 5;
const NUMBER: usize = 8;
const TIME: usize = 11;

/// A proof as it was given: nothing of it is true before [`ReceiptProof::verify`] says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof {
    /// The block's header, in RLP.
    pub header: Vec<u8>,
    /// The transaction's position in the block, from 0.
    pub transaction: u64,
    /// The log's position in the transaction's receipt, from 0.
    pub log: u64,
    /// The nodes from the receipts' root to the receipt, which stands in the last.
    pub nodes: Vec<Vec<u8>>,
}

/// What a proof proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// Number of the block.
    pub block: u64,
    /// Its hash: that which the proof was held against.
    pub hash: B256,
    /// The hash of the block before it.
    pub parent: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// The transaction's position in the block, from 0.
    pub transaction: u64,
    /// The log's position in the transaction's receipt, from 0.
    pub log: u64,
    /// The contract that emitted it.
    pub contract: Address,
    /// What happened.
    pub event: Event,
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptProofError {
    /// Bytes that are no proof.
    #[error("these are not the bytes of a proof: {0}")]
    Form(#[from] DecodeError),
    /// More of something than a proof has.
    #[error("{found} {what} are more than the {most} of a proof")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How many.
        found: usize,
        /// At most.
        most: usize,
    },
    /// The header of another block.
    #[error("the header is of block {found}, not {expected}")]
    OtherBlock {
        /// Its hash.
        found: B256,
        /// The block that it should be of.
        expected: B256,
    },
    /// Bytes that are no header.
    #[error("the header is malformed: {0}")]
    Header(&'static str),
    /// The nodes do not lead to a receipt.
    #[error(
        "the receipt of transaction {transaction} is not under the header's receipts root: {why}"
    )]
    Trie {
        /// Its position in the block.
        transaction: u64,
        /// Why.
        #[source]
        why: TrieError,
    },
    /// What is under the root is no receipt.
    #[error("the receipt of transaction {transaction} cannot be read: {why}")]
    Receipt {
        /// Its position in the block.
        transaction: u64,
        /// Why.
        why: String,
    },
    /// The receipt has fewer logs.
    #[error("the receipt of transaction {transaction} has {logs} logs, so none at {log}")]
    NoLog {
        /// The transaction's position in the block.
        transaction: u64,
        /// Where the log should be.
        log: u64,
        /// How many there are.
        logs: usize,
    },
    /// A log that no contract of the network file can have emitted.
    #[error("log {log} of transaction {transaction} is no event of {contract}: {why}")]
    NotEvent {
        /// The transaction's position in the block.
        transaction: u64,
        /// The log's in its receipt.
        log: u64,
        /// Whose log it is.
        contract: Address,
        /// What is wrong.
        why: String,
    },
}

impl ReceiptProofError {
    /// The part of the proof that is wrong: `form`, `block`, `receipt` or `event`.
    pub const fn part(&self) -> &'static str {
        match self {
            Self::Form(_) | Self::TooMuch { .. } | Self::Header(_) => "form",
            Self::OtherBlock { .. } => "block",
            Self::Trie { .. } | Self::Receipt { .. } => "receipt",
            Self::NoLog { .. } | Self::NotEvent { .. } => "event",
        }
    }
}

impl ReceiptProof {
    /// The strict DAG-CBOR block.
    pub fn encode(&self) -> Vec<u8> {
        let bytes = |bytes: &Vec<u8>| Value::Bytes(bytes.clone());
        Value::map([
            ("version", Value::Uint(VERSION)),
            ("header", bytes(&self.header)),
            ("transaction", self.transaction.into()),
            ("log", self.log.into()),
            ("nodes", Value::List(self.nodes.iter().map(bytes).collect())),
        ])
        .encode()
    }

    /// Reads a proof, at most 1 MiB of it, and checks nothing but its form.
    ///
    /// # Errors
    /// Anything but the schema; more than a proof can have.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceiptProofError> {
        let mut map = Reader::decode("the proof", bytes)?;
        let version = map.uint("version")?;
        if version != VERSION {
            let text = format!("the proof's version is {version}, not {VERSION}");
            return Err(DecodeError::Schema(text).into());
        }
        let node = |value| match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        };
        let proof = Self {
            header: map.bytes("header")?,
            transaction: map.uint("transaction")?,
            log: map.uint("log")?,
            nodes: map.items("nodes", "a list of byte strings", node)?,
        };
        map.end()?;
        dag_cbor::demand_equal("the proof", &proof.encode(), bytes)?;
        at_most("bytes of header", proof.header.len(), HEADER)?;
        at_most("nodes", proof.nodes.len(), NODES)?;
        Ok(proof)
    }

    /// The number of the block that the proof says it is of: by it a node is asked for the hash.
    ///
    /// # Errors
    /// A header that is none.
    pub fn claimed_block(&self) -> Result<u64, ReceiptProofError> {
        Ok(Header::read(&self.header)?.number)
    }

    /// The event that it proves to be in the block with this hash, emitted by one of `contracts`.
    ///
    /// # Errors
    /// Says which part of the proof does not hold.
    pub fn verify(&self, block: B256, contracts: &Contracts) -> Result<Proved, ReceiptProofError> {
        let found = keccak256(&self.header);
        if found != block {
            return Err(ReceiptProofError::OtherBlock { found, expected: block });
        }
        let header = Header::read(&self.header)?;
        let (transaction, log) = (self.transaction, self.log);
        let receipt = trie::verify(header.receipts_root, &trie::key(transaction), &self.nodes)
            .map_err(|why| ReceiptProofError::Trie { transaction, why })?;
        let receipt = ReceiptEnvelope::decode_2718_exact(receipt)
            .map_err(|why| ReceiptProofError::Receipt { transaction, why: why.to_string() })?;
        let logs = receipt.logs();
        let found = usize::try_from(log).ok().and_then(|log| logs.get(log));
        let found = found.ok_or(ReceiptProofError::NoLog { transaction, log, logs: logs.len() })?;
        let contract = found.address;
        let event = Event::read(contracts, contract, found.topics(), &found.data.data)
            .map_err(|why| ReceiptProofError::NotEvent { transaction, log, contract, why })?;
        Ok(Proved {
            block: header.number,
            hash: block,
            parent: header.parent,
            time: header.time,
            transaction,
            log,
            contract,
            event,
        })
    }
}

/// Reads a proof and says which event it proves to be in the block with this hash.
///
/// # Errors
/// Says which part of the proof does not hold.
pub fn verify_receipt_proof(
    bytes: &[u8],
    block: B256,
    contracts: &Contracts,
) -> Result<Proved, ReceiptProofError> {
    ReceiptProof::decode(bytes)?.verify(block, contracts)
}

fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), ReceiptProofError> {
    if found <= most { Ok(()) } else { Err(ReceiptProofError::TooMuch { what, found, most }) }
}

/// What is read of a header. Later forks append fields, which its hash binds too.
struct Header {
    parent: B256,
    receipts_root: B256,
    number: u64,
    time: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, ReceiptProofError> {
        let read = || {
            let items = trie::items(bytes).map_err(|_| "it is no list in RLP")?;
            let item = |at: usize| items.get(at).copied().ok_or("it has too few fields");
            let word = |at| {
                let word = trie::string(item(at)?).ok().and_then(|word| B256::try_from(word).ok());
                word.ok_or("a hash has not 32 bytes")
            };
            let number = |at| {
                let mut item = item(at)?;
                u64::decode(&mut item).map_err(|_: rlp::Error| "a number is none of 64 bits")
            };
            Ok(Self {
                parent: word(PARENT)?,
                receipts_root: word(RECEIPTS_ROOT)?,
                number: number(NUMBER)?,
                time: number(TIME)?,
            })
        };
        read().map_err(ReceiptProofError::Header)
    }
}

#[cfg(test)]
mod tests;
