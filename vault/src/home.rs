//! A vault: the one folder of a home in which secrets lie, all encrypted. `identity.json` is the
//! seed under the passphrase, `keys/` one file for each data key under the identity. The folder has
//! mode 0700, files 0600; names of files are ours or come from commitments, never from what a file
//! says. Specification: `docs/spec/keys.md`.

use crate::data_key::{Entry, EntryError, MAX_FILE, WrapError, name_of};
use crate::identity::{DerivationError, Identity};
use crate::keystore::{self, KeystoreError};
use crate::secret::{NoRandomness, Passphrase, Secret};
use alloy_primitives::{Address, B256};
use rustix::fs::{CWD, Mode, OFlags};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use store::{DiskError, UnnamedFile};

const IDENTITY: &str = "identity.json";
const KEYS: &str = "keys";

/// A vault on disk, locked.
pub struct Vault;

/// A vault whose passphrase was given.
#[derive(Debug)]
pub struct Unlocked {
    dir: PathBuf,
    identity: Identity,
    key: Secret<32>,
}

/// Why a vault does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Nothing to unlock.
    #[error("there is no vault at {}", .0.display())]
    None(PathBuf),
    /// Others than its owner may look into the folder.
    #[error("others may read the vault {} (mode {mode:03o}): make it 700", dir.display())]
    Exposed {
        /// The folder.
        dir: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The identity does not come out.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The seed gives no account.
    #[error(transparent)]
    Derivation(#[from] DerivationError),
    /// A data key's file does not open.
    #[error("the data key's file {} does not open: {why}", path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: EntryError,
    },
    /// An entry that cannot be kept.
    #[error("the data key cannot be kept: {0}")]
    Record(EntryError),
    /// The key is there with another record, which is not replaced.
    #[error("the data key {0} is kept already, with another record")]
    Kept(B256),
    /// Not a backup.
    #[error("{} is no backup of a vault: {why}", path.display())]
    NotBackup {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// A backup of somebody else's vault.
    #[error("the backup is of {backup}, this vault of {vault}")]
    AnotherIdentity {
        /// Whose it is.
        backup: Address,
        /// Who asks.
        vault: Address,
    },
    /// No nonce can be had.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl From<WrapError> for VaultError {
    fn from(error: WrapError) -> Self {
        match error {
            WrapError::Entry(why) => Self::Record(why),
            WrapError::Random(error) => error.into(),
        }
    }
}

impl Vault {
    /// Makes the vault `dir`, with the folders above it, for an identity that has none there.
    ///
    /// # Errors
    /// A vault is there already, or what the disk refuses.
    pub fn create(
        dir: impl AsRef<Path>,
        identity: &Identity,
        passphrase: &Passphrase,
    ) -> Result<(), VaultError> {
        let dir = dir.as_ref();
        let keys = dir.join(KEYS);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&keys)
            .map_err(|e| DiskError::new("make the folder", &keys, e))?;
        refuse_exposed(dir)?;
        let path = dir.join(IDENTITY);
        if path.symlink_metadata().is_ok() {
            return Err(DiskError::Exists { path }.into());
        }
        let json = keystore::seal(identity.seed(), identity.address(), passphrase)?;
        let mut file = UnnamedFile::create(&path)?;
        file.fill(json.as_bytes())?;
        file.publish_new()?;
        let above = dir.join("..");
        let synced = File::open(&above).and_then(|folder| folder.sync_all());
        Ok(synced.map_err(|e| DiskError::new("bring to the disk", &above, e))?)
    }

    /// Unlocks the vault `dir`.
    ///
    /// # Errors
    /// No vault, a wrong passphrase, a damaged keystore, or a folder that others may read.
    pub fn open(dir: impl AsRef<Path>, passphrase: &Passphrase) -> Result<Unlocked, VaultError> {
        let dir = dir.as_ref();
        let json = identity_file(dir)?;
        refuse_exposed(dir)?;
        let mut secret = keystore::open(&json, passphrase)?;
        let seed = <&mut [u8; 64]>::try_from(secret.as_mut_slice()).map_err(|_| {
            KeystoreError::Damaged("what it holds is no seed of 64 bytes".to_owned())
        })?;
        let identity = Identity::from_seed(Secret::take(seed))?;
        if keystore::address(&json)?.is_some_and(|address| address != identity.address()) {
            let what = "its address is not the one of its seed".to_owned();
            return Err(KeystoreError::Damaged(what).into());
        }
        Ok(Unlocked::new(dir, identity))
    }

    /// Whose the vault `dir` is, without its passphrase: what its keystore says.
    ///
    /// # Errors
    /// No vault, or a damaged keystore.
    pub fn address(dir: impl AsRef<Path>) -> Result<Address, VaultError> {
        let address = keystore::address(&identity_file(dir.as_ref())?)?;
        Ok(address.ok_or_else(|| KeystoreError::Damaged("it has no address".to_owned()))?)
    }
}

