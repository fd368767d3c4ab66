use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

fn names(at: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(at)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn named(path: &Path) -> UnnamedFile {
    let folder = File::open(path.parent().unwrap()).unwrap();
    UnnamedFile::named(folder.into(), path, 0o600).unwrap()
}

type Make = fn(&Path) -> UnnamedFile;
const BOTH: [Make; 2] = [|path| UnnamedFile::create(path).unwrap(), named];

#[test]
fn has_its_name_only_when_published() {
    for make in BOTH {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        for said in ["first", "second"] {
            let mut file = make(&path);
            file.fill(said.as_bytes()).unwrap();
            assert_ne!(fs::read_to_string(&path).ok().as_deref(), Some(said));
            file.publish().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), said);
            assert_eq!(names(home.path()), ["file"]);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn reads_back_before_it_has_its_name() {
    for make in BOTH {
        let home = tempfile::tempdir().unwrap();
        let mut file = make(&home.path().join("file"));
        file.fill(b"so far").unwrap();
        assert_eq!(std::io::read_to_string(file.reopen().unwrap()).unwrap(), "so far");
        file.fill(b", and on").unwrap();
        file.publish().unwrap();
        assert_eq!(fs::read_to_string(home.path().join("file")).unwrap(), "so far, and on");
    }
}

#[test]
fn leaves_nothing_when_dropped() {
    for make in BOTH {
        let home = tempfile::tempdir().unwrap();
        let mut file = make(&home.path().join("file"));
        file.fill(b"half").unwrap();
        drop(file);
        assert_eq!(names(home.path()), [""; 0]);
    }
}

#[test]
fn unnamed_files_leave_no_name_while_written() {
    let home = tempfile::tempdir().unwrap();
    let mut file = UnnamedFile::create(home.path().join("file")).unwrap();
    file.fill(b"half").unwrap();
    // The folder for temporary files may lie on a file system without O_TMPFILE.
    assert!(file.partial.is_some() || names(home.path()).is_empty());
}

#[test]
fn publish_new_refuses_a_name_that_is_taken() {
    for make in BOTH {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        fs::write(&path, "old").unwrap();
        let mut file = make(&path);
        file.fill(b"new").unwrap();
        let error = file.publish_new().unwrap_err();
        assert!(matches!(&error, DiskError::Exists { path: p } if *p == path), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(home.path()), ["file"]);
        fs::remove_file(&path).unwrap();
        make(&path).publish_new().unwrap();
        assert_eq!(names(home.path()), ["file"]);
    }
}

#[test]
fn replaces_a_link_and_not_what_it_points_at() {
    for make in BOTH {
        let home = tempfile::tempdir().unwrap();
        let (path, other) = (home.path().join("file"), home.path().join("other"));
        fs::write(&other, "other").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        let mut file = make(&path);
        file.fill(b"new").unwrap();
        file.publish().unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "other");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
}

#[test]
fn needs_a_folder_and_a_file_name() {
    let home = tempfile::tempdir().unwrap();
    let error = UnnamedFile::create(home.path().join("none/file")).unwrap_err();
    assert!(matches!(error, DiskError::Io { .. }), "{error:?}");
    let error = UnnamedFile::create("..").unwrap_err();
    assert!(matches!(error, DiskError::Io { .. }), "{error:?}");
    let folder = home.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let error = UnnamedFile::create(&folder).unwrap().publish().unwrap_err();
    assert!(matches!(error, DiskError::Io { .. }), "{error:?}");
    assert_eq!(names(home.path()), ["folder"]);
}

const CHILD: &str = "STORE_TEST_KILLED_WRITER";
const WHOLE: usize = 3 << 20;

/// Publishes whole files under one name, for ever; started by the test below, which kills it.
#[test]
fn killed_writer() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    for n in 0_u8.. {
        let mut file = UnnamedFile::create(&path).unwrap();
        (0..WHOLE >> 16).for_each(|_| file.fill(&[n; 1 << 16]).unwrap());
        file.publish().unwrap();
    }
}

#[test]
fn kill_never_leaves_half_a_file() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("file");
    let mut seen = 0;
    for round in 0..25 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "unnamed::tests::killed_writer"])
            .env(CHILD, &path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(4 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        if let Ok(bytes) = fs::read(&path) {
            assert_eq!(bytes.len(), WHOLE, "round {round}");
            assert!(bytes.iter().all(|b| *b == bytes[0]), "round {round}");
            seen += 1;
        }
        let whole = |name: &str| fs::metadata(home.path().join(name)).unwrap().len();
        for name in names(home.path()) {
            // Between link and rename, the whole file has a second name.
            assert!(name == "file" || whole(&name) == WHOLE as u64, "{name}");
        }
    }
    assert!(seen > 0, "no child lived long enough to publish");
}
