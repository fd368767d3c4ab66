//! A claim: what was asked of which panel, what came out, and the proof, in one public block.
//!
//! A verifier recomputes query and result from it; the proof then speaks about exactly these
//! columns and values. Specification: `docs/spec/result.md`.

use crate::column::Site;
use crate::dag_cbor::{DecodeError, Reader, Value, tuple};
use crate::hash::TooLong;
use crate::manifest::rule;
use crate::statement::{
    ALLELE_FREQUENCY, Context, ReleaseRule, SUPPRESSED, TooManyColumns, allele_frequency_query,
    allele_frequency_result,
};
use crate::{CircuitId, Fr, Statement, field};
use alloy_primitives::U256;
use ark_ff::AdditiveGroup;
use std::fmt::Write as _;

const VERSION: u64 = 1;

/// A Groth16 proof as EVM words: A, B (imaginary parts first), C.
pub type ProofWords = [U256; 8];

/// What was asked, what came out, and the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The circuit that the proof is of.
    pub circuit: CircuitId,
    /// Who may post it, and where.
    pub context: Context,
    /// The panel's root.
    pub data_root: Fr,
    /// People in the panel.
    pub samples: u64,
    /// The panel's reference build.
    pub build: String,
    /// The release rule that the query carries.
    pub rule: ReleaseRule,
    /// Columns that the circuit has room for.
    pub places: u64,
    /// Tree nodes that the circuit opens at each level, the root last: with samples and places, its
    /// shape.
    pub nodes: Vec<u64>,
    /// Columns asked, in column order.
    pub sites: Vec<Site>,
    /// AC and AN of each.
    pub values: Vec<(u64, u64)>,
    /// The proof.
    pub proof: ProofWords,
}

