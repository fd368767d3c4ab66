//! The prover's pairing check, handed into the ledger's verification.

use ledger::claim::{Claim, ProofWords};
use ledger::verify::Pairing;
use ledger::{CircuitId, Statement};
use prover::{Proof, Shape, shape_table};

/// Verifies a proof under the key of its circuit: the shape table's, or, for a shape that is not
/// in it, the development key that everybody makes from the fixed public seed.
pub(crate) fn pairing(
    claim: Option<&Claim>,
    circuit: CircuitId,
    statement: &Statement,
    words: &ProofWords,
) -> Pairing {
    let (key, development) = match shape_table::find_circuit(circuit) {
        Some(row) => match row.verifying_key() {
            Ok(key) => (key, row.development),
            Err(why) => return Pairing::Invalid(why.to_string()),
        },
        None => match claim.and_then(shape) {
            None => return Pairing::UnknownCircuit,
            Some(shape) => {
                let (id, key) = prover::development_circuit(&shape);
                if id != circuit {
                    return Pairing::UnknownCircuit;
                }
                (key, true)
            }
        },
    };
    let proof = match Proof::from_words(words) {
        Ok(proof) => proof,
        Err(why) => return Pairing::Invalid(why.to_string()),
    };
    match prover::verify(&key, statement, &proof) {
        Ok(()) => Pairing::Valid { development },
        Err(why) => Pairing::Invalid(why.to_string()),
    }
}

/// The shape that a claim names, where it is one that the program makes.
fn shape(claim: &Claim) -> Option<Shape> {
    let nodes = claim.nodes.iter().map(|n| usize::try_from(*n).ok()).collect::<Option<_>>()?;
    let shape = Shape {
        elements: usize::try_from(claim.samples.div_ceil(126)).ok()?,
        places: usize::try_from(claim.places).ok()?,
        nodes,
    };
    shape.is_made().then_some(shape)
}
