//! The same bytes from one thread and from two, of every format, in memory that does not grow with
//! the number of records. Each evaluation is a process of its own, by an ignored test of this
//! program, so that its threads and its memory are its own.

#[path = "../genotypes/bgzf.rs"]
mod bgzf;
mod files;

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;

use cohort::{Genotypes, Options, allele_frequency};

/// The most that a process may have, in KiB, whatever it reads.
const MOST: u64 = 64 << 10;
/// What a file of eight times the records may take more, in KiB: the small one does not fill the
/// reader's buffers, of 4 MiB each. Each large file has 40 MB more.
const GROWTH: u64 = 20 << 10;
const FILE: &str = "COHORT_TEST_FILE";

/// What to write the table to: a file, or what takes nothing.
const FULL: &str = "COHORT_TEST_FULL";

/// Evaluates a file in this process; not a test of its own.
#[test]
#[ignore = "run by the other tests in processes of its own"]
fn evaluate_one() {
    let path = std::env::var_os(FILE).expect("the other test names a file");
    let genotypes = Genotypes::open(Path::new(&path)).unwrap();
    let out = std::fs::File::create(Path::new(&path).with_extension("tsv")).unwrap();
    let mut out: Box<dyn Write + Send> = match std::env::var_os(FULL) {
        None => Box::new(std::io::BufWriter::new(out)),
        Some(_) => Box::new(Cursor::new([0; 64])),
    };
    let done = allele_frequency(genotypes, &Options::default(), &mut out, &mut |_| {});
    if let Err(error) = done {
        println!("\nerror: {error}");
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    println!("\n{peak}");
}

/// What a process that evaluates the file by so many threads says of it.
fn said(path: &Path, threads: usize, full: bool) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "evaluate_one", "--ignored", "--nocapture"])
        .env("RAYON_NUM_THREADS", threads.to_string())
        .env(FILE, path);
    if full {
        command.env(FULL, "");
    }
    let ran = command.output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{}: {said}", path.display());
    said
}

/// The table, and the most memory that its process had, in KiB.
fn evaluated(path: &Path, threads: usize) -> (Vec<u8>, u64) {
    let said = said(path, threads, false);
    assert!(!said.contains("error: "), "{said}");
    let peak = said.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect(&said);
    let peak = peak.trim().trim_end_matches(" kB").parse().unwrap();
    (std::fs::read(path.with_extension("tsv")).unwrap(), peak)
}

/// Why there is no table.
fn refused(path: &Path, threads: usize, full: bool) -> String {
    let said = said(path, threads, full);
    let error = said.lines().find_map(|line| line.strip_prefix("error: ")).expect(&said);
    error.to_owned()
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

/// Lines of 40 bytes to 20 MB, which lie in one piece of a file, in several, or alone in memory.
fn odd_lines() -> Vec<String> {
    let line = |record: usize| {
        let length = [1, 600_000, 3, 20_000_000, 12, 1_100_000, 480, 524_288][record % 8];
        format!("7\t{}\t.\tA\tC\t.\t.\t{}\tGT\t0|1\t1/1\n", record + 1, "x".repeat(length))
    };
    (0..24).map(line).collect()
}

fn written(path: &Path, lines: &[String]) {
    let header = "##fileformat=VCFv4.2\n\
                  #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\tT\n";
    let text = header.to_owned() + &lines.concat();
    let bytes = match path.extension().is_some_and(|extension| extension == "bgz") {
        false => text.into_bytes(),
        true => {
            text.as_bytes().chunks(65_280).flat_map(bgzf::block).chain(bgzf::END.to_vec()).collect()
        }
    };
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn lines_of_any_length_give_the_same_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let lines = odd_lines();
    let row = |record| format!("7\t{record}\tA\tC\t3\t4\n");
    let table =
        "chrom\tpos\tref\talt\tac\tan\n".to_owned() + &(1..=24).map(row).collect::<String>();
    for name in ["x.vcf", "x.vcf.bgz"] {
        let path = folder.path().join(name);
        written(&path, &lines);
        for threads in [1, 2, 5] {
            let (found, most) = evaluated(&path, threads);
            assert!(found == table.as_bytes(), "{name}, {threads} threads");
            // Two lines of 20 MB, and twice the room for one.
            assert!(most < 120 << 10, "{name}, {threads} threads: {most} KiB");
        }
    }
}

#[test]
fn the_first_fault_is_told_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["x.vcf", "x.vcf.bgz"] {
        let path = folder.path().join(name);
        for (first, wrong, why) in [
            (0, "8\tx\t.\tA\tC\t.\t.\t.\tGT\t0|1\t1/1\n", "line 3"),
            (9, "8\t9\t.\tA\tC\t.\t.\t.\tGT\t0|1\t1/2\n", "line 12"),
            (17, "8\t9\t.\tA\tC\t.\t.\t.\tGT\t0|1\n", "line 20"),
            (23, "\n", "line 26"),
        ] {
            let mut lines = odd_lines();
            lines[first] = wrong.to_owned();
            lines.push("8\ty\n".to_owned());
            written(&path, &lines);
            let one = refused(&path, 1, false);
            assert!(one.contains(why), "{one}");
            for threads in [2, 5] {
                assert_eq!(refused(&path, threads, false), one, "{threads} threads");
            }
        }
        written(&path, &odd_lines());
        for threads in [1, 2, 5] {
            let full = refused(&path, threads, true);
            assert_eq!(full, "the result cannot be written", "{threads} threads");
        }
        let mut bytes = std::fs::read(&path).unwrap();
        for cut in [1, 28, 70, 30_000] {
            bytes.truncate(bytes.len() - cut);
            std::fs::write(&path, &bytes).unwrap();
            let outcome = |threads| {
                said(&path, threads, false)
                    .lines()
                    .find(|l| l.starts_with("error"))
                    .map(str::to_owned)
            };
            let one = outcome(1);
            for threads in [2, 5] {
                assert_eq!(outcome(threads), one, "{name} cut, {threads} threads");
            }
        }
    }
}

#[test]
fn a_damaged_block_is_told_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.vcf.bgz");
    written(&path, &odd_lines());
    let whole = std::fs::read(&path).unwrap();
    for parts in [1, 3, 5, 9] {
        let mut damaged = whole.clone();
        damaged[whole.len() * parts / 10 + 20..][..200].fill(0xff);
        std::fs::write(&path, damaged).unwrap();
        let one = refused(&path, 1, false);
        for threads in [2, 5] {
            assert_eq!(refused(&path, threads, false), one, "{parts} tenths, {threads} threads");
        }
    }
}
