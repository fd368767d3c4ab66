//! The event accumulator: one slot that commits to every event of a contract, in order.
//! Specification: `docs/spec/contracts.md`, vectors `accumulator.json`.

use alloy_primitives::{Address, B256, U256, keccak256};

/// The value before the first event:
/// `keccak256(abi.encode(keccak256("provenome/v1/accumulator"), chainid, contract))`.
pub fn seed(chain: u64, contract: Address) -> B256 {
    let tag = keccak256("provenome/v1/accumulator");
    let chain = U256::from(chain).to_be_bytes::<32>();
    keccak256([tag.as_slice(), &chain, contract.into_word().as_slice()].concat())
}

/// The value after one more event:
/// `keccak256(abi.encode(acc, keccak256(topics joined), keccak256(data)))`.
pub fn extend(acc: B256, topics: &[B256], data: &[u8]) -> B256 {
    let topics = keccak256(topics.concat());
    keccak256([acc, topics, keccak256(data)].concat())
}
