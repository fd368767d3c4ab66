//! A circuit's verifying key and its EVM words: α, β, γ, δ, and a point for 1 and for each public
//! input. Specification: `docs/spec/circuit.md`, "Words".

use crate::point::{self, NotAPoint};
use alloy_primitives::{B256, U256};
use ark_bn254::{Bn254, G2Affine};
use ark_ec::AffineRepr;
use ledger::statement::circuit_id;
use ledger::{CircuitId, Statement};

/// Words of a key for five public inputs.
const WORDS: usize = 2 + 3 * 4 + 2 * (Statement::NAMES.len() + 1);

/// A key whose points are all in their groups.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyingKey(ark_groth16::VerifyingKey<Bn254>);

/// Words that are no verifying key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedKey {
    /// Too few or too many.
    #[error("a verifying key has {WORDS} words, not {0}")]
    Length(usize),
    /// A point outside its group, or infinity.
    #[error("point {point} of the verifying key {source}")]
    Point {
        /// `α`, `β`, `γ`, `δ`, or the place in IC.
        point: String,
        /// What is wrong with it.
        source: NotAPoint,
    },
    /// Two factors of the pairing equation become one: anybody can solve it.
    #[error("{0} and {1} of the verifying key are equal up to sign: anybody could forge under it")]
    Equal(&'static str, &'static str),
    /// A set-up that was never finished.
    #[error("δ of the verifying key is the generator up to sign: anybody could forge under it")]
    DeltaIsGenerator,
}

impl VerifyingKey {
    /// From α, β, γ, δ, IC; of points over the extension the imaginary part first.
    ///
    /// # Errors
    /// Another number of words, a point outside its group, or a key under which anybody can forge.
    pub fn from_words(words: &[U256]) -> Result<Self, MalformedKey> {
        if words.len() != WORDS {
            return Err(MalformedKey::Length(words.len()));
        }
        let named = |point: &str| {
            let point = point.to_owned();
            move |source| MalformedKey::Point { point, source }
        };
        let two = |at, name| {
            let words = std::array::from_fn(|i| words[at + i]);
            point::g2(words).map_err(named(name))
        };
        let one = |at, name: &str| point::g1([words[at], words[at + 1]]).map_err(named(name));
        let inputs = (0..=Statement::NAMES.len()).map(|i| one(14 + 2 * i, &format!("IC[{i}]")));
        let key = ark_groth16::VerifyingKey {
            alpha_g1: one(0, "α")?,
            beta_g2: two(2, "β")?,
            gamma_g2: two(6, "γ")?,
            delta_g2: two(10, "δ")?,
            gamma_abc_g1: inputs.collect::<Result<_, _>>()?,
        };
        refuse_degenerate(&key)?;
        Ok(Self(key))
    }

    /// As [`VerifyingKey::from_words`] takes them.
    pub fn words(&self) -> Vec<U256> {
        let key = &self.0;
        let mut words = point::g1_words(&key.alpha_g1).to_vec();
        for point in [&key.beta_g2, &key.gamma_g2, &key.delta_g2] {
            words.extend(point::g2_words(point));
        }
        words.extend(key.gamma_abc_g1.iter().flat_map(point::g1_words));
        words
    }

    /// The id of the circuit with this fingerprint under this key.
    pub fn circuit_id(&self, protocol: &str, fingerprint: B256) -> CircuitId {
        circuit_id(protocol, fingerprint, &self.words())
    }

    pub(crate) const fn inner(&self) -> &ark_groth16::VerifyingKey<Bn254> {
        &self.0
    }
}

/// Points with the same x are equal or each other's negative. The registry refuses the same keys.
fn refuse_degenerate(key: &ark_groth16::VerifyingKey<Bn254>) -> Result<(), MalformedKey> {
    let [beta, gamma, delta] = [("β", key.beta_g2), ("γ", key.gamma_g2), ("δ", key.delta_g2)];
    for (left, right) in [(beta, gamma), (beta, delta), (gamma, delta)] {
        if left.1.x == right.1.x {
            return Err(MalformedKey::Equal(left.0, right.0));
        }
    }
    if delta.1.x == G2Affine::generator().x {
        return Err(MalformedKey::DeltaIsGenerator);
    }
    Ok(())
}

impl From<ark_groth16::VerifyingKey<Bn254>> for VerifyingKey {
    fn from(key: ark_groth16::VerifyingKey<Bn254>) -> Self {
        Self(key)
    }
}
