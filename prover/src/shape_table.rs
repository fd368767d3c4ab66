//! The shapes that ship with the program: their fingerprints, verifying keys and the digests of
//! their proving keys, all of them development keys. Written by `cargo run -p prover --example
//! shapes -- --write`, checked by the tests here. Specification: `docs/spec/circuit.md`.

use crate::circuit::Circuit;
use crate::development;
use crate::key_cache::to_bytes;
use crate::shape::Shape;
use crate::verifying_key::{MalformedKey, VerifyingKey};
use alloy_primitives::B256;
use ledger::CircuitId;
use ledger::hash::sha256;
use ledger::statement::ALLELE_FREQUENCY;
use serde::{Deserialize, Serialize};
use std::io::{self, BufWriter, Write};
use std::sync::LazyLock;

const SHAPES: &str = include_str!("../shapes.json");

/// One circuit and its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapeRow {
    /// The protocol that it proves.
    pub protocol: String,
    /// Its size.
    #[serde(flatten)]
    pub shape: Shape,
    /// Rows of the R1CS.
    pub constraints: usize,
    /// SHA-256 of the R1CS in iden3's bytes.
    pub fingerprint: B256,
    /// Protocol, fingerprint and verifying key in one hash.
    pub circuit_id: CircuitId,
    /// α, β, γ, δ, IC as EVM words.
    pub verifying_key: Vec<B256>,
    /// SHA-256 of the proving key's file.
    pub proving_key_sha256: B256,
    /// Whether anybody can forge under these keys.
    pub development: bool,
}

impl ShapeRow {
    /// The verifying key's points.
    ///
    /// # Errors
    /// Words that are no key: never of a row of [`shipped`].
    pub fn verifying_key(&self) -> Result<VerifyingKey, MalformedKey> {
        let words: Vec<_> = self.verifying_key.iter().map(|word| (*word).into()).collect();
        VerifyingKey::from_words(&words)
    }

    /// The row of a shape with development keys, everything made anew.
    pub fn make(shape: &Shape) -> Self {
        let r1cs = Circuit::new(shape).r1cs();
        let fingerprint = r1cs.fingerprint();
        let key = development::proving_key(&r1cs, fingerprint);
        let proving_key_sha256 = sha256(to_bytes(&key));
        let verifying_key = VerifyingKey::from(key.vk);
        Self {
            protocol: ALLELE_FREQUENCY.to_owned(),
            shape: shape.clone(),
            constraints: r1cs.constraints(),
            fingerprint,
            circuit_id: verifying_key.circuit_id(ALLELE_FREQUENCY, fingerprint),
            verifying_key: verifying_key.words().into_iter().map(B256::from).collect(),
            proving_key_sha256,
            development: true,
        }
    }
}

impl Shape {
    /// Writes the shape's R1CS in iden3's format; SHA-256 of the bytes is its fingerprint.
    ///
    /// # Errors
    /// As the writer.
    pub fn write_r1cs(&self, to: &mut impl Write) -> io::Result<()> {
        let mut to = BufWriter::new(to);
        Circuit::new(self).r1cs().write(&mut to)?;
        to.flush()
    }

    /// SHA-256 of what [`Shape::write_r1cs`] writes.
    pub fn fingerprint(&self) -> B256 {
        Circuit::new(self).r1cs().fingerprint()
    }

    /// The blocks of the shape's R1CS and their numbers of constraints.
    pub fn blocks(&self) -> Vec<(&'static str, usize)> {
        Circuit::new(self).r1cs().blocks()
    }
}

/// All rows.
pub fn shipped() -> &'static [ShapeRow] {
    static ROWS: LazyLock<Vec<ShapeRow>> = LazyLock::new(|| {
        serde_json::from_str(SHAPES).expect("the table is as the program wrote it")
    });
    &ROWS
}

/// The row of a shape.
pub fn find(shape: &Shape) -> Option<&'static ShapeRow> {
    shipped().iter().find(|row| row.shape == *shape)
}

/// The row of a circuit.
pub fn find_circuit(id: CircuitId) -> Option<&'static ShapeRow> {
    shipped().iter().find(|row| row.circuit_id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn small_rows_are_what_the_program_makes() {
        for row in shipped().iter().filter(|row| row.constraints < 1 << 14) {
            assert_eq!(ShapeRow::make(&row.shape), *row, "{}", row.shape);
        }
    }

    #[test]
    fn large_rows_have_their_fingerprints_and_verifying_keys() {
        for row in shipped().iter().filter(|row| row.constraints >= 1 << 14) {
            let r1cs = Circuit::new(&row.shape).r1cs();
            assert_eq!(r1cs.constraints(), row.constraints);
            assert_eq!(r1cs.fingerprint(), row.fingerprint, "{}", row.shape);
            let named = development::named(&r1cs, row.fingerprint);
            assert_eq!(named, (row.circuit_id, row.verifying_key().unwrap()));
        }
    }

    #[test]
    fn rows_are_distinct_and_marked() {
        let ids: HashSet<CircuitId> = shipped().iter().map(|row| row.circuit_id).collect();
        assert_eq!(ids.len(), shipped().len());
        for row in shipped() {
            assert!(row.development && row.protocol == ALLELE_FREQUENCY);
            assert_eq!(find(&row.shape), Some(row));
            assert_eq!(find_circuit(row.circuit_id), Some(row));
        }
    }

    #[test]
    fn the_cohorts_circuits_keep_their_sizes() {
        let shape = |nodes: &[usize]| Shape { elements: 20, places: 16, nodes: nodes.to_vec() };
        let [scattered, run] = [shape(&[16, 16, 3, 1]), shape(&[1, 1, 1, 1])];
        let rest = [("panel", 357), ("query", 912), ("result", 1224)];
        let places = [("genotypes", 81_392), ("leaf", 15_936), ("unused places", 48)];
        let blocks = |opening| {
            let before = [&[("model", 1)], places.as_slice(), &[("samples", 251)]].concat();
            [before.as_slice(), &[("opening", opening)], &rest].concat()
        };
        assert_eq!(scattered.blocks(), blocks(23_360));
        assert_eq!(run.blocks(), blocks(2_752));
        // Room for a release rule of 40 constraints a column, within the same domain.
        assert!(find(&scattered).unwrap().constraints + 6 + 640 <= 1 << 17);
    }
}
