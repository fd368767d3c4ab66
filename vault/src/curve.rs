//! X25519 with the one check that its users must not forget: a point of low order would make the
//! shared secret zero, known to everyone (RFC 7748 §6.1).

use crate::secret::Secret;
use std::fmt;
use x25519_dalek::{PublicKey, StaticSecret};

/// A public key that is not of low order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct X25519Public([u8; 32]);

/// A point of low order: whatever the secret, what is shared is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the X25519 point has low order")]
pub struct LowOrder;

impl X25519Public {
    /// Takes a point that gives a shared secret.
    ///
    /// # Errors
    /// A point of low order.
    pub fn new(bytes: [u8; 32]) -> Result<Self, LowOrder> {
        // Secrets are multiples of the cofactor, so one product decides for all of them.
        shared(&Secret::from([1; 32]), &bytes).map(|_| Self(bytes))
    }

    /// The public key of a secret.
    pub fn of(secret: &Secret<32>) -> Self {
        Self(PublicKey::from(&StaticSecret::from(*secret.expose())).to_bytes())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for X25519Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "X25519Public({})", hex::encode(self.0))
    }
}

/// `X25519(secret, public)`, never zero.
pub(crate) fn shared(secret: &Secret<32>, public: &[u8; 32]) -> Result<Secret<32>, LowOrder> {
    let secret = StaticSecret::from(*secret.expose());
    let shared = secret.diffie_hellman(&PublicKey::from(*public));
    if shared.was_contributory() { Ok(Secret::from(shared.to_bytes())) } else { Err(LowOrder) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every point of low order, in each encoding that is read: the rows of Wycheproof's
    /// `x25519_test.json` whose shared secret is zero.
    #[test]
    fn vectors_of_low_order() {
        let rows = include_str!("../../tests/data/vectors/wycheproof/x25519_low_order.txt");
        let rows: Vec<_> = rows.lines().filter(|row| !row.starts_with('#')).collect();
        assert!(rows.len() > 10);
        for row in rows {
            let point: [u8; 32] = hex::decode(row).unwrap().try_into().unwrap();
            assert_eq!(X25519Public::new(point), Err(LowOrder), "{row}");
            assert_eq!(shared(&Secret::from([9; 32]), &point), Err(LowOrder), "{row}");
        }
    }

    #[test]
    fn both_sides_share_one_secret() {
        let (a, b) = (Secret::random().unwrap(), Secret::random().unwrap());
        let (to_a, to_b) = (X25519Public::of(&a), X25519Public::of(&b));
        assert_eq!(X25519Public::new(*to_a.as_bytes()), Ok(to_a));
        assert_eq!(shared(&a, to_b.as_bytes()).unwrap(), shared(&b, to_a.as_bytes()).unwrap());
    }
}
