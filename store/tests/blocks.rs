//! One suite over every place that keeps blocks, and what only one of them can show.

use ledger::content::{Cid, Codec};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use store::kubo::AddressError;
use store::several::{Attempt, Outcome};
use store::{BlockStore, Directory, MAX_BLOCK, PlaceError, StoreError, Stores, parse_place};
use tests::kubo::Kubo as Node;

/// An empty place, and where it keeps a block as a file.
struct Place {
    store: Box<dyn BlockStore>,
    file: Box<dyn Fn(Cid) -> PathBuf>,
    /// Stopped when the test is over.
    _node: Option<Node>,
}

/// Makes an empty place below the folder.
type Make = fn(&Path) -> Place;

fn directory(home: &Path) -> Place {
    let blocks = home.join("blocks");
    let store = Box::new(Directory::create(&blocks).unwrap());
    Place { store, file: Box::new(move |cid| file_of(&blocks, cid)), _node: None }
}

fn two_directories(home: &Path) -> Place {
    let one = Directory::create(home.join("one")).unwrap();
    let two = home.join("two");
    let both = vec![Box::new(one) as _, Box::new(Directory::create(&two).unwrap()) as _];
    let store = Box::new(Stores::new(both));
    Place { store, file: Box::new(move |cid| file_of(&two, cid)), _node: None }
}

fn kubo(home: &Path) -> Place {
    let repository = home.join("ipfs");
    let node = Node::start(&repository);
    let store = parse_place(&node.place()).unwrap();
    let file = Box::new(move |cid| tests::kubo::file(&repository, cid));
    Place { store, file, _node: Some(node) }
}

fn directory_and_kubo(home: &Path) -> Place {
    let (near, far) = (directory(home), kubo(home));
    Place { store: Box::new(Stores::new(vec![near.store, far.store])), ..far }
}

const EVERY: [Make; 4] = [directory, two_directories, kubo, directory_and_kubo];

fn file_of(folder: &Path, cid: Cid) -> PathBuf {
    folder.join(hex::encode(&cid.digest()[..1])).join(cid.to_string())
}

#[test]
fn a_folder_that_goes_away_is_told_and_found_again() {
    let home = tempfile::tempdir().unwrap();
    let (here, away) = (home.path().join("blocks"), home.path().join("away"));
    let store = Directory::create(&here).unwrap();
    let cid = Cid::of(Codec::Raw, b"x");
    store.put(cid, b"x").unwrap();
    fs::rename(&here, &away).unwrap();
    let told = format!("cannot open the folder of blocks {}", here.display());
    for error in [
        store.get(cid).unwrap_err(),
        store.has(cid).unwrap_err(),
        store.put(cid, b"x").unwrap_err(),
    ] {
        assert_eq!(error.to_string(), told);
    }
    fs::rename(&away, &here).unwrap();
    assert_eq!(store.get(cid).unwrap().as_deref(), Some(&b"x"[..]));
}

#[test]
fn keeps_what_was_put_and_nothing_else() {
    for make in EVERY {
        let home = tempfile::tempdir().unwrap();
        let Place { store, file, _node } = make(home.path());
        for (codec, bytes) in [
            (Codec::Raw, vec![]),
            (Codec::Raw, vec![7; MAX_BLOCK]),
            (Codec::DagCbor, vec![0xa0]),
            (Codec::DagPb, vec![1, 2, 3]),
        ] {
            let cid = Cid::of(codec, &bytes);
            assert_eq!(store.get(cid).unwrap(), None);
            assert!(!store.has(cid).unwrap());
            store.put(cid, &bytes).unwrap();
            store.put(cid, &bytes).unwrap();
            assert!(store.has(cid).unwrap());
            assert_eq!(store.get(cid).unwrap(), Some(bytes));
            assert!(file(cid).is_file());
        }
    }
}

#[test]
fn a_block_in_a_folder_has_digest_and_codec() {
    let home = tempfile::tempdir().unwrap();
    let Place { store, .. } = directory(home.path());
    let (raw, cbor) = (Cid::of(Codec::Raw, b"x"), Cid::of(Codec::DagCbor, b"x"));
    store.put(raw, b"x").unwrap();
    assert_eq!(store.get(cbor).unwrap(), None);
}

#[test]
fn refuses_bytes_that_are_not_the_block_or_too_many() {
    for make in EVERY {
        let home = tempfile::tempdir().unwrap();
        let Place { store, file, _node } = make(home.path());
        let cid = Cid::of(Codec::Raw, b"right");
        let error = refusal(store.put(cid, b"wrong").unwrap_err());
        assert!(error.ends_with(&format!("the 5 bytes given as {cid} are not that block")));
        let large = vec![0; MAX_BLOCK + 1];
        let error = refusal(store.put(Cid::of(Codec::Raw, &large), &large).unwrap_err());
        assert!(error.ends_with("2097153 bytes are more than the 2097152 of a block"), "{error}");
        assert_eq!(store.get(cid).unwrap(), None);
        assert!(!file(cid).exists());
    }
}

