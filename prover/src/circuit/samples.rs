//! How many people there are, within the last element: slots beyond the last person are known as
//! such, and the columns have to hold missing there, or hidden people could be counted.
//! Specification: `docs/spec/circuit.md`, "Samples".

use super::values::Values;
use crate::panel::GENOTYPES_PER_ELEMENT as SLOTS;
use crate::panel::column::MISSING;
use crate::r1cs::{Combination, R1cs, Run, Wire, Wires};
use crate::shape::Shape;
use ledger::Fr;

/// The number of people, and for each slot but the first of the last element whether it lies
/// beyond the last person.
pub(crate) struct Samples {
    pub(crate) count: Wire,
    beyond: Run,
}

impl Samples {
    pub(crate) fn allocate(wires: &mut Wires) -> Self {
        Self { count: wires.one(), beyond: wires.run(SLOTS - 1) }
    }

    /// With r = count − 126·(elements − 1), beyond_0 = 0 and beyond_126 = 1:
    /// `(beyond_j − beyond_{j−1}) · (r − j) = 0` for j = 1 … 126. The differences sum to 1, so one
    /// is not 0, its j is r, and the others are 0: slots from r on lie beyond, r is 1 … 126.
    ///
    /// A slot beyond holds missing in every column: `beyond_j · Σ (3 − d_j) = 0`, where the sum
    /// over the columns is one of small numbers, none negative, and 0 only if each is.
    pub(crate) fn constrain(&self, r1cs: &mut R1cs, shape: &Shape, last_elements: &[Run]) {
        let before = (SLOTS * (shape.elements - 1)) as u64;
        for slot in 1..=SLOTS {
            let is_end = self.beyond(slot) - self.beyond(slot - 1);
            r1cs.enforce(is_end, self.count - (before + slot as u64), 0);
        }
        for slot in 1..SLOTS {
            let called = last_elements.iter().fold(Combination::default(), |sum, dosages| {
                sum + u64::from(MISSING) - dosages.at(slot)
            });
            r1cs.enforce(self.beyond(slot), called, 0);
        }
    }

    fn beyond(&self, slot: usize) -> Combination {
        match slot {
            0 => 0.into(),
            SLOTS => 1.into(),
            _ => self.beyond.at(slot - 1).into(),
        }
    }

    pub(crate) fn assign(&self, values: &mut Values<'_>, samples: u64) {
        values.set(self.count, samples);
        let used = 1 + (samples - 1) % SLOTS as u64;
        for (slot, wire) in (1..).zip(self.beyond.iter()) {
            values.set(wire, Fr::from(u64::from(slot >= used)));
        }
    }
}
