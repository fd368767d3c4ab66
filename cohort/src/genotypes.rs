//! A file of genotypes that was opened: recognised by its content, its header read, its records
//! not yet. Specification: `docs/spec/genotypes.md`, "Files".

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::bcf::{self, Bcf};
use crate::front::Front;
use crate::header::Header;
use crate::plink;
use crate::read_error::ReadError;
use crate::region::{self, Access, Plan, Regions, WholeRead};
use crate::source::{Source, SourceFault};
use crate::vcf::{self, Vcf};

/// Genotypes of any format that is read: VCF and BCF, plain, gzip of one member or many, or BGZF;
/// PLINK 1 and 2.
pub struct Genotypes {
    pub(crate) name: String,
    pub(crate) header: Header,
    pub(crate) records: Records,
    /// The records asked for, where not all are.
    pub(crate) regions: Option<Regions>,
    /// How an index finds them.
    pub(crate) plan: Option<Plan>,
    path: Option<PathBuf>,
    size: Option<u64>,
}

/// Records that were not read yet.
pub(crate) enum Records {
    Vcf(Vcf),
    Bcf(Bcf),
    Plink(Box<plink::Set>),
}

impl Genotypes {
    /// Opens a file and reads its header. What the file is, is read from its content; any file of
    /// a PLINK set, or what the names of the three begin with, opens the set.
    ///
    /// # Errors
    /// A file that cannot be read, is a directory, empty, cut, corrupt, or of no known format.
    pub fn open(path: &Path) -> Result<Genotypes, ReadError> {
        let member = plink::member_of(path);
        let given = path;
        let path = member.as_deref().unwrap_or(path);
        let name = path.display().to_string();
        let open = || {
            let file = File::open(path)?;
            Ok((file.metadata()?, file))
        };
        let (metadata, file) = match open() {
            Err(_) if given != path && given.exists() && !path.exists() => {
                let given = given.display().to_string();
                return Err(ReadError::NoGenotypes { name: given, genotypes: name });
            }
            Err(source) => return Err(ReadError::Io { name, source }),
            Ok((metadata, _)) if metadata.is_dir() => return Err(ReadError::Directory { name }),
            Ok(opened) => opened,
        };
        let size = metadata.is_file().then_some(metadata.len());
        let mut front = front(Source::open_file(file), &name)?;
        let beginning = front.peek(plink::MAGIC.len());
        if beginning.map_err(|fault| ReadError::source_fault(&name, fault))? == plink::MAGIC {
            let (header, set) = plink::Set::open(path, front)?;
            let genotypes = Genotypes::new(name, header, Records::Plink(Box::new(set)));
            return Ok(Genotypes { size, ..genotypes });
        }
        let path = metadata.is_file().then(|| path.to_owned());
        Ok(Genotypes { size, path, ..Genotypes::from_front(front, name)? })
    }

    fn new(name: String, header: Header, records: Records) -> Genotypes {
        Genotypes { name, header, records, regions: None, plan: None, path: None, size: None }
    }

    /// Restricts these genotypes to the records of some regions. They are found by `index`, or by the
    /// one that stands beside the file, and otherwise by reading the whole file. An index says where
    /// to read; the records show whether it was right.
    ///
    /// # Errors
    /// An `index` that cannot be used. One beside the file that cannot is named in [`Access`].
    pub fn within(
        self,
        regions: Regions,
        index: Option<&Path>,
    ) -> Result<(Genotypes, Access), ReadError> {
        let regions = regions.of(&self.header);
        let dictionary = match &self.records {
            Records::Bcf(bcf) => Some(&**bcf.dictionary()),
            _ => None,
        };
        let (plan, access) = match (&self.records, &self.path) {
            (Records::Plink(_), _) => (None, Access::Whole(WholeRead::Plink)),
            (_, None) => (None, Access::Whole(WholeRead::NotBgzf(self.name.clone()))),
            (_, Some(path)) => region::plan(path, &self.header, dictionary, &regions, index)?,
        };
        Ok((Genotypes { regions: Some(regions), plan, ..self }, access))
    }

    /// Reads a header from any reader; `name` stands for it in errors.
    ///
    /// # Errors
    /// As [`Genotypes::open`], and for a file of a PLINK set, which cannot be read alone.
    pub fn from_reader(
        reader: impl Read + Send + 'static,
        name: &str,
    ) -> Result<Genotypes, ReadError> {
        Genotypes::from_front(front(Source::open(Box::new(reader)), name)?, name.to_owned())
    }

