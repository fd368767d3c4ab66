//! The actor's own log in the home: one file a step, never changed once written. What is anchored
//! on the chain can be found again from there; what is not yet anchored is only here.

use crate::build;
use crate::failure::{Context as _, Failure};
use crate::home::{Home, read_small};
use alloy_primitives::{Address, B256};
use ledger::dag_cbor::{Reader, Value};
use ledger::log::{Listed, leaf, log_id};
use ledger::merkle::leaf_hash;
use ledger::signature::Domain;
use ledger::step::{Input, Kind, Output};
use ledger::{Cid, LogId, Network, Signature, Step};
use std::fs;
use std::path::PathBuf;
use store::{DiskError, UnnamedFile};

/// The actor's own log.
pub(crate) struct Logbook {
    folder: PathBuf,
    domain: Domain,
    owner: Address,
    origin: String,
    id: LogId,
}

/// A step and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedStep {
    pub(crate) step: Step,
    pub(crate) signature: Signature,
}

impl SignedStep {
    pub(crate) fn cid(&self) -> Cid {
        self.step.cid()
    }

    /// As an entries block lists it.
    pub(crate) fn listed(&self) -> Listed {
        Listed { body: self.cid(), signature: self.signature }
    }

    /// The leaf's hash in the log.
    pub(crate) fn leaf(&self) -> B256 {
        leaf_hash(&leaf(self.step.id(), self.step.actor, &self.signature))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        Value::map([
            ("body", Value::Bytes(self.step.encode())),
            ("signature", Value::Bytes(self.signature.0.to_vec())),
        ])
        .encode()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let mut map = Reader::decode("the logged step", bytes).map_err(|e| e.to_string())?;
        let body = map.bytes("body").map_err(|e| e.to_string())?;
        let signature = Signature(map.array("signature").map_err(|e| e.to_string())?);
        map.end().map_err(|e| e.to_string())?;
        Ok(Self { step: Step::decode(&body).map_err(|e| e.to_string())?, signature })
    }
}

impl Logbook {
    /// The log of `owner` on `network`, under the origin that the program gives every actor.
    pub(crate) fn open(home: &Home, network: &Network, owner: Address) -> Result<Self, Failure> {
        let contract = network.contracts.log.address;
        let origin = format!("provenome/eip155-{}/{contract:#x}/{owner:#x}", network.chain);
        let id = log_id(network.chain, contract, owner, &origin);
        let folder = home.folder(&format!("log/{}", hex::encode(id.0)))?;
        let domain = Domain { chain: network.chain, log: contract };
        Ok(Self { folder, domain, owner, origin, id })
    }

    pub(crate) const fn id(&self) -> LogId {
        self.id
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// A step of this actor in this log.
    pub(crate) fn step(
        &self,
        kind: Kind,
        (inputs, outputs): (Vec<Input>, Vec<Output>),
        config: B256,
        time: u64,
    ) -> Step {
        Step {
            kind,
            inputs,
            outputs,
            code: build::code(),
            config,
            env: build::environment(),
            parents: Vec::new(),
            actor: self.owner,
            chain: self.domain.chain,
            log: self.id,
            time,
        }
    }

    /// All steps in order, each read back and its signature verified.
    pub(crate) fn steps(&self) -> Result<Vec<SignedStep>, Failure> {
        let mut steps = Vec::new();
        loop {
            let path = self.path(steps.len());
            let Some(bytes) = read_small(&path, 2 << 20)? else { return Ok(steps) };
            let damaged = |why: String| {
                Failure::could_not(format!("the logged step {} is damaged: {why}", path.display()))
                    .hint("restore the home from a copy, or the anchored part with `provenome log --recover`")
            };
            let signed = SignedStep::decode(&bytes).map_err(damaged)?;
            let id = signed.step.id();
            signed
                .signature
                .verify(&self.domain, id, self.owner)
                .map_err(|e| damaged(e.to_string()))?;
            steps.push(signed);
        }
    }

    /// Adds a step unless it is there; gives its number, from 0. On the disk when this returns.
    pub(crate) fn append(&self, signed: &SignedStep) -> Result<u64, Failure> {
        loop {
            let steps = self.steps()?;
            let id = signed.step.id();
            if let Some(at) = steps.iter().position(|known| known.step.id() == id) {
                return Ok(at as u64);
            }
            let path = self.path(steps.len());
            let mut file = UnnamedFile::create(&path)?;
            file.fill(&signed.encode())?;
            match file.publish_new() {
                Ok(()) => return Ok(steps.len() as u64),
                // Another command of this home was faster: look again.
                Err(DiskError::Exists { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:08}"))
    }
}
