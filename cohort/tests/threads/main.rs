//! The same bytes from one thread and from two, of every format, in memory that does not grow with
//! the number of records. Each evaluation is a process of its own, by an ignored test of this
//! program, so that its threads and its memory are its own.

#[path = "../genotypes/bgzf.rs"]
mod bgzf;
mod files;

use std::path::Path;
use std::process::Command;

use cohort::{Genotypes, Options, allele_frequency};

/// The most that a process may have, in KiB, whatever it reads.
const MOST: u64 = 64 << 10;
/// What a file of eight times the records may take more, in KiB: the small one does not fill the
/// reader's buffers, of 4 MiB each. Each large file has 40 MB more.
const GROWTH: u64 = 20 << 10;
const FILE: &str = "COHORT_TEST_FILE";

/// Evaluates a file in this process; not a test of its own.
#[test]
#[ignore = "run by the other test in processes of its own"]
fn evaluate_one() {
    let path = std::env::var_os(FILE).expect("the other test names a file");
    let genotypes = Genotypes::open(Path::new(&path)).unwrap();
    let out = std::fs::File::create(Path::new(&path).with_extension("tsv")).unwrap();
    let mut out = std::io::BufWriter::new(out);
    allele_frequency(genotypes, &Options::default(), &mut out, &mut |_| {}).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    println!("\n{peak}");
}

/// The table, and the most memory that its process had, in KiB.
fn evaluated(path: &Path, threads: usize) -> (Vec<u8>, u64) {
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "evaluate_one", "--ignored", "--nocapture"])
        .env("RAYON_NUM_THREADS", threads.to_string())
        .env(FILE, path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{}: {said}", path.display());
    let peak = said.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect(&said);
    let peak = peak.trim().trim_end_matches(" kB").parse().unwrap();
    (std::fs::read(path.with_extension("tsv")).unwrap(), peak)
}

#[test]
fn one_thread_and_two_give_the_same_bytes_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for format in files::FORMATS {
        let few = format.write(folder.path(), format.records);
        let (table, small) = evaluated(&few, 2);
        assert_eq!(String::from_utf8(table).unwrap(), files::table(format.records));
        let many = format.write(folder.path(), 8 * format.records);
        let expected = files::table(8 * format.records);
        for threads in [1, 2] {
            let (table, large) = evaluated(&many, threads);
            assert!(table == expected.as_bytes(), "{}, {threads} threads", format.name);
            let grown = large.saturating_sub(small);
            let sizes = format!("{}, {threads} threads: {small} to {large} KiB", format.name);
            assert!(large < MOST && grown < GROWTH, "{sizes}");
        }
    }
}
