//! The prover's pairing check, handed into the ledger's verification.

use ledger::claim::{Claim, ProofWords};
use ledger::verify::Pairing;
use ledger::{CircuitId, Statement};
use prover::{Proof, Shape, VerifyingKey, shape_table};

/// Verifies a proof under the key of its circuit.
pub(crate) fn pairing(
    claim: Option<&Claim>,
    circuit: CircuitId,
    statement: &Statement,
    words: &ProofWords,
) -> Pairing {
    let (key, development) = match verifying_key(claim, circuit) {
        Ok(Some(found)) => found,
        Ok(None) => return Pairing::UnknownCircuit,
        Err(why) => return Pairing::Invalid(why),
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

/// The key of a circuit, and whether it is a development key: the shape table's, or, for a shape
/// that is not in it, the one that everybody makes from the fixed public seed. None where the claim
/// does not tell the circuit's shape.
pub(crate) fn verifying_key(
    claim: Option<&Claim>,
    circuit: CircuitId,
) -> Result<Option<(VerifyingKey, bool)>, String> {
    if let Some(row) = shape_table::find_circuit(circuit) {
        if claim.is_some_and(|claim| shape(claim).as_ref() != Some(&row.shape)) {
            return Err(format!(
                "the claim's people, places and nodes are not those of the circuit: {}",
                row.shape
            ));
        }
        let key = row.verifying_key().map_err(|e| e.to_string())?;
        return Ok(Some((key, row.development)));
    }
    let Some(shape) = claim.and_then(shape) else { return Ok(None) };
    let (id, key) = prover::development_circuit(&shape);
    Ok((id == circuit).then_some((key, true)))
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
