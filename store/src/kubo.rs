//! A Kubo node's blocks, by its RPC. What the node gives is hashed on arrival; what it says of
//! itself (that it stored, has or pins a block) is its word. Specification: `docs/spec/store.md`.

mod error;
mod repair;
mod rpc;

use crate::block::{BlockStore, MAX_BLOCK, StoreError, verify_block};
use ledger::{Cid, Codec};
use rpc::{Answer, Ask, Rpc};
use serde_json::Value;

pub use error::{AddressError, KuboError};
pub use rpc::Patience;

/// A Kubo node. Its calls wait for the node, so they must not be made from async code.
pub struct Kubo {
    name: String,
    rpc: Rpc,
    patience: Patience,
}

impl Kubo {
    /// The node with its RPC at `http://HOST:PORT` or `https://HOST:PORT`. Nothing is asked yet.
    ///
    /// # Errors
    /// An address of another form.
    pub fn at(address: &str) -> Result<Self, AddressError> {
        Self::with_patience(address, Patience::default())
    }

    /// The same, waited for as long as `patience` says.
    ///
    /// # Errors
    /// As [`Kubo::at`].
    pub fn with_patience(address: &str, patience: Patience) -> Result<Self, AddressError> {
        let rpc = Rpc::new(address, &patience)?;
        Ok(Self { name: format!("kubo:{}", rpc.origin()), rpc, patience })
    }

    fn failed(&self, doing: &'static str, cid: Cid, source: KuboError) -> StoreError {
        StoreError::Kubo { store: self.name.clone(), doing, cid, source }
    }

    /// The block; with `offline`, only if the node itself has it.
    fn fetch(&self, cid: Cid, offline: bool) -> Result<Option<Vec<u8>>, StoreError> {
        let failed = |source| self.failed("give", cid, source);
        let network = self.patience.network;
        let waits = format!("{}ms", network.as_millis());
        let (name, offline) = (cid.to_string(), if offline { "true" } else { "false" });
        let ask = Ask {
            command: "block/get",
            query: &[("arg", &name), ("offline", offline), ("timeout", &waits)],
            block: None,
            most: MAX_BLOCK,
            within: self.patience.block + network,
        };
        match self.rpc.ask(&ask) {
            Ok(Answer::Done(bytes)) if cid.is_of(&bytes) => Ok(Some(bytes)),
            Ok(Answer::Done(_)) | Err(KuboError::TooLong(_)) => {
                Err(StoreError::Corrupt { store: self.name.clone(), cid })
            }
            Ok(Answer::Refused(message)) if is_missing(&message) => Ok(None),
            Ok(Answer::Refused(message)) if message.contains("context deadline exceeded") => {
                Err(failed(KuboError::NotFound(network)))
            }
            Ok(Answer::Refused(message)) => Err(failed(KuboError::said(&message))),
            Err(error) => Err(failed(error)),
        }
    }

    fn send(&self, cid: Cid, bytes: &[u8]) -> Result<(), KuboError> {
        let codec = match cid.codec() {
            Codec::Raw => "raw",
            Codec::DagPb => "dag-pb",
            Codec::DagCbor => "dag-cbor",
        };
        let query = [("cid-codec", codec), ("mhtype", "sha2-256")];
        let ask = Ask::short("block/put", &query, self.patience.block);
        let answer = self.done(&Ask { block: Some((cid, bytes)), ..ask })?;
        match answer["Key"].as_str() {
            Some(key) if key == cid.to_string() => Ok(()),
            Some(key) => Err(KuboError::OtherCid(key.chars().take(80).collect())),
            None => Err(KuboError::Strange("block/put")),
        }
    }

    /// Kubo's answer, which is JSON.
    fn done(&self, ask: &Ask<'_>) -> Result<Value, KuboError> {
        match self.rpc.ask(ask)? {
            Answer::Done(bytes) => {
                serde_json::from_slice(&bytes).map_err(|_| KuboError::Strange(ask.command))
            }
            Answer::Refused(message) => Err(KuboError::said(&message)),
        }
    }

    /// The name of the pin of this kind, mostly empty; `None` where there is no such pin.
    fn pin_of(&self, root: &str, kind: &str) -> Result<Option<String>, KuboError> {
        let query = [("arg", root), ("type", kind), ("names", "true"), ("offline", "true")];
        match self.done(&Ask::short("pin/ls", &query, self.patience.block)) {
            Ok(answer) => match &answer["Keys"][root] {
                Value::Object(pin) => {
                    Ok(Some(pin.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned()))
                }
                _ => Err(KuboError::Strange("pin/ls")),
            },
            Err(KuboError::Refused(message)) if message.ends_with("is not pinned") => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Kubo has no code for "not there"; these are its words for it since 0.13.
fn is_missing(message: &str) -> bool {
    message.contains("ipld: could not find ")
}

impl BlockStore for Kubo {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn is_far(&self) -> bool {
        true
    }

    fn get(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError> {
        self.fetch(cid, false)
    }

    fn get_here(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError> {
        self.fetch(cid, true)
    }

    fn put(&self, cid: Cid, bytes: &[u8]) -> Result<(), StoreError> {
        verify_block(cid, bytes)?;
        let sent = match self.get_here(cid) {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => self.send(cid, bytes),
            Err(StoreError::Corrupt { .. }) => self.replace(cid, bytes),
            Err(error) => return Err(error),
        };
        sent.map_err(|source| self.failed("take", cid, source))
    }

    fn has(&self, cid: Cid) -> Result<bool, StoreError> {
        let name = cid.to_string();
        let query = [("arg", name.as_str()), ("offline", "true")];
        match self.done(&Ask::short("block/stat", &query, self.patience.block)) {
            Ok(_) => Ok(true),
            Err(KuboError::Refused(message)) if is_missing(&message) => Ok(false),
            Err(error) => Err(self.failed("look for", cid, error)),
        }
    }

    /// A file is pinned with everything below it, another block alone: what it links to has pins
    /// of its own.
    fn pin(&self, cid: Cid) -> Result<(), StoreError> {
        if self.pinned(cid)? {
            return Ok(());
        }
        let (name, whole) = (cid.to_string(), cid.codec() == Codec::DagPb);
        let whole = if whole { "true" } else { "false" };
        let query = [("arg", name.as_str()), ("recursive", whole), ("offline", "true")];
        match self.done(&Ask::short("pin/add", &query, self.patience.pin)) {
            Ok(answer) if answer["Pins"][0] == name.as_str() => Ok(()),
            Ok(_) => Err(self.failed("pin", cid, KuboError::Strange("pin/add"))),
            Err(error) => Err(self.failed("pin", cid, error)),
        }
    }

    fn pinned(&self, cid: Cid) -> Result<bool, StoreError> {
        let kinds =
            if cid.codec() == Codec::DagPb { &["recursive"][..] } else { &["direct", "recursive"] };
        let name = cid.to_string();
        for kind in kinds {
            match self.pin_of(&name, kind) {
                Ok(Some(_)) => return Ok(true),
                Ok(None) => {}
                Err(error) => return Err(self.failed("say whether it pins", cid, error)),
            }
        }
        Ok(false)
    }
}
