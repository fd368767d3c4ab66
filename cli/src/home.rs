//! A home: one actor's folder. Secrets stand only under `vault/`; all else here is the actor's own
//! notes, which can be made again from phrase, backup, chain and store.
//!
//! ```text
//! identity.json      public: address and keys          vault/     keystore, wrapped data keys
//! config.json        network file, nodes, stores       index/     the chain, followed
//! log/<id>/NNNNNNNN  own steps, signed                 notes/     what is under way, and was seen
//! turn               locked by the command that sends  scratch/   files without a name, for a while
//! ```

use crate::failure::{Context as _, Failure};
use alloy_primitives::Address;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use store::{DiskError, UnnamedFile};

/// An actor's folder.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

/// What anyone may know of the actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PublicIdentity {
    /// The account.
    pub(crate) address: Address,
    /// The key that grants are written to.
    pub(crate) reader_key: String,
    /// The key that requests are encapsulated to.
    pub(crate) xwing_key: String,
    /// The key that signs checkpoints.
    pub(crate) log_key: String,
}

/// Defaults for the global options, remembered by `init`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// `--network`.
    #[serde(default)]
    pub(crate) network: Option<PathBuf>,
    /// `--rpc`.
    #[serde(default)]
    pub(crate) rpc: Vec<String>,
    /// `--store`.
    #[serde(default)]
    pub(crate) store: Vec<String>,
}

impl Home {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.0.join("vault")
    }

    /// Makes the folder, readable by its owner alone.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        private_folder(&self.0)
    }

    pub(crate) fn has_identity(&self) -> bool {
        self.0.join("identity.json").exists()
    }

    /// Who lives here.
    pub(crate) fn identity(&self) -> Result<PublicIdentity, Failure> {
        read_json(&self.0.join("identity.json"))?.ok_or_else(|| {
            Failure::could_not(format!("there is no identity in {}", self.0.display()))
                .hint("make one with `provenome init`, or name its folder with --home")
        })
    }

    pub(crate) fn write_identity(&self, identity: &PublicIdentity) -> Result<(), Failure> {
        write_json(&self.0.join("identity.json"), identity)
    }

    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Ok(read_json(&self.0.join("config.json"))?.unwrap_or_default())
    }

    pub(crate) fn write_config(&self, config: &Config) -> Result<(), Failure> {
        write_json(&self.0.join("config.json"), config)
    }

    /// The folder for the followed chain.
    pub(crate) fn index(&self) -> Result<PathBuf, Failure> {
        self.folder("index")
    }

    /// A folder of the home, made if it is not there, with those above it.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.0.join(name);
        private_folder(&path)?;
        Ok(path)
    }

    /// What was noted under this name.
    pub(crate) fn note<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        read_json(&self.0.join("notes").join(name))
    }

    /// Notes it: on the disk when this returns.
    pub(crate) fn write_note(&self, name: &str, note: &impl Serialize) -> Result<(), Failure> {
        write_json(&self.folder("notes")?.join(name), note)
    }

    /// Forgets it.
    pub(crate) fn remove_note(&self, name: &str) -> Result<(), Failure> {
        let path = self.0.join("notes").join(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e).context("remove", &path),
            _ => Ok(()),
        }
    }
}

pub(crate) fn private_folder(path: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.context("make the folder", path)
}

/// Reads a small file; none where there is none.
pub(crate) fn read_small(path: &Path, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    let about = match fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        about => about.context("read", path)?,
    };
    if !about.is_file() {
        return Err(Failure::could_not(format!("{} is no file", path.display())));
    }
    if about.len() > most {
        let message =
            format!("{} has {} bytes; at most {most} are read", path.display(), about.len());
        return Err(Failure::could_not(message));
    }
    fs::read(path).map(Some).context("read", path)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    let Some(bytes) = read_small(path, 16 << 20)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| {
        Failure::could_not(format!("{} is damaged: {e}", path.display()))
            .hint("if nobody edited it, move it away and run the command again")
    })
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(value).expect("notes are plain data");
    text.push(b'\n');
    write_file(path, &text)
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = UnnamedFile::create(path)?;
    file.write_all(bytes).map_err(|e| DiskError::new("write", path, e))?;
    Ok(file.publish()?)
}
