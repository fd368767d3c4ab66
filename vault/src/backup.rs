//! All data keys of a vault in one encrypted file. With the phrase, it is all that recovery needs.
//!
//! ```text
//! backup  = "PVB1" ‖ address[20] ‖ nonce[12] ‖ sealed
//! sealed  = ChaCha20-Poly1305(HKDF(seed, "vault"), nonce, ad = "PVB1" ‖ address, entries)
//! entries = u32 n ‖ n × (u16 length ‖ entry), by ascending commitment of the key
//! ```
//! Specification: `docs/spec/keys.md`.

use crate::data_key::Entry;
use crate::home::{Merged, Unlocked, VaultError, read_plain};
use crate::secret::random;
use crate::wrap;
use alloy_primitives::Address;
use std::path::Path;
use store::{DiskError, UnnamedFile};
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"PVB1";
/// Bytes of magic and address: what stands open, and is bound.
const OPEN: usize = MAGIC.len() + 20;
/// Bytes that a backup may have: over 200,000 keys.
const MAX_BYTES: usize = 64 << 20;

/// What a restoration did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Keys that the vault did not have, or had in a damaged file.
    pub added: usize,
    /// Keys that it had.
    pub unchanged: usize,
    /// Keys that it had with another record, which stays.
    pub differing: usize,
}

impl Unlocked {
    /// Writes all data keys into `path`, which must not be there, and says how many they are.
    ///
    /// # Errors
    /// The file is there, some key's file does not open, or what the disk refuses.
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<usize, VaultError> {
        let path = path.as_ref();
        let entries = self.entries()?;
        let mut open = MAGIC.to_vec();
        open.extend_from_slice(self.identity().address().as_slice());
        let nonce = random()?;
        let sealed = wrap::seal(self.key(), &nonce, &open, &encode(&entries)?);
        let backup = [open.as_slice(), &nonce, &sealed].concat();
        if backup.len() > MAX_BYTES {
            let why = "the vault has too many keys for one file";
            return Err(VaultError::NotBackup { path: path.to_path_buf(), why });
        }
        let mut file = UnnamedFile::create(path)?;
        file.fill(&backup)?;
        file.publish_new()?;
        Ok(entries.len())
    }

    /// Merges the data keys of a backup into this vault. Everything is verified before anything is
    /// written; what the vault has stays.
    ///
    /// # Errors
    /// A backup of another identity, a damaged one, or what the disk refuses.
    pub fn restore(&self, path: impl AsRef<Path>) -> Result<Restored, VaultError> {
        let path = path.as_ref();
        let bytes = read_plain(path, MAX_BYTES)?
            .ok_or_else(|| DiskError::new("read", path, rustix::io::Errno::NOENT))?;
        let mut restored = Restored::default();
        for entry in self.open_backup(path, &bytes)? {
            match self.merge(&entry)? {
                Merged::Added => restored.added += 1,
                Merged::Unchanged => restored.unchanged += 1,
                Merged::Differs => restored.differing += 1,
            }
        }
        Ok(restored)
    }

    pub(crate) fn open_backup(&self, path: &Path, bytes: &[u8]) -> Result<Vec<Entry>, VaultError> {
        let refused = |why| VaultError::NotBackup { path: path.to_path_buf(), why };
        if !bytes.starts_with(MAGIC) {
            return Err(refused("it does not begin like one"));
        }
        let (open, rest) = bytes.split_at_checked(OPEN).ok_or(refused("it is cut off"))?;
        let (nonce, sealed) = rest.split_first_chunk().ok_or(refused("it is cut off"))?;
        let (backup, vault) = (Address::from_slice(&open[4..]), self.identity().address());
        if backup != vault {
            return Err(VaultError::AnotherIdentity { backup, vault });
        }
        let entries = wrap::open(self.key(), nonce, open, sealed)
            .map_err(|wrap::WrongTag| refused("it was changed or cut off"))?;
        decode(&entries).ok_or(refused("its entries are malformed"))
    }
}

fn encode(entries: &[Entry]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let entries: Vec<_> =
        entries.iter().map(Entry::encode).collect::<Result<_, _>>().map_err(VaultError::Record)?;
    let length = entries.iter().map(|entry| 2 + entry.len()).sum::<usize>();
    // Reserved at once: growing would leave copies of the keys behind.
    let mut out = Zeroizing::new(Vec::with_capacity(4 + length));
    out.extend_from_slice(&(entries.len() as u32).to_be_bytes());
    for entry in &entries {
        out.extend_from_slice(&(entry.len() as u16).to_be_bytes());
        out.extend_from_slice(entry);
    }
    Ok(out)
}

fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (n, mut rest) = bytes.split_first_chunk::<4>()?;
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..u32::from_be_bytes(*n) {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
        let entry = Entry::decode(entry).ok()?;
        if entries.last().is_some_and(|last| last.key.commit() >= entry.key.commit()) {
            return None;
        }
        entries.push(entry);
        rest = after;
    }
    rest.is_empty().then_some(entries)
}
