//! The leaf list: 32 bytes a column, in column order. It is public, and every path is built from
//! it. Specification: `docs/spec/panel.md`.

use alloy_primitives::B256;
use ledger::Fr;
use ledger::field::{self, NotInField};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;

/// Bytes of a leaf.
const LEAF: usize = 32;

/// A leaf list that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LeafListError {
    /// The file fails.
    #[error("the leaf list cannot be read")]
    Io(#[from] io::Error),
    /// A part of a leaf at the end.
    #[error("the leaf list has {0} bytes, which is no multiple of 32")]
    Length(u64),
    /// A leaf at or above the modulus.
    #[error("leaf {index} of the leaf list is no field element")]
    NotInField {
        /// From 0.
        index: u64,
        /// Its bytes.
        #[source]
        source: NotInField,
    },
}

/// The leaves of a panel in a file, which may have no name.
#[derive(Debug)]
pub struct LeafList {
    file: File,
    columns: u64,
}

impl LeafList {
    /// The list in `file`; its leaves are read, and checked, when they are used.
    ///
    /// # Errors
    /// A length that is no multiple of 32.
    pub fn new(file: File) -> Result<Self, LeafListError> {
        let length = file.metadata()?.len();
        if !length.is_multiple_of(LEAF as u64) {
            return Err(LeafListError::Length(length));
        }
        Ok(Self { file, columns: length / LEAF as u64 })
    }

    /// How many leaves there are.
    pub const fn columns(&self) -> u64 {
        self.columns
    }

    /// The bytes from the first, wherever others read at the time.
    pub const fn reader(&self) -> impl Read {
        LeafReader { file: &self.file, at: 0 }
    }

    /// The leaves in order, so many at a time.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = Result<Vec<Fr>, LeafListError>> {
        let mut reader = BufReader::with_capacity(1 << 16, self.reader());
        (0..self.columns).step_by(size).map(move |first| {
            let count = (self.columns - first).min(size as u64);
            (first..first + count).map(|index| read_leaf(&mut reader, index)).collect()
        })
    }

    /// A list of these leaves, for tests.
    #[cfg(test)]
    pub(crate) fn of(leaves: &[Fr]) -> Self {
        let mut file = tempfile::tempfile().unwrap();
        for leaf in leaves {
            io::Write::write_all(&mut file, field::to_bytes(*leaf).as_slice()).unwrap();
        }
        Self::new(file).unwrap()
    }
}

fn read_leaf(reader: &mut impl Read, index: u64) -> Result<Fr, LeafListError> {
    let mut bytes = B256::ZERO;
    reader.read_exact(bytes.as_mut_slice())?;
    field::from_bytes(bytes).map_err(|source| LeafListError::NotInField { index, source })
}

struct LeafReader<'a> {
    file: &'a File,
    at: u64,
}

impl Read for LeafReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn wrong_lists_are_refused() {
        let file = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            LeafList::new(file)
        };
        assert!(matches!(file(&[0; 33]), Err(LeafListError::Length(33))));
        let list = file(&[[0; 32], [0xff; 32]].concat()).unwrap();
        let read: Result<Vec<_>, _> = list.batches(1).collect();
        assert!(matches!(read, Err(LeafListError::NotInField { index: 1, .. })));
        assert_eq!(list.columns(), 2);
    }
}
