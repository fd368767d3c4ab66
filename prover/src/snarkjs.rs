//! Keys, proofs and statements as snarkjs reads them, so that anybody can check with a second
//! program. Specification: `docs/spec/circuit.md`, "snarkjs".

use crate::proof::Proof;
use crate::verifying_key::VerifyingKey;
use alloy_primitives::U256;
use ledger::{Statement, field};
use serde_json::{Value, json};

/// `verification_key.json`.
pub fn verification_key(key: &VerifyingKey) -> Value {
    let words = key.words();
    let inputs = words[14..].as_chunks().0;
    json!({
        "protocol": "groth16",
        "curve": "bn128",
        "nPublic": inputs.len() - 1,
        "vk_alpha_1": g1([words[0], words[1]]),
        "vk_beta_2": g2(std::array::from_fn(|i| words[2 + i])),
        "vk_gamma_2": g2(std::array::from_fn(|i| words[6 + i])),
        "vk_delta_2": g2(std::array::from_fn(|i| words[10 + i])),
        "IC": inputs.iter().map(|words| g1(*words)).collect::<Vec<_>>(),
    })
}

/// `proof.json`.
pub fn proof(proof: &Proof) -> Value {
    let words = proof.words();
    json!({
        "pi_a": g1([words[0], words[1]]),
        "pi_b": g2(std::array::from_fn(|i| words[2 + i])),
        "pi_c": g1([words[6], words[7]]),
        "protocol": "groth16",
        "curve": "bn128",
    })
}

/// `public.json`.
pub fn public(statement: &Statement) -> Value {
    statement.inputs().map(|input| field::to_word(input).to_string()).to_vec().into()
}

fn g1([x, y]: [U256; 2]) -> Value {
    json!([x.to_string(), y.to_string(), "1"])
}

/// The real part first, unlike the EVM.
fn g2([x_im, x_re, y_im, y_re]: [U256; 4]) -> Value {
    let pair = |re: U256, im: U256| [re.to_string(), im.to_string()];
    json!([pair(x_re, x_im), pair(y_re, y_im), ["1", "0"]])
}
