//! Files of blocks: CIDs that others compute too, and trees that lie.

use ledger::content::{Cid, Codec};
use proptest::prelude::*;
use std::io::{self, Read};
use std::path::Path;
use store::unixfs::{LEAF, MAX_DEPTH, NodeError};
use store::{
    BlockStore, Directory, FileCid, StoreError, Stores, UnixfsError, file_cid, open_file,
    write_file,
};

struct Lcg(u32);

impl Read for Lcg {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in out.iter_mut() {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (self.0 >> 24) as u8;
        }
        Ok(out.len())
    }
}

/// Reads one byte, then three, then one …
struct Shortly<R>(R, bool);

impl<R: Read> Read for Shortly<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        let most = out.len().min(if self.1 { 1 } else { 70_001 });
        self.0.read(&mut out[..most])
    }
}

struct Repeated(Vec<u8>, usize);

impl Read for Repeated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        for byte in out.iter_mut() {
            *byte = self.0[self.1 % self.0.len()];
            self.1 += 1;
        }
        Ok(out.len())
    }
}

fn empty_store() -> (tempfile::TempDir, Stores) {
    let home = tempfile::tempdir().unwrap();
    let directory = Directory::open(home.path()).unwrap();
    (home, Stores::new(vec![Box::new(directory)]))
}

#[test]
fn vectors_of_cids() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/vectors/unixfs/cids.json");
    let vectors: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let size = case["bytes"].as_u64().unwrap();
        let input: Box<dyn Read> = match case["pattern"].as_str().unwrap() {
            "lcg" => Box::new(Lcg(1)),
            _ => Box::new(Repeated(case["text"].as_str().unwrap().as_bytes().to_vec(), 0)),
        };
        let expected = FileCid { cid: case["cid"].as_str().unwrap().parse().unwrap(), size };
        assert_eq!(file_cid(input.take(size)).unwrap(), expected, "{case}");
    }
}

#[test]
fn a_stored_file_reads_back_whatever_the_reads() {
    let home = tempfile::tempdir().unwrap();
    let node = tests::kubo::Kubo::start(&home.path().join("ipfs"));
    let kubo = Stores::new(vec![store::parse_place(&node.place()).unwrap()]);
    let (_home, directory) = empty_store();
    for size in [0, 1, LEAF as u64 - 1, LEAF as u64, LEAF as u64 + 1, 5 << 20] {
        reads_back(&directory, size);
        reads_back(&kubo, size);
    }
}

fn reads_back(stores: &Stores, size: u64) {
    let mut told = Vec::new();
    let input = Shortly(Lcg(1).take(size), false);
    let file = write_file(stores, input, |done| told.push(done)).unwrap();
    assert_eq!(file, file_cid(Lcg(1).take(size)).unwrap());
    assert_eq!(told.last(), Some(&size));
    let mut opened = open_file(stores, file.cid).unwrap();
    assert_eq!(opened.size(), size);
    let (mut read, mut expected) = (Vec::new(), Vec::new());
    Shortly(&mut opened, false).read_to_end(&mut read).unwrap();
    Lcg(1).take(size).read_to_end(&mut expected).unwrap();
    assert!(read == expected, "{size} bytes");
}

#[test]
fn a_broken_input_is_an_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cable"))
        }
    }
    let error = file_cid(Lcg(1).take(LEAF as u64 + 5).chain(Broken)).unwrap_err();
    assert!(matches!(&error, UnixfsError::Input(e) if e.to_string() == "cable"), "{error:?}");
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n > 0x7f {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    [&[tag], varint(bytes.len() as u64).as_slice(), bytes].concat()
}

fn node_of(size: u64, parts: &[(Cid, u64)]) -> Vec<u8> {
    let number = |tag: u8, n: u64| [vec![tag], varint(n)].concat();
    let links = parts.iter().map(|(cid, size)| {
        field(0x12, &[field(0x0a, &cid.to_bytes()), vec![0x12, 0], number(0x18, *size)].concat())
    });
    let sizes = parts.iter().flat_map(|(_, size)| number(0x20, *size));
    let data = [vec![0x08, 0x02], number(0x18, size), sizes.collect()].concat();
    [links.flatten().collect(), field(0x0a, &data)].concat()
}

fn put(stores: &Stores, codec: Codec, bytes: &[u8]) -> Cid {
    let cid = Cid::of(codec, bytes);
    stores.put(cid, bytes).unwrap();
    cid
}

/// Reads to the end or to the error, which then stays.
fn read_all(stores: &Stores, cid: Cid) -> Result<Vec<u8>, UnixfsError> {
    let mut file = open_file(stores, cid)?;
    let mut bytes = Vec::new();
    match file.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            assert!(file.read(&mut [0]).is_err(), "an error ends the file");
            Err(*error.into_inner().unwrap().downcast().unwrap())
        }
    }
}

#[test]
fn other_shapes_of_tree_read_too() {
    let (_home, stores) = empty_store();
    let (a, b) = (put(&stores, Codec::Raw, b"ab"), put(&stores, Codec::Raw, b"c"));
    let low = put(&stores, Codec::DagPb, &node_of(3, &[(a, 2), (b, 1)]));
    let root = put(&stores, Codec::DagPb, &node_of(8, &[(low, 3), (a, 2), (low, 3)]));
    assert_eq!(read_all(&stores, root).unwrap(), b"abcababc");
}

