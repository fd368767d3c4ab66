//! Sealing a stream in constant memory: while one thread encrypts a batch of segments and hashes
//! the result, the caller's reads and hashes the next.

use super::{BATCH, NONCE, SEALED_SEGMENT, SEGMENT, SealedBody, TAG, cipher, fill};
use crate::data_key::DataKey;
use crate::secret::{NoRandomness, fill_random};
use alloy_primitives::B256;
use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Why a file could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file cannot be read.
    #[error("cannot read the file to be sealed")]
    Input(#[source] io::Error),
    /// The body cannot be written.
    #[error("cannot write the sealed body")]
    Output(#[source] io::Error),
    /// No nonces.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Seals all of `input` into `output` under a data key that was never used before. `progress` is
/// told how many bytes of the file are sealed.
///
/// # Errors
/// Reading, writing or the operating system's randomness failed; what is written then is no body.
pub fn seal_body(
    input: impl Read,
    output: impl Write,
    key: &DataKey,
    progress: impl FnMut(u64),
) -> Result<SealedBody, SealError> {
    seal_with(input, output, key, fill_random, progress)
}

/// The same with nonces from `random`, which only tests give.
pub(crate) fn seal_with(
    mut input: impl Read,
    mut output: impl Write,
    key: &DataKey,
    mut random: impl FnMut(&mut [u8]) -> Result<(), NoRandomness>,
    mut progress: impl FnMut(u64),
) -> Result<SealedBody, SealError> {
    let cipher = cipher(key);
    let (mut sha256, mut root) = (Sha256::new(), blake3::Hasher::new());
    let (mut current, mut next) = (Batch::new(), Batch::new());
    let (mut body_len, mut plain_len) = (0, 0);
    current.read(&mut input, &mut sha256, &mut random)?;
    while current.length > 0 {
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| current.seal(&cipher, &mut root));
            next.read(&mut input, &mut sha256, &mut random)
        })?;
        output.write_all(&current.sealed).map_err(SealError::Output)?;
        body_len += current.sealed.len() as u64;
        plain_len += current.length as u64;
        progress(plain_len);
        std::mem::swap(&mut current, &mut next);
    }
    Ok(SealedBody {
        content_root: B256::new(root.finalize().into()),
        body_len,
        plain_len,
        plain_sha256: B256::new(sha256.finalize().into()),
    })
}

/// Segments being sealed together.
struct Batch {
    plain: Zeroizing<Vec<u8>>,
    length: usize,
    nonces: [u8; BATCH * NONCE],
    sealed: Vec<u8>,
}

impl Batch {
    fn new() -> Self {
        Self {
            plain: Zeroizing::new(vec![0; BATCH * SEGMENT]),
            length: 0,
            nonces: [0; BATCH * NONCE],
            sealed: Vec::with_capacity(BATCH * SEALED_SEGMENT),
        }
    }

    fn read(
        &mut self,
        input: &mut impl Read,
        sha256: &mut Sha256,
        random: &mut impl FnMut(&mut [u8]) -> Result<(), NoRandomness>,
    ) -> Result<(), SealError> {
        self.length = fill(input, &mut self.plain).map_err(SealError::Input)?;
        sha256.update(&self.plain[..self.length]);
        random(&mut self.nonces[..self.length.div_ceil(SEGMENT) * NONCE])?;
        Ok(())
    }

    fn seal(&mut self, cipher: &ChaCha20Poly1305, root: &mut blake3::Hasher) {
        self.sealed.clear();
        let segments = self.plain[..self.length].chunks(SEGMENT);
        for (plain, nonce) in segments.zip(self.nonces.as_chunks::<NONCE>().0) {
            self.sealed.extend_from_slice(nonce);
            let start = self.sealed.len();
            self.sealed.resize(start + plain.len(), 0);
            let parts = InOutBuf::new(plain, &mut self.sealed[start..]).expect("of one length");
            let tag = cipher
                .encrypt_inout_detached(nonce.into(), &[], parts)
                .expect("a segment is far below ChaCha20's limit of 256 GiB");
            debug_assert_eq!(tag.len(), TAG);
            self.sealed.extend_from_slice(&tag);
        }
        root.update(&self.sealed);
    }
}
