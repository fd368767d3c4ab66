//! What a proof proves: five public inputs of one shape for every protocol, and how a verifier
//! recomputes them from what was published. Specification: `docs/spec/statement.md`, vectors
//! `statement.json`.

use crate::hash::length_prefix;
use crate::{CircuitId, Fr, Tag, field, hash, poseidon};
use alloy_primitives::{Address, B256, U256};
use ark_ff::AdditiveGroup;

/// The protocol whose statement this module makes.
pub const ALLELE_FREQUENCY: &str = "allele-frequency/1";

/// A value that the release rule holds back.
pub const SUPPRESSED: u64 = u64::MAX;

/// The public inputs of a proof, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Chain, ledger and poster.
    pub context: Fr,
    /// The panel's root.
    pub data: Fr,
    /// The model's root, 0 if none.
    pub model: Fr,
    /// What was asked, by whom.
    pub query: Fr,
    /// What came out.
    pub result: Fr,
}

impl Statement {
    /// The names of the inputs, in their order.
    pub const NAMES: [&'static str; 5] = ["context", "data", "model", "query", "result"];

    /// The inputs in their order.
    pub const fn inputs(&self) -> [Fr; 5] {
        [self.context, self.data, self.model, self.query, self.result]
    }

    /// The statement with these inputs.
    pub const fn from_inputs([context, data, model, query, result]: [Fr; 5]) -> Self {
        Self { context, data, model, query, result }
    }

    /// `T("statement", the five)`: the output of a step that a proof speaks about.
    pub fn commit(&self) -> B256 {
        let words = self.inputs().map(field::to_bytes);
        hash::tagged(Tag::STATEMENT, &words.each_ref().map(|word| word.as_slice()))
    }
}

/// Who speaks, and where: the contract computes the same from the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The chain's id.
    pub chain: u64,
    /// The result ledger.
    pub ledger: Address,
    /// The sender of `post`.
    pub poster: Address,
}

impl Context {
    /// `F(T("context", u64 chain ‖ ledger ‖ poster))`.
    pub fn element(&self) -> Fr {
        let chain = self.chain.to_be_bytes();
        let parts = [&chain, self.ledger.as_slice(), self.poster.as_slice()];
        hash::to_field(hash::tagged(Tag::CONTEXT, &parts))
    }
}

/// The least cohort and the least count that a dataset lets out; (0, 0) is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReleaseRule {
    /// Fewer called people suppress both values.
    pub min_samples: u64,
    /// A smaller count on either side suppresses the allele count.
    pub min_count: u64,
}

/// A protocol's name as an element of the query: `F(T("protocol", name))`.
///
/// # Panics
/// On a name of more than 65,535 bytes; names are constants of the program.
pub fn protocol_element(name: &str) -> Fr {
    let prefix = length_prefix(name.as_bytes()).expect("protocol names are short");
    hash::to_field(hash::tagged(Tag::PROTOCOL, &[&prefix, name.as_bytes()]))
}

/// More columns than the circuit's shape has places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{columns} columns do not fit into {places} places")]
pub struct TooManyColumns {
    /// Columns asked for.
    pub columns: usize,
    /// Places of the shape.
    pub places: usize,
}

/// `P("query"; context, protocol, min_samples, min_count, keys)`, keys padded with 0 to `places`.
///
/// # Errors
/// More keys than places.
pub fn allele_frequency_query(
    context: Fr,
    rule: ReleaseRule,
    keys: &[Fr],
    places: usize,
) -> Result<Fr, TooManyColumns> {
    if keys.len() > places {
        return Err(TooManyColumns { columns: keys.len(), places });
    }
    let head = [
        context,
        protocol_element(ALLELE_FREQUENCY),
        rule.min_samples.into(),
        rule.min_count.into(),
    ];
    let mut inputs = [&head, keys].concat();
    inputs.resize(head.len() + places, Fr::ZERO);
    Ok(poseidon::hash(Tag::QUERY, &inputs))
}

/// `P("result"; AC, AN per key)`, padded with 0 to `places` pairs.
///
/// # Errors
/// More values than places.
pub fn allele_frequency_result(values: &[(u64, u64)], places: usize) -> Result<Fr, TooManyColumns> {
    if values.len() > places {
        return Err(TooManyColumns { columns: values.len(), places });
    }
    let mut inputs: Vec<Fr> =
        values.iter().flat_map(|(ac, an)| [Fr::from(*ac), Fr::from(*an)]).collect();
    inputs.resize(2 * places, Fr::ZERO);
    Ok(poseidon::hash(Tag::RESULT, &inputs))
}

/// `T("circuit", protocol ‖ fingerprint ‖ H(vk))`, the key as EVM words α, β, γ, δ, IC.
///
/// # Panics
/// On a name of more than 65,535 bytes; names are constants of the program.
pub fn circuit_id(protocol: &str, fingerprint: B256, key_words: &[U256]) -> CircuitId {
    let bytes: Vec<u8> = key_words.iter().flat_map(|w| w.to_be_bytes::<32>()).collect();
    let prefix = length_prefix(protocol.as_bytes()).expect("protocol names are short");
    let key = hash::sha256(bytes);
    let parts = [&prefix, protocol.as_bytes(), fingerprint.as_slice(), key.as_slice()];
    CircuitId(hash::tagged(Tag::CIRCUIT, &parts))
}