/// Why a claim cannot be what a prover made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Not a block of the schema.
    #[error("the claim is malformed: {0}")]
    Block(#[from] DecodeError),
    /// A protocol or version that this program does not know.
    #[error("the claim's protocol is {0:?}, which this program does not know")]
    Protocol(String),
    /// No columns, or not one pair of values a column.
    #[error("the claim has {0} columns and {1} pairs of values")]
    Count(usize, usize),
    /// Columns out of order, or one twice.
    #[error("the column {0} is not after the one before it")]
    Order(Site),
    /// More columns than places.
    #[error("{0}")]
    Places(#[from] TooManyColumns),
    /// A name or allele that no key can be of.
    #[error("{0}")]
    TooLong(#[from] TooLong),
    /// Counts that no panel can have.
    #[error("at {site} AC {ac} and AN {an} are not AC ≤ AN ≤ 2 · {samples}")]
    Impossible {
        /// The column.
        site: Site,
        /// Allele count.
        ac: u64,
        /// Allele number.
        an: u64,
        /// People in the panel.
        samples: u64,
    },
}

impl Claim {
    /// The strict DAG-CBOR block.
    pub fn encode(&self) -> Vec<u8> {
        self.value().encode()
    }

    pub(crate) fn value(&self) -> Value {
        let site = |s: &Site| {
            Value::List(vec![
                s.contig.as_str().into(),
                s.pos.into(),
                s.reference.as_str().into(),
                s.alternate.as_str().into(),
            ])
        };
        let proof: Vec<u8> = self.proof.iter().flat_map(|w| w.to_be_bytes::<32>()).collect();
        Value::map([
            ("version", Value::Uint(VERSION)),
            ("protocol", ALLELE_FREQUENCY.into()),
            ("circuit", self.circuit.0.into()),
            ("chain", self.context.chain.into()),
            ("ledger", self.context.ledger.into()),
            ("poster", self.context.poster.into()),
            ("data_root", field::to_bytes(self.data_root).into()),
            ("samples", self.samples.into()),
            ("build", self.build.as_str().into()),
            ("rule", Value::list([self.rule.min_samples, self.rule.min_count])),
            ("places", self.places.into()),
            ("nodes", Value::list(self.nodes.iter().copied())),
            ("columns", Value::List(self.sites.iter().map(site).collect())),
            ("values", Value::list(self.values.iter().map(|(ac, an)| Value::list([*ac, *an])))),
            ("proof", Value::Bytes(proof)),
        ])
    }

    /// Reads a claim and checks all that it can show without the pairing.
    ///
    /// # Errors
    /// Says what no prover could have made.
    pub fn decode(bytes: &[u8]) -> Result<Self, ClaimError> {
        Self::read(Reader::decode("the claim", bytes)?)
    }

    pub(crate) fn read(mut map: Reader) -> Result<Self, ClaimError> {
        let protocol = map.text("protocol")?;
        if map.uint("version")? != VERSION || protocol != ALLELE_FREQUENCY {
            return Err(ClaimError::Protocol(protocol));
        }
        let words: [u8; 256] = map.array("proof")?;
        let claim = Self {
            circuit: CircuitId(map.word("circuit")?),
            context: Context {
                chain: map.uint("chain")?,
                ledger: map.address("ledger")?,
                poster: map.address("poster")?,
            },
            data_root: field::from_bytes(map.word("data_root")?)
                .map_err(|e| DecodeError::Schema(format!("the claim's data root {e}")))?,
            samples: map.uint("samples")?,
            build: map.text("build")?,
            rule: rule(&mut map)?,
            places: map.uint("places")?,
            nodes: map.items("nodes", "a list of numbers", |item| match item {
                Value::Uint(n) => Some(n),
                _ => None,
            })?,
            sites: map.items("columns", "a list of [contig, pos, ref, alt]", read_site)?,
            values: map.items("values", "a list of [AC, AN]", read_pair)?,
            proof: std::array::from_fn(|i| U256::from_be_slice(&words[32 * i..32 * i + 32])),
        };
        map.end()?;
        claim.check()?;
        Ok(claim)
    }

    fn check(&self) -> Result<(), ClaimError> {
        if self.sites.is_empty() || self.sites.len() != self.values.len() {
            return Err(ClaimError::Count(self.sites.len(), self.values.len()));
        }
        if let Some(pair) = self.sites.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(ClaimError::Order(pair[1].clone()));
        }
        for (site, &(ac, an)) in self.sites.iter().zip(&self.values) {
            let most = self.samples.saturating_mul(2);
            let (no_ac, no_an) = (ac == SUPPRESSED, an == SUPPRESSED);
            let possible = (no_an && no_ac) || (an <= most && (no_ac || ac <= an));
            if !possible {
                let (site, samples) = (site.clone(), self.samples);
                return Err(ClaimError::Impossible { site, ac, an, samples });
            }
        }
        Ok(())
    }

    /// The columns' keys, in column order.
    ///
    /// # Errors
    /// A name or allele of more than 65,535 bytes.
    pub fn keys(&self) -> Result<Vec<Fr>, TooLong> {
        self.sites.iter().map(|site| site.key(&self.build)).collect()
    }

    /// The five public inputs, recomputed from what the claim says.
    ///
    /// # Errors
    /// More columns than places, or a name that no key can be of.
    pub fn statement(&self) -> Result<Statement, ClaimError> {
        let places = self.places.try_into().unwrap_or(usize::MAX);
        if places > MAX_PLACES {
            return Err(TooManyColumns { columns: self.sites.len(), places: MAX_PLACES }.into());
        }
        let context = self.context.element();
        Ok(Statement {
            context,
            data: self.data_root,
            model: Fr::ZERO,
            query: allele_frequency_query(context, self.rule, &self.keys()?, places)?,
            result: allele_frequency_result(&self.values, places)?,
        })
    }

    /// The published table: canonical columns in their order.
    pub fn table(&self) -> String {
        let mut table = String::from("chrom\tpos\tref\talt\tac\tan\n");
        for (site, (ac, an)) in self.sites.iter().zip(&self.values) {
            let Site { contig, pos, reference, alternate } = site;
            writeln!(
                table,
                "{contig}\t{pos}\t{reference}\t{alternate}\t{}\t{}",
                shown(*ac),
                shown(*an)
            )
            .expect("writing to a string cannot fail");
        }
        table
    }

    /// The public configuration of the step: columns, protocol, rule.
    ///
    /// # Errors
    /// As [`Claim::keys`].
    pub fn config(&self) -> Result<Value, TooLong> {
        Ok(Value::map([
            ("columns", Value::list(self.keys()?.into_iter().map(field::to_bytes))),
            ("protocol", ALLELE_FREQUENCY.into()),
            ("rule", Value::list([self.rule.min_samples, self.rule.min_count])),
        ]))
    }
}

/// Places that any circuit has at most; a claim cannot make a verifier hash more.
const MAX_PLACES: usize = 1 << 16;

fn shown(value: u64) -> String {
    if value == SUPPRESSED { "suppressed".to_owned() } else { value.to_string() }
}

fn read_site(item: Value) -> Option<Site> {
    match tuple(item)? {
        [Value::Text(contig), Value::Uint(pos), Value::Text(reference), Value::Text(alternate)] => {
            Some(Site { contig, pos, reference, alternate })
        }
        _ => None,
    }
}

fn read_pair(item: Value) -> Option<(u64, u64)> {
    match tuple(item)? {
        [Value::Uint(ac), Value::Uint(an)] => Some((ac, an)),
        _ => None,
    }
}
