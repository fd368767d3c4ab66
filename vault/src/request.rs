//! A request: what a buyer's order names by digest. Public: the reader's keys, and a secret for
//! disputes that only the provider can take out.
//!
//! ```text
//! request = "PVR1" ‖ x25519[32] ‖ xwing[1216] ‖ encapsulation to the provider[1120]   2,372 bytes
//! s       = F(T("request-secret", shared secret))      answer_commit = P("answer"; s)
//! ```
//! Specification: `docs/spec/sealing.md`, vectors `sealing.json`.

use crate::curve::{LowOrder, X25519Public};
use crate::identity::{Identity, ReaderKeys};
use crate::secret::{NoRandomness, Secret};
use crate::xwing::{CIPHERTEXT_BYTES, PUBLIC_BYTES, XWingError, XWingPublic};
use alloy_primitives::B256;
use ledger::{field, hash, key};

const MAGIC: &[u8; 4] = b"PVR1";
/// Bytes of a request.
pub const REQUEST_BYTES: usize = MAGIC.len() + 32 + PUBLIC_BYTES + CIPHERTEXT_BYTES;

/// A request that its buyer has just made.
#[derive(Debug)]
pub struct NewRequest {
    /// The raw block; the order names its digest.
    pub block: Vec<u8>,
    /// What the order commits to, a field element.
    pub answer_commit: B256,
    /// What the commitment opens to, shared with the provider: the buyer needs it in a dispute.
    pub shared: Secret<32>,
}

/// A request as its provider reads it, with every check passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// To whom the data key goes.
    pub reader: ReaderKeys,
    /// SHA-256 of the block.
    pub digest: B256,
}

/// Why a provider declines: the buyer is refunded in full and nobody is punished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Decline {
    /// Another length, or other first bytes.
    #[error("the block is no request of {REQUEST_BYTES} bytes")]
    Form,
    /// The reader's X25519 key gives no secret.
    #[error("the reader's X25519 key has low order")]
    ReaderX25519,
    /// The reader's X-Wing key is none.
    #[error("the reader's X-Wing key is refused: {0}")]
    ReaderXWing(#[source] XWingError),
    /// The encapsulation's X25519 point gives no secret.
    #[error("the encapsulation's X25519 point has low order")]
    Encapsulation,
    /// Whatever is encapsulated, the order commits to something else.
    #[error("the order commits to {order}, the request's secret to {request}")]
    AnswerCommit {
        /// The order's.
        order: B256,
        /// The request's.
        request: B256,
    },
}

impl NewRequest {
    /// A request by `reader` to the provider whose X-Wing key the manifest has.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn new(reader: &Identity, provider: &XWingPublic) -> Result<Self, NoRandomness> {
        Ok(Self::with(reader.reader(), provider, &Secret::random()?))
    }

    /// The same with given randomness, which only tests give.
    pub(crate) fn with(
        reader: &ReaderKeys,
        provider: &XWingPublic,
        randomness: &Secret<64>,
    ) -> Self {
        let (ciphertext, shared) = provider.encapsulate(randomness);
        let block =
            [MAGIC.as_slice(), reader.x25519.as_bytes(), &reader.xwing.to_bytes(), &ciphertext]
                .concat();
        Self { block, answer_commit: answer_commit(&shared), shared }
    }
}

impl Request {
    /// Reads a block as the provider to whom it is addressed; `order` is the order's commitment.
    ///
    /// # Errors
    /// The reason to decline.
    pub fn read(block: &[u8], provider: &Identity, order: B256) -> Result<Self, Decline> {
        let block: &[u8; REQUEST_BYTES] = block.try_into().map_err(|_| Decline::Form)?;
        let rest = block.strip_prefix(MAGIC).ok_or(Decline::Form)?;
        let (x25519, rest) = rest.split_first_chunk::<32>().ok_or(Decline::Form)?;
        let (xwing, ciphertext) = rest.split_first_chunk::<PUBLIC_BYTES>().ok_or(Decline::Form)?;
        let ciphertext = ciphertext.try_into().map_err(|_| Decline::Form)?;
        let reader = ReaderKeys {
            x25519: X25519Public::new(*x25519).map_err(|LowOrder| Decline::ReaderX25519)?,
            xwing: XWingPublic::new(xwing).map_err(Decline::ReaderXWing)?,
        };
        let shared = provider.decapsulate(ciphertext).map_err(|LowOrder| Decline::Encapsulation)?;
        let request = answer_commit(&shared);
        if request == order {
            Ok(Self { reader, digest: hash::sha256(block) })
        } else {
            Err(Decline::AnswerCommit { order, request })
        }
    }
}

fn answer_commit(shared: &Secret<32>) -> B256 {
    field::to_bytes(key::answer_commit(key::request_secret(shared.expose())))
}
