//! The Merkle-Patricia trie of a block's receipts: which nodes lead to one receipt, and the check that
//! they do. Keys are transactions' indexes in RLP (Yellow Paper, appendices B and D; EIP-2718).
//!
//! The nodes are taken from `alloy-trie`'s builder; the check is our own, because versions of that
//! crate's accepted forged and truncated proofs. The tests hold each against the other.

use alloy::rlp::{self, EMPTY_LIST_CODE, PayloadView};
use alloy::trie::proof::ProofRetainer;
use alloy::trie::root::adjust_index_for_rlp;
use alloy::trie::{HashBuilder, Nibbles};
use alloy_primitives::{B256, keccak256};

/// Children of a branch, and its value.
const BRANCH: usize = 17;
/// A node that is shorter stands in its parent, in place of its hash.
const HASHED: usize = 32;

/// Why nodes do not lead from the root to a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// The nodes end before the value.
    #[error("the nodes end at depth {0}, before the receipt")]
    Ends(usize),
    /// A node that its parent, or the header, does not name.
    #[error("the node at depth {depth} has hash {found}, not {expected}")]
    OtherNode {
        /// From 0, the root.
        depth: usize,
        /// Its hash.
        found: B256,
        /// The hash above it.
        expected: B256,
    },
    /// A node that no trie has.
    #[error("the node at depth {depth} is malformed: {why}")]
    Malformed {
        /// From 0, the root.
        depth: usize,
        /// What is wrong.
        why: String,
    },
    /// The trie has nothing under the key.
    #[error("the block has no such transaction: the path ends at depth {0}")]
    Absent(usize),
    /// Nodes below the value.
    #[error("{0} nodes follow the receipt")]
    Surplus(usize),
}

/// A transaction's key.
pub(super) fn key(transaction: u64) -> Vec<u8> {
    rlp::encode(transaction)
}

/// The root of the trie of `values`, and the nodes from it to the one at `target`.
pub(super) fn nodes_to(values: &[Vec<u8>], target: usize) -> (B256, Vec<Vec<u8>>) {
    let path = |index: usize| Nibbles::unpack(key(index as u64));
    let mut builder =
        HashBuilder::default().with_proof_retainer(ProofRetainer::new(vec![path(target)]));
    for place in 0..values.len() {
        // The builder takes keys in their order, which is not that of the numbers.
        let index = adjust_index_for_rlp(place, values.len());
        builder.add_leaf(path(index), &values[index]);
    }
    let root = builder.root();
    let nodes = builder.take_proof_nodes().into_nodes_sorted().into_iter();
    let stands_alone = |(path, node): &(Nibbles, _)| -> bool {
        let node: &alloy_primitives::Bytes = node;
        path.is_empty() || node.len() >= HASHED
    };
    (root, nodes.filter(stands_alone).map(|(_, node)| node.to_vec()).collect())
}

/// What a branch or an extension names.
enum Child<'a> {
    Hash(B256),
    Inline(&'a [u8]),
}

/// The value under `key` in the trie with this root, by the nodes on the way, the root first. All of
/// them must be on it.
pub(super) fn verify<'a>(
    root: B256,
    key: &[u8],
    nodes: &'a [Vec<u8>],
) -> Result<&'a [u8], TrieError> {
    let path: Vec<u8> = key.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).collect();
    let (mut path, mut left) = (path.as_slice(), nodes.iter());
    let mut child = Child::Hash(root);
    loop {
        let depth = nodes.len() - left.len();
        let node = match child {
            Child::Inline(node) => node,
            Child::Hash(expected) => {
                let node = left.next().ok_or(TrieError::Ends(depth))?;
                let found = keccak256(node);
                if found != expected {
                    return Err(TrieError::OtherNode { depth, found, expected });
                }
                node
            }
        };
        let malformed = |why: &str| TrieError::Malformed { depth, why: why.to_owned() };
        let items = items(node).map_err(|why| malformed(&why.to_string()))?;
        let next = match items.as_slice() {
            [prefix, below] => {
                let prefix = string(prefix).map_err(|why| malformed(&why.to_string()))?;
                let (is_leaf, part) = partial_path(prefix).ok_or_else(|| malformed("its path"))?;
                path = path.strip_prefix(part.as_slice()).ok_or(TrieError::Absent(depth))?;
                if is_leaf && !path.is_empty() {
                    return Err(TrieError::Absent(depth));
                }
                if is_leaf {
                    let value = string(below).map_err(|why| malformed(&why.to_string()))?;
                    return if left.len() == 0 {
                        Ok(value)
                    } else {
                        Err(TrieError::Surplus(left.len()))
                    };
                }
                if part.is_empty() {
                    return Err(malformed("an extension without a path"));
                }
                below
            }
            children if children.len() == BRANCH => {
                // No key begins another one, so that none ends in a branch.
                let (nibble, rest) = path.split_first().ok_or(TrieError::Absent(depth))?;
                path = rest;
                children[usize::from(*nibble)]
            }
            _ => return Err(malformed("it has neither 2 nor 17 items")),
        };
        child = match next {
            inline if inline.first().is_some_and(|first| *first >= EMPTY_LIST_CODE) => {
                Child::Inline(inline)
            }
            hash => match string(hash).map_err(|why| malformed(&why.to_string()))? {
                [] => return Err(TrieError::Absent(depth)),
                hash => match B256::try_from(hash) {
                    Ok(hash) => Child::Hash(hash),
                    Err(_) => return Err(malformed("a child that is neither a node nor a hash")),
                },
            },
        };
    }
}

