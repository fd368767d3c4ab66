//! Reading a decoded map by its schema: every field is taken once, none may be left over.

use super::{DecodeError, Value};
use crate::content::Cid;
use alloy_primitives::{Address, B256, U256};

/// A map whose fields are taken out one by one; [`Reader::end`] refuses what was not asked for.
pub struct Reader {
    what: &'static str,
    entries: Vec<(String, Value)>,
}

impl Reader {
    /// Reads `value`, which must be a map; `what` names it in errors.
    ///
    /// # Errors
    /// Any other item.
    pub fn new(what: &'static str, value: Value) -> Result<Self, DecodeError> {
        match value {
            Value::Map(entries) => Ok(Self { what, entries }),
            _ => Err(DecodeError::Schema(format!("{what} is not a map"))),
        }
    }

    /// Decodes `bytes`, which must be one map.
    ///
    /// # Errors
    /// Bytes that are no strict block, or no map.
    pub fn decode(what: &'static str, bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::new(what, super::decode(bytes)?)
    }

    fn take(&mut self, key: &str) -> Result<Value, DecodeError> {
        match self.entries.iter().position(|(k, _)| k == key) {
            Some(at) => Ok(self.entries.remove(at).1),
            None => Err(DecodeError::Schema(format!("{} has no field {key:?}", self.what))),
        }
    }

    fn typed<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, DecodeError> {
        let value = self.take(key)?;
        read(value).ok_or_else(|| {
            DecodeError::Schema(format!("field {key:?} of {} is not {expected}", self.what))
        })
    }

    /// Refuses fields that the schema does not have.
    ///
    /// # Errors
    /// A field is left.
    pub fn end(self) -> Result<(), DecodeError> {
        match self.entries.first() {
            None => Ok(()),
            Some((key, _)) => {
                Err(DecodeError::Schema(format!("{} has an unknown field {key:?}", self.what)))
            }
        }
    }

    /// Whether the map has the field.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(k, _)| k == key)
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// Missing, or of another type; so are the errors of all fields below.
    pub fn uint(&mut self, key: &str) -> Result<u64, DecodeError> {
        self.typed(key, "an unsigned integer", |v| match v {
            Value::Uint(n) => Some(n),
            _ => None,
        })
    }

    /// A text.
    ///
    /// # Errors
    /// As [`Reader::uint`].
    pub fn text(&mut self, key: &str) -> Result<String, DecodeError> {
        self.typed(key, "a text", |v| match v {
            Value::Text(text) => Some(text),
            _ => None,
        })
    }

    /// A byte string of any length.
    ///
    /// # Errors
    /// As [`Reader::uint`].
    pub fn bytes(&mut self, key: &str) -> Result<Vec<u8>, DecodeError> {
        self.typed(key, "a byte string", |v| match v {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        })
    }

    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// As [`Reader::uint`]; another length too.
    pub fn array<const N: usize>(&mut self, key: &str) -> Result<[u8; N], DecodeError> {
        self.typed(key, "a byte string of the right length", |v| match v {
            Value::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        })
    }

    /// 32 bytes.
    ///
    /// # Errors
    /// As [`Reader::array`].
    pub fn word(&mut self, key: &str) -> Result<B256, DecodeError> {
        self.array(key).map(B256::new)
    }

    /// A 256-bit number in 32 bytes.
    ///
    /// # Errors
    /// As [`Reader::array`].
    pub fn u256(&mut self, key: &str) -> Result<U256, DecodeError> {
        self.array(key).map(U256::from_be_bytes::<32>)
    }

    /// An account or contract.
    ///
    /// # Errors
    /// As [`Reader::array`].
    pub fn address(&mut self, key: &str) -> Result<Address, DecodeError> {
        self.array(key).map(Address::new)
    }

    /// A link.
    ///
    /// # Errors
    /// As [`Reader::uint`].
    pub fn link(&mut self, key: &str) -> Result<Cid, DecodeError> {
        self.typed(key, "a link", |v| match v {
            Value::Link(cid) => Some(cid),
            _ => None,
        })
    }

    /// A list of any items.
    ///
    /// # Errors
    /// As [`Reader::uint`].
    pub fn list(&mut self, key: &str) -> Result<Vec<Value>, DecodeError> {
        self.typed(key, "a list", |v| match v {
            Value::List(items) => Some(items),
            _ => None,
        })
    }

    /// A list whose every item `read` accepts; `expected` says what they should be.
    ///
    /// # Errors
    /// As [`Reader::uint`], and an item that `read` does not accept.
    pub fn items<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl Fn(Value) -> Option<T>,
    ) -> Result<Vec<T>, DecodeError> {
        self.typed(key, expected, |v| match v {
            Value::List(items) => items.into_iter().map(read).collect(),
            _ => None,
        })
    }

    /// A list of maps, each read by `read` to its end.
    ///
    /// # Errors
    /// As [`Reader::uint`], and what `read` refuses.
    pub fn maps<T>(
        &mut self,
        key: &str,
        what: &'static str,
        read: impl Fn(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let items = self.list(key)?;
        items
            .into_iter()
            .map(|item| {
                let mut reader = Self::new(what, item)?;
                let value = read(&mut reader)?;
                reader.end().map(|()| value)
            })
            .collect()
    }

    /// A nested map with keys of any name, in their order.
    ///
    /// # Errors
    /// As [`Reader::uint`].
    pub fn entries(&mut self, key: &str) -> Result<Vec<(String, Value)>, DecodeError> {
        self.typed(key, "a map", |v| match v {
            Value::Map(entries) => Some(entries),
            _ => None,
        })
    }

    /// A nested map.
    ///
    /// # Errors
    /// As [`Reader::uint`].
    pub fn map(&mut self, key: &str, what: &'static str) -> Result<Self, DecodeError> {
        let value = self.take(key)?;
        Self::new(what, value)
    }
}

/// The item as `N` bytes.
pub fn array<const N: usize>(value: Value) -> Option<[u8; N]> {
    match value {
        Value::Bytes(bytes) => bytes.try_into().ok(),
        _ => None,
    }
}

/// The items of a list of exactly `N`.
pub fn tuple<const N: usize>(value: Value) -> Option<[Value; N]> {
    match value {
        Value::List(items) => items.try_into().ok(),
        _ => None,
    }
}
