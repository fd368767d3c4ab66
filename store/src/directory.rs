//! Blocks as files `ab/<cid>`, `ab` being the first byte of the digest. A file has its name only
//! when it is whole and on the disk; names come from CIDs alone, and no symbolic link below the
//! folder is followed. Specification: `docs/spec/store.md`.

use crate::block::{BlockStore, MAX_BLOCK, StoreError, verify_block};
use crate::disk::DiskError;
use crate::unnamed::UnnamedFile;
use ledger::Cid;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// Without `NONBLOCK` a named pipe under a block's name would be waited for.
const BLOCK: OFlags =
    OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// A folder of blocks, public: folders have mode 0755 and blocks 0644, less the umask.
///
/// The folder is opened for each block anew: one that went away is told and comes back, where a
/// descriptor would go on reading and writing what nobody else sees.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The folder at `path`, which must be there.
    ///
    /// # Errors
    /// Nothing there, or no folder.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DiskError> {
        let directory = Self { path: path.as_ref().to_path_buf() };
        directory.root()?;
        Ok(directory)
    }

    /// Makes the folder, and those above it, where they are not there yet, and opens it.
    ///
    /// # Errors
    /// The disk refused.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, DiskError> {
        let path = path.as_ref();
        std::fs::create_dir_all(path).map_err(|e| DiskError::new("make the folder", path, e))?;
        Self::open(path)
    }

    fn corrupt(&self, cid: Cid) -> StoreError {
        StoreError::Corrupt { store: self.name(), cid }
    }

    fn shard_path(&self, cid: Cid) -> PathBuf {
        self.path.join(shard_name(cid))
    }

    fn root(&self) -> Result<OwnedFd, DiskError> {
        rustix::fs::openat(CWD, &self.path, FOLDER, Mode::empty())
            .map_err(|e| DiskError::new("open the folder of blocks", &self.path, e))
    }

    fn made_shard(&self, cid: Cid) -> Result<OwnedFd, DiskError> {
        let root = self.root()?;
        let refused = |e| DiskError::new("make the folder", &self.shard_path(cid), e);
        match rustix::fs::mkdirat(&root, shard_name(cid), Mode::from_raw_mode(0o755)) {
            Ok(()) => rustix::fs::fsync(&root).map_err(refused)?,
            Err(Errno::EXIST) => {}
            Err(e) => return Err(refused(e)),
        }
        shard(&root, cid).map_err(refused)
    }
}

fn shard(root: &OwnedFd, cid: Cid) -> rustix::io::Result<OwnedFd> {
    let flags = FOLDER.union(OFlags::NOFOLLOW);
    rustix::fs::openat(root, shard_name(cid), flags, Mode::empty())
}

fn shard_name(cid: Cid) -> String {
    format!("{:02x}", cid.digest()[0])
}

impl BlockStore for Directory {
    fn name(&self) -> String {
        format!("dir:{}", self.path.display())
    }

    fn get(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.shard_path(cid).join(cid.to_string());
        let opened = shard(&self.root()?, cid)
            .and_then(|shard| rustix::fs::openat(&shard, cid.to_string(), BLOCK, Mode::empty()));
        match opened {
            Ok(file) => match read_capped(file.into()) {
                Ok(Some(bytes)) if cid.is_of(&bytes) => Ok(Some(bytes)),
                Ok(_) => Err(self.corrupt(cid)),
                Err(e) => Err(DiskError::new("read", &path, e).into()),
            },
            Err(Errno::NOENT) => Ok(None),
            // A link, or a shard that is no folder, stands where the block should.
            Err(Errno::LOOP | Errno::NOTDIR) => Err(self.corrupt(cid)),
            Err(e) => Err(DiskError::new("open", &path, e).into()),
        }
    }

    fn put(&self, cid: Cid, bytes: &[u8]) -> Result<(), StoreError> {
        verify_block(cid, bytes)?;
        match self.get(cid) {
            Ok(Some(_)) => return Ok(()),
            Ok(None) | Err(StoreError::Corrupt { .. }) => {}
            Err(e) => return Err(e),
        }
        let path = self.shard_path(cid).join(cid.to_string());
        let mut file = UnnamedFile::inside(self.made_shard(cid)?, &path, 0o644)?;
        file.fill(bytes)?;
        Ok(file.publish()?)
    }

    fn has(&self, cid: Cid) -> Result<bool, StoreError> {
        let found = shard(&self.root()?, cid).and_then(|shard| {
            rustix::fs::statat(&shard, cid.to_string(), AtFlags::SYMLINK_NOFOLLOW)
        });
        match found {
            Ok(_) => Ok(true),
            Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => Ok(false),
            Err(e) => Err(DiskError::new("look for", &self.shard_path(cid), e).into()),
        }
    }
}

/// The bytes of a plain file of at most [`MAX_BLOCK`]; `None` for anything else.
fn read_capped(file: File) -> io::Result<Option<Vec<u8>>> {
    let about = file.metadata()?;
    if !about.is_file() || about.len() > MAX_BLOCK as u64 {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(about.len() as usize + 1);
    file.take(MAX_BLOCK as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= MAX_BLOCK).then_some(bytes))
}
