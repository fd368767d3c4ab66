//! The genotypes of one column: each is a dosage 0, 1, 2 or missing, they make up the elements
//! that the leaf hashes, and they are counted. Two constraints a genotype, the least that plain
//! R1CS allows. Specification: `docs/spec/circuit.md`, "Genotypes" and "Counts".

use super::values::Values;
use crate::panel::GENOTYPES_PER_ELEMENT;
use crate::panel::column::MISSING;
use crate::r1cs::{Combination, R1cs, Run, Wire, Wires};
use crate::shape::Shape;
use ark_ff::{AdditiveGroup, Field};
use ledger::Fr;

/// The wires of one column.
pub(crate) struct Genotypes {
    /// d: 0, 1, 2 or 3 for missing.
    pub(crate) dosages: Run,
    /// y: 0, 0, 1 or K.
    pub(super) marks: Run,
    pub(crate) elements: Run,
    /// How many have two copies, in binary.
    pub(super) doubles: Run,
    /// How many are missing, in binary.
    pub(super) missing: Run,
    pub(crate) allele_count: Wire,
    pub(crate) allele_number: Wire,
}

/// K: a power of two above the slots, so that a sum of marks has two digits, both below it.
const fn base(shape: &Shape) -> u64 {
    (shape.slots() as u64 + 1).next_power_of_two()
}

impl Genotypes {
    pub(crate) fn allocate(wires: &mut Wires, shape: &Shape) -> Self {
        let bits = base(shape).ilog2() as usize;
        Self {
            dosages: wires.run(shape.slots()),
            marks: wires.run(shape.slots()),
            elements: wires.run(shape.elements),
            doubles: wires.run(bits),
            missing: wires.run(bits),
            allele_count: wires.one(),
            allele_number: wires.one(),
        }
    }

    pub(crate) fn constrain(&self, r1cs: &mut R1cs, shape: &Shape) {
        self.constrain_each(r1cs, base(shape));
        self.constrain_elements(r1cs);
        self.constrain_counts(r1cs, shape);
    }

    /// (d, y) is (0, 0), (1, 0), (2, 1) or (3, K): `y · ((K−1)(d−2) − (y−1)) = 0` and
    /// `(d − 2y) · (2y − K(d−1)) = 0` are two pairs of lines through these four points, no three
    /// of which are collinear for K ∉ {0, 3/2, 2}; pairs of distinct lines meet nowhere else.
    fn constrain_each(&self, r1cs: &mut R1cs, base: u64) {
        for (d, y) in self.dosages.iter().zip(self.marks.iter()) {
            r1cs.enforce(y, (base - 1) * (d - 2) - (y - 1), 0);
            r1cs.enforce(d - 2 * y, 2 * y - base * (d - 1), 0);
        }
    }

    /// An element is Σ d_i·4^i: 252 bits are below the modulus, so no other dosages make it up.
    fn constrain_elements(&self, r1cs: &mut R1cs) {
        for (number, element) in self.elements.iter().enumerate() {
            let part = self.dosages.part(GENOTYPES_PER_ELEMENT * number, GENOTYPES_PER_ELEMENT);
            r1cs.enforce(element, 1, Combination::digits(part, 4));
        }
    }

    /// Σy = n2 + K·n3, both digits in binary below K: they are unique, for K² is below the
    /// modulus. AC = Σd − 3·n3 and AN = 2·(slots − n3).
    fn constrain_counts(&self, r1cs: &mut R1cs, shape: &Shape) {
        for bit in self.doubles.iter().chain(self.missing.iter()) {
            r1cs.enforce(bit, bit, bit);
        }
        let doubles = Combination::digits(self.doubles, 2);
        let missing = Combination::digits(self.missing, 2);
        let marks = Combination::sum(self.marks.iter());
        r1cs.enforce(doubles + base(shape) * missing.clone(), 1, marks);

        let dosages = Combination::sum(self.dosages.iter());
        let copies = dosages - u64::from(MISSING) * missing.clone();
        r1cs.enforce(self.allele_count, 1, copies);
        let called = 2 * (Combination::from(shape.slots() as u64) - missing);
        r1cs.enforce(self.allele_number, 1, called);
    }

    /// `dosages` fill every slot; `elements` are theirs. Returns AC and AN.
    pub(crate) fn assign(
        &self,
        values: &mut Values<'_>,
        shape: &Shape,
        dosages: &[u8],
        elements: &[Fr],
    ) -> (u64, u64) {
        let mark_of = [Fr::ZERO, Fr::ZERO, Fr::ONE, Fr::from(base(shape))];
        let mut counts = [0u64; 4];
        for ((dosage, d), y) in dosages.iter().zip(self.dosages.iter()).zip(self.marks.iter()) {
            values.set(d, *dosage);
            values.set(y, mark_of[usize::from(*dosage)]);
            counts[usize::from(*dosage)] += 1;
        }
        self.elements.iter().zip(elements).for_each(|(wire, element)| values.set(wire, *element));
        let [_, single, double, missing] = counts;
        for (bits, count) in [(self.doubles, double), (self.missing, missing)] {
            bits.iter().enumerate().for_each(|(i, wire)| values.set(wire, count >> i & 1));
        }
        let allele_count = single + 2 * double;
        let allele_number = 2 * (shape.slots() as u64 - missing);
        values.set(self.allele_count, allele_count);
        values.set(self.allele_number, allele_number);
        (allele_count, allele_number)
    }
}
