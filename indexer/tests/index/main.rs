//! The index over the real local chain: each test starts its own node, deploys the contracts and
//! stops the node again.

mod crash;
mod dump;
mod events;
mod file;
mod finality;
mod lies;
mod listing;
mod log;
mod market;
mod metadata;
mod proxy;
mod reorg;
mod scene;
mod search;
#[cfg(feature = "service")]
mod service;
mod wait;
