//! Crypt4GH v1 headers: the data key, sealed for readers by X25519. A header stands apart from its
//! body; joined, they are a file that stock tools read. Written for one reader, read with one key.
//!
//! ```text
//! header = "crypt4gh" ‖ u32 version (1) ‖ u32 packets ‖ packets
//! packet = u32 length, its own 4 bytes counted ‖ u32 method (0) ‖ writer[32] ‖ nonce[12] ‖ sealed
//! sealed = ChaCha20-Poly1305(K, nonce, ad = "", u32 type (0) ‖ u32 cipher (0) ‖ data key[32])
//! K      = BLAKE2b-512(X25519 shared secret ‖ reader ‖ writer)[..32]
//! ```
//! Integers are little-endian, as the standard has them. Specification: `docs/spec/sealing.md`.

use crate::curve::{self, LowOrder, X25519Public};
use crate::data_key::DataKey;
use crate::secret::{NoRandomness, Secret, random};
use crate::wrap;
use blake2::{Blake2b512, Digest};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"crypt4gh";
const VERSION: u32 = 1;
const X25519_CHACHA20_POLY1305: u32 = 0;
const DATA_KEY: u32 = 0;
const EDIT_LIST: u32 = 1;
const CHACHA20_POLY1305: u32 = 0;
const PACKET_BYTES: usize = 108;

/// Bytes of a header for one reader.
pub const HEADER_BYTES: usize = 124;
/// Packets that a header may have.
pub const MAX_PACKETS: u32 = 1024;
/// Bytes that a packet may have.
pub const MAX_PACKET: u32 = 64 << 10;

/// Why a header gives no data key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not the first bytes of a Crypt4GH file.
    #[error("it does not begin like a Crypt4GH header")]
    Magic,
    /// Another version of the standard.
    #[error("it is of version {0} of Crypt4GH, not of version 1")]
    Version(u32),
    /// More packets than are read.
    #[error("it has {0} packets, more than the {MAX_PACKETS} that are read")]
    Packets(u32),
    /// A packet with a length that no packet has.
    #[error("packet {index} says that it has {length} bytes")]
    PacketLength {
        /// The first is 0.
        index: u32,
        /// What it says.
        length: u32,
    },
    /// It ends too early.
    #[error("it ends in the middle of a packet")]
    Truncated,
    /// Bytes after the last packet.
    #[error("{0} bytes follow its last packet")]
    Trailing(usize),
    /// No packet opens with this key.
    #[error("none of its packets is for this reader")]
    NotForReader,
    /// It lets the reader see parts of the body only.
    #[error("it has an edit list: only parts of the body are meant to be read; version 1 has none")]
    EditList,
    /// A data key for another cipher.
    #[error("its data key is for cipher {0}, which is not ChaCha20-Poly1305")]
    Cipher(u32),
    /// A packet of data keys that is too short or too long.
    #[error("packet {0} holds no data key of 32 bytes")]
    DataKey(u32),
    /// Several different data keys for one reader.
    #[error("it has more than one data key for this reader; a body of ours has one")]
    SeveralKeys,
    /// A writer whose secrets everyone shares.
    #[error(transparent)]
    LowOrder(#[from] LowOrder),
}

/// The header that gives `key` to `reader`, with a fresh writer's key and nonce.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn write_header(
    key: &DataKey,
    reader: &X25519Public,
) -> Result<[u8; HEADER_BYTES], NoRandomness> {
    Ok(write_header_with(key, reader, &Secret::random()?, &random()?))
}

