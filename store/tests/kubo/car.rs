//! An archive is what Kubo makes of the same folder, and Kubo takes it.

use crate::{Lcg, node};
use std::fs::{self, File};
use std::io::Read as _;
use store::Car;

const MIB: u64 = 1 << 20;

#[test]
fn kubo_imports_an_archive_and_exports_the_same() {
    let (home, node) = node();
    let folder = home.path().join("set");
    fs::create_dir(&folder).unwrap();
    let sizes = [("x.pgen", 5 * MIB + 3), ("x.psam", 17), ("x.pvar", MIB)];
    let paths = sizes.map(|(name, size)| {
        let path = folder.join(name);
        std::io::copy(&mut Lcg(size as u32).take(size), &mut File::create(&path).unwrap()).unwrap();
        path
    });
    let car = Car::of(&paths, |_| ()).unwrap();
    let archive = home.path().join("set.car");
    std::io::copy(&mut car.bytes(), &mut File::create(&archive).unwrap()).unwrap();

    let root = car.root().to_string();
    let imported = node.ipfs(["dag", "import", "--stats", archive.to_str().unwrap()]);
    assert!(imported.contains(&format!("Pinned root\t{root}\tsuccess")), "{imported}");
    assert!(imported.contains("Imported 10 blocks"), "{imported}");
    let back = home.path().join("back");
    node.ipfs(["get", "--output", back.to_str().unwrap(), &root]);
    for path in &paths {
        let back = back.join(path.file_name().unwrap());
        assert!(fs::read(&back).unwrap() == fs::read(path).unwrap(), "{}", back.display());
    }
    let added = ["add", "--recursive", "--quieter", "--only-hash", folder.to_str().unwrap()];
    assert_eq!(node.ipfs(added), root);
    let exported = node.export(&root);
    assert!(exported == fs::read(&archive).unwrap(), "Kubo exports another archive");
}
