//! What is private: phrases, identities and data keys at rest, and everything sealed with them.
//!
//! Secrets are types that wipe themselves and never print; on disk they exist only below the
//! home's `vault/`, encrypted. What this crate seals for others is public. Specification:
//! `docs/spec/keys.md` and `docs/spec/sealing.md`.

pub mod backup;
pub mod body;
pub mod curve;
pub mod data_key;
pub mod envelope;
pub mod header;
pub mod home;
pub mod identity;
pub mod keystore;
pub mod phrase;
pub mod request;
pub mod secret;
#[cfg(test)]
mod vectors;
mod wrap;
pub mod xwing;

pub use body::{OpenBody, OpenError, SealError, SealedBody, open_body, seal_body};
pub use curve::X25519Public;
pub use data_key::{DataKey, Entry, KeyRecord, Origin};
pub use envelope::{Binding, Envelope, EnvelopeError};
pub use home::{Unlocked, Vault, VaultError};
pub use identity::{Identity, ReaderKeys};
pub use phrase::{Phrase, PhraseError};
pub use request::{Decline, NewRequest, Request};
pub use secret::{NoRandomness, Passphrase, Secret};
pub use xwing::XWingPublic;