/// What the last place said.
fn refusal(error: StoreError) -> String {
    match error {
        StoreError::NotEverywhere { mut failed, .. } => match failed.pop().unwrap().outcome {
            Outcome::Failed(reason) => reason,
            outcome => panic!("{outcome:?}"),
        },
        error => error.to_string(),
    }
}

#[test]
fn put_repairs_a_corrupt_block() {
    for make in EVERY {
        let home = tempfile::tempdir().unwrap();
        let Place { store, file, _node } = make(home.path());
        let cid = Cid::of(Codec::Raw, b"right");
        store.put(cid, b"right").unwrap();
        fs::write(file(cid), b"wrong").unwrap();
        store.put(cid, b"right").unwrap();
        assert_eq!(fs::read(file(cid)).unwrap(), b"right");
        assert_eq!(store.get(cid).unwrap().unwrap(), b"right");
    }
}

#[test]
fn concurrent_writers_agree() {
    for make in EVERY {
        let home = tempfile::tempdir().unwrap();
        let Place { store, _node, .. } = make(home.path());
        let blocks: Vec<Vec<u8>> = (0..20).map(|n| vec![n; 3000]).collect();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for bytes in &blocks {
                        let cid = Cid::of(Codec::Raw, bytes);
                        store.put(cid, bytes).unwrap();
                        assert_eq!(store.get(cid).unwrap().as_ref(), Some(bytes));
                    }
                });
            }
        });
    }
}

#[test]
fn what_is_not_the_block_is_corrupt() {
    let home = tempfile::tempdir().unwrap();
    let Place { store, file, .. } = directory(home.path());
    let cid = Cid::of(Codec::Raw, b"right");
    store.put(cid, b"right").unwrap();
    let path = file(cid);
    let honest = home.path().join("honest");
    fs::write(&honest, b"right").unwrap();
    let spoil: [(&str, &dyn Fn()); 6] = [
        ("other bytes", &|| fs::write(&path, b"wrong").unwrap()),
        ("cut short", &|| fs::write(&path, b"righ").unwrap()),
        ("too large", &|| fs::write(&path, vec![0; MAX_BLOCK + 1]).unwrap()),
        ("a link to the right bytes", &|| symlink(&honest, &path).unwrap()),
        ("a folder", &|| fs::create_dir(&path).unwrap()),
        ("a pipe", &|| {
            let mode = rustix::fs::Mode::from_raw_mode(0o644);
            let kind = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, &path, kind, mode, 0).unwrap();
        }),
    ];
    for (how, spoil) in spoil {
        fs::remove_file(&path).or_else(|_| fs::remove_dir(&path)).unwrap();
        spoil();
        match store.get(cid).unwrap_err() {
            StoreError::Corrupt { store: place, cid: found } => {
                assert_eq!((place, found), (store.name(), cid), "{how}");
            }
            error => panic!("{how}: {error:?}"),
        }
    }
}

