//! A Groth16 proof, its eight EVM words, and the check of it against a statement. Words become a
//! proof only if all three points are in their groups. Specification: `docs/spec/statement.md`.

use crate::point::{self, NotAPoint};
use crate::verifying_key::VerifyingKey;
use alloy_primitives::U256;
use ark_bn254::Bn254;
use ark_groth16::{Groth16, prepare_verifying_key};
use ledger::Statement;

/// A proof: A and C of G1, B of G2, none of them infinity.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof(ark_groth16::Proof<Bn254>);

/// Words that are no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("point {point} of the proof {source}")]
pub struct MalformedProof {
    /// `A`, `B` or `C`.
    pub point: &'static str,
    /// What is wrong with it.
    pub source: NotAPoint,
}

/// A well-formed proof that proves something else, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not hold for this statement under this verifying key")]
pub struct DoesNotHold;

impl Proof {
    /// From A.x, A.y, B.x and B.y with the imaginary part first, C.x, C.y.
    ///
    /// # Errors
    /// A point outside its group, or infinity.
    pub fn from_words(words: &[U256; 8]) -> Result<Self, MalformedProof> {
        let [a_x, a_y, b_x_im, b_x_re, b_y_im, b_y_re, c_x, c_y] = *words;
        let wrong = |point| move |source| MalformedProof { point, source };
        Ok(Self(ark_groth16::Proof {
            a: point::g1([a_x, a_y]).map_err(wrong("A"))?,
            b: point::g2([b_x_im, b_x_re, b_y_im, b_y_re]).map_err(wrong("B"))?,
            c: point::g1([c_x, c_y]).map_err(wrong("C"))?,
        }))
    }

    /// As [`Proof::from_words`] takes them.
    pub fn words(&self) -> [U256; 8] {
        let [a_x, a_y] = point::g1_words(&self.0.a);
        let [b_x_im, b_x_re, b_y_im, b_y_re] = point::g2_words(&self.0.b);
        let [c_x, c_y] = point::g1_words(&self.0.c);
        [a_x, a_y, b_x_im, b_x_re, b_y_im, b_y_re, c_x, c_y]
    }
}

impl From<ark_groth16::Proof<Bn254>> for Proof {
    fn from(proof: ark_groth16::Proof<Bn254>) -> Self {
        Self(proof)
    }
}

/// Whether the proof proves the statement.
///
/// # Errors
/// It does not.
pub fn verify(key: &VerifyingKey, statement: &Statement, proof: &Proof) -> Result<(), DoesNotHold> {
    let key = prepare_verifying_key(key.inner());
    match Groth16::<Bn254>::verify_proof(&key, &proof.0, &statement.inputs()) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(DoesNotHold),
    }
}
