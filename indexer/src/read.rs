//! Reading the index: plain structs, one query each, so that every answer is of one block.

pub(crate) mod dataset;
pub(crate) mod event;
pub(crate) mod filter;
pub(crate) mod grant;
pub(crate) mod log;
pub(crate) mod manifest;
pub(crate) mod page;
pub(crate) mod result;
