//! The tree over a panel's leaves: arity 16, nodes `P("node"; 16 children)`, empty leaf 0, nodes
//! above empty leaves hashed like any other. Leaves stream through; of 4,096 of them one node
//! stays. Specification: `docs/spec/panel.md`.

use super::{LeafList, LeafListError};
use ark_ff::AdditiveGroup;
use ledger::{Fr, Tag, poseidon};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Children of a node.
pub const ARITY: usize = 16;

/// Levels that are finished within one batch of leaves.
const BATCH_LEVELS: usize = 3;

/// The least depth that holds so many leaves; 0 for one leaf or none.
pub const fn depth(columns: u64) -> usize {
    let (mut depth, mut capacity) = (0, 1u128);
    while capacity < columns as u128 {
        capacity *= ARITY as u128;
        depth += 1;
    }
    depth
}

/// A node's place: its level, 1 above the leaves, and its index from the left.
pub type Place = (usize, u64);

/// The root, and the children of the nodes that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The only node of the highest level; the leaf itself at depth 0, 0 without leaves.
    pub root: Fr,
    /// Children of nodes on the way to the root.
    pub opened: BTreeMap<Place, [Fr; ARITY]>,
}

impl Tree {
    /// The root alone.
    ///
    /// # Errors
    /// A list that cannot be read or holds something else than field elements.
    pub fn root(leaves: &LeafList) -> Result<Fr, LeafListError> {
        Self::open(leaves, &[]).map(|tree| tree.root)
    }

    /// The root, and every node above the leaves with these indices.
    ///
    /// # Errors
    /// As [`Tree::root`].
    pub fn open(leaves: &LeafList, indices: &[u64]) -> Result<Self, LeafListError> {
        let depth = depth(leaves.columns());
        let wanted = (1..=depth)
            .flat_map(|level| indices.iter().map(move |i| (level, i >> (4 * level))))
            .collect();
        let mut growth = Growth { wanted, opened: BTreeMap::new(), empty: empty_nodes(depth) };
        let batch_levels = depth.min(BATCH_LEVELS);
        let mut nodes = Vec::new();
        for batch in leaves.batches(ARITY.pow(BATCH_LEVELS as u32)) {
            let first = (nodes.len() as u64) << (4 * batch_levels);
            nodes.extend(growth.climb(batch?, first, 0, batch_levels));
        }
        let top = growth.climb(nodes, 0, batch_levels, depth);
        let root = top.first().copied().unwrap_or(Fr::ZERO);
        Ok(Self { root, opened: growth.opened })
    }
}

struct Growth {
    wanted: BTreeSet<Place>,
    opened: BTreeMap<Place, [Fr; ARITY]>,
    /// The node of each level that has empty leaves alone below it.
    empty: Vec<Fr>,
}

impl Growth {
    /// Hashes a run of nodes of level `from`, the first of which is number `first`, to level `to`.
    fn climb(&mut self, mut nodes: Vec<Fr>, first: u64, from: usize, to: usize) -> Vec<Fr> {
        for level in from..to {
            let children: Vec<[Fr; ARITY]> =
                nodes.chunks(ARITY).map(|chunk| filled(chunk, self.empty[level])).collect();
            let parent = first >> (4 * (level + 1 - from));
            for (node, children) in (parent..).zip(&children) {
                if self.wanted.contains(&(level + 1, node)) {
                    self.opened.insert((level + 1, node), *children);
                }
            }
            nodes = children.par_iter().map(node).collect();
        }
        nodes
    }
}

fn filled(chunk: &[Fr], empty: Fr) -> [Fr; ARITY] {
    let mut children = [empty; ARITY];
    children[..chunk.len()].copy_from_slice(chunk);
    children
}

fn empty_nodes(depth: usize) -> Vec<Fr> {
    let above = |below: &Fr| Some(node(&[*below; ARITY]));
    std::iter::successors(Some(Fr::ZERO), above).take(depth).collect()
}

fn node(children: &[Fr; ARITY]) -> Fr {
    poseidon::hash(Tag::NODE, children)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, without batches: every level complete.
    fn plain(leaves: &[Fr]) -> Vec<Vec<Fr>> {
        let depth = depth(leaves.len() as u64);
        let mut level = leaves.to_vec();
        level.resize(ARITY.pow(depth as u32), Fr::ZERO);
        let mut levels = vec![level];
        for _ in 0..depth {
            let below = levels.last().unwrap();
            levels.push(below.as_chunks().0.iter().map(node).collect());
        }
        levels
    }

    #[test]
    fn depth_is_the_least_that_holds_all() {
        let cases = [(0, 0), (1, 0), (2, 1), (16, 1), (17, 2), (256, 2), (257, 3), (4097, 4)];
        for (columns, expected) in cases {
            assert_eq!(depth(columns), expected, "{columns} columns");
        }
        assert_eq!(depth(u64::MAX), 16);
    }

    #[test]
    fn streaming_equals_the_definition() {
        for count in [0u64, 1, 2, 16, 17, 255, 257, 300, 4097] {
            let leaves: Vec<Fr> = (1..=count).map(Fr::from).collect();
            let levels = plain(&leaves);
            let list = LeafList::of(&leaves);
            let indices: Vec<u64> =
                [0, 5, 250, count.saturating_sub(1)].into_iter().filter(|i| *i < count).collect();
            let tree = Tree::open(&list, &indices).unwrap();
            assert_eq!(tree.root, levels.last().unwrap().first().copied().unwrap_or(Fr::ZERO));
            let mut expected = BTreeMap::new();
            for level in 1..levels.len() {
                for index in &indices {
                    let node = index >> (4 * level);
                    let children = levels[level - 1].as_chunks().0[node as usize];
                    expected.insert((level, node), children);
                }
            }
            assert_eq!(tree.opened, expected, "{count} leaves");
            assert_eq!(Tree::root(&list).unwrap(), tree.root);
        }
    }
}
