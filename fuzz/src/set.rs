//! Files in a folder in memory, written anew for each input, and PLINK sets.

use std::fs;
use std::path::PathBuf;

use cohort::{Genotypes, ReadError};
use tempfile::TempDir;

/// Where one process writes its sets.
pub struct Folder {
    folder: TempDir,
}

impl Default for Folder {
    fn default() -> Self {
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Folder { folder: folder.expect("a folder to write to") }
    }
}

impl Folder {
    /// Writes the files of a set, each with the ending of its name.
    pub fn write(&self, files: [(&str, &[u8]); 3]) {
        for (ending, bytes) in files {
            fs::write(self.path(ending), bytes).expect("the folder takes files");
        }
    }

    /// Opens the set that the file of this ending belongs to.
    pub fn open(&self, ending: &str) -> Result<Genotypes, ReadError> {
        Genotypes::open(&self.path(ending))
    }

    /// Where the file with this ending of its name is.
    pub fn path(&self, ending: &str) -> PathBuf {
        self.folder.path().join("input").with_extension(ending)
    }
}

/// Cuts an input at the first two bytes of 0, which neither text of a set has.
pub fn cut(input: &[u8]) -> Option<[&[u8]; 3]> {
    let mut parts = input.splitn(3, |byte| *byte == 0);
    Some([parts.next()?, parts.next()?, parts.next()?])
}
