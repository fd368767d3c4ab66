//! Opening a stream in constant memory: while one thread decrypts a batch of segments, the
//! caller's reads and hashes the next.

use super::{BATCH, NONCE, SEALED_SEGMENT, SEGMENT, TAG, cipher, fill};
use crate::data_key::DataKey;
use alloy_primitives::B256;
use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305};
use std::io::{self, Read};
use zeroize::Zeroizing;

/// A file's bytes, decrypted as they are read. Only its end, `Ok(0)`, says that they are all, and in
/// place: whoever writes them to a file names it after that. An error ends it.
pub struct OpenBody<R> {
    input: R,
    cipher: ChaCha20Poly1305,
    root: blake3::Hasher,
    expected: B256,
    /// Sealed bytes, read and hashed, not yet decrypted.
    ahead: Vec<u8>,
    ahead_len: usize,
    spare: Vec<u8>,
    plain: Zeroizing<Vec<u8>>,
    plain_len: usize,
    at: usize,
    segments: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Reading,
    Ended,
    Failed,
}

/// Why a body does not open: checked, and false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A segment's tag is wrong.
    #[error("segment {0} does not open: the key is another, or the body was changed")]
    Segment(u64),
    /// The body ends within a segment, or with one that holds nothing.
    #[error("the body ends within segment {0}")]
    Truncated(u64),
    /// Every segment opened, but they are not the body that was listed.
    #[error("the body has the content root {found}, not {expected}: it was cut or put together")]
    ContentRoot {
        /// The one that was listed.
        expected: B256,
        /// What came.
        found: B256,
    },
}

impl OpenError {
    /// The reason that an error of [`OpenBody`] carries; none where the body could not be read.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Opens a body that was listed with `content_root`.
pub fn open_body<R: Read>(input: R, key: &DataKey, content_root: B256) -> OpenBody<R> {
    OpenBody {
        input,
        cipher: cipher(key),
        root: blake3::Hasher::new(),
        expected: content_root,
        ahead: vec![0; BATCH * SEALED_SEGMENT],
        ahead_len: 0,
        spare: vec![0; BATCH * SEALED_SEGMENT],
        plain: Zeroizing::new(vec![0; BATCH * SEGMENT]),
        plain_len: 0,
        at: 0,
        segments: 0,
        state: State::Fresh,
    }
}

impl<R: Read> OpenBody<R> {
    /// Decrypts the next batch into `plain`; `false` at the end of a body that is the right one.
    fn next_batch(&mut self) -> io::Result<bool> {
        if self.state == State::Fresh {
            self.state = State::Reading;
            self.ahead_len = fill(&mut self.input, &mut self.ahead)?;
            self.root.update(&self.ahead[..self.ahead_len]);
        }
        if self.ahead_len == 0 {
            let found = B256::new(self.root.finalize().into());
            return if found == self.expected {
                Ok(false)
            } else {
                let expected = self.expected;
                Err(refused(OpenError::ContentRoot { expected, found }))
            };
        }
        let sealed = &self.ahead[..self.ahead_len];
        let (cipher, plain, first) = (&self.cipher, &mut self.plain, self.segments);
        let mut opened = Ok(0);
        let read = rayon::in_place_scope(|scope| {
            scope.spawn(|_| opened = decrypt(cipher, sealed, plain, first));
            let read = fill(&mut self.input, &mut self.spare)?;
            self.root.update(&self.spare[..read]);
            Ok::<_, io::Error>(read)
        });
        self.plain_len = opened.map_err(refused)?;
        self.segments += self.plain_len.div_ceil(SEGMENT) as u64;
        self.at = 0;
        self.ahead_len = read?;
        std::mem::swap(&mut self.ahead, &mut self.spare);
        Ok(true)
    }
}

impl<R: Read> Read for OpenBody<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.state {
            State::Ended => return Ok(0),
            State::Failed => {
                return Err(io::Error::other("the body could not be opened any further before"));
            }
            State::Fresh | State::Reading => {}
        }
        while self.at == self.plain_len && !out.is_empty() {
            match self.next_batch() {
                Ok(true) => {}
                Ok(false) => {
                    self.state = State::Ended;
                    return Ok(0);
                }
                Err(error) => {
                    self.state = State::Failed;
                    return Err(error);
                }
            }
        }
        let n = out.len().min(self.plain_len - self.at);
        out[..n].copy_from_slice(&self.plain[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

fn refused(error: OpenError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Decrypts segments, `first` being the number of the first; returns how many bytes they held.
fn decrypt(
    cipher: &ChaCha20Poly1305,
    sealed: &[u8],
    plain: &mut [u8],
    first: u64,
) -> Result<usize, OpenError> {
    let mut length = 0;
    for (segment, number) in sealed.chunks(SEALED_SEGMENT).zip(first..) {
        let (nonce, rest) =
            segment.split_first_chunk::<NONCE>().ok_or(OpenError::Truncated(number))?;
        let (sealed, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError::Truncated(number))?;
        if sealed.is_empty() {
            return Err(OpenError::Truncated(number));
        }
        let held = &mut plain[length..length + sealed.len()];
        let parts = InOutBuf::new(sealed, held).expect("of one length");
        cipher
            .decrypt_inout_detached(nonce.into(), &[], parts, tag.into())
            .map_err(|_| OpenError::Segment(number))?;
        length += sealed.len();
    }
    Ok(length)
}
