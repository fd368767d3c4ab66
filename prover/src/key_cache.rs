//! Proving keys in a folder: one file a circuit, named by the circuit's id. A file is used only
//! after its SHA-256 has been compared — with the shape table's where the shape is shipped, else
//! with the one written beside it — and its points are then taken unchecked. A key that is not
//! there is made. Specification: `docs/spec/circuit.md`, "Keys on disk".

use crate::circuit::Circuit;
use crate::development;
use crate::proving::ReadyCircuit;
use crate::r1cs::R1cs;
use crate::shape::Shape;
use crate::shape_table::{self, ShapeRow};
use alloy_primitives::B256;
use ark_bn254::Bn254;
use ark_groth16::ProvingKey;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
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
const CONSTRAINTS_A_SECOND: usize = 20_000;

impl KeyCache {
    /// Keys in `folder`, which is made when it is needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), ..Self::default() }
    }

    /// Makes a shape's proving key now, unless it is there.
    ///
    /// # Errors
    /// A key file that can be neither read nor written.
    pub fn prepare(
        &self,
        shape: &Shape,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), KeyFileError> {
        self.ready(shape, progress).map(|_| ())
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
        // A shipped shape's file is known by name before its rows are there.
        let row = shape_table::find(shape);
        let file = |named: &NamedCircuit| KeyFile::new(&self.folder, named);
        let (r1cs, early) = rayon::join(
            || circuit.r1cs(),
            || row.map(|row| file(&NamedCircuit::shipped(row)).load()),
        );
        let named = row.map_or_else(|| NamedCircuit::computed(&r1cs), NamedCircuit::shipped);
        let file = file(&named);
        let found = early.unwrap_or_else(|| file.load()).map_err(|source| file.failed(source))?;
        if matches!(found, Found::Damaged) {
            progress(Progress::ReplacingKey(file.key.clone()));
        }
        let key = match found {
            Found::Whole(key) => *key,
            Found::Nothing | Found::Damaged => {
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

/// What a circuit is called: of shipped shapes the table says it.
struct NamedCircuit {
    fingerprint: B256,
    id: CircuitId,
    proving_key_sha256: Option<B256>,
}

impl NamedCircuit {
    const fn shipped(row: &ShapeRow) -> Self {
        let ShapeRow { fingerprint, circuit_id, proving_key_sha256, .. } = *row;
        Self { fingerprint, id: circuit_id, proving_key_sha256: Some(proving_key_sha256) }
    }

    fn computed(r1cs: &R1cs) -> Self {
        let fingerprint = r1cs.fingerprint();
        let (id, _) = development::named(r1cs, fingerprint);
        Self { fingerprint, id, proving_key_sha256: None }
    }
}

/// What was found of a key.
enum Found {
    Whole(Box<ProvingKey<Bn254>>),
    Damaged,
    Nothing,
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

    fn load(&self) -> io::Result<Found> {
        let Some(bytes) = existing(&self.key)? else { return Ok(Found::Nothing) };
        let expected = match self.expected {
            Some(digest) => Some(digest),
            None => existing(&self.digest)?
                .and_then(|digits| hex::decode(digits).ok())
                .and_then(|digest| B256::try_from(digest.as_slice()).ok()),
        };
        if expected != Some(sha256(&bytes)) {
            return Ok(Found::Damaged);
        }
        // The bytes are those that this program wrote: no point needs a check.
        let key = ProvingKey::deserialize_uncompressed_unchecked(bytes.as_slice());
        Ok(key.map_or(Found::Damaged, |key| Found::Whole(Box::new(key))))
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
