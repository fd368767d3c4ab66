//! Content ids: CIDv1 with SHA-256 and one of three codecs, and the rule that 32 bytes on chain are
//! a digest from which the CID follows. Specification: `docs/spec/encodings.md`.

use crate::hash::sha256;
use alloy_primitives::B256;
use std::fmt;
use std::str::FromStr;

const SHA2_256: u64 = 0x12;

/// What a block's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// Plain bytes.
    Raw,
    /// A node of a UnixFS file.
    DagPb,
    /// A strict DAG-CBOR item.
    DagCbor,
}

impl Codec {
    const fn code(self) -> u64 {
        match self {
            Self::Raw => 0x55,
            Self::DagPb => 0x70,
            Self::DagCbor => 0x71,
        }
    }
}

/// CIDv1 of a raw, dag-pb or dag-cbor block, by its SHA-256 digest; no other CID can be one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cid {
    codec: Codec,
    digest: B256,
}

/// A text or bytes that are no such CID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no CIDv1 of a raw, dag-pb or dag-cbor block by SHA-256")]
pub struct NotCid(String);

impl Cid {
    /// The CID of the block with this digest.
    pub const fn new(codec: Codec, digest: B256) -> Self {
        Self { codec, digest }
    }

    /// The CID of these bytes.
    pub fn of(codec: Codec, bytes: &[u8]) -> Self {
        Self { codec, digest: sha256(bytes) }
    }

    /// What the block is.
    pub const fn codec(self) -> Codec {
        self.codec
    }

    /// SHA-256 of the block.
    pub const fn digest(self) -> B256 {
        self.digest
    }

    /// The binary form: 36 bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        self.as_cid().to_bytes()
    }

    /// Reads the binary form.
    ///
    /// # Errors
    /// Another version, codec or hash, or bytes too many.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotCid> {
        let not = || NotCid(format!("0x{}", hex::encode(&bytes[..bytes.len().min(64)])));
        let read = cid::Cid::try_from(bytes).map_err(|_| not())?;
        let cid = Self::narrow(&read).ok_or_else(not)?;
        if cid.to_bytes() == bytes { Ok(cid) } else { Err(not()) }
    }

    /// Whether `bytes` are the block.
    pub fn is_of(self, bytes: &[u8]) -> bool {
        sha256(bytes) == self.digest
    }

    fn as_cid(self) -> cid::Cid {
        let hash = multihash::Multihash::wrap(SHA2_256, self.digest.as_slice())
            .expect("32 bytes fit into a multihash of 64");
        cid::Cid::new_v1(self.codec.code(), hash)
    }

    fn narrow(cid: &cid::Cid) -> Option<Self> {
        let codec = [Codec::Raw, Codec::DagPb, Codec::DagCbor]
            .into_iter()
            .find(|codec| codec.code() == cid.codec())?;
        let hash = cid.hash();
        let known = cid.version() == cid::Version::V1 && hash.code() == SHA2_256;
        (known && hash.digest().len() == 32)
            .then(|| Self { codec, digest: B256::from_slice(hash.digest()) })
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_cid().fmt(f)
    }
}

impl fmt::Debug for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

crate::as_text!(Cid);

impl FromStr for Cid {
    type Err = NotCid;

    fn from_str(text: &str) -> Result<Self, NotCid> {
        let not = || NotCid(format!("{:?}", text.chars().take(80).collect::<String>()));
        let read = cid::Cid::try_from(text).map_err(|_| not())?;
        Self::narrow(&read).ok_or_else(not)
    }
}
