//! The same bytes have the same CID by our hand and by Kubo's.

use crate::{Lcg, client, node};
use std::fs::File;
use std::io::Read as _;
use store::{Stores, file_cid, open_file, write_file};

const MIB: u64 = 1 << 20;
const SIZES: [u64; 7] = [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 40 * MIB];

#[test]
fn kubo_adds_under_the_same_cid_and_reads_what_we_wrote() {
    let (home, node) = node();
    let stores = Stores::new(vec![client(&node)]);
    let path = home.path().join("input");
    for size in SIZES {
        std::io::copy(&mut Lcg(1).take(size), &mut File::create(&path).unwrap()).unwrap();
        let ours = file_cid(File::open(&path).unwrap()).unwrap();
        let theirs = node.ipfs(["add", "--quieter", "--only-hash", path.to_str().unwrap()]);
        assert_eq!(ours.cid.to_string(), theirs, "{size} bytes");

        let written = write_file(&stores, File::open(&path).unwrap(), |_| ()).unwrap();
        assert_eq!(written, ours);
        let back = home.path().join("output");
        node.ipfs(["get", "--output", back.to_str().unwrap(), &theirs]);
        assert!(std::fs::read(&back).unwrap() == std::fs::read(&path).unwrap(), "{size} bytes");
    }
}

#[test]
fn what_kubo_added_reads_back() {
    let (home, node) = node();
    let stores = Stores::new(vec![client(&node)]);
    let path = home.path().join("input");
    std::io::copy(&mut Lcg(7).take(3 * MIB + 5), &mut File::create(&path).unwrap()).unwrap();
    let cid = node.ipfs(["add", "--quieter", path.to_str().unwrap()]).parse().unwrap();
    let mut read = Vec::new();
    open_file(&stores, cid).unwrap().read_to_end(&mut read).unwrap();
    assert!(read == std::fs::read(&path).unwrap());
}
