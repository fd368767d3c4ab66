use super::*;
use crate::backup::Restored;
use crate::data_key::{DataKey, KeyRecord, Origin};
use crate::phrase::Phrase;
use alloy_primitives::U256;
use proptest::prelude::*;
use std::os::unix::fs::symlink;

const OURS: &str = "test test test test test test test test test test test junk";
const THEIRS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

fn identity(words: &str) -> Identity {
    Identity::from_phrase(&Phrase::parse(words).unwrap()).unwrap()
}

/// A vault without a keystore: tests of data keys need not pay for scrypt.
fn unlocked(home: &Path, words: &str) -> Unlocked {
    fs::create_dir_all(home.join(KEYS)).unwrap();
    Unlocked::new(home, identity(words))
}

fn entry(n: u8) -> Entry {
    let record = KeyRecord {
        title: format!("title {n}"),
        sha256: B256::repeat_byte(n / 2),
        length: 1000 + u64::from(n),
        salt: Secret::from([n; 32]),
        build: "GRCh38".to_owned(),
        origin: if n.is_multiple_of(2) {
            Origin::Sealed
        } else {
            Origin::Grant(U256::MAX - U256::from(n))
        },
    };
    Entry { key: DataKey::from(Secret::from([n; 32])), record }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_vault_opens_with_its_passphrase_only() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("deep/vault");
    let (right, wrong) = (Passphrase::new("right".into()), Passphrase::new("wrong".into()));
    let identity = identity(OURS);
    let error = Vault::open(&dir, &right).unwrap_err();
    assert!(matches!(&error, VaultError::None(path) if *path == dir), "{error:?}");
    Vault::create(&dir, &identity, &right).unwrap();
    assert_eq!(Vault::address(&dir).unwrap(), identity.address());
    assert_eq!(
        (mode(&dir), mode(&dir.join(KEYS)), mode(&dir.join(IDENTITY))),
        (0o700, 0o700, 0o600)
    );

    let vault = Vault::open(&dir, &right).unwrap();
    assert_eq!(vault.identity().seed(), identity.seed());
    let error = Vault::open(&dir, &wrong).unwrap_err();
    assert!(matches!(error, VaultError::Keystore(KeystoreError::Passphrase)), "{error:?}");

    let before = fs::read(dir.join(IDENTITY)).unwrap();
    let error = Vault::create(&dir, &identity, &wrong).unwrap_err();
    assert!(matches!(error, VaultError::Disk(DiskError::Exists { .. })), "{error:?}");
    assert_eq!(fs::read(dir.join(IDENTITY)).unwrap(), before);

    fs::set_permissions(&dir, fs::Permissions::from_mode(0o750)).unwrap();
    let error = Vault::open(&dir, &right).unwrap_err();
    assert!(matches!(error, VaultError::Exposed { mode: 0o750, .. }), "{error:?}");
}

#[test]
fn data_keys_read_back_by_commitment_and_by_file() {
    let home = tempfile::tempdir().unwrap();
    let vault = unlocked(home.path(), OURS);
    for n in 0..6 {
        vault.keep(&entry(n)).unwrap();
        vault.keep(&entry(n)).unwrap();
    }
    for n in 0..6 {
        assert_eq!(vault.find(entry(n).key.commit()).unwrap(), Some(entry(n)));
    }
    assert_eq!(vault.find(B256::ZERO).unwrap(), None);
    let mut two = vault.find_file(B256::repeat_byte(1)).unwrap();
    two.sort_by_key(|entry| entry.record.length);
    assert_eq!(two, [entry(2), entry(3)]);
    assert_eq!(vault.find_file(B256::repeat_byte(9)).unwrap(), []);
    assert_eq!(vault.entries().unwrap().len(), 6);
    for found in fs::read_dir(home.path().join(KEYS)).unwrap() {
        let path = found.unwrap().path();
        assert_eq!(mode(&path), 0o600);
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"title"), "the record is sealed");
    }
}

