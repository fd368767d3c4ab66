//! Cutting bytes into a file's blocks, in constant memory.

use super::{FileCid, LEAF, UnixfsError, WIDTH};
use crate::block::BlockStore;
use ledger::Cid;
use rust_unixfs::file::adder::{BalancedCollector, Chunker, FileAdder};
use std::io::Read;

/// Stores `input` as a file. `progress` is told how many of its bytes are stored.
///
/// # Errors
/// The input cannot be read, or a block not stored.
pub fn write_file(
    store: &dyn BlockStore,
    input: impl Read,
    progress: impl FnMut(u64),
) -> Result<FileCid, UnixfsError> {
    each_block(input, |cid, block| Ok(store.put(cid, block)?), progress)
}

/// The CID that `input` has as a file; nothing is stored.
///
/// # Errors
/// The input cannot be read.
pub fn file_cid(input: impl Read) -> Result<FileCid, UnixfsError> {
    each_block(input, |_, _| Ok(()), |_| ())
}

/// Hands on each block, the root last.
pub(crate) fn each_block(
    mut input: impl Read,
    mut keep: impl FnMut(Cid, &[u8]) -> Result<(), UnixfsError>,
    mut progress: impl FnMut(u64),
) -> Result<FileCid, UnixfsError> {
    let mut cutting = Cutting::default();
    let (mut leaf, mut size) = (Vec::with_capacity(LEAF), 0);
    loop {
        leaf.clear();
        let got = input.by_ref().take(LEAF as u64).read_to_end(&mut leaf);
        let got = got.map_err(UnixfsError::Input)?;
        cutting.push(&leaf, &mut keep)?;
        size += got as u64;
        if got < LEAF {
            break;
        }
        progress(size);
    }
    let cid = cutting.finish(&mut keep)?;
    progress(size);
    Ok(FileCid { cid, size })
}

/// A file's bytes on their way into blocks.
pub(crate) struct Cutting {
    adder: FileAdder,
    root: Option<Cid>,
}

impl Default for Cutting {
    fn default() -> Self {
        let adder = FileAdder::builder()
            .with_chunker(Chunker::Size(LEAF))
            .with_collector(BalancedCollector::with_branching_factor(WIDTH))
            .build();
        Self { adder, root: None }
    }
}

impl Cutting {
    /// Takes the next bytes, and hands on the blocks that are complete.
    pub(crate) fn push<E>(
        &mut self,
        mut bytes: &[u8],
        mut keep: impl FnMut(Cid, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        while !bytes.is_empty() {
            let (blocks, taken) = self.adder.push(bytes);
            bytes = &bytes[taken..];
            for (cid, block) in blocks {
                let cid = narrow(&cid);
                self.root = Some(cid);
                keep(cid, &block)?;
            }
        }
        Ok(())
    }

    /// Hands on the last blocks, and says which is the root.
    pub(crate) fn finish<E>(
        self,
        mut keep: impl FnMut(Cid, &[u8]) -> Result<(), E>,
    ) -> Result<Cid, E> {
        let mut root = self.root;
        for (cid, block) in self.adder.finish() {
            let cid = narrow(&cid);
            root = Some(cid);
            keep(cid, &block)?;
        }
        Ok(root.expect("a file of no bytes has a block too"))
    }
}

fn narrow(cid: &cid::Cid) -> Cid {
    Cid::from_bytes(&cid.to_bytes())
        .expect("the profile names blocks by CIDv1, raw or dag-pb, and SHA-256")
}
