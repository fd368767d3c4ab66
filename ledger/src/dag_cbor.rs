//! Strict DAG-CBOR: maps, lists, u64, bytes, text and links; nothing else, and one encoding each.
//!
//! [`decode`] accepts exactly the bytes that [`Value::encode`] writes: shortest lengths, keys of
//! 1 or more bytes 0x20 … 0x7e sorted by length then bytes and never twice, depth (maps and lists
//! open at once) ≤ 16, ≤ 1 MiB. Specification: `docs/spec/encodings.md`, vectors `dag_cbor.json`.

mod read;

use crate::content::Cid;
use alloy_primitives::{Address, B256, U256};

pub use read::{Reader, array, tuple};

/// Bytes that a block may have at most.
pub const MAX_BYTES: usize = 1 << 20;
/// Maps and lists that may be open at once.
pub const MAX_DEPTH: usize = 16;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An unsigned integer.
    Uint(u64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map, sorted as encoded.
    Map(Vec<(String, Value)>),
    /// A link to another block.
    Link(Cid),
}

impl Value {
    /// A map with these entries, put into the order of the encoding.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().map(|(k, v)| (k.into(), v)).collect();
        entries.sort_by(|(a, _), (b, _)| key_order(a, b));
        Self::Map(entries)
    }

    /// A list of these items.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// The one encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Uint(n) => head(out, 0, *n),
            Self::Bytes(bytes) => {
                head(out, 2, bytes.len() as u64);
                out.extend_from_slice(bytes);
            }
            Self::Text(text) => {
                head(out, 3, text.len() as u64);
                out.extend_from_slice(text.as_bytes());
            }
            Self::List(items) => {
                head(out, 4, items.len() as u64);
                items.iter().for_each(|item| item.write(out));
            }
            Self::Map(entries) => {
                head(out, 5, entries.len() as u64);
                for (key, value) in entries {
                    head(out, 3, key.len() as u64);
                    out.extend_from_slice(key.as_bytes());
                    value.write(out);
                }
            }
            Self::Link(cid) => {
                head(out, 6, 42);
                let bytes = cid.to_bytes();
                head(out, 2, bytes.len() as u64 + 1);
                out.push(0);
                out.extend_from_slice(&bytes);
            }
        }
    }
}

