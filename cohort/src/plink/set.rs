//! Which three files make a set, and their opening.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::rows::Unread;
use super::sites::UnreadSites;
use super::zstd::Zstd;
use super::{MAGIC, pgen, samples};
use crate::front::Front;
use crate::genotype::packed;
use crate::header::Header;
use crate::read_error::ReadError;
use crate::source::Source;

/// A set that was opened: its samples read, its records not.
pub(crate) struct Set {
    pub(super) sites: UnreadSites,
    pub(super) rows: Unread,
    pub(super) version: Version,
    /// Genotypes, sites, samples.
    pub(super) files: [PathBuf; 3],
}

/// Which version's files a set has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// `bed`, `bim`, `fam`.
    One,
    /// `pgen`, `pvar`, `psam`.
    Two,
    /// `pgen`, `bim`, `fam`, as PLINK 2 writes them by `--make-bpgen`.
    TwoBesideOne,
}

impl Version {
    pub(super) const ALL: [Version; 3] = [Version::One, Version::Two, Version::TwoBesideOne];

    pub(super) fn extensions(self) -> [&'static str; 3] {
        match self {
            Version::One => ["bed", "bim", "fam"],
            Version::Two => ["pgen", "pvar", "psam"],
            Version::TwoBesideOne => ["pgen", "bim", "fam"],
        }
    }

    /// A bim beside a bed is the bed's: its alleles may be the other way round.
    fn of_pgen(path: &Path) -> Version {
        let is_there = |extension| as_it_is(&path.with_extension(extension)).exists();
        match ["pvar", "psam", "bed"].into_iter().any(is_there) || !is_there("bim") {
            true => Version::Two,
            false => Version::TwoBesideOne,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Version::One => "PLINK 1",
            Version::Two | Version::TwoBesideOne => "PLINK 2",
        }
    }
}

/// The file of genotypes that a path names by another file of its set, or by what the names of
/// the three have in common; `None` where the path itself is to be opened.
pub(crate) fn member_of(path: &Path) -> Option<PathBuf> {
    let compressed = path.extension().is_some_and(|extension| extension == "zst");
    let path = &if compressed { path.with_extension("") } else { path.to_owned() };
    let extension = path.extension().and_then(OsStr::to_str);
    let mut missing = None;
    for version in Version::ALL {
        let [genotypes, others @ ..] = version.extensions();
        if extension.is_some_and(|extension| others.contains(&extension)) {
            let genotypes = path.with_extension(genotypes);
            // A bim beside a pgen and its pvar is not of their set.
            let is_its = version == Version::One || version == Version::of_pgen(&genotypes);
            if is_its && genotypes.exists() {
                return Some(genotypes);
            }
            missing.get_or_insert(genotypes);
            continue;
        }
        let mut appended = path.as_os_str().to_owned();
        appended.push(".");
        appended.push(genotypes);
        let appended = PathBuf::from(appended);
        if !path.exists() && appended.exists() {
            return Some(appended);
        }
    }
    missing
}

impl Set {
    /// Opens what stands beside the file of genotypes, of which `front` is the front.
    pub(crate) fn open(path: &Path, mut front: Front) -> Result<(Header, Set), ReadError> {
        let name = path.display().to_string();
        let fault = |fault| ReadError::source_fault(&name, fault);
        let mode = front.peek(MAGIC.len() + 1).map_err(fault)?.get(MAGIC.len()).copied();
        let pgen = path.extension().is_some_and(|extension| extension == "pgen");
        let unknown = |found| ReadError::Unknown { name: name.clone(), found };
        let version = match mode {
            None => return Err(unknown("it is a PLINK file that ends after its first two bytes")),
            Some(0) => return Err(unknown(SAMPLE_MAJOR)),
            Some(BED) if !pgen => Version::One,
            Some(_) => Version::of_pgen(path),
        };
        let [_, sites, samples] = version.extensions().map(|end| path.with_extension(end));
        let files = [path.to_owned(), as_it_is(&sites), as_it_is(&samples)];
        let mut header = Header { fileformat: version.as_str().to_owned(), ..Header::default() };
        let (front_of_samples, samples) = beside(&samples, &name)?;
        samples::read(front_of_samples, &samples, version, &mut header)?;
        let (front_of_sites, sites) = beside(&sites, &name)?;
        let sites = UnreadSites::open(front_of_sites, sites, &mut header)?;
        let row = packed::row(header.samples.len());
        let rows = if mode == Some(BED) {
            front.take(MAGIC.len() + 1);
            Unread::bed(name, front, row)
        } else {
            Unread::pgen(name, pgen::open(path, header.samples.len())?, row)
        };
        Ok((header, Set { sites, rows, version, files }))
    }

    pub(crate) fn format(&self) -> &'static str {
        match self.version {
            Version::One => "plink",
            Version::Two | Version::TwoBesideOne => "plink2",
        }
    }

    pub(crate) fn files(&self) -> &[PathBuf; 3] {
        &self.files
    }
}

/// A file that may have been compressed under a name of its own.
fn as_it_is(path: &Path) -> PathBuf {
    match path.with_added_extension("zst") {
        compressed if !path.exists() && compressed.exists() => compressed,
        _ => path.to_owned(),
    }
}

/// The mode of a bed in the order of variants.
const BED: u8 = 1;
const SAMPLE_MAJOR: &str = "it is a PLINK 1 file in the order of samples, which PLINK brings into the order of variants by --make-bed";

/// Opens a file that stands beside the genotypes, or the same compressed by zstd.
fn beside(path: &Path, genotypes: &str) -> Result<(Front, String), ReadError> {
    let name = path.display().to_string();
    let compressed = path.with_added_extension("zst");
    let file = match File::open(path) {
        Ok(file) => file,
        Err(source) => {
            let Ok(file) = File::open(&compressed) else {
                return Err(ReadError::Beside { name, genotypes: genotypes.to_owned(), source });
            };
            let name = compressed.display().to_string();
            return Ok((Front::new(Source::plain(Box::new(Zstd::new(file)))), name));
        }
    };
    let source = Source::open(Box::new(file));
    let source = source.map_err(|fault| ReadError::source_fault(&name, fault))?;
    let Some(source) = source else { return Err(ReadError::Empty { name }) };
    Ok((Front::new(source), name))
}
