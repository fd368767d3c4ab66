//! What is proved and how: the commitment to a panel, the circuits over it, their keys, proofs.

pub mod panel;
mod r1cs;
mod circuit;
mod shape;
