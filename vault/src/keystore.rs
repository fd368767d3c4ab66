//! The identity at rest: the seed as a Web3 Secret Storage file, version 3, encrypted under a
//! passphrase. Written with scrypt at N = 2^17; read with any cost up to 1 GiB.
//!
//! ```text
//! d          = scrypt or PBKDF2-HMAC-SHA256(passphrase, salt), 32 bytes
//! ciphertext = AES-128-CTR(d[..16], iv, seed)        mac = keccak256(d[16..] ‖ ciphertext)
//! ```
//! Specification: `docs/spec/keys.md`.

mod cost;
mod file;

use crate::secret::{NoRandomness, Passphrase, Secret, random};
use aes::Aes128;
use alloy_primitives::{Address, keccak256};
use cost::Kdf;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use file::{Crypto, File};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub use cost::CostError;

/// Bytes that a keystore may have.
pub const MAX_BYTES: usize = 64 << 10;
/// The least N that is written, as a power of two.
const LOG_N: u8 = 17;

/// Why a keystore does not give its secret.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// Not a keystore of version 3 as we read them; the text says what is wrong.
    #[error("the keystore is damaged: {0}")]
    Damaged(String),
    /// The MAC of a whole file does not fit.
    #[error("the passphrase is wrong")]
    Passphrase,
    /// The MAC does not fit, and the file carries nothing by which damage could be told.
    #[error("the passphrase is wrong, or the keystore is damaged")]
    PassphraseOrDamage,
    /// Trying the passphrase would cost too much.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// No salt can be had.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// The keystore, as JSON, of the identity with this seed and address.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn seal(
    seed: &Secret<64>,
    address: Address,
    passphrase: &Passphrase,
) -> Result<String, KeystoreError> {
    let kdf = Kdf::Scrypt { log_n: LOG_N, r: 8, p: 1, salt: random::<32>()?.to_vec() };
    let (iv, id) = (random::<16>()?, random::<16>()?);
    let derived = kdf.derive(passphrase)?;
    let mut ciphertext = seed.expose().to_vec();
    apply(&derived, &iv, &mut ciphertext);
    let mac = mac(&derived, &ciphertext);
    let crypto = Crypto { kdf, iv, ciphertext, mac };
    Ok(File { crypto, id: Some(id), address: Some(address) }.to_json())
}

/// The secret in a keystore, of whatever length.
///
/// # Errors
/// Says whether the passphrase or the file is wrong, as far as the file lets it be known.
pub fn open(json: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
    let (file, intact) = File::parse(json)?;
    let derived = file.crypto.kdf.derive(passphrase)?;
    let found = mac(&derived, &file.crypto.ciphertext);
    if !bool::from(found.ct_eq(&file.crypto.mac)) {
        return Err(match intact {
            true => KeystoreError::Passphrase,
            false => KeystoreError::PassphraseOrDamage,
        });
    }
    let mut secret = Zeroizing::new(file.crypto.ciphertext);
    apply(&derived, &file.crypto.iv, &mut secret);
    Ok(secret)
}

/// The account that a keystore says it is of, without its passphrase.
///
/// # Errors
/// The file is damaged.
pub fn address(json: &[u8]) -> Result<Option<Address>, KeystoreError> {
    Ok(File::parse(json)?.0.address)
}

fn apply(derived: &Secret<32>, iv: &[u8; 16], bytes: &mut [u8]) {
    let (key, _) = derived.expose().split_first_chunk::<16>().expect("32 bytes begin with 16");
    Ctr128BE::<Aes128>::new(key.into(), iv.into()).apply_keystream(bytes);
}

fn mac(derived: &Secret<32>, ciphertext: &[u8]) -> [u8; 32] {
    let joined = Zeroizing::new([&derived.expose()[16..], ciphertext].concat());
    keccak256(joined.as_slice()).0
}

#[cfg(test)]
mod tests;