#[test]
fn trees_that_lie_are_refused() {
    let (_home, stores) = empty_store();
    let leaf = put(&stores, Codec::Raw, b"abc");
    let data = put(&stores, Codec::DagCbor, &[0xa0]);
    let absent = Cid::of(Codec::Raw, b"absent");
    let good = put(&stores, Codec::DagPb, &node_of(3, &[(leaf, 3)]));
    let read = |node: Vec<u8>| read_all(&stores, put(&stores, Codec::DagPb, &node)).unwrap_err();

    let error = read(node_of(4, &[(leaf, 4)]));
    assert!(matches!(error, UnixfsError::Size { expected: 4, found: 3, .. }), "{error:?}");
    let error = read(node_of(2, &[(good, 2)]));
    assert!(matches!(error, UnixfsError::Size { expected: 2, found: 3, .. }), "{error:?}");
    let error = read(node_of(1, &[(data, 1)]));
    assert!(matches!(error, UnixfsError::NotFile(cid) if cid == data), "{error:?}");
    let error = read(node_of(6, &[(absent, 6)]));
    assert!(matches!(error, UnixfsError::Store(StoreError::Missing { .. })), "{error:?}");

    let refused = |node: Vec<u8>| match read(node) {
        UnixfsError::Node { source, .. } => source,
        error => panic!("{error:?}"),
    };
    assert_eq!(refused(node_of(3, &[(leaf, 3), (leaf, 0)])), NodeError::Empty(1));
    assert_eq!(refused(node_of(7, &[(leaf, 3), (leaf, 3)])), NodeError::Sum(7));
    assert_eq!(refused(node_of(2, &[(leaf, u64::MAX), (leaf, 3)])), NodeError::Sum(2));
    let twice = [node_of(3, &[(leaf, 3)]), node_of(3, &[(leaf, 3)])].concat();
    assert!(matches!(refused(twice), NodeError::Form(_)));
    assert!(matches!(refused(node_of(0, &[])), NodeError::Form(_)));
    assert!(matches!(refused(vec![]), NodeError::Form(0)));
    let root = open_file(&stores, data).err().unwrap();
    assert!(matches!(root, UnixfsError::NotFile(cid) if cid == data));
}

#[test]
fn depth_has_a_limit() {
    let (_home, stores) = empty_store();
    let leaf = put(&stores, Codec::Raw, b"abc");
    let mut root = leaf;
    for depth in 1..=MAX_DEPTH + 1 {
        root = put(&stores, Codec::DagPb, &node_of(3, &[(root, 3)]));
        match read_all(&stores, root) {
            Ok(bytes) => assert!(depth <= MAX_DEPTH && bytes == b"abc"),
            Err(error) => {
                assert!(matches!(error, UnixfsError::Depth(_)), "{error:?}");
                assert_eq!(depth, MAX_DEPTH + 1);
            }
        }
    }
}

#[test]
fn a_block_that_goes_bad_is_told_while_reading() {
    let home = tempfile::tempdir().unwrap();
    let directory = Directory::open(home.path()).unwrap();
    let file = write_file(&directory, Lcg(1).take(3 << 20), |_| ()).unwrap();
    let mut leaf = vec![0; LEAF];
    let mut all = Lcg(1);
    all.read_exact(&mut leaf).unwrap();
    all.read_exact(&mut leaf).unwrap();
    let second = Cid::of(Codec::Raw, &leaf);
    let path = home.path().join(hex::encode(&second.digest()[..1])).join(second.to_string());
    leaf[5] ^= 1;
    std::fs::write(path, &leaf).unwrap();
    let stores = Stores::new(vec![Box::new(directory)]);
    let error = read_all(&stores, file.cid).unwrap_err();
    assert!(
        matches!(&error, UnixfsError::Store(StoreError::NoHonestSource { cid, .. }) if *cid == second),
        "{error:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Of all bytes near a node, only the node itself is one with the same meaning.
    #[test]
    fn mutated_nodes_never_panic(at in 0_usize..400, xor in 1_u8.., cut in 0_usize..400) {
        let (_home, stores) = empty_store();
        let leaf = put(&stores, Codec::Raw, b"abc");
        let parts = vec![(leaf, 3); 6];
        let node = node_of(18, &parts);
        let mut changed = node.clone();
        let at = at % changed.len();
        changed[at] ^= xor;
        let changed = put(&stores, Codec::DagPb, &changed);
        if let Ok(bytes) = read_all(&stores, changed) {
            // What changed is the size of a subtree as dag-pb counts it, which nothing uses.
            prop_assert_eq!(bytes, b"abc".repeat(6));
        }
        let cut = put(&stores, Codec::DagPb, &node[..cut % node.len()]);
        prop_assert!(read_all(&stores, cut).is_err());
    }

    #[test]
    fn random_nodes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_home, stores) = empty_store();
        let cid = put(&stores, Codec::DagPb, &bytes);
        prop_assert!(read_all(&stores, cid).is_err());
    }
}
