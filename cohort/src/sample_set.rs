//! Which samples are counted. Specification: `docs/spec/genotypes.md`, "Samples files".

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::genotype::packed;
use crate::header::Header;
use crate::name::{NameFault, name as printable};

/// Names of samples, in any order.
#[derive(Clone, Debug)]
pub struct SampleSet {
    /// Each with the line that names it.
    names: HashMap<String, u64>,
    file: String,
}

/// Why a list of samples cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleSetError {
    /// The file cannot be read.
    #[error("{name}: cannot be read")]
    Read {
        /// The file.
        name: String,
        /// The system's word.
        source: io::Error,
    },
    /// A line is no name.
    #[error("{name}, line {line}: the sample's name {fault}")]
    Name {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// Why.
        fault: NameFault,
    },
    /// A name stands twice.
    #[error("{name}, line {line}: sample {sample} stands in line {first} already")]
    Duplicate {
        /// The file.
        name: String,
        /// The second line.
        line: u64,
        /// The name.
        sample: String,
        /// The first line.
        first: u64,
    },
    /// No names.
    #[error("{name} names no sample")]
    Empty {
        /// The file.
        name: String,
    },
    /// A name that the genotypes do not have.
    #[error("{name}, line {line}: there is no sample {sample} in the genotypes")]
    Unknown {
        /// The list's file.
        name: String,
        /// The first such line.
        line: u64,
        /// The name.
        sample: String,
    },
}

impl SampleSet {
    /// Reads a samples file.
    ///
    /// # Errors
    /// A file that cannot be read, a line that is no name, a name twice, no names.
    pub fn open(path: &Path) -> Result<SampleSet, SampleSetError> {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => SampleSet::read(file, &name),
            Err(source) => Err(SampleSetError::Read { name, source }),
        }
    }

    /// Reads one name per line; empty lines say nothing.
    ///
    /// # Errors
    /// As [`SampleSet::open`].
    pub fn read(reader: impl Read, file: &str) -> Result<SampleSet, SampleSetError> {
        let mut names = HashMap::new();
        for (i, text) in BufReader::new(reader).split(b'\n').enumerate() {
            let (line, name) = (i as u64 + 1, file.to_owned());
            let text = match text {
                Ok(text) => text,
                Err(source) => return Err(SampleSetError::Read { name, source }),
            };
            let text = text.strip_suffix(b"\r").unwrap_or(&text);
            if text.is_empty() {
                continue;
            }
            let sample = match printable(text) {
                Ok(sample) => sample.to_owned(),
                Err(fault) => return Err(SampleSetError::Name { name, line, fault }),
            };
            if let Some(first) = names.insert(sample.clone(), line) {
                return Err(SampleSetError::Duplicate { name, line, sample, first });
            }
        }
        if names.is_empty() {
            return Err(SampleSetError::Empty { name: file.to_owned() });
        }
        Ok(SampleSet { names, file: file.to_owned() })
    }

    /// Which of the header's samples are named.
    pub(crate) fn kept(&self, header: &Header) -> Result<Kept, SampleSetError> {
        let mut unknown = self.names.clone();
        let keep = |sample: &String| u32::from(unknown.remove(sample).is_some());
        let each = header.samples.iter().map(keep).collect();
        match unknown.into_iter().min_by_key(|(_, line)| *line) {
            None => Ok(Kept::new(each)),
            Some((sample, line)) => {
                Err(SampleSetError::Unknown { name: self.file.clone(), line, sample })
            }
        }
    }
}

/// Which samples of a file are counted.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    each: Vec<u32>,
    lanes: Vec<u64>,
    count: u64,
}

impl Kept {
    /// Of 1 for each sample that is counted, and 0 for the others.
    pub(crate) fn new(each: Vec<u32>) -> Kept {
        let lane = |(i, keep): (usize, &u32)| u64::from(*keep) << (2 * i);
        let word = |word: &[u32]| word.iter().enumerate().map(lane).sum();
        let lanes = each.chunks(packed::WORD).map(word).collect();
        let count = each.iter().map(|keep| u64::from(*keep)).sum();
        Kept { each, lanes, count }
    }

    /// 1 for each sample that is counted, 0 for the others.
    pub(crate) fn each(&self) -> &[u32] {
        &self.each
    }

    /// The same in the lowest bit of each of the two bits that a packed genotype takes.
    pub(crate) fn lanes(&self) -> &[u64] {
        &self.lanes
    }

    /// How many are counted.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Result<Vec<u32>, String> {
        let samples = ["A", "B b", "C"].map(str::to_owned).to_vec();
        let header = Header { samples, ..Header::default() };
        let set = SampleSet::read(text.as_bytes(), "s.txt");
        set.and_then(|set| set.kept(&header))
            .map(|kept| kept.each)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn order_does_not_matter() {
        assert_eq!(places("C\r\n\nB b"), Ok(vec![0, 1, 1]));
        assert_eq!(places("B b\nC\nA\n"), Ok(vec![1, 1, 1]));
    }

    #[test]
    fn wrong_lists_are_refused_by_name() {
        for (text, error) in [
            ("\n\n", "s.txt names no sample"),
            ("A\nD\nE\n", "s.txt, line 2: there is no sample D in the genotypes"),
            ("A\nC\nA\n", "s.txt, line 3: sample A stands in line 1 already"),
            ("A \n", "s.txt, line 1: there is no sample A  in the genotypes"),
            ("A\tB\n", "s.txt, line 1: the sample's name has a control character"),
        ] {
            assert_eq!(places(text), Err(error.to_owned()), "{text:?}");
        }
    }
}
