//! The rows that must be the same whenever and however the chain was followed.

use rusqlite::Connection;
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