#[test]
fn a_linked_shard_is_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let Place { store, file, .. } = directory(home.path());
    let cid = Cid::of(Codec::Raw, b"right");
    let outside = home.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join(cid.to_string()), b"right").unwrap();
    symlink(&outside, file(cid).parent().unwrap()).unwrap();
    let error = store.get(cid).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    let error = store.put(cid, b"right").unwrap_err();
    assert!(matches!(error, StoreError::Disk(_)), "{error:?}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn blocks_are_public_and_nothing_else_is_left() {
    let home = tempfile::tempdir().unwrap();
    let Place { store, file, .. } = directory(home.path());
    let cid = Cid::of(Codec::Raw, b"right");
    store.put(cid, b"right").unwrap();
    let path = file(cid);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o700;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

/// A place that always gives the same answer.
struct Says(&'static str, Result<Option<&'static [u8]>, &'static str>);

impl Says {
    fn answer(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let answer = self.1.map(|bytes| bytes.map(<[u8]>::to_vec));
        answer.map_err(|reason| {
            let source = std::io::Error::other(reason);
            store::DiskError::new("read", Path::new("/far"), source).into()
        })
    }
}

impl BlockStore for Says {
    fn name(&self) -> String {
        self.0.to_owned()
    }

    fn get(&self, _: Cid) -> Result<Option<Vec<u8>>, StoreError> {
        self.answer()
    }

    fn put(&self, _: Cid, _: &[u8]) -> Result<(), StoreError> {
        self.answer().map(|_| ())
    }

    fn has(&self, _: Cid) -> Result<bool, StoreError> {
        self.answer().map(|found| found.is_some())
    }
}

const RIGHT: Says = Says("right", Ok(Some(b"right")));
const LIAR: Says = Says("liar", Ok(Some(b"wrong")));
const EMPTY: Says = Says("empty", Ok(None));
const FAR: Says = Says("far", Err("no route"));

fn several(places: impl IntoIterator<Item = Says>) -> Stores {
    Stores::new(places.into_iter().map(|place| Box::new(place) as _).collect())
}

#[test]
fn several_places_are_asked_and_none_is_believed() {
    let cid = Cid::of(Codec::Raw, b"right");
    for places in [vec![RIGHT], vec![LIAR, RIGHT], vec![EMPTY, FAR, LIAR, RIGHT]] {
        assert_eq!(several(places).fetch(cid).unwrap(), b"right");
    }
    let error = several([EMPTY, LIAR, FAR]).fetch(cid).unwrap_err();
    assert!(matches!(error, StoreError::NoHonestSource { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "no honest source for {cid}: empty does not have it, liar has 1 corrupt block, \
             far failed: cannot read /far: no route"
        )
    );
    let error = several([EMPTY, FAR]).fetch(cid).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "no source for {cid}: empty does not have it, far failed: cannot read /far: no route"
        )
    );
    let error = several([]).fetch(cid).unwrap_err();
    assert_eq!(error.to_string(), format!("no source for {cid}: no place was named"));
}

#[test]
fn several_places_say_missing_only_where_all_do() {
    let cid = Cid::of(Codec::Raw, b"right");
    assert_eq!(several([EMPTY, EMPTY]).get(cid).unwrap(), None);
    let error = several([EMPTY, FAR]).get(cid).unwrap_err();
    let StoreError::Missing { tried, .. } = error else { panic!("{error:?}") };
    let said = |store: &str, outcome| Attempt { store: store.to_owned(), outcome };
    let reason = "cannot read /far: no route".to_owned();
    assert_eq!(
        tried,
        [said("empty", Outcome::Missing), said("far", Outcome::Failed(reason.clone()))]
    );

    let home = tempfile::tempdir().unwrap();
    let Place { store: near, file, .. } = directory(home.path());
    let error = Stores::new(vec![Box::new(FAR), near]).put(cid, b"right").unwrap_err();
    let StoreError::NotEverywhere { failed, .. } = error else { panic!("{error:?}") };
    assert_eq!(failed, [said("far", Outcome::Failed(reason))]);
    assert!(file(cid).is_file(), "the other place has the block");
    assert!(several([FAR]).has(cid).is_err());
    assert!(!several([EMPTY]).has(cid).unwrap());
}

#[test]
fn a_place_is_a_folder_that_is_there() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().to_str().unwrap();
    assert_eq!(parse_place(&format!("dir:{path}")).unwrap().name(), format!("dir:{path}"));
    let error = parse_place(&format!("dir:{path}/none")).err().unwrap();
    assert_eq!(error.to_string(), format!("cannot open the folder of blocks {path}/none"));
    fs::write(home.path().join("file"), "").unwrap();
    let error = parse_place(&format!("dir:{path}/file")).err().unwrap();
    assert_eq!(error.to_string(), format!("{path}/file is no folder"));
    for text in ["", "dir:", "dir", path, "ftp://x", "http://127.0.0.1:5001"] {
        let error = parse_place(text).err().unwrap();
        assert!(matches!(&error, PlaceError::Unknown(t) if t == text), "{text:?}: {error:?}");
    }
}

#[test]
fn a_node_is_named_by_host_and_port_alone() {
    let place = parse_place("kubo:http://127.0.0.1:5001/").unwrap();
    assert_eq!(place.name(), "kubo:http://127.0.0.1:5001");
    for text in
        ["", "127.0.0.1:5001", "ftp://x", "http://", "http://x/api", "http://x?q", "http://x#f"]
    {
        let error = parse_place(&format!("kubo:{text}")).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("{text:?} is no address of a Kubo node: write kubo:http://HOST:PORT")
        );
    }
    for text in ["http://me:pass@x", "http://me@x:5001", "http://me:pass@x:bad", "pass@x:1"] {
        let error = parse_place(&format!("kubo:{text}")).err().unwrap();
        assert!(matches!(error, PlaceError::Address(AddressError::Secret)), "{error:?}");
        assert!(!error.to_string().contains("pass@"), "{error}");
    }
}
