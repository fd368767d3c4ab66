//! The client of the chain: a network file's contracts behind one or more nodes. Everything that a
//! node says is checked against the network file before it is used; what it can still lie about is
//! closed by the accumulators (`indexer`). Specification: `docs/spec/contracts.md`, `network.md`.

mod call;
mod contracts;
mod deploy;
mod error;
mod event;
mod node;
mod receipt_proof;

pub use call::{Anchoring, Balances, Done, Permit, Posting, Purchase};
pub use deploy::{Circuit, Deployment, deploy};
pub use error::{ChainError, Refusal};
pub use event::{Event, NotEvent, RawLog};
pub use node::{At, Block, Call, Included, Node};
pub use receipt_proof::{
    NotProved, Proved, ReceiptProof, ReceiptProofError, TrieError, verify_receipt_proof,
};

pub use alloy::signers::local::PrivateKeySigner;

use crate::Network;
use alloy_primitives::{Address, B256, keccak256};

/// A network's contracts on its chain.
pub struct Chain {
    nodes: Vec<Node>,
    network: Network,
}

impl Chain {
    /// Asks every node for chain id, genesis and the contracts' code, and holds them against the
    /// network file.
    ///
    /// # Errors
    /// A node that does not answer, or that is of another chain.
    pub fn connect(network: Network, nodes: Vec<Node>) -> Result<Self, ChainError> {
        for node in &nodes {
            verify_network(&network, node)?;
        }
        Ok(Self { nodes, network })
    }

    /// The network file.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The node that is asked first; the others are asked to agree.
    pub fn node(&self) -> &Node {
        &self.nodes[0]
    }

    /// All nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Demands that the first node is still on the network's chain: an address may lead to another
    /// one later.
    ///
    /// # Errors
    /// [`ChainError::WrongNetwork`]; no answer.
    pub fn verify_same(&self) -> Result<(), ChainError> {
        verify_chain(&self.network, self.node())
    }

    /// Demands that every node has this block under its number, and every contract's accumulator
    /// there as the first node has it.
    ///
    /// # Errors
    /// One that has another, has none, or does not answer.
    pub fn agree(&self, block: &Block) -> Result<(), ChainError> {
        let (first, others) = self.nodes.split_first().expect("a chain has a node");
        for other in others {
            let disagree = |what: String| ChainError::Disagree {
                a: first.url().to_owned(),
                b: other.url().to_owned(),
                what,
            };
            if other.block(At::Number(block.number))?.map(|b| b.hash) != Some(block.hash) {
                return Err(disagree(format!("block {}", block.number)));
            }
            for (name, contract) in self.network.contracts.all() {
                let at = At::Hash(block.hash);
                let ours = self.acc_at(first, contract.address, at)?;
                if self.acc_at(other, contract.address, at)? != ours {
                    return Err(disagree(format!(
                        "the events of {name} up to block {}",
                        block.number
                    )));
                }
            }
        }
        Ok(())
    }

    /// The hash of the block with this number, if there is one; all nodes must have the same.
    ///
    /// # Errors
    /// One that has another or none, or does not answer.
    pub fn block_hash(&self, number: u64) -> Result<Option<B256>, ChainError> {
        let hash = |node: &Node| {
            Ok::<_, ChainError>(node.block(At::Number(number))?.map(|block| block.hash))
        };
        let (first, others) = self.nodes.split_first().expect("a chain has a node");
        let found = hash(first)?;
        for other in others {
            if hash(other)? != found {
                return Err(ChainError::Disagree {
                    a: first.url().to_owned(),
                    b: other.url().to_owned(),
                    what: format!("block {number}"),
                });
            }
        }
        Ok(found)
    }

    /// The contracts' addresses.
    pub fn addresses(&self) -> [Address; 5] {
        self.network.contracts.all().map(|(_, contract)| contract.address)
    }
}

fn wrong(node: &Node, what: &str) -> Result<(), ChainError> {
    Err(ChainError::WrongNetwork(format!("{what} at {}", node.url())))
}

fn verify_chain(network: &Network, node: &Node) -> Result<(), ChainError> {
    let id = node.chain_id()?;
    if id != network.chain {
        return wrong(node, &format!("chain id {id}, expected {},", network.chain));
    }
    let genesis = node.block(At::Number(0))?.ok_or_else(|| ChainError::Strange {
        url: node.url().to_owned(),
        why: "it has no first block".to_owned(),
    })?;
    if genesis.hash != network.genesis {
        return wrong(node, &format!("another first block than {},", network.genesis));
    }
    Ok(())
}

fn verify_network(network: &Network, node: &Node) -> Result<(), ChainError> {
    verify_chain(network, node)?;
    for (name, contract) in network.contracts.all() {
        let code = node.code(contract.address, At::Latest)?;
        if code.is_empty() || keccak256(&code) != contract.code_hash {
            return wrong(node, &format!("{name} {} has another code,", contract.address));
        }
    }
    Ok(())
}
