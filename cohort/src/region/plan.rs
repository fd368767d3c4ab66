//! Whether a file's index can be used, and where to read by it. An index that is not beyond doubt is
//! left aside and named; the whole file is then read.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::Regions;
use super::index::{Index, IndexFault, Subject};
use super::watch::Stretch;
use crate::bcf::Dictionary;
use crate::front::Front;
use crate::header::Header;
use crate::read_error::ReadError;
use crate::source::Source;

/// How the records of regions are found.
#[derive(Debug)]
pub enum Access {
    /// By this index.
    Index(PathBuf),
    /// By reading the whole file, for this reason.
    Whole(WholeRead),
}

/// Why a file is read whole although only regions of it are asked for.
#[derive(Debug)]
#[non_exhaustive]
pub enum WholeRead {
    /// PLINK sets have no index.
    Plink,
    /// Only BGZF can be read from its middle.
    NotBgzf(String),
    /// No index is beside the file.
    NoIndex(String),
    /// An index that is damaged or of another file.
    Unfit {
        /// The index.
        index: String,
        /// Why.
        fault: IndexFault,
    },
    /// An index that has no records of a contig.
    NoRecords {
        /// The index.
        index: String,
        /// The contig.
        contig: String,
    },
}

impl fmt::Display for WholeRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WholeRead::Plink => f.write_str("a PLINK set has no index"),
            WholeRead::NotBgzf(file) => write!(
                f,
                "{file} is not compressed in blocks; `bgzip` and then `tabix -p vcf` would make regions of it faster to read"
            ),
            WholeRead::NoIndex(file) => write!(
                f,
                "{file} has no index beside it; `tabix -p vcf {file}` for VCF or `bcftools index {file}` would make this faster"
            ),
            WholeRead::Unfit { index, fault } => {
                write!(f, "{index} is not used, for {fault}; make the index again")
            }
            WholeRead::NoRecords { index, contig } => {
                write!(f, "{index} knows no records of contig {contig:?}")
            }
        }
    }
}

/// What to read by an index.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) path: PathBuf,
    pub(super) index: String,
    pub(super) stretches: Vec<Stretch>,
}

/// Looks for an index of `path`, or takes the one given; `dictionary` is a BCF file's.
///
/// # Errors
/// An index that was given and cannot be used.
pub(crate) fn plan(
    path: &Path,
    header: &Header,
    dictionary: Option<&Dictionary>,
    regions: &Regions,
    given: Option<&Path>,
) -> Result<(Option<Plan>, Access), ReadError> {
    let name = path.display().to_string();
    let whole = |why| Ok((None, Access::Whole(why)));
    if !ends_as_bgzf(path) {
        return whole(WholeRead::NotBgzf(name));
    }
    let beside = [".csi", ".tbi"].map(|extension| {
        let mut index = OsString::from(path);
        index.push(extension);
        PathBuf::from(index)
    });
    let candidates = match given {
        Some(index) => vec![index.to_owned()],
        None => beside.into_iter().filter(|index| index.exists()).collect(),
    };
    let mut unfit = None;
    for index in candidates {
        let index_name = index.display().to_string();
        let read = read(path, &index, header, dictionary, regions);
        let stretches = match read.and_then(|index| stretches(&index, regions)) {
            Err(fault) if given.is_some() => {
                return Err(ReadError::Index { index: index_name, name, fault });
            }
            Err(fault) => {
                unfit.get_or_insert(WholeRead::Unfit { index: index_name, fault });
                continue;
            }
            Ok(Err(contig)) => return whole(WholeRead::NoRecords { index: index_name, contig }),
            Ok(Ok(stretches)) => stretches,
        };
        let plan = Plan { path: path.to_owned(), index: index_name, stretches };
        return Ok((Some(plan), Access::Index(index)));
    }
    whole(unfit.unwrap_or(WholeRead::NoIndex(name)))
}

fn read(
    path: &Path,
    index: &Path,
    header: &Header,
    dictionary: Option<&Dictionary>,
    regions: &Regions,
) -> Result<Index, IndexFault> {
    let name = index.display().to_string();
    let unreadable = |error| IndexFault::Unreadable(Box::new(error));
    let io = |source| unreadable(ReadError::Io { name: name.clone(), source });
    let (file, opened) = (path.metadata().map_err(io)?, File::open(index).map_err(io)?);
    // To the second: what was copied or unpacked together is of one time.
    let seconds = |time: std::time::SystemTime| {
        time.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    };
    let indexed = opened.metadata().and_then(|index| index.modified()).map_err(io)?;
    if seconds(indexed) < seconds(file.modified().map_err(io)?) {
        return Err(IndexFault::Older);
    }
    let source = Source::open(Box::new(opened));
    let source = source.map_err(|fault| unreadable(ReadError::source_fault(&name, fault)))?;
    let source = source.ok_or(IndexFault::Cut)?;
    let declared: HashSet<&str> = header.contigs.iter().map(|c| c.name.as_str()).collect();
    let name_of = |number: u32| {
        let number = i32::try_from(number).ok()?;
        dictionary?.contig(number).map(str::to_owned)
    };
    let numbered = dictionary.is_some().then_some(&name_of as &dyn Fn(u32) -> Option<String>);
    let subject = Subject { length: file.len(), numbered, declared: &declared };
    Index::read(Front::new(source), &name, &subject, regions)
}

/// Ranges that begin within so many bytes of the file are read together.
const NEAR: u64 = 1 << 20;

/// What to read in the order of the file, or a contig of which the index knows no records.
fn stretches(index: &Index, regions: &Regions) -> Result<Result<Vec<Stretch>, String>, IndexFault> {
    let listed: HashSet<&str> = index.contigs.iter().map(|c| c.name.as_str()).collect();
    if listed.len() < index.contigs.len() {
        return Err(IndexFault::Order);
    }
    let mut unlisted = regions.ranges().map(|(contig, _)| contig).filter(|c| !listed.contains(c));
    if let Some(contig) = unlisted.next() {
        return Ok(Err(contig.to_owned()));
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for (place, contig) in index.contigs.iter().enumerate() {
        let ranges = regions.contigs.get(&contig.name).map_or(&[][..], |asked| &asked.ranges);
        let previous = place.checked_sub(1).map(|place| &index.contigs[place]);
        let mut together = false;
        for ((first, last), hint) in ranges.iter().zip(&contig.hints) {
            let before = previous.filter(|_| hint.is_none());
            let begin = hint.or(before.map(|before| before.last_chunk));
            let at = |begin: Option<u64>| begin.unwrap_or(0) >> 16;
            match stretches.last_mut() {
                Some(stretch) if together && at(begin) - at(stretch.begin) < NEAR => {
                    stretch.last = *last;
                }
                _ => {
                    let before = before.map(|before| before.name.clone());
                    let (contig, first, last) = (contig.name.clone(), *first, *last);
                    stretches.push(Stretch { contig, first, last, begin, before });
                }
            }
            together = true;
        }
    }
    Ok(Ok(stretches))
}

/// The empty block at the end of a BGZF file (SAM specification, 4.1.2).
const END: [u8; 28] = [
    0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0,
    0, 0,
];

/// Whether the file ends with the empty block of BGZF: others, and those that were cut, are read
/// whole, and what is wrong with them is said then.
fn ends_as_bgzf(path: &Path) -> bool {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-(END.len() as i64)))?;
        let mut end = [0; END.len()];
        file.read_exact(&mut end).map(|()| end)
    };
    matches!(read(), Ok::<_, std::io::Error>(end) if end == END)
}
