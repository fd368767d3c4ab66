//! Making a proof of what a node gives: its receipts of the block must amount to the header, and the
//! header to the block's hash, or the node lies and is named.

use super::{ReceiptProof, ReceiptProofError, trie};
use crate::chain::error::ChainError;
use crate::chain::event::RawLog;
use crate::chain::node::{At, Node};
use crate::network::Contracts;
use alloy::consensus::proofs::calculate_receipt_root;
use alloy::consensus::{Header, ReceiptEnvelope};
use alloy::eips::eip2718::Encodable2718 as _;
use alloy::rlp;
use alloy_primitives::{B256, Log};

/// Bytes of a block's receipts. A block of 60 million gas has at most 8 MiB of logs.
const RECEIPTS: usize = 32 << 20;

/// Where a log stands: the transaction in its block, the log in the transaction's receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) transaction: usize,
    pub(super) log: usize,
}

/// Why no proof could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProved {
    /// The node could not be asked.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The block is not on the node's chain, or not any more.
    #[error("block {number} {hash} is not on the chain of the node {url}")]
    Gone {
        /// The node.
        url: String,
        /// The block's number.
        number: u64,
        /// Its hash.
        hash: B256,
    },
    /// The node gives a header that is not the block's, or receipts that are not the header's.
    #[error(
        "the node {url} lies: what it gives as header and receipts of block {number} does not amount \
         to the block's hash {hash}"
    )]
    False {
        /// The node.
        url: String,
        /// The block's number.
        number: u64,
        /// Its hash.
        hash: B256,
    },
    /// The block has no such log.
    #[error("the receipts of block {number} {hash} have no log as the index has it at {index}")]
    Absent {
        /// The block's number.
        number: u64,
        /// Its hash.
        hash: B256,
        /// Where it should be in the block.
        index: u64,
    },
    /// The block's receipts are too long to be looked through.
    #[error(
        "the receipts of block {number} have {bytes} bytes; at most {RECEIPTS} are looked through"
    )]
    TooLarge {
        /// The block's number.
        number: u64,
        /// Their bytes.
        bytes: usize,
    },
    /// What was made would not be taken by who checks it.
    #[error("no proof can be given of the log in block {number}: {why}")]
    Proof {
        /// The block's number.
        number: u64,
        /// Why it would not be taken.
        #[source]
        why: ReceiptProofError,
    },
}

impl NotProved {
    /// Whether something was checked and found false, rather than could not be asked.
    pub fn is_no(&self) -> bool {
        match self {
            Self::Chain(error) => error.is_no(),
            Self::False { .. } | Self::Absent { .. } => true,
            Self::Gone { .. } | Self::TooLarge { .. } | Self::Proof { .. } => false,
        }
    }
}

impl Node {
    /// The bytes of a proof that `log`, an event of `contracts`, is in the block that it names. It is
    /// found by contract, topics and data; where it stands, the block says.
    ///
    /// # Errors
    /// The node does not answer or has another block there, its receipts do not amount to the block's
    /// hash, they do not have the log, or the proof would be longer than a proof may be.
    pub fn prove_log(&self, log: &RawLog, contracts: &Contracts) -> Result<Vec<u8>, NotProved> {
        let (number, hash) = (log.block, log.block_hash);
        // A node may still give a block that it has left.
        if self.block(At::Number(number))?.map(|block| block.hash) != Some(hash) {
            return Err(NotProved::Gone { url: self.url().to_owned(), number, hash });
        }
        let (header, receipts) = self.header_and_receipts(number, hash)?;
        let receipts: Vec<ReceiptEnvelope> =
            receipts.into_iter().map(|receipt| receipt.inner.into_primitives_receipt()).collect();
        let bytes = receipts.iter().map(ReceiptEnvelope::encode_2718_len).sum();
        if bytes > RECEIPTS {
            return Err(NotProved::TooLarge { number, bytes });
        }
        let is_so =
            header.hash_slow() == hash && calculate_receipt_root(&receipts) == header.receipts_root;
        if !is_so {
            return Err(NotProved::False { url: self.url().to_owned(), number, hash });
        }
        let place = place(&receipts, log);
        let place = place.ok_or(NotProved::Absent { number, hash, index: log.index })?;
        let proof = of_receipts(&header, &receipts, place);
        let proof = proof.encode();
        super::verify_receipt_proof(&proof, hash, contracts)
            .map_err(|why| NotProved::Proof { number, why })?;
        Ok(proof)
    }
}

/// The first place of such a log.
fn place(receipts: &[ReceiptEnvelope], log: &RawLog) -> Option<Place> {
    let is = |found: &Log| {
        found.address == log.address && found.topics() == log.topics && found.data.data == log.data
    };
    receipts.iter().enumerate().find_map(|(transaction, receipt)| {
        let log = receipt.logs().iter().position(is)?;
        Some(Place { transaction, log })
    })
}

/// The proof of the log at `place`; it holds if the receipts are those that the header commits to.
pub(super) fn of_receipts(
    header: &Header,
    receipts: &[ReceiptEnvelope],
    place: Place,
) -> ReceiptProof {
    let values: Vec<_> = receipts.iter().map(ReceiptEnvelope::encoded_2718).collect();
    let (_, nodes) = trie::nodes_to(&values, place.transaction);
    ReceiptProof {
        header: rlp::encode(header),
        transaction: place.transaction as u64,
        log: place.log as u64,
        nodes,
    }
}
