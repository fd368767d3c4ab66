//! Steps: signed provenance records of inputs, code, configuration, environment and outputs.
//!
//! [`Step::decode`] takes every field of the id from the body and refuses whatever the format does
//! not have; [`Step::verify_links`] then holds inputs against the parents' outputs.
//! Specification: `docs/spec/step.md`, vectors `steps.json`.

mod code;

use crate::dag_cbor::{DecodeError, Reader, Value, array};
use crate::hash::{self, sha256};
use crate::{Cid, Codec, LogId, StepId, Tag, merkle};
use alloy_primitives::{Address, B256};
use std::collections::HashSet;

pub use code::{CodeFile, code_hash};

const VERSION: u64 = 1;
/// Parents that a step may have.
pub const MAX_PARENTS: usize = 64;

/// What a step records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A dataset's version was listed.
    List,
    /// A protocol was computed.
    Result,
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::List => 1,
            Self::Result => 2,
        }
    }
}

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Output `output` of parent `parent`, both by index.
    Parent {
        /// Index into the sorted parents.
        parent: u32,
        /// Index into that parent's outputs.
        output: u32,
    },
    /// A listed dataset.
    Dataset,
    /// Outside, and unattested.
    External,
}

/// One thing that went in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// 1–255 bytes, unique among the inputs.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Its commitment.
    pub commit: B256,
}

/// One thing that came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// 1–255 bytes, unique among the outputs.
    pub name: String,
    /// Its commitment.
    pub commit: B256,
}

/// A provenance record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it records.
    pub kind: Kind,
    /// What went in.
    pub inputs: Vec<Input>,
    /// What came out.
    pub outputs: Vec<Output>,
    /// `T("code", …)`.
    pub code: B256,
    /// `T("config", …)`.
    pub config: B256,
    /// `T("env", …)`.
    pub env: B256,
    /// Steps whose outputs went in, strictly ascending.
    pub parents: Vec<StepId>,
    /// Who did it: signer and log owner.
    pub actor: Address,
    /// The chain's id.
    pub chain: u64,
    /// The actor's log.
    pub log: LogId,
    /// Seconds since 1970, by the chain's clock.
    pub time: u64,
}

/// Why bytes are no step, or a step no honest one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The body is not a strict block of the schema.
    #[error("the step's body is malformed: {0}")]
    Body(#[from] DecodeError),
    /// A version or kind of another time.
    #[error("the step has {0} {1}, which this program does not know")]
    Unknown(&'static str, u64),
    /// A name that is empty, too long, or there twice.
    #[error("the step's name {0:?} is not 1 to 255 bytes, or not unique")]
    Name(String),
    /// Parents out of order, twice, or too many.
    #[error("the step's parents are not at most {MAX_PARENTS} and strictly ascending")]
    Parents,
    /// An entry with an origin, parent or output that its place does not allow.
    #[error("the step's entry {0:?} names an origin, parent or output that it cannot have")]
    Origin(String),
    /// A parent that was not given.
    #[error("the step's parent {0} was not found")]
    MissingParent(StepId),
    /// An input that is not the parent's output.
    #[error("the step's input {0:?} is not the output of its parent")]
    Link(String),
}

impl Step {
    /// The body: one strict DAG-CBOR block.
    pub fn encode(&self) -> Vec<u8> {
        let inputs = self.inputs.iter().map(|i| entry_value(&i.name, i.origin.codes(), i.commit));
        let outputs = self.outputs.iter().map(|o| entry_value(&o.name, [0; 3], o.commit));
        Value::map([
            ("version", Value::Uint(VERSION)),
            ("kind", Value::Uint(self.kind.code().into())),
            ("inputs", Value::List(inputs.collect())),
            ("outputs", Value::List(outputs.collect())),
            ("code", self.code.into()),
            ("config", self.config.into()),
            ("env", self.env.into()),
            ("parents", Value::list(self.parents.iter().map(|p| p.0))),
            ("actor", self.actor.into()),
            ("chain", self.chain.into()),
            ("log", self.log.0.into()),
            ("time", self.time.into()),
        ])
        .encode()
    }

    /// Reads a body and checks all that it can show alone.
    ///
    /// # Errors
    /// Says what the format does not allow.
    pub fn decode(bytes: &[u8]) -> Result<Self, StepError> {
        let mut body = Reader::decode("the step", bytes)?;
        let version = body.uint("version")?;
        if version != VERSION {
            return Err(StepError::Unknown("version", version));
        }
        let kind = match body.uint("kind")? {
            1 => Kind::List,
            2 => Kind::Result,
            other => return Err(StepError::Unknown("kind", other)),
        };
        let parents =
            body.items("parents", "a list of 32-byte ids", |v| array(v).map(B256::new))?;
        let parents: Vec<StepId> = parents.into_iter().map(StepId).collect();
        if parents.len() > MAX_PARENTS || !parents.is_sorted_by(|a, b| a < b) {
            return Err(StepError::Parents);
        }
        let inputs = body.maps("inputs", "an input", RawEntry::read)?;
        let outputs = body.maps("outputs", "an output", RawEntry::read)?;
        let step = Self {
            kind,
            inputs: inputs
                .into_iter()
                .map(|entry| entry.into_input(parents.len()))
                .collect::<Result<_, _>>()?,
            outputs: outputs.into_iter().map(RawEntry::into_output).collect::<Result<_, _>>()?,
            code: body.word("code")?,
            config: body.word("config")?,
            env: body.word("env")?,
            parents,
            actor: body.address("actor")?,
            chain: body.uint("chain")?,
            log: LogId(body.word("log")?),
            time: body.uint("time")?,
        };
        body.end()?;
        check_names(step.inputs.iter().map(|i| i.name.as_str()))?;
        check_names(step.outputs.iter().map(|o| o.name.as_str()))?;
        Ok(step)
    }

    /// The body's CID.
    pub fn cid(&self) -> Cid {
        Cid::of(Codec::DagCbor, &self.encode())
    }

    /// `T("step", …)` in its fixed layout.
    pub fn id(&self) -> StepId {
        let inputs = self.inputs.iter().map(|i| entry(&i.name, i.origin.codes(), i.commit));
        let outputs = self.outputs.iter().map(|o| entry(&o.name, [0; 3], o.commit));
        let parents: Vec<u8> = self.parents.iter().flat_map(|p| p.0.0).collect();
        StepId(hash::tagged(
            Tag::STEP,
            &[
                &(VERSION as u16).to_be_bytes(),
                &[self.kind.code()],
                root(inputs).as_slice(),
                self.code.as_slice(),
                self.config.as_slice(),
                self.env.as_slice(),
                root(outputs).as_slice(),
                &(self.parents.len() as u32).to_be_bytes(),
                &parents,
                self.actor.as_slice(),
                &self.chain.to_be_bytes(),
                self.log.0.as_slice(),
                sha256(self.encode()).as_slice(),
            ],
        ))
    }

    /// Holds every input from a parent against that parent's output.
    ///
    /// # Errors
    /// A parent that `parent` does not give, or an input that is not its output.
    pub fn verify_links<'a>(
        &self,
        parent: impl Fn(StepId) -> Option<&'a Self>,
    ) -> Result<(), StepError> {
        for input in &self.inputs {
            let Origin::Parent { parent: index, output } = input.origin else { continue };
            let link = || StepError::Link(input.name.clone());
            let id = *self.parents.get(index as usize).ok_or_else(link)?;
            let step = parent(id).ok_or(StepError::MissingParent(id))?;
            let output = step.outputs.get(output as usize).ok_or_else(link)?;
            if step.id() != id || output.commit != input.commit {
                return Err(link());
            }
        }
        Ok(())
    }
}