#[test]
fn the_first_record_of_a_key_stays() {
    let home = tempfile::tempdir().unwrap();
    let vault = unlocked(home.path(), OURS);
    vault.keep(&entry(1)).unwrap();
    let mut other = entry(1);
    other.record.title = "another".to_owned();
    let error = vault.keep(&other).unwrap_err();
    let commit = other.key.commit();
    assert!(matches!(error, VaultError::Kept(found) if found == commit), "{error:?}");
    assert_eq!(vault.find(commit).unwrap(), Some(entry(1)));
    other.record.title = "long ".repeat(20_000);
    other.key = DataKey::from(Secret::from([9; 32]));
    let error = vault.keep(&other).unwrap_err();
    assert!(matches!(error, VaultError::Record(EntryError::TooLong(_))), "{error:?}");
}

#[test]
fn records_do_not_print_what_is_secret() {
    let printed = format!("{:?}", entry(3));
    assert!(printed.starts_with(r#"Entry { key: DataKey, record: KeyRecord("title 3", grant:"#));
    assert!(!printed.contains("0101") && !printed.contains("0303"), "{printed}");
}

/// Every way in which a key's file can be another than it was.
#[test]
fn a_changed_renamed_or_foreign_file_does_not_open() {
    let home = tempfile::tempdir().unwrap();
    let vault = unlocked(home.path(), OURS);
    vault.keep(&entry(1)).unwrap();
    vault.keep(&entry(2)).unwrap();
    let path = |n: u8| home.path().join(KEYS).join(entry(n).name());
    let good = fs::read(path(1)).unwrap();
    let commit = entry(1).key.commit();
    let why = |bytes: &[u8]| {
        fs::write(path(1), bytes).unwrap();
        match vault.find(commit).unwrap_err() {
            VaultError::Entry { path: found, why } => {
                assert_eq!(found, path(1));
                why
            }
            error => panic!("{error:?}"),
        }
    };
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 8);
        let expected = if at < 4 { EntryError::Form } else { EntryError::Wrapping };
        assert_eq!(why(&changed), expected, "byte {at}");
    }
    assert_eq!(why(&good[..good.len() - 1]), EntryError::Wrapping);
    assert_eq!(why(&good[..10]), EntryError::Form);
    assert_eq!(why(&[]), EntryError::Form);
    assert_eq!(why(&fs::read(path(2)).unwrap()), EntryError::Wrapping, "renamed");
    let foreign = entry(1).wrap(&identity(THEIRS).vault_key()).unwrap();
    assert_eq!(why(&foreign), EntryError::Wrapping, "of another identity");
    // Another key, properly wrapped under this name by the owner's own hand.
    let sealed = crate::wrap::seal(
        vault.key(),
        &[0; 12],
        entry(1).name().as_bytes(),
        &entry(2).encode().unwrap(),
    );
    assert_eq!(why(&[b"PVK1".as_slice(), &[0; 12], &sealed].concat()), EntryError::Name);
    assert!(vault.entries().is_err());
    fs::write(path(1), vec![0; MAX_FILE + 1]).unwrap();
    assert!(matches!(vault.find(commit).unwrap_err(), VaultError::Disk(_)));
    fs::remove_file(path(1)).unwrap();
    symlink(path(2), path(1)).unwrap();
    assert!(matches!(vault.find(commit).unwrap_err(), VaultError::Disk(_)));
}

#[test]
fn other_names_are_no_keys() {
    let home = tempfile::tempdir().unwrap();
    let vault = unlocked(home.path(), OURS);
    vault.keep(&entry(1)).unwrap();
    let keys = home.path().join(KEYS);
    let upper = entry(2).name().to_uppercase();
    for name in [".x.key.1-0.partial", "notes.txt", &upper, &format!("{}.key", "0".repeat(63))] {
        fs::write(keys.join(name), "").unwrap();
    }
    assert_eq!(vault.entries().unwrap(), [entry(1)]);
}

