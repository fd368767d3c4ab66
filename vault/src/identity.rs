//! Who acts: every key of one actor, derived from the 64-byte seed of the phrase. Specification:
//! `docs/spec/keys.md`, vectors `identity.json`.

mod derivation;

use crate::curve::{LowOrder, X25519Public};
use crate::phrase::Phrase;
use crate::secret::Secret;
use crate::xwing::{self, XWingPublic};
use alloy_primitives::Address;
use ed25519_dalek::{SigningKey as LogKey, VerifyingKey};
use k256::ecdsa::SigningKey;
use ledger::signature::Domain;
use ledger::{Signature, StepId, Tag, hash};
use std::fmt;

pub use derivation::DerivationError;

/// An actor's keys.
pub struct Identity {
    seed: Secret<64>,
    ethereum: Secret<32>,
    x25519: Secret<32>,
    xwing: Secret<32>,
    log: Secret<32>,
    address: Address,
    reader: ReaderKeys,
}

/// The public keys to which data keys are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderKeys {
    /// Of the Crypt4GH header.
    pub x25519: X25519Public,
    /// Of the hybrid wrapping around it.
    pub xwing: XWingPublic,
}

impl Identity {
    /// The identity of a phrase.
    ///
    /// # Errors
    /// The one seed in 2^127 from which BIP-32 derives nothing.
    pub fn from_phrase(phrase: &Phrase) -> Result<Self, DerivationError> {
        Self::from_seed(phrase.seed())
    }

    /// The identity of a BIP-39 seed.
    ///
    /// # Errors
    /// As [`Identity::from_phrase`].
    pub fn from_seed(seed: Secret<64>) -> Result<Self, DerivationError> {
        let derived = |tag| Secret::from(hash::hkdf::<32>(seed.expose(), tag, &[]));
        let ethereum = derivation::ethereum_secret(&seed)?;
        let address = Address::from_private_key(&signing_key(&ethereum));
        let x25519 = derived(Tag::IDENTITY_X25519);
        let xwing = derived(Tag::IDENTITY_XWING);
        let log = derived(Tag::IDENTITY_LOG);
        let reader =
            ReaderKeys { x25519: X25519Public::of(&x25519), xwing: XWingPublic::of(&xwing) };
        Ok(Self { seed, ethereum, x25519, xwing, log, address, reader })
    }

    /// The account that signs transactions and steps.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The public keys to which data keys are sent.
    pub fn reader(&self) -> &ReaderKeys {
        &self.reader
    }

    /// The account's secret, for the signer of transactions.
    pub fn ethereum_secret(&self) -> &Secret<32> {
        &self.ethereum
    }

    /// The key that signs checkpoints; it wipes itself.
    pub fn log_key(&self) -> LogKey {
        LogKey::from_bytes(self.log.expose())
    }

    /// The public half of [`Identity::log_key`].
    pub fn log_public(&self) -> VerifyingKey {
        self.log_key().verifying_key()
    }

    /// Signs a step for the log contract of `domain`; the same step always gets the same signature
    /// (RFC 6979), with the low form of s and v 27 or 28.
    pub fn sign_step(&self, domain: &Domain, step: StepId) -> Signature {
        let (signature, parity) = signing_key(&self.ethereum)
            .sign_prehash_recoverable(domain.digest(step).as_slice())
            .expect("32 bytes are signed by every key");
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&signature.to_bytes());
        bytes[64] = 27 + u8::from(parity.is_y_odd());
        Signature(bytes)
    }

    pub(crate) fn seed(&self) -> &Secret<64> {
        &self.seed
    }

    /// `HKDF(seed, "vault")`: wraps data keys and backups.
    pub(crate) fn vault_key(&self) -> Secret<32> {
        Secret::from(hash::hkdf(self.seed.expose(), Tag::VAULT, &[]))
    }

    pub(crate) fn x25519(&self) -> &Secret<32> {
        &self.x25519
    }

    /// The same actor with another X-Wing key, as vectors have it.
    #[cfg(test)]
    pub(crate) fn with_xwing(mut self, secret: Secret<32>) -> Self {
        self.reader.xwing = XWingPublic::of(&secret);
        self.xwing = secret;
        self
    }

    pub(crate) fn decapsulate(
        &self,
        ciphertext: &[u8; xwing::CIPHERTEXT_BYTES],
    ) -> Result<Secret<32>, LowOrder> {
        xwing::decapsulate(&self.xwing, ciphertext)
    }
}

fn signing_key(secret: &Secret<32>) -> SigningKey {
    SigningKey::from_slice(secret.expose()).expect("derivation gave a scalar in range")
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.address)
    }
}
