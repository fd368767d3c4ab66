//! What end-to-end tests share: a local chain, a block store, and actors who run the program.

pub mod anvil;
pub mod proxy;
pub mod scene;
