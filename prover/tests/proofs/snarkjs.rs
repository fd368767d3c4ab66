//! snarkjs, a second program, agrees: it takes our keys and proofs, refuses a changed input, and
//! reads our constraints. Runs where `PROVENOME_SNARKJS` names its `cli.cjs`.

use crate::dataset;
use prover::{Shape, shape_table, snarkjs};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let Some(program) = std::env::var_os("PROVENOME_SNARKJS") else {
        eprintln!("PROVENOME_SNARKJS is not set: not checked by snarkjs");
        return None;
    };
    let output = Command::new("node").arg(program).args(arguments).current_dir(folder).output();
    Some(output.unwrap())
}

#[test]
fn snarkjs_accepts_the_proof_and_refuses_a_changed_input() {
    let proved = dataset(40).prove(&[0, 17, 39]).unwrap();
    let row = shape_table::find_circuit(proved.circuit).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        std::fs::write(folder.path().join(name), value.to_string()).unwrap();
    };
    write("key.json", &snarkjs::verification_key(&row.verifying_key().unwrap()));
    write("proof.json", &snarkjs::proof(&proved.proof));
    let verify = |public: &Value| {
        write("public.json", public);
        run(folder.path(), &["groth16", "verify", "key.json", "public.json", "proof.json"])
    };
    let public = snarkjs::public(&proved.statement);
    let Some(accepted) = verify(&public) else { return };
    let text = String::from_utf8_lossy(&accepted.stdout);
    assert!(accepted.status.success() && text.contains("OK!"), "{text}");
    for place in 0..5 {
        let mut changed = public.clone();
        changed[place] = "1".into();
        let refused = verify(&changed).unwrap();
        let text = String::from_utf8_lossy(&refused.stdout);
        assert!(!refused.status.success() && text.contains("Invalid proof"), "{place}: {text}");
    }
}

#[test]
fn snarkjs_reads_the_constraints() {
    let shape = Shape { elements: 1, places: 1, nodes: vec![1] };
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join("circuit.r1cs")).unwrap();
    shape.write_r1cs(&mut file).unwrap();
    let Some(output) = run(folder.path(), &["r1cs", "info", "circuit.r1cs"]) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    let row = shape_table::find(&shape).unwrap();
    let constraints = format!("# of Constraints: {}", row.constraints);
    for line in ["Curve: bn-128", &constraints, "# of Public Inputs: 5", "# of Outputs: 0"] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}
