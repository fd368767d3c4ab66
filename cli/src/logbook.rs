//! The actor's own log in the home: one file a step, never changed once written. What is anchored
//! on the chain can be found again from there, and then decides the order; what is not yet anchored
//! is only here.

use crate::build;
use crate::failure::{Context as _, Failure};
use crate::home::{Home, private_folder, read_small};
use alloy_primitives::{Address, B256};
use ledger::dag_cbor::{Reader, Value};
use ledger::log::{Listed, leaf, log_id};
use ledger::merkle::leaf_hash;
use ledger::signature::Domain;
use ledger::step::{Input, Kind, Output};
use ledger::{Cid, LogId, Network, Signature, Step};
use std::fs;
use std::path::{Path, PathBuf};
use store::{DiskError, UnnamedFile};

/// More than any step has.
const MOST_BYTES: u64 = 2 << 20;

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
            let Some(bytes) = read_small(&path, MOST_BYTES)? else { return Ok(steps) };
            steps.push(self.verified(&bytes).map_err(|why| {
                damaged(&path, &why).hint("restore the home from a copy, or the anchored part with `provenome log --recover`")
            })?);
        }
    }

    fn verified(&self, bytes: &[u8]) -> Result<SignedStep, String> {
        let signed = SignedStep::decode(bytes)?;
        let verified = signed.signature.verify(&self.domain, signed.step.id(), self.owner);
        verified.map_err(|e| e.to_string())?;
        Ok(signed)
    }

    /// Makes the log begin with the steps that are anchored, as they are anchored; this home's other
    /// steps come after them. All at once; gives how many of the anchored the home lacked.
    pub(crate) fn recover(&self, anchored: Vec<SignedStep>) -> Result<usize, Failure> {
        let mut own = Vec::new();
        for (number, path) in self.files()? {
            match self.verified(&read_small(&path, MOST_BYTES)?.unwrap_or_default()) {
                Ok(signed) => own.push(signed),
                // What is anchored under this number takes its place.
                Err(_) if number < anchored.len() => {}
                Err(why) => return Err(damaged(&path, &why).hint(
                    "it is not anchored: restore the file from a copy, or move it away and run the command again",
                )),
            }
        }
        let has = |steps: &[SignedStep], id| steps.iter().any(|known| known.step.id() == id);
        let lacked = anchored.iter().filter(|signed| !has(&own, signed.step.id())).count();
        let mut steps = anchored;
        for signed in own {
            if !has(&steps, signed.step.id()) {
                steps.push(signed);
            }
        }
        self.replace(&steps)?;
        Ok(lacked)
    }

    /// Exchanges the folder at once for one with these steps.
    fn replace(&self, steps: &[SignedStep]) -> Result<(), Failure> {
        let staging = self.folder.with_extension("partial");
        if staging.exists() {
            fs::remove_dir_all(&staging).context("remove what a run before left in", &staging)?;
        }
        private_folder(&staging)?;
        for (number, signed) in steps.iter().enumerate() {
            let path = staging.join(name(number));
            let mut file = UnnamedFile::create(&path)?;
            file.fill(&signed.encode())?;
            file.publish()?;
        }
        let old = store::publish_dir(&staging, &self.folder)?;
        old.map_or(Ok(()), |old| fs::remove_dir_all(&old).context("remove", &old))
    }

    /// Every numbered file in order, also after a gap.
    fn files(&self) -> Result<Vec<(usize, PathBuf)>, Failure> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).context("read", &self.folder)? {
            let path = entry.context("read", &self.folder)?.path();
            let number = path.file_name().and_then(|name| name.to_str()?.parse().ok());
            files.extend(number.map(|number| (number, path)));
        }
        files.sort();
        Ok(files)
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
        self.folder.join(name(number))
    }
}

/// The name of the file of a step.
fn name(number: usize) -> String {
    format!("{number:08}")
}

fn damaged(path: &Path, why: &str) -> Failure {
    Failure::could_not(format!("the logged step {} is damaged: {why}", path.display()))
}
