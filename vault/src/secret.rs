//! Bytes that nobody else may see: on the heap, so that moving them leaves no copy, wiped when
//! dropped, never printed, compared in constant time. Specification: `docs/spec/keys.md`.

use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// `N` secret bytes.
pub struct Secret<const N: usize>(Box<[u8; N]>);

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct NoRandomness;

impl<const N: usize> Secret<N> {
    /// Takes these bytes over and wipes where they came from.
    pub fn take(bytes: &mut [u8; N]) -> Self {
        let secret = Self(Box::new(*bytes));
        bytes.zeroize();
        secret
    }

    /// Bytes from the operating system.
    ///
    /// # Errors
    /// It gives none.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut secret = Self(Box::new([0; N]));
        fill_random(secret.0.as_mut_slice())?;
        Ok(secret)
    }

    /// The bytes: to be handed to a cipher or a derivation, never kept or printed.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> From<[u8; N]> for Secret<N> {
    fn from(mut bytes: [u8; N]) -> Self {
        Self::take(&mut bytes)
    }
}

impl<const N: usize> Clone for Secret<N> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({N} bytes)")
    }
}

/// What a person types to unlock a vault.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// This text, byte for byte.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text's bytes.
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// Fills `bytes` from the operating system.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(bytes).map_err(|_| NoRandomness)
}

/// `N` public random bytes: a nonce or a salt.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    fill_random(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print_and_their_source_is_wiped() {
        let mut source = [7; 32];
        let secret = Secret::take(&mut source);
        assert_eq!(source, [0; 32]);
        assert_eq!(secret.expose(), &[7; 32]);
        assert_eq!(format!("{secret:?}"), "Secret(32 bytes)");
        let passphrase = Passphrase::new("open sesame".to_owned());
        assert_eq!(format!("{passphrase:?}"), "Passphrase");
        assert_eq!(passphrase.expose(), b"open sesame");
    }

    #[test]
    fn random_secrets_differ() {
        let (one, two) = (Secret::<32>::random().unwrap(), Secret::<32>::random().unwrap());
        assert_ne!(one, two);
        assert_eq!(one, one.clone());
    }
}
