//! Linear combinations of wires, written as the sentence of a constraint reads.

use super::{Run, Wire};
use ark_ff::{AdditiveGroup, Field};
use ledger::Fr;
use std::ops::{Add, Mul, Sub};

/// Σ coefficient · wire; a constant stands on [`Wire::ONE`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Combination(Vec<(Wire, Fr)>);

impl Combination {
    /// `self + coefficient · wire`, for long sums.
    pub(crate) fn add_term(&mut self, wire: Wire, coefficient: Fr) {
        self.0.push((wire, coefficient));
    }

    /// Σ base^i · wire_i.
    pub(crate) fn digits(wires: Run, base: u64) -> Self {
        let powers = std::iter::successors(Some(Fr::ONE), |power| Some(*power * Fr::from(base)));
        Self(wires.iter().zip(powers).collect())
    }

    /// Σ wires.
    pub(crate) fn sum(wires: impl IntoIterator<Item = Wire>) -> Self {
        Self(wires.into_iter().map(|wire| (wire, Fr::ONE)).collect())
    }

    /// The terms by wire, each wire once, without zeros: the only form that is hashed.
    pub(super) fn into_terms(mut self) -> Vec<(Wire, Fr)> {
        if !self.0.is_sorted_by(|left, right| left.0 < right.0) {
            self.0.sort_by_key(|(wire, _)| *wire);
            self.0.dedup_by(|term, kept| {
                let same = term.0 == kept.0;
                kept.1 += if same { term.1 } else { Fr::ZERO };
                same
            });
        }
        self.0.retain(|(_, coefficient)| *coefficient != Fr::ZERO);
        self.0
    }
}

impl From<Wire> for Combination {
    fn from(wire: Wire) -> Self {
        Self(vec![(wire, Fr::ONE)])
    }
}

impl From<Fr> for Combination {
    fn from(constant: Fr) -> Self {
        Self(vec![(Wire::ONE, constant)])
    }
}

impl From<u64> for Combination {
    fn from(constant: u64) -> Self {
        Fr::from(constant).into()
    }
}

impl<T: Into<Combination>> Add<T> for Combination {
    type Output = Self;

    fn add(mut self, other: T) -> Self {
        self.0.extend(other.into().0);
        self
    }
}

impl<T: Into<Combination>> Sub<T> for Combination {
    type Output = Self;

    fn sub(mut self, other: T) -> Self {
        self.0.extend(other.into().0.into_iter().map(|(wire, c)| (wire, -c)));
        self
    }
}

impl<T: Into<Combination>> Add<T> for Wire {
    type Output = Combination;

    fn add(self, other: T) -> Combination {
        Combination::from(self) + other
    }
}

impl<T: Into<Combination>> Sub<T> for Wire {
    type Output = Combination;

    fn sub(self, other: T) -> Combination {
        Combination::from(self) - other
    }
}

impl Mul<Combination> for Fr {
    type Output = Combination;

    fn mul(self, mut combination: Combination) -> Combination {
        combination.0.iter_mut().for_each(|(_, coefficient)| *coefficient *= self);
        combination
    }
}

impl Mul<Combination> for u64 {
    type Output = Combination;

    fn mul(self, combination: Combination) -> Combination {
        Fr::from(self) * combination
    }
}

impl Mul<Wire> for u64 {
    type Output = Combination;

    fn mul(self, wire: Wire) -> Combination {
        Fr::from(self) * Combination::from(wire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_one_form() {
        let [x, y] = [Wire(3), Wire(1)];
        let sum = 2 * (x + y + 5) - x - 3 * x + (Combination::from(y) - y);
        let expected = vec![(Wire::ONE, Fr::from(10)), (y, Fr::from(2)), (x, -Fr::from(2))];
        assert_eq!(sum.into_terms(), expected);
        assert_eq!((x - x).into_terms(), []);
        assert_eq!(Combination::from(0).into_terms(), []);
    }
}
