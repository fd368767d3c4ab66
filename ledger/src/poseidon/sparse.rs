//! The partial rounds with sparse matrices and one constant a round: equal to the dense form and
//! five times as fast (`docs/spec/hashes.md`, "Sparse partial rounds").
//!
//! Only element 0 passes an S-box, so (1) constants of the other elements move behind it and on
//! through the matrix into the next round, and (2) a matrix diag(1, N) moves through it too: with
//! M = diag(1, N) · S, S sparse, a round keeps S and hands diag(1, N) to the next, which factors
//! M · diag(1, N) in turn. What is left over is one dense product at the end.

use super::{Fr, dot, fifth_power, multiply};
use ark_ff::{AdditiveGroup, Field};

pub(super) struct SparseRounds {
    rounds: Vec<SparseRound>,
    last: Vec<Vec<Fr>>,
    constants_after: Vec<Fr>,
}

/// One round: `x_0 ← (x_0 + constant)^5`, then `(row · x, x_i + column_i · x_0)`.
struct SparseRound {
    constant: Fr,
    row: Vec<Fr>,
    column: Vec<Fr>,
}

impl SparseRounds {
    pub(super) fn new(
        constants: &[Vec<Fr>],
        matrix: &[Vec<Fr>],
        first: usize,
        count: usize,
    ) -> Self {
        let width = matrix.len();
        let mut carried = vec![Fr::ZERO; width];
        let mut current = matrix.to_vec();
        let mut rounds = Vec::with_capacity(count);
        let mut last = Vec::new();
        for round_constants in &constants[first..first + count] {
            let mut sum: Vec<Fr> =
                round_constants.iter().zip(&carried).map(|(c, k)| *c + k).collect();
            let constant = std::mem::take(&mut sum[0]);
            multiply(matrix, &mut sum);
            carried = sum;

            let (dense, round) = factor(&current, constant);
            current = product(matrix, &dense);
            last = dense;
            rounds.push(round);
        }
        let constants_after =
            constants[first + count].iter().zip(&carried).map(|(c, k)| *c + k).collect();
        Self { rounds, last, constants_after }
    }

    /// Round constants of the first full round after the partial ones, what was carried included.
    pub(super) fn constants_after(&self) -> &[Fr] {
        &self.constants_after
    }

    pub(super) fn apply(&self, state: &mut [Fr]) {
        for round in &self.rounds {
            state[0] = fifth_power(state[0] + round.constant);
            let head = dot(&round.row, state);
            let first = state[0];
            for (element, factor) in state[1..].iter_mut().zip(&round.column) {
                *element += first * factor;
            }
            state[0] = head;
        }
        multiply(&self.last, state);
    }
}

/// `matrix = diag(1, N) · S`: the dense left factor and the sparse right one.
fn factor(matrix: &[Vec<Fr>], constant: Fr) -> (Vec<Vec<Fr>>, SparseRound) {
    let width = matrix.len();
    let minor: Vec<Vec<Fr>> = matrix[1..].iter().map(|row| row[1..].to_vec()).collect();
    let inverse = invert(&minor);
    let below: Vec<Fr> = matrix[1..].iter().map(|row| row[0]).collect();
    let column = inverse.iter().map(|row| dot(row, &below)).collect();
    let mut dense = vec![vec![Fr::ZERO; width]; width];
    dense[0][0] = Fr::ONE;
    for (row, from) in dense[1..].iter_mut().zip(&minor) {
        row[1..].copy_from_slice(from);
    }
    (dense, SparseRound { constant, row: matrix[0].clone(), column })
}

fn product(left: &[Vec<Fr>], right: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    let column = |j: usize| right.iter().map(|row| row[j]).collect::<Vec<_>>();
    let columns: Vec<_> = (0..right.len()).map(column).collect();
    left.iter().map(|row| columns.iter().map(|column| dot(row, column)).collect()).collect()
}

/// Gauss–Jordan; minors of an MDS matrix are invertible, and products of invertible ones.
fn invert(matrix: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    let n = matrix.len();
    let mut rows: Vec<Vec<Fr>> = matrix.to_vec();
    for (i, row) in rows.iter_mut().enumerate() {
        row.extend((0..n).map(|j| if i == j { Fr::ONE } else { Fr::ZERO }));
    }
    for pivot in 0..n {
        let at = (pivot..n)
            .find(|&i| rows[i][pivot] != Fr::ZERO)
            .expect("minors of an MDS matrix are invertible");
        rows.swap(pivot, at);
        let scale = rows[pivot][pivot].inverse().expect("a pivot is not zero");
        rows[pivot].iter_mut().for_each(|x| *x *= scale);
        let pivot_row = rows[pivot].clone();
        for (i, row) in rows.iter_mut().enumerate() {
            if i != pivot && row[pivot] != Fr::ZERO {
                let factor = row[pivot];
                row.iter_mut().zip(&pivot_row).for_each(|(x, p)| *x -= factor * p);
            }
        }
    }
    rows.into_iter().map(|row| row[n..].to_vec()).collect()
}
