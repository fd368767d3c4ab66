//! The database file: one per network, named by chain and registry, readable by its owner alone.
//! A file of another network or another schema is refused, never changed.
//! Specification: `docs/spec/index.md`.

use crate::IndexError;
use ledger::Network;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What this program writes and reads.
const SCHEMA: i64 = 4;
/// "PVIX", so that tools can tell the file from others.
const APPLICATION: i64 = 0x5056_4958;
/// Older ones can corrupt a database in WAL mode when two connections write or checkpoint at once.
const SQLITE: (i32, &str) = (3_051_003, "3.51.3");
/// How long one connection waits for another's transaction.
const BUSY: Duration = Duration::from_secs(10);
/// KiB of pages that the writer keeps: what a batch changes all over the indexes of a large file.
const WRITER_CACHE: i64 = 64 << 10;
/// KiB of pages that each reader keeps.
const READER_CACHE: i64 = 8 << 10;

/// Where a network's index lies in `folder`.
pub(crate) fn path(folder: &Path, network: &Network) -> PathBuf {
    folder.join(format!("{}-{:#x}.sqlite", network.chain, network.contracts.registry.address))
}

/// Makes the folder and the database where they are not there, and checks them where they are.
pub(crate) fn prepare(folder: &Path, network: &Network) -> Result<PathBuf, IndexError> {
    if rusqlite::version_number() < SQLITE.0 {
        return Err(IndexError::OldSqlite { found: rusqlite::version(), needed: SQLITE.1 });
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|e| IndexError::disk("make the folder", folder, e))?;
    let path = path(folder, network);
    prepare_file(&path, network).map_err(|error| error.of_file(&path))?;
    Ok(path)
}

fn prepare_file(path: &Path, network: &Network) -> Result<(), IndexError> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE)?;
    // By name: to open and close the file here would drop the locks of every other connection of
    // this process. SQLite gives its other files the mode of this one.
    std::fs::set_permissions(path, Permissions::from_mode(0o600))
        .map_err(|e| IndexError::disk("set the mode of", path, e))?;
    let mode = when_free(|| {
        create(&mut connection, network)?;
        use_wal(&connection)
    })?;
    verify_schema(&connection, path)?;
    verify_network(&connection, path, network)?;
    match mode.as_str() {
        "wal" => Ok(()),
        _ => Err(IndexError::NoWal { path: path.to_owned(), mode }),
    }
}

/// Again while another connection is in the way: SQLite itself does not wait for the journal's mode.
fn when_free<T>(mut run: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let begun = Instant::now();
    loop {
        match run() {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && begun.elapsed() < BUSY =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.pragma_update(None, "trusted_schema", false)?;
    // A plan is made once, and not again for each value that is asked for.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// A connection that reads, and leaves checkpoints to the writer.
pub(crate) fn reader(path: &Path) -> Result<Connection, IndexError> {
    let connection = connect(path, OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE)?;
    // Every query has its indexes; one made for a single question reads a whole table.
    connection.pragma_update(None, "automatic_index", false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// The writer's connection.
pub(crate) fn writer(path: &Path) -> Result<Connection, IndexError> {
    let connection = connect(path, OpenFlags::empty())?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE)?;
    Ok(connection)
}

/// Reads the whole file where its last writer was stopped in the middle.
pub(crate) fn quick_check(connection: &Connection, path: &Path) -> Result<(), IndexError> {
    let found: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    match found.as_str() {
        "ok" => Ok(()),
        why => Err(IndexError::Damaged { why: format!("{}: {why}", path.display()) }),
    }
}

fn create(connection: &mut Connection, network: &Network) -> rusqlite::Result<()> {
    if schema(connection)? != 0 {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    // Another process may have made them meanwhile; tables without a schema number are not ours.
    if schema(&transaction)? == 0 && tables == 0 {
        transaction.execute_batch(include_str!("schema.sql"))?;
        for (what, value) in identity(network) {
            transaction.execute("INSERT INTO meta VALUES (?1, ?2)", [what, value])?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", SCHEMA)?;
    }
    transaction.commit()
}

fn schema(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn verify_schema(connection: &Connection, path: &Path) -> Result<(), IndexError> {
    let found = schema(connection)?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(IndexError::Damaged { why: "it is no index".to_owned() });
    }
    match found {
        SCHEMA => Ok(()),
        found => Err(IndexError::Schema { path: path.to_owned(), found, known: SCHEMA }),
    }
}

/// What makes a network this one and no other.
pub(crate) fn identity(network: &Network) -> Vec<(String, String)> {
    let contracts = network.contracts.all();
    let contracts =
        contracts.map(|(name, contract)| (name.to_owned(), contract.address.to_string()));
    let mut all = vec![
        ("chain".to_owned(), network.chain.to_string()),
        ("first block".to_owned(), network.genesis.to_string()),
        ("deployment block".to_owned(), network.deployed_at.to_string()),
    ];
    all.extend(contracts);
    all
}

fn verify_network(
    connection: &Connection,
    path: &Path,
    network: &Network,
) -> Result<(), IndexError> {
    for (what, expected) in identity(network) {
        let found: String = connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [&what], |row| row.get(0))
            .or_else(|e| match e {
                rusqlite::Error::QueryReturnedNoRows => Ok("unknown".to_owned()),
                other => Err(other),
            })?;
        if found != expected {
            let path = path.to_owned();
            return Err(IndexError::OtherNetwork { path, what, found, expected });
        }
    }
    Ok(())
}

/// Turns the journal's mode to WAL, if it is another; what it is then.
fn use_wal(connection: &Connection) -> rusqlite::Result<String> {
    let mode = |row: &rusqlite::Row| row.get::<_, String>(0);
    let now = connection.pragma_query_value(None, "journal_mode", mode)?;
    if now == "wal" {
        return Ok(now);
    }
    connection.pragma_update_and_check(None, "journal_mode", "wal", mode)
}