fn identity_file(dir: &Path) -> Result<Vec<u8>, VaultError> {
    let path = dir.join(IDENTITY);
    let json = read_plain(&path, keystore::MAX_BYTES)?;
    json.ok_or_else(|| VaultError::None(dir.to_path_buf()))
}

fn refuse_exposed(dir: &Path) -> Result<(), VaultError> {
    let about = fs::metadata(dir).map_err(|e| DiskError::new("look at", dir, e))?;
    match about.permissions().mode() & 0o777 {
        mode if mode & 0o077 != 0 => Err(VaultError::Exposed { dir: dir.to_path_buf(), mode }),
        _ => Ok(()),
    }
}

/// What came of merging an entry into a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    Added,
    Unchanged,
    /// The vault has the key with another record, which stays.
    Differs,
}

impl Unlocked {
    pub(crate) fn new(dir: &Path, identity: Identity) -> Self {
        let key = identity.vault_key();
        Self { dir: dir.to_path_buf(), identity, key }
    }

    /// Whose vault it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn key(&self) -> &Secret<32> {
        &self.key
    }

    /// Keeps a data key. The same key with the same record may be kept again.
    ///
    /// # Errors
    /// The key is there with another record, or what the disk refuses.
    pub fn keep(&self, entry: &Entry) -> Result<(), VaultError> {
        match self.merge(entry)? {
            Merged::Added | Merged::Unchanged => Ok(()),
            Merged::Differs => Err(VaultError::Kept(entry.key.commit())),
        }
    }

    /// The data key with this commitment.
    ///
    /// # Errors
    /// Its file does not open or read.
    pub fn find(&self, key_commit: B256) -> Result<Option<Entry>, VaultError> {
        self.read(&name_of(key_commit))
    }

    /// The data keys that sealed the file with this SHA-256, in the order of their commitments.
    ///
    /// # Errors
    /// Some key's file does not open or read.
    pub fn find_file(&self, sha256: B256) -> Result<Vec<Entry>, VaultError> {
        let mut found = self.entries()?;
        found.retain(|entry| entry.record.sha256 == sha256);
        Ok(found)
    }

    /// All data keys, in the order of their commitments.
    ///
    /// # Errors
    /// Some key's file does not open or read.
    pub fn entries(&self) -> Result<Vec<Entry>, VaultError> {
        let keys = self.dir.join(KEYS);
        let refused = |e| DiskError::new("read the folder", &keys, e);
        let mut names = Vec::new();
        for found in fs::read_dir(&keys).map_err(refused)? {
            let name = found.map_err(refused)?.file_name();
            names.extend(name.into_string().ok().filter(|name| is_key_name(name)));
        }
        names.sort();
        names.iter().filter_map(|name| self.read(name).transpose()).collect()
    }

    /// Adds the entry unless its key is there; a file that does not open is replaced.
    pub(crate) fn merge(&self, entry: &Entry) -> Result<Merged, VaultError> {
        match self.read(&entry.name()) {
            Ok(Some(kept)) if kept == *entry => return Ok(Merged::Unchanged),
            Ok(Some(_)) => return Ok(Merged::Differs),
            Ok(None) | Err(VaultError::Entry { .. }) => {}
            Err(error) => return Err(error),
        }
        let mut file = UnnamedFile::create(self.dir.join(KEYS).join(entry.name()))?;
        file.fill(&entry.wrap(&self.key)?)?;
        file.publish()?;
        Ok(Merged::Added)
    }

    fn read(&self, name: &str) -> Result<Option<Entry>, VaultError> {
        let path = self.dir.join(KEYS).join(name);
        let Some(file) = read_plain(&path, MAX_FILE)? else { return Ok(None) };
        let entry = Entry::unwrap(&file, &self.key, name);
        entry.map(Some).map_err(|why| VaultError::Entry { path, why })
    }
}

/// Whether `name` is 64 digits of lower-case hex and `.key`.
fn is_key_name(name: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    name.strip_suffix(".key").is_some_and(|stem| stem.len() == 64 && stem.bytes().all(hex))
}

/// A plain file of at most `most` bytes, no link followed; `None` if nothing has the name.
pub(crate) fn read_plain(path: &Path, most: usize) -> Result<Option<Vec<u8>>, DiskError> {
    let refused = |e: io::Error| DiskError::new("read", path, e);
    // Without NONBLOCK a named pipe would be waited for.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file: File = match rustix::fs::openat(CWD, path, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(e) => return Err(refused(e.into())),
    };
    let about = file.metadata().map_err(refused)?;
    if !about.is_file() || about.len() > most as u64 {
        let what = "it is no plain file, or too large";
        return Err(refused(io::Error::new(io::ErrorKind::InvalidData, what)));
    }
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes).map_err(refused)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests;
