//! The leaves of all places are leaves of one tree: nodes are opened level by level, as many at
//! each as the shape has, and the root once. Where a leaf stands is not bound: the leaf holds its
//! key. Specification: `docs/spec/circuit.md`, "Opening".

use super::node::Node;
use super::place::Place;
use super::values::Values;
use crate::panel::tree::{ARITY, Tree};
use crate::r1cs::{R1cs, Wire, Wires};
use crate::shape::Shape;
use ledger::Fr;
use rayon::prelude::*;

/// The nodes of all levels.
pub(crate) struct Opening {
    /// Level 1 first; the last has the root alone.
    levels: Vec<Vec<Node>>,
    /// Wires of one node of each level.
    sizes: Vec<usize>,
    /// The tree's root; at depth 0 a wire of its own.
    pub(crate) root: Wire,
}

/// How many wires a leaf or node below `level` may be on.
pub(crate) fn candidates(shape: &Shape, level: usize) -> usize {
    match shape.nodes.get(level - 1) {
        None => 1,
        Some(_) if shape.is_own(level) => ARITY,
        Some(nodes) => ARITY * nodes,
    }
}

impl Opening {
    pub(crate) fn allocate(wires: &mut Wires, shape: &Shape) -> Self {
        let depth = shape.depth();
        let (mut levels, mut sizes) = (Vec::<Vec<Node>>::new(), Vec::new());
        for (level, count) in (1..).zip(&shape.nodes) {
            let candidates = (level < depth).then(|| candidates(shape, level + 1));
            let first = wires.count();
            levels.push((0..*count).map(|_| Node::allocate(wires, candidates)).collect());
            sizes.push((wires.count() - first) / count);
        }
        let root = match levels.last() {
            Some(top) => top[0].hash.output(),
            None => wires.one(),
        };
        Self { levels, sizes, root }
    }

    /// Every used place's leaf is a child of a node of level 1, every node a child of one above,
    /// up to the root; at depth 0 the leaf is the root.
    pub(crate) fn constrain(&self, r1cs: &mut R1cs, shape: &Shape, places: &[Place]) {
        r1cs.begin("opening");
        for (i, place) in places.iter().enumerate() {
            let candidates = self.candidates(shape, 1, i);
            place.choice.constrain(r1cs, place.used, place.leaf.output(), &candidates);
        }
        for (level, nodes) in (1..).zip(&self.levels) {
            for (i, node) in nodes.iter().enumerate() {
                node.constrain(r1cs);
                if let Some(choice) = &node.choice {
                    let candidates = self.candidates(shape, level + 1, i);
                    choice.constrain(r1cs, 1, node.hash.output(), &candidates);
                }
            }
        }
    }

    /// The children of the nodes of `level` among which number `i` below is.
    fn candidates(&self, shape: &Shape, level: usize, i: usize) -> Vec<Wire> {
        let Some(nodes) = self.levels.get(level - 1) else { return vec![self.root] };
        let nodes = if shape.is_own(level) { &nodes[i..=i] } else { nodes };
        nodes.iter().flat_map(|node| node.children.iter()).collect()
    }

    /// `values` are those of all wires of the opening, from `first` on.
    pub(crate) fn assign(&self, first: usize, mut values: &mut [Fr], tree: &Tree, route: &Route) {
        if self.levels.is_empty() {
            Values::from(first, values).set(self.root, tree.root);
        }
        let mut first = first;
        for (level, (nodes, size)) in (1..).zip(self.levels.iter().zip(&self.sizes)) {
            let (these, rest) = values.split_at_mut(size * nodes.len());
            these.par_chunks_mut(*size).enumerate().for_each(|(i, stretch)| {
                let children = &tree.opened[&(level, route.nodes[level][i])];
                let candidate = route.candidates.get(level).map_or(0, |below| below[i]);
                nodes[i].assign(&mut Values::from(first + size * i, stretch), children, candidate);
            });
            first += size * nodes.len();
            values = rest;
        }
    }
}

/// Which nodes the wires of an opening stand for.
pub(crate) struct Route {
    /// The leaves of the places, then the nodes of each level.
    pub(crate) nodes: Vec<Vec<u64>>,
    /// For each of these, but for the root: its place among its candidates.
    pub(crate) candidates: Vec<Vec<usize>>,
}

impl Route {
    /// From the leaves with these indices to the root.
    ///
    /// # Panics
    /// Where a level has fewer nodes than are needed: the shape is not for these columns.
    pub(crate) fn new(shape: &Shape, leaves: Vec<u64>) -> Self {
        let mut route = Self { nodes: vec![leaves], candidates: Vec::new() };
        for (level, count) in (1..).zip(&shape.nodes) {
            let below = &route.nodes[level - 1];
            let arity = ARITY as u64;
            let mut above: Vec<u64> = below.iter().map(|node| node / arity).collect();
            let own = shape.is_own(level);
            if !own {
                above.sort_unstable();
                above.dedup();
                assert!(above.len() <= *count, "{shape} has too few nodes of level {level}");
                above.resize(*count, above[0]);
            }
            let candidate = |(i, node): (usize, &u64)| {
                let parent =
                    if own { Some(0) } else { above.iter().position(|a| *a == node / arity) };
                debug_assert!(!own || above[i] == node / arity);
                ARITY * parent.expect("every parent is above") + (node % arity) as usize
            };
            route.candidates.push(below.iter().enumerate().map(candidate).collect());
            route.nodes.push(above);
        }
        if shape.nodes.is_empty() {
            route.candidates.push(vec![0; route.nodes[0].len()]);
        }
        route
    }
}
