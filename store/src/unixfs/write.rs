//! Cutting bytes into a file's blocks, in constant memory.

use super::{FileCid, LEAF, UnixfsError, WIDTH};
use crate::block::BlockStore;
use ledger::Cid;
use rust_unixfs::file::adder::{BalancedCollector, Chunker, FileAdder};
use std::io::{self, Read};

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
fn each_block(
    mut input: impl Read,
    mut keep: impl FnMut(Cid, &[u8]) -> Result<(), UnixfsError>,
    mut progress: impl FnMut(u64),
) -> Result<FileCid, UnixfsError> {
    let mut adder = FileAdder::builder()
        .with_chunker(Chunker::Size(LEAF))
        .with_collector(BalancedCollector::with_branching_factor(WIDTH))
        .build();
    let mut root = None;
    let mut keep_block = |(cid, block): (cid::Cid, Vec<u8>)| {
        let cid = Cid::from_bytes(&cid.to_bytes())
            .expect("the profile names blocks by CIDv1, raw or dag-pb, and SHA-256");
        root = Some(cid);
        keep(cid, &block)
    };
    let (mut leaf, mut size) = (Vec::with_capacity(LEAF), 0);
    loop {
        leaf.clear();
        let got = input.by_ref().take(LEAF as u64).read_to_end(&mut leaf);
        let got = got.map_err(UnixfsError::Input)?;
        let (blocks, taken) = adder.push(&leaf);
        debug_assert_eq!(taken, got, "a leaf is taken whole");
        blocks.into_iter().try_for_each(&mut keep_block)?;
        size += got as u64;
        if got < LEAF {
            break;
        }
        progress(size);
    }
    adder.finish().try_for_each(&mut keep_block)?;
    progress(size);
    let cid = root.ok_or_else(|| UnixfsError::Input(io::ErrorKind::UnexpectedEof.into()))?;
    Ok(FileCid { cid, size })
}
