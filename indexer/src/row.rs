//! Rows as they are stored: big-endian blobs, and a u64 as the i64 with the same bits, because a
//! contract takes any u64 while SQLite refuses the upper half. Reading checks every length.

use alloy_primitives::{Address, B256, U256};
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};

/// When something happened: its block, the block's time and the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Block number.
    pub block: u64,
    /// Seconds since 1970, by the block.
    pub time: u64,
    /// Transaction hash.
    pub transaction: B256,
}

/// A row's columns, read one after the other.
pub(crate) struct Columns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl Columns<'_> {
    pub(crate) fn get<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    pub(crate) fn word(&mut self) -> rusqlite::Result<B256> {
        self.get::<[u8; 32]>().map(B256::from)
    }

    pub(crate) fn uint(&mut self) -> rusqlite::Result<U256> {
        self.get().map(U256::from_be_bytes::<32>)
    }

    pub(crate) fn address(&mut self) -> rusqlite::Result<Address> {
        self.get::<[u8; 20]>().map(Address::from)
    }

    pub(crate) fn amount(&mut self) -> rusqlite::Result<u128> {
        self.get().map(u128::from_be_bytes)
    }

    pub(crate) fn number(&mut self) -> rusqlite::Result<u64> {
        self.get::<i64>().map(i64::cast_unsigned)
    }

    pub(crate) fn seconds(&mut self) -> rusqlite::Result<u32> {
        self.get()
    }

    pub(crate) fn moment(&mut self) -> rusqlite::Result<Moment> {
        Ok(Moment { block: self.number()?, time: self.number()?, transaction: self.word()? })
    }

    /// The last column but `from_end`, whatever was read before it.
    pub(crate) fn late<T: FromSql>(&self, from_end: usize) -> rusqlite::Result<T> {
        self.row.get(self.row.as_ref().column_count() - 1 - from_end)
    }

    /// A moment whose three columns are all null where there was none.
    pub(crate) fn moment_if_any(&mut self) -> rusqlite::Result<Option<Moment>> {
        if self.row.get_ref(self.next)? == rusqlite::types::ValueRef::Null {
            self.next += 3;
            return Ok(None);
        }
        self.moment().map(Some)
    }
}

/// A column that holds none of the values it can.
pub(crate) fn malformed(what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Null, what.into())
}

/// All rows of a query.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl Fn(&mut Columns) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(parameters, |row| read(&mut Columns { row, next: 0 }))?;
    rows.collect()
}

/// The first row of a query, if it has one.
pub(crate) fn first<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl Fn(&mut Columns) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    rows.next()?.map(|row| read(&mut Columns { row, next: 0 })).transpose()
}

/// A u256 as it is stored.
pub(crate) fn blob(number: U256) -> [u8; 32] {
    number.to_be_bytes()
}
