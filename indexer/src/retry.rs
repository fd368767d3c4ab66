//! Asking a node again, with growing pauses. No answer, null and an error are the same here: none of
//! them ever counts as "nothing there".

use ledger::chain::{At, Block, ChainError, Node};
use std::time::Duration;

/// Pauses between tries: 3 s in all.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
];

/// The last answer to `question`, which is asked again while it fails in a way that may pass and
/// `worth` says so.
pub(crate) fn ask_while<T>(
    mut worth: impl FnMut() -> bool,
    mut question: impl FnMut() -> Result<T, ChainError>,
) -> Result<T, ChainError> {
    for pause in PAUSES {
        match question() {
            Err(error) if may_pass(&error) && worth() => std::thread::sleep(pause),
            answer => return answer,
        }
    }
    question()
}

/// As [`ask_while`], to the end.
pub(crate) fn ask<T>(question: impl FnMut() -> Result<T, ChainError>) -> Result<T, ChainError> {
    ask_while(|| true, question)
}

/// The header at a height that the node's head has passed.
pub(crate) fn header(node: &Node, number: u64) -> Result<Block, ChainError> {
    ask(|| {
        node.block(At::Number(number))?.ok_or_else(|| ChainError::Strange {
            url: node.url().to_owned(),
            why: format!("it has no block {number}, though its head is not below"),
        })
    })
}

fn may_pass(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Unreachable { .. } | ChainError::Request { .. } | ChainError::Strange { .. }
    )
}
