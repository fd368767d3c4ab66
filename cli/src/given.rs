//! What `seal` and `prove` are given: one file, which is sealed as it is, or a PLINK set, which is
//! sealed as one CAR of its three files. Specification: `docs/spec/car.md`.

use crate::failure::{Context as _, Failure};
use crate::progress::Progress;
use alloy_primitives::B256;
use cohort::{Genotypes, set_opened_by};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use store::{Car, CarError};

/// Genotypes that can be read more than once, and what of them is sealed.
pub(crate) struct Given {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    File,
    /// The set's files were read once; whatever reads them later finds these bytes or fails.
    Set(Box<Car>),
}

impl Given {
    /// Looks at a file, or reads a set's three.
    pub(crate) fn of(path: &Path, progress: Progress) -> Result<Self, Failure> {
        if path.exists() {
            refuse_unrepeatable(path)?;
        }
        let opened = Genotypes::open(path)?;
        let kind = match opened.files() {
            None => Kind::File,
            Some(files) => Kind::Set(Box::new(pack(files, progress)?)),
        };
        Ok(Self { path: path.to_owned(), kind })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The genotypes from their beginning. One file is hashed as it is read, so that it can be held
    /// against what is sealed.
    pub(crate) fn open(&self) -> Result<(Genotypes, Option<ReadDigest>), Failure> {
        if let Kind::Set(_) = self.kind {
            return Ok((Genotypes::open(&self.path)?, None));
        }
        let file = File::open(&self.path).context("read", &self.path)?;
        let digest = ReadDigest::default();
        let name = self.path.display().to_string();
        Ok((Genotypes::from_reader(Hashing(file, digest.clone()), &name)?, Some(digest)))
    }

    /// Bytes that are sealed.
    pub(crate) fn size(&self) -> Result<u64, Failure> {
        match &self.kind {
            Kind::File => Ok(self.path.metadata().context("read", &self.path)?.len()),
            Kind::Set(car) => Ok(car.size()),
        }
    }

    /// The bytes that are sealed.
    pub(crate) fn bytes(&self) -> Result<Box<dyn Read + '_>, Failure> {
        match &self.kind {
            Kind::File => Ok(Box::new(File::open(&self.path).context("read", &self.path)?)),
            Kind::Set(car) => Ok(Box::new(car.bytes())),
        }
    }

    /// Their digest.
    pub(crate) fn sha256(&self) -> Result<B256, Failure> {
        let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
        let mut bytes = self.bytes()?;
        loop {
            match bytes.read(&mut buffer).map_err(|error| self.unread(error))? {
                0 => return Ok(B256::new(hasher.finalize().into())),
                n => hasher.update(&buffer[..n]),
            }
        }
    }

    /// Why the bytes could not be read to their end.
    pub(crate) fn unread(&self, error: io::Error) -> Failure {
        match error.downcast::<CarError>() {
            Ok(CarError::Changed(path)) => changed(&path),
            Ok(error) => error.into(),
            Err(error) => {
                Failure::could_not(format!("cannot read {}: {error}", self.path.display()))
            }
        }
    }

    /// Somebody wrote to it meanwhile.
    pub(crate) fn changed(&self) -> Failure {
        changed(&self.path.display().to_string())
    }
}

fn changed(path: &str) -> Failure {
    Failure::could_not(format!("{path} changed while it was sealed"))
        .hint("run the command again when nobody writes to the file")
}

fn pack(files: &[PathBuf; 3], progress: Progress) -> Result<Car, Failure> {
    let mut size = 0;
    for file in files {
        refuse_unrepeatable(file)?;
        size += file.metadata().context("read", file)?.len();
    }
    let names = files.each_ref().map(|file| file.file_name().and_then(|name| name.to_str()));
    if names.iter().copied().collect::<Option<Vec<_>>>().and_then(|n| set_opened_by(&n)).is_none() {
        let names = names.map(|name| name.unwrap_or("a name that is not UTF-8"));
        return Err(Failure::could_not(format!(
            "{} are no names of a PLINK set",
            names.join(", ")
        ))
        .hint("name them alike: x.bed, x.bim and x.fam, or x.pgen, x.pvar and x.psam"));
    }
    let bar = progress.bytes("reading the set", size);
    let car = Car::of(files, |done| bar.set_position(done))?;
    bar.finish_and_clear();
    Ok(car)
}

/// It is read more than once: a pipe would be empty the second time.
fn refuse_unrepeatable(path: &Path) -> Result<(), Failure> {
    let kind = path.metadata().context("read", path)?.file_type();
    if kind.is_dir() {
        return Err(Failure::could_not(format!(
            "{} is a directory, expected a file of genotypes",
            path.display()
        )));
    }
    if !kind.is_file() {
        return Err(Failure::could_not(format!(
            "{} is no plain file, and is read more than once",
            path.display()
        ))
        .hint("write what comes out of it into a file first"));
    }
    Ok(())
}

/// Digest of everything that a reader gives, shared with the reading thread.
#[derive(Clone, Default)]
pub(crate) struct ReadDigest(Arc<Mutex<Sha256>>);

impl ReadDigest {
    /// SHA-256 of what was read so far.
    pub(crate) fn digest(&self) -> Result<B256, Failure> {
        let hasher =
            self.0.lock().map_err(|_| Failure::could_not("the reading thread was lost"))?;
        Ok(B256::new(hasher.clone().finalize().into()))
    }
}

struct Hashing<R>(R, ReadDigest);

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buffer)?;
        let mut hasher = self.1.0.lock().map_err(|_| io::Error::other("the reader was lost"))?;
        hasher.update(&buffer[..n]);
        Ok(n)
    }
}
