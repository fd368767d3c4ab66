//! Files as one archive: what comes out is what went in, and every other archive is refused.

use ledger::content::{Cid, Codec};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use store::unixfs::{LEAF, NodeError};
use store::{Car, CarError, CarReader};
use tempfile::TempDir;

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn files(files: &[(&str, &[u8])]) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = files.iter().map(|(name, bytes)| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    });
    let paths = paths.collect();
    (folder, paths)
}

fn packed(some: &[(&str, &[u8])]) -> Vec<u8> {
    let (_folder, paths) = files(some);
    let mut told = 0;
    let car = Car::of(&paths, |done| told = done).unwrap();
    assert_eq!(told, some.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>());
    let mut bytes = Vec::new();
    car.bytes().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, car.size());
    bytes
}

fn unpacked(car: impl Read) -> Result<Vec<(String, Vec<u8>)>, CarError> {
    let car = CarReader::open(car)?;
    let names: Vec<String> = car.names().into_iter().map(str::to_owned).collect();
    let files = car.unpack(|_| Ok::<_, CarError>(Vec::new()))?;
    Ok(names.into_iter().zip(files).collect())
}

fn refused(car: &[u8]) -> String {
    let error = unpacked(car).unwrap_err();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// The header, and each block with its length and CID.
fn sections(mut car: &[u8]) -> Vec<Vec<u8>> {
    let mut sections = vec![car[..59].to_vec()];
    car = &car[59..];
    while !car.is_empty() {
        let mut length = 0;
        let last = car.iter().position(|byte| byte & 0x80 == 0).unwrap();
        for byte in car[..=last].iter().rev() {
            length = length << 7 | usize::from(byte & 0x7f);
        }
        let (section, rest) = car.split_at(last + 1 + length);
        sections.push(section.to_vec());
        car = rest;
    }
    sections
}

fn section(cid: Cid, block: &[u8]) -> Vec<u8> {
    let (mut length, mut section) = (36 + block.len(), Vec::new());
    while length > 127 {
        section.push(length as u8 | 0x80);
        length >>= 7;
    }
    section.push(length as u8);
    [section, cid.to_bytes(), block.to_vec()].concat()
}

/// An archive of one folder: of its block and of what follows.
fn archive(folder: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
    let root = Cid::of(Codec::DagPb, folder);
    let header = [b"\x3a\xa2eroots\x81\xd8\x2a\x58\x25\0", &root.to_bytes()[..], b"gversion\x01"];
    [header.concat(), section(root, folder), rest.concat()].concat()
}

/// A folder's block, with names as they are given.
fn folder(entries: &[(&[u8], Cid, u8)]) -> Vec<u8> {
    let link = |(name, cid, blocks): &(&[u8], Cid, u8)| {
        let link =
            [&[0x0a, 36][..], &cid.to_bytes(), &[0x12, name.len() as u8], name, &[0x18, *blocks]]
                .concat();
        [&[0x12, link.len() as u8][..], &link].concat()
    };
    [entries.iter().map(link).collect::<Vec<_>>().concat(), vec![0x0a, 2, 8, 1]].concat()
}

/// The pattern that is named so.
fn lcg(length: u64) -> Vec<u8> {
    let mut x = 1_u32;
    let mut next = || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (x >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn vectors_folders() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/vectors/car/folders.json");
    let vectors: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let named = case["files"].as_array().unwrap().iter().map(|file| {
            let bytes = match file["lcg"].as_u64() {
                Some(length) => lcg(length),
                None => hex::decode(file["hex"].as_str().unwrap()).unwrap(),
            };
            (file["name"].as_str().unwrap(), bytes)
        });
        let named: Vec<(&str, Vec<u8>)> = named.collect();
        let all: Vec<(&str, &[u8])> = named.iter().map(|(n, bytes)| (*n, &bytes[..])).collect();
        let (_folder, paths) = files(&all);
        assert_eq!(Car::of(&paths, |_| ()).unwrap().root().to_string(), case["root"]);
        let car = packed(&all);
        assert_eq!(car.len() as u64, case["size"]);
        assert_eq!(hex::encode(ledger::hash::sha256(&car)), case["sha256"]);
        if let Some(bytes) = case["car"].as_str() {
            assert_eq!(hex::encode(&car), bytes);
        }
    }
}

#[test]
fn files_come_out_as_they_went_in() {
    for length in [0, 1, LEAF - 1, LEAF, LEAF + 1, 3 * LEAF + 5] {
        let genotypes = pattern(length);
        // Given in any order, one of them twice the same leaf.
        let all: [(&str, &[u8]); 3] =
            [("x.fam", b"who"), ("x.bed", &genotypes), ("x.bim", &[7; 2 * LEAF])];
        let car = packed(&all);
        assert_eq!(car, packed(&[all[1], all[2], all[0]]), "the order does not matter");
        assert!(car.starts_with(&store::car::BEGINNING));
        let found = unpacked(&car[..]).unwrap();
        let expected = [all[1], all[2], all[0]].map(|(n, b)| (n.to_owned(), b.to_vec()));
        assert!(found == expected, "{length}");
    }
}

#[test]
fn blocks_that_are_not_in_their_place_are_refused() {
    let (bed, bim) = (pattern(2 * LEAF + 9), pattern(20));
    let car = packed(&[("x.bed", &bed), ("x.bim", &bim), ("x.fam", b"who")]);
    let parts = sections(&car);
    let [header, folder, node, a, b, c, bim, fam] = &parts[..] else { panic!("{}", parts.len()) };
    let cid = |section: &Vec<u8>| {
        let start = section.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        Cid::from_bytes(&section[start..start + 36]).unwrap()
    };
    let order = |number: u64, found: &Vec<u8>, expected: &Vec<u8>| {
        let (found, expected) = (cid(found), cid(expected));
        format!("block {number} of the archive is {found}, expected {expected}")
    };
    let other = section(Cid::of(Codec::Raw, b"more"), b"more");
    let cut = |n| format!("the archive is truncated: it ends within block {n}");
    for (how, changed, error) in [
        ("reordered", vec![header, folder, node, b, a, c, bim, fam], order(3, b, a)),
        ("files reordered", vec![header, folder, bim, node, a, b, c, fam], order(2, bim, node)),
        ("leaves first", vec![header, folder, a, b, c, node, bim, fam], order(2, a, node)),
        ("left out", vec![header, folder, node, a, c, bim, fam], order(4, c, b)),
        ("twice", vec![header, folder, node, a, a, b, c, bim, fam], order(4, a, b)),
        ("put in", vec![header, folder, node, a, b, c, &other, bim, fam], order(6, &other, bim)),
        (
            "after the last",
            vec![header, folder, node, a, b, c, bim, fam, &other],
            "bytes follow the archive's last block, 7".into(),
        ),
        ("the last left out", vec![header, folder, node, a, b, c, bim], cut(7)),
        ("no folder", vec![header], cut(1)),
        ("nothing", vec![], cut(0)),
        ("no root", vec![header, node, a, b, c, bim, fam], order(1, node, folder)),
    ] {
        let changed: Vec<u8> = changed.into_iter().flatten().copied().collect();
        assert_eq!(refused(&changed), error, "{how}");
    }
    let end = |n: usize| parts[..=n].iter().map(Vec::len).sum::<usize>();
    for (at, error) in [
        (0, "the archive does not begin as a CARv1 of one folder".to_owned()),
        (58, "the archive does not begin as a CARv1 of one folder".into()),
        (end(3) - 1, format!("the bytes of block 3 of the archive are not those of {}", cid(a))),
        (end(7) - 1, format!("the bytes of block 7 of the archive are not those of {}", cid(fam))),
        (
            end(0) + 40,
            format!("the bytes of block 1 of the archive are not those of {}", cid(folder)),
        ),
    ] {
        let mut changed = car.clone();
        changed[at] ^= 1;
        assert_eq!(refused(&changed), error, "byte {at}");
    }
    for cut_at in [end(4) - 1, end(3) + 1, end(3) + 2, end(3) + 20] {
        assert_eq!(refused(&car[..cut_at]), cut(4), "{cut_at}");
    }
    let long = [&car[..59], b"\xa5\x80\x80\x01"].concat();
    for lengths in [&long[..], &[&car[..59], b"\x23"].concat(), &[&car[..59], b"\xa4\x00"].concat()]
    {
        assert_eq!(refused(lengths), "the length of block 1 is no block's");
    }
}

#[test]
fn names_cannot_lead_out_of_the_folder() {
    let leaf = Cid::of(Codec::Raw, b"a");
    let block = section(leaf, b"a");
    let names = |names: &[&[u8]]| {
        let entries: Vec<_> = names.iter().map(|name| (*name, leaf, 1)).collect();
        archive(&folder(&entries), &vec![block.clone(); names.len()])
    };
    assert_eq!(unpacked(&names(&[b"a", b"b"])[..]).unwrap().len(), 2);
    let wrong = "the archive's root is no folder of files: the names are no files', or not in ascending order, each once";
    for list in [
        &[&b""[..]][..],
        &[b"."],
        &[b".."],
        &[b"../a"],
        &[b"/a"],
        &[b"a/b"],
        &[b"a\0"],
        &[b"a\n"],
        &[b"a", b"a"],
        &[b"b", b"a"],
    ] {
        assert_eq!(refused(&names(list)), wrong, "{list:?}");
    }
    let text = refused(&names(&[b"\xff"]));
    assert_eq!(
        text,
        "the archive's root is no folder of files: byte 41 is not of the form of a file's node"
    );
    let (_folder, same) = files(&[("a", b"1")]);
    let error = Car::of(&[same[0].clone(), same[0].clone()], |_| ()).unwrap_err();
    assert!(matches!(error, CarError::Names), "{error:?}");
}

/// The same files cut otherwise would be another archive of theirs.
#[test]
fn a_set_has_one_archive() {
    let leaves = [b"aa", b"bb"].map(|leaf| (Cid::of(Codec::Raw, leaf), leaf));
    let mut node = Vec::new();
    for (cid, _) in leaves {
        node.extend([&[0x12, 42, 0x0a, 36][..], &cid.to_bytes(), &[0x12, 0, 0x18, 2]].concat());
    }
    node.extend([0x0a, 8, 8, 2, 0x18, 4, 0x20, 2, 0x20, 2]);
    let root = Cid::of(Codec::DagPb, &node);
    let blocks = leaves.map(|(cid, leaf)| section(cid, leaf));
    let size = (node.len() + 4) as u8;
    let car = archive(
        &folder(&[(b"x.bed", root, size)]),
        &[section(root, &node), blocks[0].clone(), blocks[1].clone()],
    );
    assert_eq!(refused(&car), "x.bed is not cut into blocks as unixfs-v1-2025 does");

    let leaf = Cid::of(Codec::Raw, b"a");
    let sized = archive(&folder(&[(b"x.bed", leaf, 2)]), &[section(leaf, b"a")]);
    assert_eq!(refused(&sized), "x.bed is not cut into blocks as unixfs-v1-2025 does");
    let inner = folder(&[(b"deep", leaf, 1)]);
    let inner = (Cid::of(Codec::DagPb, &inner), inner);
    let nested = archive(&folder(&[(b"x", inner.0, 60)]), &[section(inner.0, &inner.1)]);
    assert!(refused(&nested).starts_with("block 2 of the archive is no node of a file: "));
    let cbor = Cid::of(Codec::DagCbor, &[0]);
    let data = archive(&folder(&[(b"x", cbor, 1)]), &[section(cbor, &[0])]);
    assert_eq!(refused(&data), "block 2 of the archive is no node of a file");
    let file = archive(b"", &[]);
    let error = unpacked(&file[..]).unwrap_err();
    assert!(matches!(error, CarError::Folder(NodeError::Form(0))), "{error:?}");
}

#[test]
fn a_file_that_changes_is_not_packed() {
    let bytes = pattern(LEAF + 3);
    for change in [pattern(LEAF + 4), pattern(LEAF + 2), pattern(0), vec![1; LEAF + 3]] {
        let (_folder, paths) = files(&[("x.bed", &bytes), ("x.bim", b"1")]);
        let car = Car::of(&paths, |_| ()).unwrap();
        fs::write(&paths[0], change).unwrap();
        let error = car.bytes().read_to_end(&mut Vec::new()).unwrap_err();
        let error = error.downcast::<CarError>().unwrap();
        assert_eq!(error.to_string(), format!("{} changed while it was read", paths[0].display()));
    }
    let (_folder, paths) = files(&[("x.bed", &bytes)]);
    let car = Car::of(&paths, |_| ()).unwrap();
    fs::remove_file(&paths[0]).unwrap();
    let error = car.bytes().read_to_end(&mut Vec::new()).unwrap_err();
    let error = error.downcast::<CarError>().unwrap();
    assert_eq!(error.to_string(), format!("{}: cannot be read", paths[0].display()));
    assert!(matches!(Car::of(&paths, |_| ()), Err(CarError::File { .. })));
}

#[test]
fn what_fails_around_an_archive_is_told() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cable"))
        }
    }
    let car = packed(&[("x.bed", b"aaa"), ("x.bim", b"b")]);
    for whole in 0..=car.len() {
        let error = unpacked(car[..whole].chain(Broken)).unwrap_err();
        assert!(matches!(&error, CarError::Input(e) if e.to_string() == "cable"), "{error:?}");
    }
    let full = CarReader::open(&car[..]).unwrap().unpack(|_| Ok::<_, CarError>(Full)).unwrap_err();
    assert!(matches!(&full, CarError::Output { name, .. } if name == "x.bed"), "{full:?}");
}

#[derive(Debug)]
struct Full;

impl io::Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn mutated_archives_never_unpack(at in any::<usize>(), xor in 1_u8.., cut in any::<usize>()) {
        let car = packed(&[("x.pgen", &pattern(300)), ("x.psam", b"who"), ("x.pvar", b"where")]);
        let mut changed = car.clone();
        let at = at % car.len();
        changed[at] ^= xor;
        prop_assert!(unpacked(&changed[..]).is_err());
        prop_assert!(unpacked(&car[..cut % car.len()]).is_err());
    }

    #[test]
    fn bytes_that_mean_nothing_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let car = packed(&[("x.bed", b"a")]);
        prop_assert!(unpacked(&bytes[..]).is_err());
        prop_assert!(unpacked(&[&car[..59], &bytes].concat()[..]).is_err());
    }
}
