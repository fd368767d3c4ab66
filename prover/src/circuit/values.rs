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

/// Changes each private wire alone and demands that some row breaks: finds wires that no row binds.
#[cfg(test)]
pub(crate) fn assert_bound(r1cs: &crate::r1cs::R1cs, values: &[Fr]) {
    use crate::r1cs::evaluate;
    use ark_ff::Field;
    assert_eq!(r1cs.violated(values), None);
    let rows: Vec<_> = r1cs.a.rows().zip(r1cs.b.rows()).zip(r1cs.c.rows()).collect();
    let mut uses = vec![Vec::new(); r1cs.wires];
    for (number, ((a, b), c)) in rows.iter().enumerate() {
        let wires = [a, b, c].into_iter().flat_map(|row| row.iter());
        wires.for_each(|(wire, _)| uses[wire.0 as usize].push(number));
    }
    let mut values = values.to_vec();
    for wire in 1..r1cs.wires {
        let kept = values[wire];
        values[wire] += Fr::from(0x9e37_79b9u64 + wire as u64).pow([5]);
        let broken = uses[wire].iter().any(|row| {
            let ((a, b), c) = rows[*row];
            evaluate(a, &values) * evaluate(b, &values) != evaluate(c, &values)
        });
        assert!(broken, "no row binds wire {wire}");
        values[wire] = kept;
    }
}
