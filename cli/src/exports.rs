//! The files for snarkjs beside a claim. Each is a function of the claim, byte for byte, so that
//! whoever checks with a second program checks the same proof of the same statement.
//! Specification: `docs/spec/result.md`.

use crate::failure::Failure;
use crate::home::read_small;
use crate::pairing::verifying_key;
use ledger::Claim;
use ledger::verdict::Check;
use prover::{Proof, snarkjs};
use std::path::Path;

/// A file's name and its bytes.
type File = (&'static str, String);

/// The files of a claim; none where its circuit's key is not known or its proof is no proof.
pub(crate) fn of(claim: &Claim) -> Option<[File; 3]> {
    let statement = claim.statement().ok()?;
    let proof = Proof::from_words(&claim.proof).ok()?;
    let (key, _) = verifying_key(Some(claim), claim.circuit).ok()??;
    let text = |value: serde_json::Value| format!("{value:#}\n");
    Some([
        ("proof.json", text(snarkjs::proof(&proof))),
        ("public.json", text(snarkjs::public(&statement))),
        ("verification_key.json", text(snarkjs::verification_key(&key))),
    ])
}

/// Holds the files of a folder against its claim. A claim that has none fails its check of the
/// proof; nothing is added to that.
pub(crate) fn check(dir: &Path, claim: &Claim) -> Result<Vec<Check>, Failure> {
    const NAME: &str = "snarkjs";
    let Some(files) = of(claim) else { return Ok(Vec::new()) };
    let mut checks = Vec::new();
    for (name, expected) in &files {
        match read_small(&dir.join(name), 1 << 20)? {
            Some(found) if found == expected.as_bytes() => {}
            Some(_) => {
                checks.push(Check::fails(NAME, format!("{name} is not what the claim gives")));
            }
            None => checks.push(Check::unchecked(NAME, format!("there is no {name}"))),
        }
    }
    if checks.is_empty() {
        let names = files.map(|(name, _)| name).join(", ");
        checks.push(Check::holds(NAME, format!("{names} = what the claim gives")));
    }
    Ok(checks)
}
