//! Placeholder until the evaluations are measured.
fn main() {}
