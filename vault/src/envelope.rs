//! An envelope: a data key for one grant, in public. A bare X25519 header never is, because genomes
//! outlive X25519; X-Wing wraps it, bound to the grant by the associated data.
//!
//! ```text
//! envelope    = "PVE1" ‖ encapsulation to the reader[1120] ‖ sealed[140]              1,264 bytes
//! key ‖ nonce = 44 bytes of HKDF(shared secret, "envelope")
//! sealed      = ChaCha20-Poly1305(key, nonce, ad, Crypt4GH header for the reader[124])
//! ad          = u64 chain ‖ market[20] ‖ u256 grant ‖ u256 dataset ‖ u64 version
//!               ‖ request digest[32] ‖ manifest digest[32]
//! ```
//! Specification: `docs/spec/sealing.md`, vectors `sealing.json`.

use crate::curve::LowOrder;
use crate::data_key::DataKey;
use crate::header::{HEADER_BYTES, HeaderError, read_header, write_header_with};
use crate::identity::{Identity, ReaderKeys};
use crate::secret::{NoRandomness, Secret, random};
use crate::wrap;
use crate::xwing::CIPHERTEXT_BYTES;
use alloy_primitives::{Address, B256, U256};
use ledger::{Tag, hash};
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"PVE1";
/// Bytes of an envelope.
pub const ENVELOPE_BYTES: usize = MAGIC.len() + CIPHERTEXT_BYTES + HEADER_BYTES + wrap::TAG;

/// What an envelope belongs to; it opens under no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The chain's id.
    pub chain: u64,
    /// The `GrantMarket`.
    pub market: Address,
    /// The grant's token.
    pub grant: U256,
    /// The dataset's token.
    pub dataset: U256,
    /// The version that was bought.
    pub version: u64,
    /// SHA-256 of the request block.
    pub request: B256,
    /// SHA-256 of the manifest block.
    pub manifest: B256,
}

impl Binding {
    /// The associated data.
    pub fn associated_data(&self) -> Vec<u8> {
        [
            self.chain.to_be_bytes().as_slice(),
            self.market.as_slice(),
            &self.grant.to_be_bytes::<32>(),
            &self.dataset.to_be_bytes::<32>(),
            &self.version.to_be_bytes(),
            self.request.as_slice(),
            self.manifest.as_slice(),
        ]
        .concat()
    }
}

/// Why an envelope gives no data key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Another length, or other first bytes.
    #[error("the block is no envelope of {ENVELOPE_BYTES} bytes")]
    Form,
    /// The encapsulation's X25519 point gives no secret.
    #[error("the encapsulation's X25519 point has low order")]
    LowOrder,
    /// For another reader or grant, or changed.
    #[error("the envelope does not open: it is for another reader or grant, or was changed")]
    Sealed,
    /// What was sealed gives no data key.
    #[error("the Crypt4GH header in the envelope gives no key: {0}")]
    Header(#[source] HeaderError),
    /// A data key, but not the one that the dataset was listed with.
    #[error("the envelope's data key is another than the listing commits to")]
    AnotherKey,
}

/// A sealed envelope: the raw block that `deliver` names by digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope(Vec<u8>);

/// What must be new for each envelope.
pub(crate) struct Fresh {
    pub(crate) encapsulation: Secret<64>,
    pub(crate) writer: Secret<32>,
    pub(crate) header_nonce: [u8; wrap::NONCE],
}

impl Envelope {
    /// Seals `key` for the reader of a request.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn seal(
        key: &DataKey,
        reader: &ReaderKeys,
        binding: &Binding,
    ) -> Result<Self, NoRandomness> {
        let encapsulation = Secret::random()?;
        let fresh = Fresh { encapsulation, writer: Secret::random()?, header_nonce: random()? };
        Ok(Self::seal_with(key, reader, binding, &fresh))
    }

    /// The same with given randomness, which only tests give.
    pub(crate) fn seal_with(
        key: &DataKey,
        reader: &ReaderKeys,
        binding: &Binding,
        fresh: &Fresh,
    ) -> Self {
        let header = write_header_with(key, &reader.x25519, &fresh.writer, &fresh.header_nonce);
        let (ciphertext, shared) = reader.xwing.encapsulate(&fresh.encapsulation);
        let (wrapping, nonce) = wrapping(&shared);
        let sealed = wrap::seal(&wrapping, &nonce, &binding.associated_data(), &header);
        Self([MAGIC.as_slice(), &ciphertext, &sealed].concat())
    }

    /// The block.
    pub fn block(&self) -> &[u8] {
        &self.0
    }

    /// Takes the data key out of a block as its reader, and checks it against `key_commit`, which
    /// the listing has.
    ///
    /// # Errors
    /// Says what does not hold.
    pub fn open(
        block: &[u8],
        reader: &Identity,
        binding: &Binding,
        key_commit: B256,
    ) -> Result<DataKey, EnvelopeError> {
        let block: &[u8; ENVELOPE_BYTES] = block.try_into().map_err(|_| EnvelopeError::Form)?;
        let rest = block.strip_prefix(MAGIC).ok_or(EnvelopeError::Form)?;
        let (ciphertext, sealed) = rest.split_first_chunk().ok_or(EnvelopeError::Form)?;
        let shared = reader.decapsulate(ciphertext).map_err(|LowOrder| EnvelopeError::LowOrder)?;
        let (wrapping, nonce) = wrapping(&shared);
        let header = wrap::open(&wrapping, &nonce, &binding.associated_data(), sealed)
            .map_err(|_| EnvelopeError::Sealed)?;
        let key = read_header(&header, reader.x25519()).map_err(EnvelopeError::Header)?;
        if key.commit() == key_commit { Ok(key) } else { Err(EnvelopeError::AnotherKey) }
    }
}

fn wrapping(shared: &Secret<32>) -> (Secret<32>, [u8; wrap::NONCE]) {
    let bytes = Zeroizing::new(hash::hkdf::<44>(shared.expose(), Tag::ENVELOPE, &[]));
    let (mut key, mut nonce) = ([0; 32], [0; wrap::NONCE]);
    key.copy_from_slice(&bytes[..32]);
    nonce.copy_from_slice(&bytes[32..]);
    (Secret::take(&mut key), nonce)
}