impl Origin {
    /// Origin, parent and output as the entry has them.
    const fn codes(self) -> [u32; 3] {
        match self {
            Self::Parent { parent, output } => [0, parent, output],
            Self::Dataset => [1, 0, 0],
            Self::External => [2, 0, 0],
        }
    }
}

fn entry_value(name: &str, [origin, parent, output]: [u32; 3], commit: B256) -> Value {
    Value::map([
        ("name", Value::from(name)),
        ("origin", Value::Uint(origin.into())),
        ("parent", Value::Uint(parent.into())),
        ("output", Value::Uint(output.into())),
        ("commit", commit.into()),
    ])
}

/// `u16 name_len ‖ name ‖ u8 origin ‖ u32 parent ‖ u32 output ‖ commit`.
fn entry(name: &str, [origin, parent, output]: [u32; 3], commit: B256) -> Vec<u8> {
    let mut bytes = (name.len() as u16).to_be_bytes().to_vec();
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(origin as u8);
    bytes.extend_from_slice(&parent.to_be_bytes());
    bytes.extend_from_slice(&output.to_be_bytes());
    bytes.extend_from_slice(commit.as_slice());
    bytes
}

fn root(entries: impl Iterator<Item = Vec<u8>>) -> B256 {
    merkle::root(&entries.map(|entry| merkle::leaf_hash(&entry)).collect::<Vec<_>>())
}

fn check_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), StepError> {
    let mut seen = HashSet::new();
    for name in names {
        if !(1..=255).contains(&name.len()) || !seen.insert(name) {
            return Err(StepError::Name(name.to_owned()));
        }
    }
    Ok(())
}

/// An entry as decoded, before its origin is known to fit its place.
struct RawEntry {
    name: String,
    codes: [u64; 3],
    commit: B256,
}

impl RawEntry {
    fn read(entry: &mut Reader) -> Result<Self, DecodeError> {
        Ok(Self {
            name: entry.text("name")?,
            codes: [entry.uint("origin")?, entry.uint("parent")?, entry.uint("output")?],
            commit: entry.word("commit")?,
        })
    }

    fn into_input(self, parents: usize) -> Result<Input, StepError> {
        let origin = match self.codes {
            [0, parent, output] if parent < parents as u64 => {
                let output = u32::try_from(output);
                output.ok().map(|output| Origin::Parent { parent: parent as u32, output })
            }
            [1, 0, 0] => Some(Origin::Dataset),
            [2, 0, 0] => Some(Origin::External),
            _ => None,
        };
        match origin {
            Some(origin) => Ok(Input { name: self.name, origin, commit: self.commit }),
            None => Err(StepError::Origin(self.name)),
        }
    }

    fn into_output(self) -> Result<Output, StepError> {
        match self.codes {
            [0, 0, 0] => Ok(Output { name: self.name, commit: self.commit }),
            _ => Err(StepError::Origin(self.name)),
        }
    }
}

/// `T("config", H(config))` of a public configuration.
pub fn config_hash(config: &Value) -> B256 {
    hash::tagged(Tag::CONFIG, &[sha256(config.encode()).as_slice()])
}

/// What computed: an image or a toolchain, by digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A container image.
    Image(B256),
    /// A compiler and the dependencies it was given.
    Toolchain(B256),
}

impl Environment {
    /// `T("env", u8 kind ‖ digest)`.
    pub fn hash(self) -> B256 {
        let (kind, digest) = match self {
            Self::Image(digest) => (1, digest),
            Self::Toolchain(digest) => (2, digest),
        };
        hash::tagged(Tag::ENV, &[&[kind], digest.as_slice()])
    }
}