    fn from_front(mut front: Front, name: String) -> Result<Genotypes, ReadError> {
        let beginning = front.peek(vcf::BEGINNING.len());
        let beginning = beginning.map_err(|fault| ReadError::source_fault(&name, fault))?;
        let (header, records) = match beginning {
            vcf::BEGINNING => {
                let (header, vcf) = Vcf::open(front, &name)?;
                (header, Records::Vcf(vcf))
            }
            other if other.starts_with(bcf::BEGINNING) => {
                let (header, bcf) = Bcf::open(front, &name)?;
                (header, Records::Bcf(bcf))
            }
            other => return Err(ReadError::Unknown { found: describe(other), name }),
        };
        Ok(Genotypes::new(name, header, records))
    }

    /// Whose genotypes these are, and what the file says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The name that errors give to the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The format, as a dataset's manifest names it.
    #[must_use]
    pub fn format(&self) -> &'static str {
        match &self.records {
            Records::Vcf(_) => "vcf",
            Records::Bcf(_) => "bcf",
            Records::Plink(set) => set.format(),
        }
    }

    /// The three files of a PLINK set: genotypes, sites, samples; `None` for one file alone.
    #[must_use]
    pub fn files(&self) -> Option<&[PathBuf; 3]> {
        match &self.records {
            Records::Plink(set) => Some(set.files()),
            Records::Vcf(_) | Records::Bcf(_) => None,
        }
    }

    /// How many bytes there are to read, in the measure in which evaluations tell their progress;
    /// `None` where the source does not say.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }
}

fn front(opened: Result<Option<Source>, SourceFault>, name: &str) -> Result<Front, ReadError> {
    let source = opened.map_err(|fault| ReadError::source_fault(name, fault))?;
    source.map(Front::new).ok_or_else(|| ReadError::Empty { name: name.to_owned() })
}

/// How the text of a consumer test begins.
pub(crate) const OF_CONSUMER_TEST: &str =
    "it begins with a comment, as the text of a consumer test does";
/// How what is not known begins.
pub(crate) const OTHERWISE: &str = "it begins otherwise";

fn describe(beginning: &[u8]) -> &'static str {
    match beginning {
        [] => "it decompresses to nothing",
        [b'B', b'C', b'F', ..] => "it is BCF of another version than 2.1 and 2.2",
        [0x1f, 0x8b, ..] => "it is compressed twice",
        [0xef, 0xbb, 0xbf, ..] => "it begins with a byte order mark, which is to be taken off",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16 text, which is to be made UTF-8",
        [0x6c, 0x1b, ..] => "it is one file of a PLINK set, without the two that belong to it",
        [0x3a, 0xa2, 0x65, b'r', b'o', b'o', b't', b's', ..] => {
            "it is a CAR, an archive that `ipfs dag import` takes"
        }
        [b'P', b'K', 3, 4, ..] => "it is a zip archive",
        [b'B', b'Z', b'h', ..] => "it is compressed by bzip2",
        [0xfd, b'7', b'z', b'X', b'Z', ..] => "it is compressed by xz",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "it is compressed by zstd",
        [b'c', b'r', b'y', b'p', b't', b'4', b'g', b'h', ..] => "it is sealed by Crypt4GH",
        [b'#', b' ', ..] => OF_CONSUMER_TEST,
        [b'#', ..] => "it begins with a header line, but not with ##fileformat=VCFv4",
        _ => OTHERWISE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &[u8]) -> Result<Genotypes, String> {
        let reader = std::io::Cursor::new(text.to_vec());
        Genotypes::from_reader(reader, "x.vcf").map_err(|error| error.to_string())
    }

    #[test]
    fn other_files_are_refused_by_what_they_are() {
        let not = |found| {
            format!("x.vcf is not a genotype file: {found}, expected VCF, BCF or a PLINK set")
        };
        for (text, error) in [
            (&b""[..], "x.vcf is empty, expected genotypes".to_owned()),
            (b"#CHROM\tPOS", not("it begins with a header line, but not with ##fileformat=VCFv4")),
            (b"##fileformat=VCF", not("it begins with a header line, but not with ##fileformat=VCFv4")),
            (b"# rsid\tchromosome", not("it begins with a comment, as the text of a consumer test does")),
            (b"hello", not("it begins otherwise")),
            (b"##fileformat=VCFv3.3\n", "x.vcf, line 1: the file says that it is \"VCFv3.3\", expected VCFv4 and a minor version".into()),
            (b"##fileformat=VCFv4.2\n", "x.vcf, line 2: expected a line beginning with ## or the line of column names, #CHROM".into()),
            (b"##fileformat=VCFv4.2\n1\t1", "x.vcf, line 2: expected a line beginning with ## or the line of column names, #CHROM".into()),
        ] {
            assert_eq!(open(text).err(), Some(error));
        }
        let directory = Genotypes::open(Path::new(".")).err().unwrap().to_string();
        assert_eq!(directory, ". is a directory, expected a file of genotypes");
        let none = Genotypes::open(Path::new("no/such.vcf")).err().unwrap().to_string();
        assert_eq!(none, "no/such.vcf: cannot be read");
    }
}
