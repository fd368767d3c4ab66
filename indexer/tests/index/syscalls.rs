//! The disk fails, is full, or the process dies, at each single call on the index's files in turn:
//! `strace` makes the kernel say so. The program ends with exit code 2 and names the file, or copes;
//! what it leaves is whole, and the next run reaches the rows of whoever follows from the start.

use crate::depths::fresh_rows;
use crate::dump::{dump, replay};
use crate::scene::Scene;
use crate::seed::Seed;
use crate::traffic::Traffic;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls that reach a file, each with what it is made to fail with.
const CALLS: [(&str, &[Fault]); 10] = [
    ("openat", &[Fault::Error("EIO"), Fault::Error("ENOSPC")]),
    ("pread64", &[Fault::Error("EIO")]),
    ("pwrite64", &[Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Kill]),
    ("write", &[Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Kill]),
    ("fsync", &[Fault::Error("EIO"), Fault::Kill]),
    ("fdatasync", &[Fault::Error("EIO"), Fault::Kill]),
    ("ftruncate", &[Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Kill]),
    ("flock", &[Fault::Error("EIO")]),
    ("chmod", &[Fault::Error("EIO")]),
    ("unlink", &[Fault::Error("EIO"), Fault::Kill]),
];

#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The call fails with this.
    Error(&'static str),
    /// The process is killed in it.
    Kill,
}

/// Goes without these tests, where it is set: docs/index-service.md.
const WITHOUT: &str = "PROVENOME_TESTS_WITHOUT_PTRACE";

/// Whether `strace` can be used; where it cannot, the test fails unless it may go without.
fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let why = match traced {
        Ok(output) if output.status.success() => return true,
        Ok(output) => format!(
            "strace may not trace here (ptrace is forbidden): {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => {
            format!("strace does not start ({error}): install it (Debian: apt-get install strace)")
        }
    };
    assert!(std::env::var_os(WITHOUT).is_some(), "{why}; or set {WITHOUT}=1 to go without");
    false
}

/// Every file that an index can be.
fn files(home: &Path, database: &Path) -> Vec<PathBuf> {
    let of = |end: &str| PathBuf::from(format!("{}{end}", database.display()));
    vec![
        home.join("index"),
        database.to_owned(),
        of("-wal"),
        of("-shm"),
        of("-journal"),
        database.with_extension("lock"),
    ]
}

/// The program's command under `strace` with these words; what it traced goes to `traced`.
fn traced(words: &[String], files: &[PathBuf], traced: &Path, program: &Command) -> Command {
    let mut command = Command::new("strace");
    command.args(["-qq", "-o"]).arg(traced).args(words);
    for file in files {
        command.arg("-P").arg(file);
    }
    command.arg("--").arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::null());
    command
}

/// A home as it is before each run.
struct Start<'a> {
    scene: &'a Scene,
    /// The folder that is copied; none for a home that is new.
    from: Option<&'a Path>,
    /// The database's name.
    database: &'a str,
    /// The rows that are reached.
    rows: &'a [String],
}

impl Start<'_> {
    fn home(&self, name: &str) -> PathBuf {
        let home = self.scene.folder(name);
        fs::create_dir_all(home.join("index")).unwrap();
        for entry in self.from.map(|from| fs::read_dir(from).unwrap()).into_iter().flatten() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), home.join("index").join(entry.file_name())).unwrap();
        }
        home
    }

    /// One run whose `n`th such call fails; whether there was an `n`th.
    fn fails_at(&self, call: &str, fault: Fault, n: usize) -> bool {
        let what = format!("{call} {n}, {fault:?}, {:?}", self.from.is_some());
        let name = format!("{call} {n} {fault:?} {}", self.from.is_some());
        let home = self.home(&name);
        let database = home.join("index").join(self.database);
        let inject = match fault {
            Fault::Error(error) => format!("inject={call}:error={error}:when={n}"),
            Fault::Kill => format!("inject={call}:signal=SIGKILL:when={n}"),
        };
        let words = ["-e".to_owned(), format!("trace={call}"), "-e".to_owned(), inject];
        let calls = home.join("calls");
        let mut program = self.scene.program(&name, &self.scene.anvil.url);
        program.arg("--once");
        let output = traced(&words, &files(&home, &database), &calls, &program).output().unwrap();
        let calls = fs::read_to_string(calls).unwrap();
        let hit = calls.contains("(INJECTED)") || output.status.signal() == Some(9);
        assert_ended(&output, hit, &database, &what);
        let index = self.scene.index(&format!("{name}/index"));
        replay(index.path(), self.scene.network(), &what);
        self.scene.follow(&index);
        assert_eq!(dump(index.path()), self.rows, "{what}");
        drop(index);
        fs::remove_dir_all(home).unwrap();
        hit
    }
}

/// It could not and says with which file; or it coped. Only where it was to be killed, it was.
fn assert_ended(output: &Output, hit: bool, database: &Path, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    match (output.status.code(), hit) {
        (Some(0), _) | (None, true) => {}
        (Some(2), true) => {
            let folder = database.parent().unwrap().display().to_string();
            assert!(said.contains(&folder) && !said.contains("panicked"), "{what}: {said}");
        }
        _ => panic!("{what}: {:?}: {said}", output.status),
    }
}

/// A call, and the faults that it meets in turn.
type Row = (&'static str, Vec<Fault>);

/// A new home meets every fault at every call; one that goes on, one of the errors and the end.
fn rows(is_new: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for (call, faults) in CALLS {
        let (kill, errors): (Vec<_>, Vec<_>) =
            faults.iter().copied().partition(|fault| matches!(fault, Fault::Kill));
        let errors = if is_new { errors.chunks(1) } else { errors.chunks(2) };
        rows.extend(errors.chain([&kill[..]]).map(|faults| (call, faults.to_vec())));
    }
    rows.retain(|(_, faults)| !faults.is_empty());
    rows
}

/// Lets every call fail, two runs at a time; how many did.
fn fail_everywhere(start: &Start) -> usize {
    let rows = rows(start.from.is_none());
    let (next, hits) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some((call, faults)) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let fails = |n: &usize| start.fails_at(call, faults[n % faults.len()], *n);
            hits.fetch_add((1..).take_while(fails).count(), Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        let two = [scope.spawn(work), scope.spawn(work)];
        for worker in two {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    hits.into_inner()
}

#[test]
fn every_call_on_a_file_may_fail_or_be_the_last() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let traffic = Traffic::of(&scene);
    let mut seed = Seed::new(7);
    traffic.pass(20, &mut seed);
    // One that was stopped in the middle: its log is not written back, its lock says so.
    let stopped = scene.index("stopped");
    let mut writer = stopped.writer().unwrap();
    writer.step(&scene.chain, &crate::scene::no_stores()).unwrap();
    let copy = scene.folder("copy");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(scene.folder("stopped")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    drop(writer);
    traffic.pass(20, &mut seed);
    let rows = fresh_rows(&scene);
    let database = stopped.path().file_name().unwrap().to_str().unwrap();
    for from in [None, Some(copy.as_path())] {
        let start = Start { scene: &scene, from, database, rows: &rows };
        let hits = fail_everywhere(&start);
        assert!(hits > 300, "only {hits} calls were hit; from {from:?}");
    }
}
