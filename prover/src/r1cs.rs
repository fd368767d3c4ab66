//! Rank-1 constraint systems: wires, linear combinations, and rows `A·B = C` kept flat. Wires are
//! numbered as iden3's format wants them: the constant one, the public, the private ones.
//! Specification: `docs/spec/circuit.md`.

mod combination;
mod iden3;
#[cfg(test)]
mod satisfaction;

pub(crate) use combination::Combination;
#[cfg(test)]
pub(crate) use satisfaction::assert_bound;

use ledger::Fr;

/// A wire's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wire(pub(crate) u32);

impl Wire {
    /// The wire that carries 1.
    pub(crate) const ONE: Self = Self(0);
}

/// Wires with consecutive numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    first: u32,
    count: u32,
}

impl Run {
    pub(crate) const fn len(&self) -> usize {
        self.count as usize
    }

    /// # Panics
    /// Beyond the last wire.
    pub(crate) fn at(&self, index: usize) -> Wire {
        assert!(index < self.len(), "wire {index} of a run of {}", self.count);
        Wire(self.first + index as u32)
    }

    /// # Panics
    /// Beyond the last wire.
    pub(crate) fn part(&self, first: usize, count: usize) -> Self {
        assert!(first + count <= self.len(), "wires {first}, {count} more, of {}", self.count);
        Self { first: self.first + first as u32, count: count as u32 }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Wire> + ExactSizeIterator + use<> {
        (self.first..self.first + self.count).map(Wire)
    }
}

/// Hands out wires in order.
pub(crate) struct Wires {
    next: u32,
}

impl Wires {
    pub(crate) const fn new() -> Self {
        Self { next: 1 }
    }

    pub(crate) fn one(&mut self) -> Wire {
        self.run(1).at(0)
    }

    pub(crate) fn run(&mut self, count: usize) -> Run {
        let count = u32::try_from(count).expect("a circuit has fewer than 2^32 wires");
        let run = Run { first: self.next, count };
        self.next = self.next.checked_add(count).expect("a circuit has fewer than 2^32 wires");
        run
    }

    /// How many there are, the constant included.
    pub(crate) const fn count(&self) -> usize {
        self.next as usize
    }
}

/// One of the three matrices: terms of all rows, one row after the other.
#[derive(Default)]
pub(crate) struct Matrix {
    ends: Vec<u32>,
    terms: Vec<(Wire, Fr)>,
}

impl Matrix {
    fn push(&mut self, row: Combination) {
        self.terms.extend(row.into_terms());
        self.ends
            .push(u32::try_from(self.terms.len()).expect("a circuit has fewer than 2^32 terms"));
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[(Wire, Fr)]> {
        self.ends.iter().scan(0, |start, end| {
            let row = &self.terms[*start as usize..*end as usize];
            *start = *end;
            Some(row)
        })
    }
}

/// The constraints, without values.
pub(crate) struct R1cs {
    /// Public wires, without the constant.
    pub(crate) public: usize,
    /// All wires, with the constant.
    pub(crate) wires: usize,
    pub(crate) a: Matrix,
    pub(crate) b: Matrix,
    pub(crate) c: Matrix,
    /// The first row of each block of rows, with the block's name.
    pub(crate) blocks: Vec<(usize, &'static str)>,
}

impl R1cs {
    pub(crate) fn new(public: usize, wires: usize) -> Self {
        let [a, b, c] = Default::default();
        Self { public, wires, a, b, c, blocks: Vec::new() }
    }

    /// Rows from here on belong to the block of this name.
    pub(crate) fn begin(&mut self, block: &'static str) {
        self.blocks.push((self.constraints(), block));
    }

    /// The blocks in order of their first row, with their numbers of rows.
    pub(crate) fn blocks(&self) -> Vec<(&'static str, usize)> {
        let ends = self.blocks.iter().skip(1).map(|(first, _)| *first).chain([self.constraints()]);
        let mut counts: Vec<(&'static str, usize)> = Vec::new();
        for ((first, name), end) in self.blocks.iter().zip(ends) {
            match counts.iter_mut().find(|(block, _)| block == name) {
                Some((_, count)) => *count += end - first,
                None => counts.push((name, end - first)),
            }
        }
        counts
    }

    /// Adds `a · b = c`.
    pub(crate) fn enforce(
        &mut self,
        a: impl Into<Combination>,
        b: impl Into<Combination>,
        c: impl Into<Combination>,
    ) {
        self.a.push(a.into());
        self.b.push(b.into());
        self.c.push(c.into());
    }

    pub(crate) const fn constraints(&self) -> usize {
        self.a.ends.len()
    }
}