/// A major type and its argument in the shortest form.
fn head(out: &mut Vec<u8>, major: u8, n: u64) {
    let major = major << 5;
    match n {
        0..=23 => out.push(major | n as u8),
        24..=0xff => out.extend_from_slice(&[major | 24, n as u8]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend_from_slice(&(n as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend_from_slice(&(n as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&n.to_be_bytes());
        }
    }
}

fn key_order(a: &str, b: &str) -> std::cmp::Ordering {
    a.len().cmp(&b.len()).then_with(|| a.as_bytes().cmp(b.as_bytes()))
}

impl From<u64> for Value {
    fn from(n: u64) -> Self {
        Self::Uint(n)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<B256> for Value {
    fn from(bytes: B256) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Address> for Value {
    fn from(address: Address) -> Self {
        Self::Bytes(address.to_vec())
    }
}

impl From<U256> for Value {
    fn from(word: U256) -> Self {
        Self::Bytes(word.to_be_bytes_vec())
    }
}

impl From<Cid> for Value {
    fn from(cid: Cid) -> Self {
        Self::Link(cid)
    }
}

/// Why bytes are not a strict block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More than [`MAX_BYTES`].
    #[error("{0} bytes are more than the {MAX_BYTES} of a block")]
    TooLarge(usize),
    /// The item goes on beyond the end.
    #[error("the block ends in the middle of an item at byte {0}")]
    Truncated(usize),
    /// Something follows the item.
    #[error("{0} bytes follow the item")]
    Trailing(usize),
    /// A float, null, Boolean, negative number, indefinite length or reserved form.
    #[error("byte {1:#04x} at {0} starts a form that the format does not have")]
    Form(usize, u8),
    /// An argument that has a shorter form.
    #[error("the number at byte {0} is not in its shortest form")]
    NotShortest(usize),
    /// Text that is not UTF-8.
    #[error("the text at byte {0} is not UTF-8")]
    NotText(usize),
    /// A map key that is empty or has a byte outside 0x20 … 0x7e.
    #[error("the map key at byte {0} is empty or not of printable ASCII")]
    Key(usize),
    /// Keys out of order, or one twice.
    #[error("the map key at byte {0} is not after the one before it")]
    KeyOrder(usize),
    /// Too many maps and lists open at once.
    #[error("more than {MAX_DEPTH} maps and lists are open at byte {0}")]
    Depth(usize),
    /// A tag that is not 42, or a link that is no CIDv1 of raw, dag-pb or dag-cbor with SHA-256.
    #[error("the tag at byte {0} is no link to a raw, dag-pb or dag-cbor block by SHA-256")]
    Link(usize),
    /// A field is missing, has another type, or is one that the schema does not have.
    #[error("{0}")]
    Schema(String),
}

/// Decodes one item that is all of `bytes`.
///
/// # Errors
/// Anything but the one encoding of one item within the limits.
pub fn decode(bytes: &[u8]) -> Result<Value, DecodeError> {
    if bytes.len() > MAX_BYTES {
        return Err(DecodeError::TooLarge(bytes.len()));
    }
    let mut input = Input { bytes, at: 0 };
    let value = input.item(0)?;
    match bytes.len() - input.at {
        0 => Ok(value),
        rest => Err(DecodeError::Trailing(rest)),
    }
}

/// Demands that what was read encodes to the bytes it was read from.
///
/// # Errors
/// Other bytes: a second form of the same thing.
pub fn demand_equal(what: &str, encoded: &[u8], bytes: &[u8]) -> Result<(), DecodeError> {
    if encoded == bytes {
        Ok(())
    } else {
        Err(DecodeError::Schema(format!("{what} is not in its only form")))
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, n: u64) -> Result<&'a [u8], DecodeError> {
        let end = usize::try_from(n).ok().and_then(|n| self.at.checked_add(n));
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(DecodeError::Truncated(self.at))?;
        self.at += taken.len();
        Ok(taken)
    }

    fn head(&mut self) -> Result<(u8, u64), DecodeError> {
        let start = self.at;
        let first = self.take(1)?[0];
        let (major, low) = (first >> 5, first & 0x1f);
        let (n, least) = match low {
            0..=23 => (u64::from(low), 0),
            24 => (u64::from(self.take(1)?[0]), 24),
            25..=27 => {
                let width = 1 << (low - 24);
                let bytes = self.take(width)?;
                let n = bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b));
                (n, 1_u64 << (4 * width))
            }
            _ => return Err(DecodeError::Form(start, first)),
        };
        if n < least { Err(DecodeError::NotShortest(start)) } else { Ok((major, n)) }
    }

    fn text(&mut self, n: u64) -> Result<String, DecodeError> {
        let start = self.at;
        let bytes = self.take(n)?;
        Ok(std::str::from_utf8(bytes).map_err(|_| DecodeError::NotText(start))?.to_owned())
    }

    fn item(&mut self, depth: usize) -> Result<Value, DecodeError> {
        let start = self.at;
        if let Some(&first @ 0xe0..) = self.bytes.get(start) {
            return Err(DecodeError::Form(start, first));
        }
        let (major, n) = self.head()?;
        if matches!(major, 4 | 5) && depth == MAX_DEPTH {
            return Err(DecodeError::Depth(start));
        }
        match major {
            0 => Ok(Value::Uint(n)),
            2 => Ok(Value::Bytes(self.take(n)?.to_vec())),
            3 => Ok(Value::Text(self.text(n)?)),
            4 => (0..n).map(|_| self.item(depth + 1)).collect::<Result<_, _>>().map(Value::List),
            5 => self.map(n, depth),
            6 => self.link(n, start),
            _ => Err(DecodeError::Form(start, self.bytes[start])),
        }
    }

    fn map(&mut self, n: u64, depth: usize) -> Result<Value, DecodeError> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        for _ in 0..n {
            let start = self.at;
            let (major, length) = self.head()?;
            if major != 3 {
                return Err(DecodeError::Key(start));
            }
            let key = self.text(length)?;
            if key.is_empty() || !key.bytes().all(|b| (0x20..=0x7e).contains(&b)) {
                return Err(DecodeError::Key(start));
            }
            if entries.last().is_some_and(|(last, _)| key_order(last, &key).is_ge()) {
                return Err(DecodeError::KeyOrder(start));
            }
            entries.push((key, self.item(depth + 1)?));
        }
        Ok(Value::Map(entries))
    }

    fn link(&mut self, tag: u64, start: usize) -> Result<Value, DecodeError> {
        let bad = DecodeError::Link(start);
        if tag != 42 {
            return Err(bad);
        }
        let (major, n) = self.head()?;
        if major != 2 {
            return Err(bad);
        }
        match self.take(n)? {
            [0, cid @ ..] => Cid::from_bytes(cid).map(Value::Link).map_err(|_| bad),
            _ => Err(bad),
        }
    }
}
