//! X-Wing, the hybrid of X25519 and ML-KEM-768: what it wraps stays secret while either half does.
//! Public keys are checked when read, as FIPS 203 §7.2 demands and for low order.
//! Specification: `docs/spec/sealing.md`, vectors `sealing.json`.

use crate::curve::{LowOrder, X25519Public};
use crate::secret::Secret;
use std::fmt;
use x_wing::{
    DecapsulationKey, DecapsulationKeyRejectNonContrib, Decapsulator, EncapsulationKey, KeyExport,
    TryDecapsulate,
};

/// Bytes of a public key: ML-KEM-768's 1,184, then X25519's 32.
pub const PUBLIC_BYTES: usize = x_wing::ENCAPSULATION_KEY_SIZE;
/// Bytes of an encapsulation: ML-KEM-768's 1,088, then X25519's 32.
pub const CIPHERTEXT_BYTES: usize = x_wing::CIPHERTEXT_SIZE;
const ML_KEM_PUBLIC: usize = 1184;

/// A public key that passed its checks.
#[derive(Clone, PartialEq, Eq)]
pub struct XWingPublic(Box<EncapsulationKey>);

/// Why bytes are no X-Wing public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XWingError {
    /// Not 1,216 bytes.
    #[error("an X-Wing key has {PUBLIC_BYTES} bytes, not {0}")]
    Length(usize),
    /// The X25519 half.
    #[error(transparent)]
    LowOrder(#[from] LowOrder),
    /// The ML-KEM half has a coefficient that is not below the modulus.
    #[error("the ML-KEM key fails the modulus check of FIPS 203")]
    Modulus,
}

impl XWingPublic {
    /// Takes a key that passes both checks.
    ///
    /// # Errors
    /// Another length, a point of low order, or a coefficient of 3,329 or more.
    pub fn new(bytes: &[u8]) -> Result<Self, XWingError> {
        if bytes.len() != PUBLIC_BYTES {
            return Err(XWingError::Length(bytes.len()));
        }
        let key = EncapsulationKey::try_from(bytes).map_err(|_| XWingError::Modulus)?;
        let mut point = [0; 32];
        point.copy_from_slice(&bytes[ML_KEM_PUBLIC..]);
        X25519Public::new(point)?;
        Ok(Self(Box::new(key)))
    }

    pub(crate) fn of(secret: &Secret<32>) -> Self {
        let key = DecapsulationKey::from(*secret.expose());
        Self(Box::new(key.encapsulation_key().clone()))
    }

    /// The 1,216 bytes.
    pub fn to_bytes(&self) -> [u8; PUBLIC_BYTES] {
        self.0.to_bytes().into()
    }

    /// Encapsulates: what is sent, and the secret that both then share. `randomness` must be fresh
    /// from the operating system; only tests give it.
    pub(crate) fn encapsulate(
        &self,
        randomness: &Secret<64>,
    ) -> ([u8; CIPHERTEXT_BYTES], Secret<32>) {
        let (ciphertext, shared) = self.0.encapsulate_deterministic(randomness.expose().into());
        (ciphertext.into(), Secret::from(<[u8; 32]>::from(shared)))
    }
}

impl fmt::Debug for XWingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "XWingPublic({}…)", hex::encode(&self.0.to_bytes()[..8]))
    }
}

/// The secret that both then share. ML-KEM never fails: for an encapsulation to another key, it is
/// one that nobody else has.
pub(crate) fn decapsulate(
    secret: &Secret<32>,
    ciphertext: &[u8; CIPHERTEXT_BYTES],
) -> Result<Secret<32>, LowOrder> {
    let key = DecapsulationKeyRejectNonContrib::from(*secret.expose());
    let shared = key.try_decapsulate(ciphertext.into()).map_err(|_| LowOrder)?;
    Ok(Secret::from(<[u8; 32]>::from(shared)))
}
