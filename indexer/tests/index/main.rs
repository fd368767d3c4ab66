//! The index over the real local chain: each test starts its own node, deploys the contracts and
//! stops the node again.

mod chaos;
mod crash;
mod depths;
mod dump;
mod events;
mod file;
mod finality;
mod full;
mod kills;
mod lies;
mod listing;
mod log;
mod market;
mod metadata;
mod program;
mod proxy;
mod reorg;
mod scene;
mod search;
mod seed;
#[cfg(feature = "service")]
mod service;
mod syscalls;
mod traffic;
mod wait;
