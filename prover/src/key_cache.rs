//! Proving keys in a folder: one file a circuit, named by the circuit's id. A file is used only
//! after its SHA-256 has been compared — with the shape table's where the shape is shipped, else
//! with the one written beside it — and its points are then taken unchecked. A key that is not
//! there is made. Specification: `docs/spec/circuit.md`, "Keys on disk".

use crate::circuit::Circuit;
use crate::development;
use crate::proving::ReadyCircuit;
use crate::r1cs::R1cs;
use crate::shape::Shape;
use crate::shape_table;
use crate::verifying_key::VerifyingKey;
use alloy_primitives::B256;
use ark_bn254::Bn254;
use ark_groth16::ProvingKey;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ledger::statement::ALLELE_FREQUENCY;
use ledger::{CircuitId, hash::sha256};
use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What takes time, as it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The shape is met for the first time.
    MakingKey {
        /// An estimate for two cores.
        seconds: u64,
    },
    /// A key file is not what it was; another is made in its place.
    ReplacingKey(PathBuf),
    /// The witness and the proof.
    Proving,
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MakingKey { seconds } => write!(f, "making the proving key: about {seconds} s"),
            Self::ReplacingKey(file) => {
                write!(f, "the proving key {} is damaged and is made again", file.display())
            }
            Self::Proving => write!(f, "proving"),
        }
    }
}

/// A key file that can be neither read nor written.
#[derive(Debug, thiserror::Error)]
#[error("the proving key {} cannot be kept", file.display())]
pub struct KeyFileError {
    /// The file.
    pub file: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// A folder of proving keys, and those that are in memory.
#[derive(Default)]
pub struct KeyCache {
    folder: PathBuf,
    ready: Mutex<HashMap<Shape, Arc<ReadyCircuit>>>,
}

/// Constraints whose key is made in a second on two cores.
const CONSTRAINTS_A_SECOND: usize = 15_000;

impl KeyCache {
    /// Keys in `folder`, which is made when it is needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), ..Self::default() }
    }

    /// The circuit of a shape, ready to prove.
    pub(crate) fn ready(
        &self,
        shape: &Shape,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Arc<ReadyCircuit>, KeyFileError> {
        // A panic while the lock is held leaves the map as it was.
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(circuit) = ready.get(shape) {
            return Ok(circuit.clone());
        }
        let circuit = Circuit::new(shape);
        let r1cs = circuit.r1cs();
        let named = NamedCircuit::of(shape, &r1cs);
        let file = KeyFile::new(&self.folder, &named);
        let key = match file.load(progress).map_err(|source| file.failed(source))? {
            Some(key) => key,
            None => {
                let seconds = r1cs.constraints().div_ceil(CONSTRAINTS_A_SECOND) as u64;
                progress(Progress::MakingKey { seconds });
                let key = development::proving_key(&r1cs, named.fingerprint);
                file.keep(&key).map_err(|source| file.failed(source))?;
                key
            }
        };
        let circuit = Arc::new(ReadyCircuit::new(named.id, circuit, &r1cs, key));
        ready.insert(shape.clone(), circuit.clone());
        Ok(circuit)
    }
}

/// What a circuit is called: for shipped shapes the table says it.
struct NamedCircuit {
    fingerprint: B256,
    id: CircuitId,
    proving_key_sha256: Option<B256>,
}

impl NamedCircuit {
    fn of(shape: &Shape, r1cs: &R1cs) -> Self {
        if let Some(row) = shape_table::find(shape) {
            let proving_key_sha256 = Some(row.proving_key_sha256);
            return Self { fingerprint: row.fingerprint, id: row.circuit_id, proving_key_sha256 };
        }
        let fingerprint = r1cs.fingerprint();
        let key = VerifyingKey::from(development::verifying_key(r1cs, fingerprint));
        let id = key.circuit_id(ALLELE_FREQUENCY, fingerprint);
        Self { fingerprint, id, proving_key_sha256: None }
    }
}

struct KeyFile {
    key: PathBuf,
    digest: PathBuf,
    expected: Option<B256>,
}

impl KeyFile {
    fn new(folder: &Path, named: &NamedCircuit) -> Self {
        let id = hex::encode(named.id.0);
        let [key, digest] = ["key", "sha256"].map(|kind| folder.join(format!("{id}.{kind}")));
        Self { key, digest, expected: named.proving_key_sha256 }
    }

    fn failed(&self, source: io::Error) -> KeyFileError {
        KeyFileError { file: self.key.clone(), source }
    }

    /// The key, if there is one and it is whole.
    fn load(&self, progress: &mut dyn FnMut(Progress)) -> io::Result<Option<ProvingKey<Bn254>>> {
        let Some(bytes) = existing(&self.key)? else { return Ok(None) };
        let expected = match self.expected {
            Some(digest) => Some(digest),
            None => existing(&self.digest)?
                .and_then(|hex_digits| hex::decode(hex_digits).ok())
                .and_then(|digest| B256::try_from(digest.as_slice()).ok()),
        };
        if expected == Some(sha256(&bytes)) {
            // The bytes are those that this program wrote: no point needs a check.
            let key = ProvingKey::deserialize_uncompressed_unchecked(bytes.as_slice());
            if let Ok(key) = key {
                return Ok(Some(key));
            }
        }
        progress(Progress::ReplacingKey(self.key.clone()));
        Ok(None)
    }

    fn keep(&self, key: &ProvingKey<Bn254>) -> io::Result<()> {
        let bytes = to_bytes(key);
        if self.expected.is_none() {
            replace(&self.digest, hex::encode(sha256(&bytes)).as_bytes())?;
        }
        replace(&self.key, &bytes)
    }
}

/// A proving key's bytes: arkworks' uncompressed form.
pub(crate) fn to_bytes(key: &ProvingKey<Bn254>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.uncompressed_size());
    key.serialize_uncompressed(&mut bytes).expect("a vector takes all bytes");
    bytes
}

fn existing(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The whole file or none of it, readable by its owner alone. Makers at the same time write the
/// same bytes, each to a file of its own, and the last name wins.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut partial = tempfile::Builder::new().suffix(".partial").tempfile_in(folder)?;
    partial.write_all(bytes)?;
    partial.as_file().sync_all()?;
    partial.persist(file)?;
    Ok(())
}
