//! A folder with genotype files in it, and nobody's chain.

use std::cell::Cell;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use tests::scene::{Done, built};

pub(crate) const META: &str = "##fileformat=VCFv4.2\n\
    ##contig=<ID=22,length=51304566>\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n";
pub(crate) const NAMES: &str =
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tAda\tBob\tCleo\n";

/// Meta lines, column names and these records; records begin at line 5.
pub(crate) fn vcf(records: &[String]) -> String {
    format!("{META}{NAMES}{}", records.concat())
}

/// A record of three people: 0/0, 0/1, 1/1.
pub(crate) fn record(pos: impl std::fmt::Display) -> String {
    with("A", "G", pos, "0/0\t0/1\t1/1")
}

pub(crate) fn with(
    reference: &str,
    alternate: &str,
    pos: impl std::fmt::Display,
    genotypes: &str,
) -> String {
    format!("22\t{pos}\t.\t{reference}\t{alternate}\t.\t.\t.\tGT\t{genotypes}\n")
}

/// Three whole records.
pub(crate) fn whole() -> String {
    vcf(&[record(100), record(200), record(300)])
}

pub(crate) struct Desk {
    folder: TempDir,
    turn: Cell<usize>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), turn: Cell::new(0) };
        desk.put("pass", "a passphrase\n");
        desk
    }

    /// The same, and an identity in `home`.
    pub(crate) fn with_identity() -> Self {
        let desk = Self::new();
        desk.run(&["init", "--phrase-out", "phrase"]).yes();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    /// The command, which `timeout` ends with the exit code 124 where it hangs.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        let program = built("provenome");
        command.args(["--kill-after=1", "100"]).arg(&program).args(words);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PROVENOME_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.folder.path())
            .env("PROVENOME_HOME", "home")
            .env("PROVENOME_PASSPHRASE_FILE", self.path("pass"))
            .env("PROVENOME_CACHE", program.with_file_name("tmp/keys"));
        command
    }

    #[track_caller]
    pub(crate) fn run(&self, words: &[&str]) -> Done {
        let done = Done::of(&mut self.command(words));
        assert!(matches!(done.code, Some(0..=2)), "neither 0, 1 nor 2: {done:#?}");
        assert!(!done.err.contains("panicked"), "{done:#?}");
        done
    }

    /// The table that `evaluate` prints, without its first line, spaces for tabs.
    #[track_caller]
    pub(crate) fn table(&self, words: &[&str]) -> Vec<String> {
        let done = self.run(&[&["evaluate"], words].concat()).yes();
        done.out.lines().skip(1).map(|line| line.replace('\t', " ")).collect()
    }

    /// What lies in the folder, hidden things too.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The commands that read genotypes refuse `file` with exit code 2 and these words, and leave
    /// the folder as it was. `seal`, which spends its time on the passphrase, takes turns with others.
    #[track_caller]
    pub(crate) fn unreadable(&self, file: &str, why: &str) {
        let before = self.names("");
        let columns = ["--columns", "22:1-999", "--build", "GRCh37", "--out", "out"];
        let third = match self.turn.replace(self.turn.get() + 1) % 3 {
            0 => vec!["seal", file, "--out", "out", "--build", "GRCh37"],
            1 => vec!["evaluate", "cohort-count", "--data", file, "--out", "out"],
            _ => [&["--home", "nobody", "prove", "allele-frequency", "--data", file], &columns[..]]
                .concat(),
        };
        for words in
            [&["inspect", file][..], &["evaluate", "allele-frequency", "--data", file], &third]
        {
            let done = self.run(words).could_not(why);
            assert!(done.err.contains(file), "{words:?} does not name the file: {done:#?}");
        }
        let json = self.run(&["inspect", file, "--json"]).could_not(why).json();
        assert_eq!((&json["ok"], &json["check"]), (&false.into(), &().into()), "{json:#}");
        assert_eq!(self.names(""), before, "something was left of {file}");
    }
}

/// One BGZF block.
pub(crate) fn block(text: &[u8]) -> Vec<u8> {
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    deflate.write_all(text).unwrap();
    let deflated = deflate.finish().unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(text);
    let size = u16::try_from(deflated.len() + 25).unwrap();
    let head = [31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, b'B', b'C', 2, 0];
    [
        &head[..],
        &size.to_le_bytes(),
        &deflated,
        &crc.sum().to_le_bytes(),
        &crc.amount().to_le_bytes(),
    ]
    .concat()
}

/// BGZF in blocks of 100 bytes, with the marker of its end.
pub(crate) fn bgzf(text: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = text.chunks(100).flat_map(block).collect();
    bytes.extend_from_slice(&END);
    bytes
}

/// The empty block that every whole BGZF file ends with.
pub(crate) const END: [u8; 28] =
    [31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 27, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}
