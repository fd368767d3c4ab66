//! What the fuzzed programs hold the readers of `cohort` to, beyond that nothing panics: answers
//! that two readings, two questions, two containers or a second counter must agree on.
//! `docs/fuzzing.md` says what is run and what it found.

pub mod answers;
pub mod columns;
pub mod container;
pub mod frequency;
pub mod lines;
pub mod opened;
pub mod packed;
pub mod pgen;
pub mod set;

pub use answers::check;
