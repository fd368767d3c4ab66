//! A place for one column of the question: its genotypes, and the leaf that commits to them.
//! Specification: `docs/spec/circuit.md`, "Leaf" and "Unused places".

use super::choice::Choice;
use super::genotypes::Genotypes;
use super::poseidon::Hash;
use super::values::Values;
use super::witness::Column;
use crate::panel::column::Kind;
use crate::r1cs::{Combination, R1cs, Wire, Wires};
use crate::shape::Shape;
use ledger::{Fr, Tag};
use zeroize::Zeroizing;

/// The wires of one place.
pub(crate) struct Place {
    /// 1 where a column was asked for, else 0.
    pub(crate) used: Wire,
    pub(crate) key: Wire,
    pub(crate) salt: Wire,
    pub(crate) genotypes: Genotypes,
    pub(crate) leaf: Hash,
    pub(crate) choice: Choice,
}

impl Place {
    pub(crate) fn allocate(wires: &mut Wires, shape: &Shape, candidates: usize) -> Self {
        Self {
            used: wires.one(),
            key: wires.one(),
            salt: wires.one(),
            genotypes: Genotypes::allocate(wires, shape),
            leaf: Hash::allocate(wires, Tag::LEAF, 3 + shape.elements),
            choice: Choice::allocate(wires, candidates),
        }
    }

    pub(crate) fn constrain(&self, r1cs: &mut R1cs, shape: &Shape) {
        r1cs.begin("genotypes");
        self.genotypes.constrain(r1cs, shape);
        self.constrain_leaf(r1cs);
        self.constrain_unused(r1cs);
    }

    /// The leaf is `P("leaf"; 1, key, salt, elements)`.
    fn constrain_leaf(&self, r1cs: &mut R1cs) {
        r1cs.begin("leaf");
        let head = [Combination::from(Fr::from(Kind::Variant)), self.key.into(), self.salt.into()];
        let elements = self.genotypes.elements.iter().map(Combination::from);
        self.leaf.constrain(r1cs, &head.into_iter().chain(elements).collect::<Vec<_>>());
    }

    /// The flag is 0 or 1. An unused place shows nothing: its key is 0, and so are AC and AN,
    /// whose sum is one of small numbers, none negative.
    fn constrain_unused(&self, r1cs: &mut R1cs) {
        r1cs.begin("unused places");
        let unused = Combination::from(1) - self.used;
        r1cs.enforce(self.used, self.used, self.used);
        r1cs.enforce(unused.clone(), self.key, 0);
        r1cs.enforce(unused, self.genotypes.allele_count + self.genotypes.allele_number, 0);
    }

    /// `candidate` is the leaf's place among the children of the nodes above. Returns AC and AN.
    pub(crate) fn assign(
        &self,
        values: &mut Values<'_>,
        shape: &Shape,
        column: &Column,
        candidate: usize,
    ) -> (u64, u64) {
        values.set(self.used, u64::from(column.used));
        values.set(self.key, column.key);
        values.set(self.salt, *column.salt);
        let elements = &column.elements;
        let counts = self.genotypes.assign(values, shape, &column.dosages, elements);
        let head = [Kind::Variant.into(), column.key, *column.salt];
        let inputs = Zeroizing::new([&head, elements.as_slice()].concat());
        self.leaf.assign(values, &inputs);
        self.choice.assign(values, column.used.then_some(candidate));
        counts
    }
}