/// The same with a given writer and nonce, which only tests give.
pub(crate) fn write_header_with(
    key: &DataKey,
    reader: &X25519Public,
    writer: &Secret<32>,
    nonce: &[u8; wrap::NONCE],
) -> [u8; HEADER_BYTES] {
    let public = X25519Public::of(writer);
    let shared =
        curve::shared(writer, reader.as_bytes()).expect("a point of low order is no X25519Public");
    let packet_key = packet_key(&shared, reader.as_bytes(), public.as_bytes());
    let mut plain = Zeroizing::new([0; 40]);
    plain[..4].copy_from_slice(&DATA_KEY.to_le_bytes());
    plain[4..8].copy_from_slice(&CHACHA20_POLY1305.to_le_bytes());
    plain[8..].copy_from_slice(key.expose());
    let sealed = wrap::seal(&packet_key, nonce, &[], plain.as_slice());
    let packet = [
        &(PACKET_BYTES as u32).to_le_bytes(),
        &X25519_CHACHA20_POLY1305.to_le_bytes(),
        public.as_bytes().as_slice(),
        nonce,
        &sealed,
    ]
    .concat();
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[12..16].copy_from_slice(&1_u32.to_le_bytes());
    header[16..].copy_from_slice(&packet);
    header
}

/// The one data key that the whole of `header` holds for the reader with this X25519 secret.
/// Packets for others, by other methods, and of unknown types are skipped.
///
/// # Errors
/// Says what does not hold.
pub fn read_header(header: &[u8], reader: &Secret<32>) -> Result<DataKey, HeaderError> {
    let mut input = Input(header);
    if input.take(8) != Ok(MAGIC) {
        return Err(HeaderError::Magic);
    }
    match input.number()? {
        VERSION => {}
        other => return Err(HeaderError::Version(other)),
    }
    let packets = input.number()?;
    if packets > MAX_PACKETS {
        return Err(HeaderError::Packets(packets));
    }
    let public = X25519Public::of(reader);
    let mut found: Option<DataKey> = None;
    for index in 0..packets {
        let length = input.number()?;
        if !(8..=MAX_PACKET).contains(&length) {
            return Err(HeaderError::PacketLength { index, length });
        }
        let packet = Input(input.take(length as usize - 4)?);
        let Some(key) = data_key(packet, index, reader, &public)? else { continue };
        if found.as_ref().is_some_and(|other| *other != key) {
            return Err(HeaderError::SeveralKeys);
        }
        found = Some(key);
    }
    match input.0.len() {
        0 => found.ok_or(HeaderError::NotForReader),
        rest => Err(HeaderError::Trailing(rest)),
    }
}

/// The data key in a packet; `None` in one that is for others or of a type that is not known.
fn data_key(
    mut packet: Input<'_>,
    index: u32,
    reader: &Secret<32>,
    public: &X25519Public,
) -> Result<Option<DataKey>, HeaderError> {
    if packet.number()? != X25519_CHACHA20_POLY1305 {
        return Ok(None);
    }
    let (Ok(writer), Ok(nonce)) = (packet.array::<32>(), packet.array::<{ wrap::NONCE }>()) else {
        return Ok(None);
    };
    let packet_key = packet_key(&curve::shared(reader, &writer)?, public.as_bytes(), &writer);
    let Ok(plain) = wrap::open(&packet_key, &nonce, &[], packet.0) else { return Ok(None) };
    let mut plain = Input(&plain);
    match plain.number()? {
        DATA_KEY => {}
        EDIT_LIST => return Err(HeaderError::EditList),
        _ => return Ok(None),
    }
    match plain.number()? {
        CHACHA20_POLY1305 => {}
        other => return Err(HeaderError::Cipher(other)),
    }
    let key = <[u8; 32]>::try_from(plain.0).map_err(|_| HeaderError::DataKey(index))?;
    Ok(Some(DataKey::from(Secret::from(key))))
}

fn packet_key(shared: &Secret<32>, reader: &[u8; 32], writer: &[u8; 32]) -> Secret<32> {
    let mut hasher = Blake2b512::new();
    hasher.update(shared.expose());
    hasher.update(reader);
    hasher.update(writer);
    let hash = Zeroizing::new(<[u8; 64]>::from(hasher.finalize()));
    let mut key = [0; 32];
    key.copy_from_slice(&hash[..32]);
    Secret::take(&mut key)
}

#[derive(Clone, Copy)]
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], HeaderError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(HeaderError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], HeaderError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(HeaderError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u32, HeaderError> {
        self.array().map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests;
