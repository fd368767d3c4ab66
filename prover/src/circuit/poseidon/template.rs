//! The rows of one permutation, made once for each width: which wires there are, and what each
//! S-box's output is as a combination of them.
//!
//! Read backwards: with M the matrix and c a round's constants, the outputs w of a round are
//! M⁻¹(v − c), where v are the inputs of the next. A full round's inputs are wires. A partial
//! round's are one wire, its S-box's, and elements of w that pass unchanged: they stay
//! combinations, which grow by one wire a round. Specification: `docs/spec/circuit.md`.

use ark_ff::{AdditiveGroup, Field};
use ledger::Fr;
use ledger::poseidon::{FULL_ROUNDS, Permutation, RATE};
use rayon::prelude::*;
use std::sync::OnceLock;

/// A wire as one permutation sees it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    One,
    Private(usize),
    Output,
}

pub(super) struct Template {
    /// For each S-box, in the order of rounds and elements, its output.
    pub(super) outputs: Vec<Vec<(Slot, Fr)>>,
}

/// S-boxes of a permutation.
fn sboxes(width: usize) -> usize {
    FULL_ROUNDS * width + Permutation::of_width(width).partial_rounds
}

/// Private wires of a permutation: x, x² and x⁴ of each S-box, but no x in the first round, whose
/// inputs are given, and all but one output of the last.
pub(super) fn private_wires(width: usize) -> usize {
    3 * sboxes(width) - 1
}

/// Where the input of an S-box after the first round is.
pub(super) const fn input(width: usize, sbox: usize) -> usize {
    3 * sbox - width
}

/// Where x² and x⁴ of an S-box are.
pub(super) const fn powers(width: usize, sbox: usize) -> [usize; 2] {
    let square = if sbox < width { 2 * sbox } else { input(width, sbox) + 1 };
    [square, square + 1]
}

/// Where an output of the last round is, but for element 0: that follows from the permutation's
/// output.
pub(super) fn last_output(width: usize, element: usize) -> usize {
    3 * sboxes(width) - width + element - 1
}

/// A combination as coefficients: of 1, then of the wires in the order in which they came up.
type Dense = Vec<Fr>;

impl Template {
    pub(super) fn of_width(width: usize) -> &'static Self {
        static WIDTHS: [OnceLock<Template>; RATE] = [const { OnceLock::new() }; RATE];
        let made = &WIDTHS[width - 2];
        made.get().unwrap_or_else(|| {
            // Outside of the cell, which waits for itself where a thread that makes it is given other
            // work by the pool, and that asks for the same.
            let template = Self::new(Permutation::of_width(width));
            made.get_or_init(|| template)
        })
    }

    fn new(permutation: &Permutation) -> Self {
        let Permutation { width, partial_rounds, constants, .. } = permutation;
        let (width, half) = (*width, FULL_ROUNDS / 2);
        let inverse = invert(&permutation.matrix);
        let after = half + partial_rounds;
        let mut outputs = vec![Vec::new(); sboxes(width)];

        let mut end = sboxes(width);
        outputs.splice(end - width..end, last_round(permutation));
        end -= width;
        for round in (0..constants.len() - 1).rev() {
            if round + 1 == after {
                end = partial(&mut outputs, permutation, &inverse, end);
            } else if round + 1 < half || round >= after {
                let next = end..end + width;
                let inputs = next.clone().map(|sbox| input(width, sbox)).collect::<Vec<_>>();
                let combinations = back(&inverse, &units(width), &constants[round + 1]);
                let terms = combinations.iter().map(|dense| terms(dense, &inputs));
                outputs.splice(end - width..end, terms);
                end -= width;
            }
        }
        debug_assert_eq!(end, 0);
        Self { outputs }
    }
}

