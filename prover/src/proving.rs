//! Making a proof: the witness, the matrices, the key. Specification: `docs/spec/circuit.md`.

use crate::circuit::{Circuit, Witness, statement};
use crate::proof::Proof;
use crate::r1cs::{Matrix, R1cs};
use crate::verifying_key::VerifyingKey;
use ark_bn254::Bn254;
use ark_ff::PrimeField;
use ark_groth16::ProvingKey;
use ledger::{CircuitId, Fr, Statement};
use taceo_groth16::{CircomReduction, ConstraintMatrices, Groth16};
use zeroize::Zeroizing;

/// Why no proof came out.
#[derive(Debug, thiserror::Error)]
pub enum ProvingError {
    /// No randomness to blind the proof with.
    #[error("the system gives no randomness")]
    Randomness(#[from] getrandom::Error),
    /// The prover refuses its inputs: the key is for another circuit.
    #[error("the key is not this circuit's: {0}")]
    Prover(String),
}

/// A circuit, its matrices and its key, ready to prove any number of times.
pub(crate) struct ReadyCircuit {
    pub(crate) id: CircuitId,
    circuit: Circuit,
    matrices: ConstraintMatrices<Fr>,
    key: ProvingKey<Bn254>,
}

impl ReadyCircuit {
    pub(crate) fn new(
        id: CircuitId,
        circuit: Circuit,
        r1cs: &R1cs,
        key: ProvingKey<Bn254>,
    ) -> Self {
        Self { id, circuit, matrices: matrices(r1cs), key }
    }

    pub(crate) fn verifying_key(&self) -> VerifyingKey {
        self.key.vk.clone().into()
    }

    /// The statement that the witness makes true, and its proof.
    pub(crate) fn prove(&self, witness: &Witness) -> Result<(Statement, Proof), ProvingError> {
        let values = self.circuit.assign(witness);
        let [r, s] = [random()?, random()?];
        let proof =
            Groth16::<Bn254>::prove::<CircomReduction>(&self.key, *r, *s, &self.matrices, &values)
                .map_err(|report| ProvingError::Prover(report.to_string()))?;
        Ok((statement(&values), proof.into()))
    }
}

/// A and B; the reduction takes C's values as their products.
fn matrices(r1cs: &R1cs) -> ConstraintMatrices<Fr> {
    let rows = |matrix: &Matrix| -> Vec<Vec<(Fr, usize)>> {
        let row = |row: &[(_, Fr)]| row.iter().map(term).collect();
        matrix.rows().map(row).collect()
    };
    let [a, b] = [&r1cs.a, &r1cs.b].map(rows);
    let count = |rows: &[Vec<_>]| rows.iter().map(Vec::len).sum();
    ConstraintMatrices {
        num_instance_variables: r1cs.public + 1,
        num_witness_variables: r1cs.wires - r1cs.public - 1,
        num_constraints: r1cs.constraints(),
        a_num_non_zero: count(&a),
        b_num_non_zero: count(&b),
        c_num_non_zero: 0,
        a,
        b,
        c: Vec::new(),
    }
}

fn term((wire, factor): &(crate::r1cs::Wire, Fr)) -> (Fr, usize) {
    (*factor, wire.0 as usize)
}

/// A field element from 64 random bytes.
fn random() -> Result<Zeroizing<Fr>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; 64]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(Fr::from_be_bytes_mod_order(bytes.as_slice())))
}