#[test]
fn phrase_and_backup_bring_everything_back() {
    let home = tempfile::tempdir().unwrap();
    let (old, new) = (home.path().join("old"), home.path().join("new"));
    let file = home.path().join("keys.backup");
    let vault = unlocked(&old, OURS);
    (0..5).for_each(|n| vault.keep(&entry(n)).unwrap());
    assert_eq!(vault.backup(&file).unwrap(), 5);
    assert_eq!(mode(&file), 0o600);
    let before = fs::read(&file).unwrap();
    let error = vault.backup(&file).unwrap_err();
    assert!(matches!(error, VaultError::Disk(DiskError::Exists { .. })), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), before);

    let vault = unlocked(&new, OURS);
    vault.keep(&entry(4)).unwrap();
    vault.keep(&entry(7)).unwrap();
    let mut differing = entry(3);
    differing.record.title = "kept".to_owned();
    vault.keep(&differing).unwrap();
    fs::write(new.join(KEYS).join(entry(2).name()), "damaged").unwrap();
    let restored = vault.restore(&file).unwrap();
    assert_eq!(restored, Restored { added: 3, unchanged: 1, differing: 1 });
    for entry in [entry(0), entry(1), entry(2), differing, entry(4), entry(7)] {
        assert_eq!(vault.find(entry.key.commit()).unwrap(), Some(entry));
    }
    let restored = vault.restore(&file).unwrap();
    assert_eq!(restored, Restored { added: 0, unchanged: 4, differing: 1 });
}

#[test]
fn a_backup_that_is_not_ours_or_not_whole_writes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("keys.backup");
    let vault = unlocked(&home.path().join("old"), OURS);
    (0..3).for_each(|n| vault.keep(&entry(n)).unwrap());
    vault.backup(&file).unwrap();
    let stranger = unlocked(&home.path().join("stranger"), THEIRS);
    match stranger.restore(&file).unwrap_err() {
        VaultError::AnotherIdentity { backup, vault: found } => {
            assert_eq!(backup, vault.identity().address());
            assert_eq!(found, stranger.identity().address());
        }
        error => panic!("{error:?}"),
    }
    assert_eq!(stranger.entries().unwrap(), []);

    let new = unlocked(&home.path().join("new"), OURS);
    let good = fs::read(&file).unwrap();
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&file, &changed).unwrap();
        match new.restore(&file).unwrap_err() {
            VaultError::AnotherIdentity { .. } => assert!((4..24).contains(&at), "byte {at}"),
            VaultError::NotBackup { .. } => assert!(!(4..24).contains(&at), "byte {at}"),
            error => panic!("{error:?}"),
        }
    }
    for cut in [0, 3, 23, 35, 51, good.len() - 1] {
        fs::write(&file, &good[..cut]).unwrap();
        let error = new.restore(&file).unwrap_err();
        assert!(matches!(error, VaultError::NotBackup { .. }), "{cut}: {error:?}");
    }
    assert_eq!(new.entries().unwrap(), []);
    assert!(matches!(new.restore(home.path()).unwrap_err(), VaultError::Disk(_)));
    fs::remove_file(&file).unwrap();
    assert!(matches!(new.restore(&file).unwrap_err(), VaultError::Disk(_)));
}

proptest! {
    #[test]
    fn mutated_entries_never_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let good = entry(3).encode().unwrap();
        let mut changed = good.to_vec();
        let at = at % changed.len();
        changed[at] = byte;
        if let Ok(read) = Entry::decode(&changed) {
            prop_assert!(read.encode().unwrap().as_slice() == changed);
        }
        let cut = cut % good.len();
        prop_assert!(Entry::decode(&good[..cut]).is_err());
    }

    #[test]
    fn random_backups_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let home = tempfile::tempdir().unwrap();
        let vault = unlocked(home.path(), OURS);
        prop_assert!(vault.open_backup(home.path(), &bytes).is_err());
    }
}
