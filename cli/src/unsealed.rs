//! What a body holds once it is decrypted: one file, or a CAR of a PLINK set. Until everything is
//! verified it lies in files without a name, so that nothing of it stays where a command is ended.

use crate::commands::open::refused;
use crate::failure::{Context as _, Failure};
use crate::progress::Progress;
use crate::staging::Staging;
use cohort::{Genotypes, set_opened_by};
use std::fs;
use std::io::{self, Chain, Cursor, Read};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use store::{CarReader, DiskError, UnnamedFile, car};
use tempfile::TempDir;

/// A plain text of which the beginning was read already, from that beginning.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// Whether a plain text is a CAR, and the text from its beginning.
fn recognise<R: Read>(mut body: R) -> io::Result<(bool, Whole<R>)> {
    let mut beginning = Vec::new();
    body.by_ref().take(car::BEGINNING.len() as u64).read_to_end(&mut beginning)?;
    let is_car = beginning == car::BEGINNING;
    Ok((is_car, Cursor::new(beginning).chain(body)))
}

/// A set's three files, verified, without names; links in a private folder lead to them.
pub(crate) struct UnnamedSet {
    files: Vec<UnnamedFile>,
    opener: PathBuf,
}

impl UnnamedSet {
    /// Unpacks a CAR to its end; `folder` is readable by its owner alone.
    pub(crate) fn unpack(car: impl Read, folder: &Path) -> Result<Self, Failure> {
        let car = CarReader::open(car)?;
        let names = car.names();
        let Some(opener) = set_opened_by(&names).map(|name| folder.join(name)) else {
            let found = format!("the archive has {}, which is no PLINK set", names.join(", "));
            return Err(Failure::no(found).check("archive"));
        };
        let files = car.unpack(|name| Ok::<_, Failure>(UnnamedFile::create(folder.join(name))?))?;
        for file in &files {
            symlink(file.handle(), file.path()).context("link", file.path())?;
        }
        Ok(Self { files, opener })
    }

    /// The set from its beginning, as long as `self` and the folder are there.
    pub(crate) fn genotypes(&self) -> Result<Genotypes, Failure> {
        Ok(Genotypes::open(&self.opener)?)
    }

    fn names(&self) -> Vec<String> {
        let name = |file: &UnnamedFile| file.path().file_name().map(|n| n.to_string_lossy().into());
        self.files.iter().filter_map(name).collect()
    }
}

/// What `open` has written, and nobody sees yet.
pub(crate) enum Unpublished {
    File(UnnamedFile),
    Set(UnnamedSet, Staging),
}

impl Unpublished {
    /// Writes all of a body beside `out`.
    pub(crate) fn write(body: impl Read, out: &Path) -> Result<Self, Failure> {
        let (is_car, mut body) = recognise(body).map_err(refused)?;
        if is_car {
            let staging = Staging::of_set(out)?;
            return Ok(Self::Set(UnnamedSet::unpack(body, staging.path())?, staging));
        }
        let mut file = UnnamedFile::create(out)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match body.read(&mut buffer).map_err(refused)? {
                0 => return Ok(Self::File(file)),
                n => file.fill(&buffer[..n])?,
            }
        }
    }

    /// The genotypes, read back.
    pub(crate) fn genotypes(&self) -> Result<Genotypes, Failure> {
        match self {
            Self::File(file) => {
                let name = file.path().display().to_string();
                Ok(Genotypes::from_reader(file.reopen()?, &name)?)
            }
            Self::Set(set, _) => set.genotypes(),
        }
    }

    /// Names of the files in the folder; none where there is one file.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::File(_) => Vec::new(),
            Self::Set(set, _) => set.names(),
        }
    }

    /// Gives it the name `out`, in place of what has it where `force` says so.
    pub(crate) fn publish(
        self,
        out: &Path,
        force: bool,
        progress: Progress,
    ) -> Result<(), Failure> {
        match self {
            Self::File(file) if force => Ok(file.publish()?),
            Self::File(file) => Ok(file.publish_new()?),
            Self::Set(..) if !force && fs::symlink_metadata(out).is_ok() => {
                Err(DiskError::Exists { path: out.to_owned() }.into())
            }
            Self::Set(set, staging) => {
                // Each takes the place of the link that leads to it.
                set.files.into_iter().try_for_each(UnnamedFile::publish)?;
                staging.publish(out, progress)
            }
        }
    }
}

/// What a set's genotypes are read from: kept as long as they are read.
type Kept = Option<(UnnamedSet, TempDir)>;

/// A body's genotypes. One file is decrypted as it is read on; a set at once, into files in `scratch`
/// that have no name.
pub(crate) fn genotypes(
    body: impl Read + Send + 'static,
    scratch: &Path,
) -> Result<(Genotypes, Kept), Failure> {
    let (is_car, body) = recognise(body).map_err(refused)?;
    if !is_car {
        return Ok((Genotypes::from_reader(body, "the sealed body")?, None));
    }
    let folder = tempfile::Builder::new().prefix("set-").tempdir_in(scratch);
    let folder = folder.context("write in", scratch)?;
    let set = UnnamedSet::unpack(body, folder.path())?;
    Ok((set.genotypes()?, Some((set, folder))))
}

/// Every byte that a reader gives is shown to `seen`.
pub(crate) struct Seen<R, F>(pub(crate) R, pub(crate) F);

impl<R: Read, F: FnMut(&[u8])> Read for Seen<R, F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(out)?;
        (self.1)(&out[..n]);
        Ok(n)
    }
}
