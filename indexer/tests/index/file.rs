//! The database file: whose it is, and when it is refused.

use crate::dump::count;
use indexer::{Index, IndexError};
use ledger::Network;
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::TempDir;

fn network() -> Network {
    let contract = |n: u8| {
        let address = format!("0x{}", format!("{n:02x}").repeat(20));
        serde_json::json!({ "address": address, "code_hash": format!("0x{}", "11".repeat(32)) })
    };
    let network = serde_json::json!({
        "name": "test", "chain": 31337, "genesis": format!("0x{}", "22".repeat(32)),
        "deployed_at": 7,
        "contracts": {
            "registry": contract(1), "market": contract(2), "protocols": contract(3),
            "ledger": contract(4), "log": contract(5),
        },
        "tokens": [], "policy": { "circuits": [], "finality": "head" },
    });
    Network::parse(&network.to_string()).unwrap()
}

fn open(folder: &TempDir, network: &Network) -> Result<Index, IndexError> {
    Index::open(&folder.path().join("home/index"), network)
}

#[test]
fn only_its_owner_may_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder, &network()).unwrap();
    let _writer = index.writer().unwrap();
    let path = index.path();
    assert_eq!(path.file_name().unwrap(), format!("31337-0x{}.sqlite", "01".repeat(20)).as_str());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap().path();
        assert_eq!(mode(&entry), 0o600, "{}", entry.display());
    }
    assert_eq!(index.position().unwrap(), None);
    assert_eq!(index.datasets().unwrap(), []);
}

#[test]
fn each_network_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder, &network()).unwrap();
    let mut other = network();
    other.chain = 1;
    assert_ne!(open(&folder, &other).unwrap().path(), index.path());

    // Same chain id and registry, another chain: a local network that was started anew.
    let mut anew = network();
    anew.genesis.0[0] ^= 1;
    match open(&folder, &anew).err() {
        Some(error @ IndexError::OtherNetwork { .. }) => {
            assert!(!error.is_no());
            let text = error.to_string();
            assert!(text.contains("first block 0x2222") && text.contains("delete it"), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_schema_and_other_files_are_refused_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = open(&folder, &network()).unwrap().path().to_owned();
    let ours = count(&path, "PRAGMA user_version");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", ours + 1).unwrap();
    match open(&folder, &network()).err() {
        Some(IndexError::Schema { found, known, .. }) => {
            assert_eq!((found, known), (ours + 1, ours));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(count(&path, "PRAGMA user_version"), ours + 1);

    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    let theirs = open(&folder, &network()).err();
    assert!(matches!(theirs, Some(IndexError::Damaged { .. })), "{theirs:?}");
    assert_eq!(count(&path, "SELECT count(*) FROM sqlite_schema"), 1);

    std::fs::write(&path, b"not a database, but long enough to be taken for one".repeat(99))
        .unwrap();
    let garbage = open(&folder, &network()).err();
    assert!(matches!(garbage, Some(IndexError::Damaged { .. })), "{garbage:?}");
}

#[test]
fn after_an_unclean_stop_a_damaged_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder, &network()).unwrap();
    let path = index.path().to_owned();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "INSERT INTO datasets (dataset, block, time, tx) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
             SELECT randomblob(32), i, i, randomblob(32) FROM n; PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .unwrap();
    let root: i64 = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'datasets'", [], |r| r.get(0))
        .unwrap();
    drop((connection, index));
    let mut bytes = std::fs::read(&path).unwrap();
    let page = (root as usize - 1) * 4096;
    bytes[page + 5..page + 100].fill(0xff);
    std::fs::write(&path, bytes).unwrap();

    let lock = path.with_extension("lock");
    let index = open(&folder, &network()).unwrap();
    assert!(index.writer().is_ok(), "after a clean stop it is not read through");
    std::fs::write(&lock, b"w").unwrap();
    let error = index.writer().err();
    assert!(matches!(error, Some(IndexError::Damaged { .. })), "{error:?}");
}

#[test]
fn rows_that_this_program_did_not_write_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder, &network()).unwrap();
    let connection = Connection::open(index.path()).unwrap();
    connection
        .execute_batch(
            "INSERT INTO logs (log, owner, origin, key, block, time, tx) \
             VALUES (x'01', x'02', 'o', x'03', 1, 1, x'04'); \
             INSERT INTO results VALUES (1, zeroblob(32), zeroblob(32), zeroblob(20), \
             zeroblob(32), 'one', zeroblob(32), zeroblob(32), zeroblob(32), zeroblob(32), \
             zeroblob(32), 1, 1, zeroblob(32))",
        )
        .unwrap();
    assert!(matches!(index.logs(), Err(IndexError::Damaged { .. })));
    assert!(matches!(index.results(), Err(IndexError::Damaged { .. })));
}

#[test]
fn many_may_open_it_at_once() {
    for round in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let opened = std::thread::scope(|scope| {
            let open = || scope.spawn(|| open(&folder, &network()).map(|index| index.position()));
            let threads: Vec<_> = (0..6).map(|_| open()).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        for index in opened {
            assert!(matches!(index, Ok(Ok(None))), "round {round}: {index:?}");
        }
    }
}
