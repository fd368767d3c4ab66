//! ChaCha20-Poly1305 (RFC 8439) over small things in memory. A failed tag says nothing more.

use crate::secret::Secret;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit};
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG: usize = 16;

/// The tag is wrong: another key, nonce or associated data, or the bytes were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongTag;

/// `ChaCha20-Poly1305(key, nonce, ad, plain)`: ciphertext, then tag.
pub(crate) fn seal(key: &Secret<32>, nonce: &[u8; NONCE], ad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut sealed = plain.to_vec();
    let tag = ChaCha20Poly1305::new(key.expose().into())
        .encrypt_inout_detached(nonce.into(), ad, sealed.as_mut_slice().into())
        .expect("what lies in memory is far below ChaCha20's limit of 256 GiB");
    sealed.extend_from_slice(&tag);
    sealed
}

/// Undoes [`seal`].
pub(crate) fn open(
    key: &Secret<32>,
    nonce: &[u8; NONCE],
    ad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, WrongTag> {
    let (sealed, tag) = sealed.split_last_chunk::<TAG>().ok_or(WrongTag)?;
    let mut plain = Zeroizing::new(sealed.to_vec());
    ChaCha20Poly1305::new(key.expose().into())
        .decrypt_inout_detached(nonce.into(), ad, plain.as_mut_slice().into(), tag.into())
        .map_err(|_| WrongTag)?;
    Ok(plain)
}
