//! A store that lacks a block, or has other bytes in its stead: the audit says which check it could
//! not make, and does not call false what it could not look at.

use crate::not_holding;
use ledger::log::EntriesBlock;
use ledger::{Cid, Record};
use std::fs;
use std::path::{Path, PathBuf};
use tests::job::{Job, block, copy};
use tests::scene::{Done, Scene};

/// `audit SUBJECT` by somebody new, who keeps nothing from before, with this store.
fn audit(scene: &Scene, auditor: &str, subject: &str, store: &Path) -> Done {
    let _ = fs::remove_dir_all(scene.path(auditor));
    let store = format!("dir:{}", store.display());
    let auditor = scene.stranger(auditor);
    Done::of(auditor.command(["audit", subject, "--json"]).env("PROVENOME_STORE", store))
}

/// The same block in a copy of the store.
fn in_copy(scene: &Scene, copy: &Path, cid: &str) -> PathBuf {
    copy.join(block(scene, cid).strip_prefix(scene.path("blocks")).unwrap())
}

fn record(scene: &Scene, cid: &str) -> Record {
    Record::decode(&fs::read(block(scene, cid)).unwrap()).unwrap()
}

fn first_entry(scene: &Scene, cid: &str) -> Cid {
    EntriesBlock::decode(&fs::read(block(scene, cid)).unwrap()).unwrap().entries[0].body
}

#[test]
fn what_is_missing_is_unchecked_and_what_is_corrupt_is_named() {
    let scene = Scene::new();
    let job = Job::proved(&scene);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let posted = text(&job.lab.json(["post", "result"])["record"]);
    let results = text(&job.lab.json(["anchor"])["entries"]);
    let listings = text(&job.hospital.json(["anchor"])["entries"]);
    let manifest = text(&job.hospital.json(["show", "dataset:1"])["manifest"]);
    let Record { step, result, .. } = record(&scene, &posted);
    let listing = first_entry(&scene, &listings).to_string();
    let kinds: [(&str, String, &[&str]); 7] = [
        ("the record", posted, &["record"]),
        ("the result's step", step.to_string(), &["step"]),
        ("the table", result.to_string(), &["table"]),
        ("the poster's log", results, &["log"]),
        ("the provider's log", listings, &["log"]),
        ("the listing's step", listing, &["log"]),
        ("the manifest", manifest, &["configuration", "release-rule"]),
    ];
    let whole = audit(&scene, "auditor", "result:1", &scene.path("blocks")).yes();
    assert_eq!(not_holding(&whole), Vec::<String>::new());

    for (what, cid, unchecked) in kinds {
        let store = scene.path("copied");
        let _ = fs::remove_dir_all(&store);
        copy(&scene.path("blocks"), &store);
        let path = in_copy(&scene, &store, &cid);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let done = audit(&scene, "auditor", "result:1", &store).could_not("unchecked");
        let found = not_holding(&done);
        let expected: Vec<String> =
            unchecked.iter().map(|name| format!("{name} unchecked")).collect();
        assert!(expected.iter().all(|name| found.contains(name)), "{what}: {found:?} {done:#?}");
        assert!(found.iter().all(|name| name.ends_with(" unchecked")), "{what}: {found:?}");

        for other in [&bytes[..bytes.len() / 2], b"", &flipped(&bytes)] {
            fs::write(&path, other).unwrap();
            let done = audit(&scene, "auditor", "result:1", &store).could_not("corrupt");
            let found = not_holding(&done);
            assert!(expected.iter().all(|name| found.contains(name)), "{what}: {found:?}");
            assert!(found.iter().all(|name| name.ends_with(" unchecked")), "{what}: {found:?}");
            assert!(done.out.contains(&cid), "{what}: the block is not named: {done:#?}");
        }

        // A second, honest store mends it.
        let auditor = scene.stranger("mended");
        let both = format!("--store=dir:{}", store.display());
        let honest = format!("--store=dir:{}", scene.path("blocks").display());
        auditor.run([&both, &honest, "audit", "result:1"]).yes();
    }
}

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn the_market_blocks_of_a_grant_are_looked_for() {
    let scene = Scene::new();
    let job = Job::opened(&scene);
    let grant = job.lab.json(["show", "grant:1"]);
    let name = |key: &str| grant[key].as_str().unwrap().to_owned();
    for (what, cid) in [("request", name("request")), ("envelope", name("envelope"))] {
        let store = scene.path("copied");
        let _ = fs::remove_dir_all(&store);
        copy(&scene.path("blocks"), &store);
        fs::remove_file(in_copy(&scene, &store, &cid)).unwrap();
        let done = audit(&scene, "auditor", "grant:1", &store).could_not("no store has the");
        assert_eq!(not_holding(&done), [format!("{what} unchecked")]);
    }
    audit(&scene, "auditor", "grant:1", &scene.path("blocks")).yes();
}

#[test]
fn a_store_that_is_not_there_is_could_not() {
    let scene = Scene::new();
    Job::listed(&scene);
    audit(&scene, "auditor", "dataset:1", &scene.path("nowhere"))
        .could_not("nowhere")
        .says("--store dir:PATH names a folder that is there");
    let empty = scene.path("empty");
    fs::create_dir(&empty).unwrap();
    let done = audit(&scene, "auditor", "dataset:1", &empty).could_not("no store has it");
    assert_eq!(not_holding(&done), ["manifest unchecked"]);
}
