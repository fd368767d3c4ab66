//! The values of wires, or of a stretch of them, so that several cores can fill in one witness.

use crate::r1cs::Wire;
use ledger::Fr;

/// Values of consecutive wires.
pub(crate) struct Values<'a> {
    first: usize,
    values: &'a mut [Fr],
}

impl<'a> Values<'a> {
    /// Of all wires.
    pub(crate) const fn all(values: &'a mut [Fr]) -> Self {
        Self { first: 0, values }
    }

    /// Of the wires from `first` on.
    pub(crate) const fn from(first: usize, values: &'a mut [Fr]) -> Self {
        Self { first, values }
    }

    /// # Panics
    /// On a wire outside the stretch.
    pub(crate) fn set(&mut self, wire: Wire, value: impl Into<Fr>) {
        self.values[wire.0 as usize - self.first] = value.into();
    }
}
