//! Against a real Kubo: the CIDs that it gives the same bytes, its pins, and all that can go wrong
//! on the way to it.

#[path = "kubo/car.rs"]
mod car;
#[path = "kubo/cids.rs"]
mod cids;
#[path = "kubo/faults.rs"]
mod faults;
#[path = "kubo/upkeep.rs"]
mod upkeep;

use ledger::content::{Cid, Codec};
use std::io::{self, Read};
use std::path::Path;
use store::{BlockStore, Directory, Kubo};
use tempfile::TempDir;
use tests::kubo::Kubo as Node;

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

fn node() -> (TempDir, Node) {
    let home = tempfile::tempdir().unwrap();
    let node = Node::start(&home.path().join("ipfs"));
    (home, node)
}

fn client(node: &Node) -> Box<dyn BlockStore> {
    Box::new(Kubo::at(&node.url).unwrap())
}

fn folder(home: &Path) -> Box<dyn BlockStore> {
    Box::new(Directory::create(home.join("blocks")).unwrap())
}

fn raw(bytes: &[u8]) -> Cid {
    Cid::of(Codec::Raw, bytes)
}
