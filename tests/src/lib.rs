//! What end-to-end tests share: a local chain, an IPFS node, a block store, a served index, and actors
//! who run the program.

pub mod anvil;
pub mod interruption;
pub mod job;
pub mod kubo;
pub mod proxy;
pub mod redaction;
pub mod scene;
pub mod serving;
pub mod shell;
pub mod transcript;
