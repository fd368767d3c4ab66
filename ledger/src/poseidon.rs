//! `P(tag; x_1 … x_n)`: Poseidon over BN254 with circomlib's constants, t = 2 … 17.
//!
//! State element 0 starts as `F(T(tag, u64 n))`; blocks of 16 inputs overwrite elements 1 … 16 and
//! carry element 0; the last, shorter block uses the smallest t that holds it; element 0 is the
//! output. Specification: `docs/spec/hashes.md`, vectors `poseidon.json`.

mod sparse;

use crate::{Fr, Tag, hash};
use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use sparse::SparseRounds;
use std::sync::OnceLock;

/// Inputs that one permutation takes at most.
pub const RATE: usize = 16;
/// Full rounds of every width, half of them before the partial ones.
pub const FULL_ROUNDS: usize = 8;
/// Partial rounds for t = 2 … 17: not monotone, so the table is part of the format.
const PARTIAL_ROUNDS: [usize; RATE] =
    [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/// The permutation of one width: its constants as the circuit needs them, and the sparse form of
/// its partial rounds that native hashing runs.
pub struct Permutation {
    /// t, the number of state elements.
    pub width: usize,
    /// Partial rounds between the two halves of the full ones.
    pub partial_rounds: usize,
    /// Round constants, one row of t a round, full and partial alike.
    pub constants: Vec<Vec<Fr>>,
    /// The MDS matrix, row by row.
    pub matrix: Vec<Vec<Fr>>,
    sparse: SparseRounds,
}

impl Permutation {
    /// The permutation of `width` = 2 … 17 elements, made on first use.
    ///
    /// # Panics
    /// On any other width, which no caller can reach through [`hash`].
    pub fn of_width(width: usize) -> &'static Self {
        static WIDTHS: [OnceLock<Permutation>; RATE] = [const { OnceLock::new() }; RATE];
        WIDTHS[width - 2].get_or_init(|| Self::generate(width))
    }

    /// The Grain generator of the Poseidon paper, run by arkworks; equal to circomlib's tables.
    fn generate(width: usize) -> Self {
        let partial_rounds = PARTIAL_ROUNDS[width - 2];
        let (constants, matrix) = find_poseidon_ark_and_mds::<Fr>(
            u64::from(Fr::MODULUS_BIT_SIZE),
            width - 1,
            FULL_ROUNDS as u64,
            partial_rounds as u64,
            0,
        );
        let sparse = SparseRounds::new(&constants, &matrix, FULL_ROUNDS / 2, partial_rounds);
        Self { width, partial_rounds, constants, matrix, sparse }
    }

    /// Permutes `state` in place.
    pub fn permute(&self, state: &mut [Fr]) {
        let (before, after) = (FULL_ROUNDS / 2, FULL_ROUNDS / 2 + self.partial_rounds);
        for constants in &self.constants[..before] {
            self.full_round(state, constants);
        }
        self.sparse.apply(state);
        for (round, constants) in self.constants[after..].iter().enumerate() {
            if round == 0 {
                self.full_round(state, self.sparse.constants_after());
            } else {
                self.full_round(state, constants);
            }
        }
    }

    fn full_round(&self, state: &mut [Fr], constants: &[Fr]) {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element = fifth_power(*element + constant);
        }
        multiply(&self.matrix, state);
    }
}

/// `x^5`, Poseidon's S-box.
pub(crate) fn fifth_power(x: Fr) -> Fr {
    let square = x.square();
    square.square() * x
}

/// `state ← matrix · state`.
pub(crate) fn multiply(matrix: &[Vec<Fr>], state: &mut [Fr]) {
    let mut product = [Fr::ZERO; RATE + 1];
    for (out, row) in product.iter_mut().zip(matrix) {
        *out = dot(row, state);
    }
    state.copy_from_slice(&product[..state.len()]);
}

/// Inner product, four terms to a reduction.
pub(crate) fn dot(left: &[Fr], right: &[Fr]) -> Fr {
    let (left, left_rest) = left.as_chunks::<4>();
    let (right, right_rest) = right.as_chunks::<4>();
    let head: Fr = left.iter().zip(right).map(|(l, r)| Fr::sum_of_products(l, r)).sum();
    left_rest.iter().zip(right_rest).fold(head, |sum, (l, r)| sum + *l * r)
}

/// State element 0 before the first block: `F(T(tag, u64 n))`.
pub fn initial(tag: Tag, inputs: usize) -> Fr {
    hash::to_field(hash::tagged(tag, &[&(inputs as u64).to_be_bytes()]))
}

/// `P(tag; inputs)`.
///
/// # Panics
/// On no inputs: every construction of the formats has at least one.
pub fn hash(tag: Tag, inputs: &[Fr]) -> Fr {
    hash_from(initial(tag, inputs.len()), inputs)
}

/// `P` from an initial element computed before, for callers that hash many of one length.
///
/// # Panics
/// On no inputs.
pub fn hash_from(initial: Fr, inputs: &[Fr]) -> Fr {
    assert!(!inputs.is_empty(), "P has at least one input");
    let mut state = [Fr::ZERO; RATE + 1];
    state[0] = initial;
    for block in inputs.chunks(RATE) {
        let width = block.len() + 1;
        state[1..width].copy_from_slice(block);
        Permutation::of_width(width).permute(&mut state[..width]);
    }
    state[0]
}
