//! Whether values satisfy a system: for tests of what each block refuses.

use super::{R1cs, Wire};
use ark_ff::{AdditiveGroup, Field};
use ledger::Fr;

impl R1cs {
    /// The first row that these values break.
    pub(crate) fn violated(&self, values: &[Fr]) -> Option<usize> {
        self.rows().position(|row| !holds(row, values))
    }

    /// The block that a row belongs to.
    pub(crate) fn block_of(&self, row: usize) -> &'static str {
        let begun = self.blocks.partition_point(|(first, _)| *first <= row);
        begun.checked_sub(1).map_or("", |last| self.blocks[last].1)
    }

    fn rows(&self) -> impl Iterator<Item = [&[(Wire, Fr)]; 3]> {
        self.a.rows().zip(self.b.rows()).zip(self.c.rows()).map(|((a, b), c)| [a, b, c])
    }
}

fn holds(row: [&[(Wire, Fr)]; 3], values: &[Fr]) -> bool {
    let value = |terms: &[(Wire, Fr)]| {
        let products = terms.iter().map(|(wire, factor)| values[wire.0 as usize] * factor);
        products.fold(Fr::ZERO, |sum, product| sum + product)
    };
    let [a, b, c] = row.map(value);
    a * b == c
}

/// Changes each wire alone and demands that some row breaks: finds wires that no row binds.
pub(crate) fn assert_bound(r1cs: &R1cs, values: &[Fr]) {
    assert_eq!(r1cs.violated(values), None);
    let rows: Vec<_> = r1cs.rows().collect();
    let mut uses = vec![Vec::new(); r1cs.wires];
    for (number, row) in rows.iter().enumerate() {
        let wires = row.iter().flat_map(|terms| terms.iter());
        wires.for_each(|(wire, _)| uses[wire.0 as usize].push(number));
    }
    let mut values = values.to_vec();
    for wire in 1..r1cs.wires {
        let kept = values[wire];
        values[wire] += Fr::from(0x9e37_79b9u64 + wire as u64).pow([5]);
        let broken = uses[wire].iter().any(|row| !holds(rows[*row], &values));
        assert!(broken, "no row binds wire {wire}");
        values[wire] = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wires;
    use super::*;

    #[test]
    fn the_first_broken_row_is_found() {
        let mut wires = Wires::new();
        let [x, y] = [wires.one(), wires.one()];
        let mut r1cs = R1cs::new(1, wires.count());
        r1cs.begin("square");
        r1cs.enforce(x, x, y);
        r1cs.begin("more");
        r1cs.enforce(x + 1, y - x, 2 * y + 2);
        let values = |x: u64, y: u64| [1, x, y].map(Fr::from);
        assert_eq!(r1cs.violated(&values(3, 10)), Some(0));
        assert_eq!(r1cs.violated(&values(3, 9)), Some(1));
        assert_eq!([0, 1].map(|row| r1cs.block_of(row)), ["square", "more"]);
        assert_eq!(r1cs.blocks(), [("square", 1), ("more", 1)]);
    }
}
