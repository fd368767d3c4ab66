//! The rows that must be the same whenever and however the chain was followed.

use alloy_primitives::{Address, B256};
use ledger::{Network, accumulator};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use std::path::Path;

/// All but how one followed (`blocks`, `following`, `reorg_log`) and full-text tables.
const TABLES: [&str; 15] = [
    "cursor",
    "events",
    "datasets",
    "owners",
    "statuses",
    "terms",
    "versions",
    "grants",
    "phases",
    "credits",
    "circuits",
    "results",
    "attestations",
    "logs",
    "anchors",
];

/// Every row of every such table, a line each.
pub(crate) fn dump(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut lines = Vec::new();
    for table in TABLES {
        dump_query(&connection, table, &format!("SELECT * FROM {table} ORDER BY 1, 2"), &mut lines);
    }
    let manifests = "SELECT id, state, bytes, content_root FROM manifests ORDER BY id";
    dump_query(&connection, "manifests", manifests, &mut lines);
    lines
}

fn dump_query(connection: &Connection, table: &str, sql: &str, lines: &mut Vec<String>) {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let value = |i| match row.get_ref(i).unwrap() {
            ValueRef::Null => "-".to_owned(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Blob(blob) => blob.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let values: Vec<_> = (0..columns).map(value).collect();
        lines.push(format!("{table} {}", values.join(" ")));
    }
}

/// A number from the database.
pub(crate) fn count(path: &Path, sql: &str) -> i64 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Demands that the file is whole and that its events replay, without gap or repetition, to what it
/// says the contracts' accumulators are; the block that it is at, if it is at one. Nothing is written
/// back: whoever follows next finds the file as it was.
pub(crate) fn replay(path: &Path, network: &Network, what: &str) -> Option<i64> {
    let connection = Connection::open(path).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    let ok: String = connection.query_row("PRAGMA quick_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok", "{what}");
    let mut cursors = connection.prepare("SELECT contract, block, acc FROM cursor").unwrap();
    let mut at = None;
    let mut rows = cursors.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (contract, block): ([u8; 20], i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        let acc = B256::from(row.get::<_, [u8; 32]>(2).unwrap());
        assert_eq!(replayed(&connection, network, contract.into(), what), acc, "{what}");
        assert_eq!(*at.get_or_insert(block), block, "{what}: all cursors are at one block");
    }
    let gapless = "SELECT count(*) = ifnull(max(id), 0) FROM versions";
    assert!(connection.query_row(gapless, [], |row| row.get::<_, bool>(0)).unwrap(), "{what}");
    at
}

/// What a contract's events amount to, each held against the accumulator stored with it.
fn replayed(connection: &Connection, network: &Network, of: Address, what: &str) -> B256 {
    let sql =
        "SELECT topics, data, acc_after FROM events WHERE address = ?1 ORDER BY block, log_index";
    let mut events = connection.prepare(sql).unwrap();
    let mut rows = events.query([of.0.0]).unwrap();
    let mut acc = accumulator::seed(network.chain, of);
    while let Some(row) = rows.next().unwrap() {
        let (topics, data): (Vec<u8>, Vec<u8>) = (row.get(0).unwrap(), row.get(1).unwrap());
        let topics: Vec<_> = topics.chunks(32).map(B256::from_slice).collect();
        acc = accumulator::extend(acc, &topics, &data);
        assert_eq!(row.get::<_, [u8; 32]>(2).unwrap(), acc.0, "{what}");
    }
    acc
}