/// The last round: `output = matrix_0 · y` with all of y but y_0 on wires.
fn last_round(permutation: &Permutation) -> Vec<Vec<(Slot, Fr)>> {
    let (width, row) = (permutation.width, &permutation.matrix[0]);
    let inverse = row[0].inverse().expect("an MDS matrix has no zero");
    let others = (1..width).map(|i| (Slot::Private(last_output(width, i)), -row[i] * inverse));
    let first = [(Slot::Output, inverse)].into_iter().chain(others).collect();
    let on_wires = (1..width).map(|i| vec![(Slot::Private(last_output(width, i)), Fr::ONE)]);
    [first].into_iter().chain(on_wires).collect()
}

/// The partial rounds and the full one before them; `end` is the first S-box after them. Returns
/// the first of theirs.
fn partial(
    outputs: &mut [Vec<(Slot, Fr)>],
    permutation: &Permutation,
    inverse: &[Vec<Fr>],
    end: usize,
) -> usize {
    let Permutation { width, partial_rounds, constants, .. } = permutation;
    let half = FULL_ROUNDS / 2;
    let mut wires: Vec<usize> = (end..end + width).map(|sbox| input(*width, sbox)).collect();
    let mut inputs = units(*width);
    for back_by in 1..=*partial_rounds {
        let sbox = end - back_by;
        inputs = back(inverse, &inputs, &constants[half + partial_rounds - back_by + 1]);
        outputs[sbox] = terms(&inputs[0], &wires);
        wires.push(input(*width, sbox));
        inputs.iter_mut().for_each(|dense| dense.push(Fr::ZERO));
        inputs[0] = vec![Fr::ZERO; wires.len()];
        inputs[0].push(Fr::ONE);
    }
    let first = end - partial_rounds - width;
    for (output, dense) in outputs[first..].iter_mut().zip(back(inverse, &inputs, &constants[half]))
    {
        *output = terms(&dense, &wires);
    }
    first
}

/// The inputs of a full round: a wire each.
fn units(width: usize) -> Vec<Dense> {
    let unit = |i| (0..=width).map(|j| if j == i + 1 { Fr::ONE } else { Fr::ZERO }).collect();
    (0..width).map(unit).collect()
}

/// `M⁻¹(v − c)`.
fn back(inverse: &[Vec<Fr>], inputs: &[Dense], constants: &[Fr]) -> Vec<Dense> {
    let mut inputs = inputs.to_vec();
    inputs.iter_mut().zip(constants).for_each(|(dense, constant)| dense[0] -= constant);
    let combine = |row: &Vec<Fr>| {
        let at = |place| super::dot(row, &inputs.iter().map(|d| d[place]).collect::<Vec<_>>());
        (0..inputs[0].len()).map(at).collect()
    };
    inverse.par_iter().map(combine).collect()
}

fn terms(dense: &[Fr], wires: &[usize]) -> Vec<(Slot, Fr)> {
    let slots = [Slot::One].into_iter().chain(wires.iter().map(|at| Slot::Private(*at)));
    slots.zip(dense).map(|(slot, coefficient)| (slot, *coefficient)).collect()
}

/// Gauss–Jordan on an MDS matrix, whose leading minors are all invertible: no pivot is zero.
fn invert(matrix: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    let width = matrix.len();
    let mut rows: Vec<Vec<Fr>> = matrix.to_vec();
    for (i, row) in rows.iter_mut().enumerate() {
        row.extend((0..width).map(|j| if i == j { Fr::ONE } else { Fr::ZERO }));
    }
    for pivot in 0..width {
        let scale = rows[pivot][pivot].inverse().expect("minors of an MDS matrix are invertible");
        rows[pivot].iter_mut().for_each(|element| *element *= scale);
        let scaled = rows[pivot].clone();
        for (i, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != pivot) {
            let factor = row[pivot];
            debug_assert_ne!(i, pivot);
            row.iter_mut().zip(&scaled).for_each(|(element, p)| *element -= factor * p);
        }
    }
    rows.into_iter().map(|row| row[width..].to_vec()).collect()
}
