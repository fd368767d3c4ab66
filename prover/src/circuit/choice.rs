//! One of several wires carries a value, without saying which: free selectors.
//! Specification: `docs/spec/circuit.md`, "Opening".

use super::values::Values;
use crate::r1cs::{Combination, R1cs, Run, Wire, Wires};
use ark_ff::{AdditiveGroup, Field};
use ledger::Fr;

/// The selectors of all candidates but the last, which follows from their sum.
pub(crate) struct Choice {
    selectors: Run,
}

impl Choice {
    pub(crate) fn allocate(wires: &mut Wires, candidates: usize) -> Self {
        Self { selectors: wires.run(candidates - 1) }
    }

    /// Where `total` is not 0, `chosen` is one of `candidates`: the selectors sum to `total`, so
    /// one is not 0, and `selector · (candidate − chosen) = 0` makes that candidate equal. Where
    /// it is 0, nothing is said.
    pub(crate) fn constrain(
        &self,
        r1cs: &mut R1cs,
        total: impl Into<Combination>,
        chosen: Wire,
        candidates: &[Wire],
    ) {
        assert_eq!(candidates.len(), self.selectors.len() + 1);
        let last = total.into() - Combination::sum(self.selectors.iter());
        let selectors = self.selectors.iter().map(Combination::from).chain([last]);
        for (selector, candidate) in selectors.zip(candidates) {
            r1cs.enforce(selector, *candidate - chosen, 0);
        }
    }

    /// Selects the candidate with this index; without one, all selectors are 0.
    pub(crate) fn assign(&self, values: &mut Values<'_>, index: Option<usize>) {
        for (number, selector) in self.selectors.iter().enumerate() {
            values.set(selector, if Some(number) == index { Fr::ONE } else { Fr::ZERO });
        }
    }
}