/// The items of a list that is all of `bytes`, each with its own header.
pub(super) fn items(mut bytes: &[u8]) -> rlp::Result<Vec<&[u8]>> {
    match rlp::Header::decode_raw(&mut bytes)? {
        PayloadView::List(items) if bytes.is_empty() => Ok(items),
        PayloadView::List(_) => Err(rlp::Error::UnexpectedLength),
        PayloadView::String(_) => Err(rlp::Error::UnexpectedString),
    }
}

/// The payload of a string that is all of `item`.
pub(super) fn string(mut item: &[u8]) -> rlp::Result<&[u8]> {
    let payload = rlp::Header::decode_bytes(&mut item, false)?;
    if item.is_empty() { Ok(payload) } else { Err(rlp::Error::UnexpectedLength) }
}

/// Whether it is a leaf's, and the nibbles: a flag's nibble, then one more or a zero to even them.
fn partial_path(bytes: &[u8]) -> Option<(bool, Vec<u8>)> {
    let (first, rest) = bytes.split_first()?;
    let (flag, low) = (first >> 4, first & 0xf);
    let odd = match flag {
        1 | 3 => Some(low),
        0 | 2 if low == 0 => None,
        _ => return None,
    };
    let rest = rest.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    Some((flag >= 2, odd.into_iter().chain(rest).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::trie::proof::verify_proof;
    use alloy::trie::root::ordered_trie_root_encoded;
    use alloy_primitives::Bytes;

    /// So many values, each of this length and different from the others.
    fn values(count: usize, length: usize) -> Vec<Vec<u8>> {
        let value = |n: usize| {
            let mut value = vec![0xaa; length];
            let number = n.to_be_bytes();
            let kept = length.min(2);
            value[..kept].copy_from_slice(&number[number.len() - kept..]);
            value
        };
        (0..count).map(value).collect()
    }

    fn agree(root: B256, index: usize, value: &[u8], nodes: &[Vec<u8>]) -> Result<(), String> {
        let nodes: Vec<Bytes> = nodes.iter().map(|node| Bytes::from(node.clone())).collect();
        let path = Nibbles::unpack(key(index as u64));
        verify_proof(root, path, Some(value.to_vec()), &nodes).map_err(|e| e.to_string())
    }

    #[test]
    fn every_value_of_tries_of_all_shapes_is_proved_and_no_other_under_its_key() {
        // Lengths below 32 make nodes that stand in their parents.
        for length in [1, 2, 20, 28, 31, 32, 33, 300] {
            for count in [1, 2, 3, 16, 17, 127, 128, 129, 255, 256, 257, 300] {
                let values = values(count, length);
                let edges = [0, 1, 2, 15, 16, 17, 126, 127, 128, 129, 255, 256, count - 1];
                for target in edges.into_iter().filter(|target| *target < count) {
                    let what = format!("{target} of {count} with {length} bytes");
                    let (root, nodes) = nodes_to(&values, target);
                    assert_eq!(root, ordered_trie_root_encoded(&values), "{what}");
                    assert_eq!(verify(root, &key(target as u64), &nodes), Ok(&*values[target]));
                    // The other check does not know a root that is shorter than a hash.
                    if nodes[0].len() >= HASHED {
                        assert_eq!(agree(root, target, &values[target], &nodes), Ok(()), "{what}");
                    }
                    for other in [target + 1, target.wrapping_sub(1), target + 128, count] {
                        let found = verify(root, &key(other as u64), &nodes);
                        let is_there = values.get(other).is_some_and(|value| found == Ok(value));
                        // Neighbours may share their last node that stands alone.
                        assert!(is_there || found.is_err(), "{what}, {other}: {found:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_is_in_the_empty_trie_or_above_the_last_transaction() {
        let (root, nodes) = nodes_to(&[], 0);
        assert_eq!((root, nodes), (alloy::trie::EMPTY_ROOT_HASH, vec![vec![0x80]]));
        assert_eq!(verify(root, &key(0), &[]), Err(TrieError::Ends(0)));
        let is_string =
            Err(TrieError::Malformed { depth: 0, why: rlp::Error::UnexpectedString.to_string() });
        assert_eq!(verify(root, &key(0), &[vec![0x80]]), is_string);
        // The way to a key that is not there, as a builder that is asked for it gives it.
        let values = values(3, 100);
        let (root, nodes) = nodes_to(&values, 9);
        assert_eq!(verify(root, &key(9), &nodes), Err(TrieError::Absent(1)));
        let elsewhere = verify(root, &key(u64::MAX), &nodes);
        assert!(matches!(elsewhere, Err(TrieError::OtherNode { depth: 1, .. })), "{elsewhere:?}");
    }

    #[test]
    fn every_byte_and_every_node_counts() {
        for (count, length) in [(1, 40), (17, 40), (130, 4), (300, 40)] {
            let values = values(count, length);
            let target = count - 1;
            let (root, nodes) = nodes_to(&values, target);
            let key = key(target as u64);
            let wrong = |nodes: &[Vec<u8>], what: String| {
                let found = verify(root, &key, nodes).map(<[u8]>::to_vec);
                assert!(agree(root, target, &values[target], nodes).is_err(), "{what}");
                found.expect_err(&what)
            };
            for depth in 0..nodes.len() {
                for at in 0..nodes[depth].len() {
                    let mut altered = nodes.clone();
                    altered[depth][at] ^= 1;
                    let found = wrong(&altered, format!("byte {at} of node {depth}"));
                    let is_named = |e: &TrieError| matches!(e, TrieError::OtherNode { depth: d, .. } if *d == depth);
                    assert!(is_named(&found), "byte {at} of node {depth}");
                }
                let mut short = nodes.clone();
                short[depth].pop();
                wrong(&short, format!("node {depth} cut"));
                let mut long = nodes.clone();
                long[depth].push(0);
                wrong(&long, format!("node {depth} lengthened"));
                let mut without = nodes.clone();
                without.remove(depth);
                wrong(&without, format!("without node {depth}"));
                let mut twice = nodes.clone();
                twice.insert(depth, nodes[depth].clone());
                wrong(&twice, format!("node {depth} twice"));
            }
            let more = [nodes.clone(), vec![vec![0x80]]].concat();
            assert_eq!(verify(root, &key, &more), Err(TrieError::Surplus(1)));
        }
    }

    #[test]
    fn nodes_that_no_trie_has_are_malformed() {
        let list = |items: &[&[u8]]| {
            let mut out = Vec::new();
            rlp::encode_list::<_, [u8]>(items, &mut out);
            out
        };
        let branch = |child: &[u8]| list(&[child; BRANCH]);
        for (node, why) in [
            (vec![], "input too short"),
            (vec![0x80], "unexpected string"),
            (vec![0xc0], "it has neither 2 nor 17 items"),
            (list(&[b"x"]), "it has neither 2 nor 17 items"),
            (list(&[&[0x20], b"value", b"more"]), "it has neither 2 nor 17 items"),
            (list(&[&[], b"value"]), "its path"),
            (list(&[&[0x21], b"value"]), "its path"),
            (list(&[&[0x40], b"value"]), "its path"),
            (list(&[&[0x00], &[7; 32]]), "an extension without a path"),
            (list(&[&[0x18], b"short"]), "a child that is neither a node nor a hash"),
            (branch(b"short"), "a child that is neither a node nor a hash"),
            ([list(&[&[0x20], b"value"]), vec![0]].concat(), "unexpected length"),
            (vec![0xc1, 0x81, 0x05], "unexpected length"),
        ] {
            let found = verify(keccak256(&node), &key(0), std::slice::from_ref(&node));
            assert!(matches!(found, Err(TrieError::Malformed { depth: 0, .. })), "{found:?}");
            let said = found.unwrap_err().to_string();
            let said = said.strip_prefix("the node at depth 0 is malformed: ").unwrap();
            assert!(said == why || why == "unexpected length", "{said}, not {why}");
        }
        // A leaf whose path goes on, and a branch in which the key ends.
        let leaf = list(&[&[0x20, 0x80, 0x11], b"value"]);
        assert_eq!(verify(keccak256(&leaf), &key(0), &[leaf]), Err(TrieError::Absent(0)));
        let early = list(&[&[0x38], b"value"]);
        assert_eq!(verify(keccak256(&early), &key(0), &[early]), Err(TrieError::Absent(0)));
        let below = branch(&[]);
        let above = list(&[&[0x00, 0x80], keccak256(&below).as_slice()]);
        assert_eq!(verify(keccak256(&above), &key(0), &[above, below]), Err(TrieError::Absent(1)));
    }
}
