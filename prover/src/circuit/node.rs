//! A node of the panel's tree that is opened: the hash of its children, and itself a child of a
//! node above. Specification: `docs/spec/circuit.md`, "Opening".

use super::choice::Choice;
use super::poseidon::Hash;
use super::values::Values;
use crate::panel::tree::ARITY;
use crate::r1cs::{Combination, R1cs, Run, Wires};
use ledger::{Fr, Tag};

/// The wires of one node.
pub(crate) struct Node {
    pub(crate) children: Run,
    pub(crate) hash: Hash,
    /// Among the children of the nodes above; the root has none above it.
    pub(crate) choice: Option<Choice>,
}

impl Node {
    pub(crate) fn allocate(wires: &mut Wires, candidates: Option<usize>) -> Self {
        Self {
            children: wires.run(ARITY),
            hash: Hash::allocate(wires, Tag::NODE, ARITY),
            choice: candidates.map(|candidates| Choice::allocate(wires, candidates)),
        }
    }

    /// The node is `P("node"; children)`.
    pub(crate) fn constrain(&self, r1cs: &mut R1cs) {
        let children: Vec<_> = self.children.iter().map(Combination::from).collect();
        self.hash.constrain(r1cs, &children);
    }

    /// `candidate` is the node's place among the children of those above.
    pub(crate) fn assign(&self, values: &mut Values<'_>, children: &[Fr], candidate: usize) {
        self.children.iter().zip(children).for_each(|(wire, child)| values.set(wire, *child));
        self.hash.assign(values, children);
        if let Some(choice) = &self.choice {
            choice.assign(values, Some(candidate));
        }
    }
}
