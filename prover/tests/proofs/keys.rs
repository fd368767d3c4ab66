//! Keys on disk: made once, checked before use, replaced when damaged, never half there.

use crate::{Dataset, context, dataset};
use prover::{KeyCache, Progress, prove_allele_frequency};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn prove(dataset: &Dataset, folder: &Path) -> Vec<Progress> {
    let mut seen = Vec::new();
    let columns = vec![dataset.private(0)];
    let keys = KeyCache::new(folder);
    let mut note = |progress| seen.push(progress);
    prove_allele_frequency(&dataset.listed(), columns, context(), &keys, &mut note).unwrap();
    seen
}

fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|found| found == kind)).collect()
}

const MADE: [Progress; 2] = [Progress::MakingKey { seconds: 1 }, Progress::Proving];

#[test]
fn a_shipped_shapes_key_is_made_once_and_checked_against_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("keys");
    let dataset = dataset(1);
    assert_eq!(prove(&dataset, &folder), MADE);
    assert_eq!(prove(&dataset, &folder), [Progress::Proving]);

    let [key] = files(&folder, "key").try_into().unwrap();
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!((files(&folder, "sha256"), files(&folder, "partial")), (vec![], vec![]));

    let whole = fs::read(&key).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    for bytes in [damaged, whole[..whole.len() - 1].to_vec(), Vec::new()] {
        fs::write(&key, bytes).unwrap();
        let replaced = Progress::ReplacingKey(key.clone());
        assert_eq!(prove(&dataset, &folder), [&[replaced], MADE.as_slice()].concat());
        assert_eq!(fs::read(&key).unwrap(), whole);
    }
}

#[test]
fn another_shapes_key_has_its_digest_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = dataset(300);
    assert_eq!(prove(&dataset, folder.path()), MADE);
    assert_eq!(prove(&dataset, folder.path()), [Progress::Proving]);
    let [digest] = files(folder.path(), "sha256").try_into().unwrap();
    fs::remove_file(&digest).unwrap();
    let [key] = files(folder.path(), "key").try_into().unwrap();
    let replaced = Progress::ReplacingKey(key);
    assert_eq!(prove(&dataset, folder.path()), [&[replaced], MADE.as_slice()].concat());
    assert!(digest.exists());
}

#[test]
fn makers_at_the_same_time_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = dataset(1);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| prove(&dataset, folder.path()));
        }
    });
    assert_eq!(files(folder.path(), "key").len(), 1);
    assert_eq!(prove(&dataset, folder.path()), [Progress::Proving]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let dataset = dataset(1);
    let keys = KeyCache::new("/dev/null/keys");
    let columns = vec![dataset.private(0)];
    let error = prove_allele_frequency(&dataset.listed(), columns, context(), &keys, &mut |_| ());
    let text = error.unwrap_err().to_string();
    assert!(text.starts_with("the proving key /dev/null/keys/"), "{text}");
}

#[test]
fn progress_reads_as_a_sentence() {
    let text = |progress: Progress| progress.to_string();
    assert_eq!(text(MADE[0].clone()), "making the proving key: about 1 s");
    let replaced = Progress::ReplacingKey("/keys/1.key".into());
    assert_eq!(text(replaced), "the proving key /keys/1.key is damaged and is made again");
}
