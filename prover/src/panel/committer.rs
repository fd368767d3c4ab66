//! Committing a panel while its columns stream by in file order: leaves are hashed batch by
//! batch, sorted outside memory, and the tree is grown over the finished list. Memory does not
//! depend on the number of columns. Specification: `docs/spec/panel.md`.

use super::column::{self, Kind, NotADosage};
use super::refused::RefusedRows;
use super::runs::{Entry, Outcome, Sorter};
use super::tree::Tree;
use super::{LeafList, LeafListError, Panel, Refused, samples_commit};
use cohort::{Column, Reason, Variant};
use ledger::hash::TooLong;
use ledger::{column::variant_key, field};
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Bytes of names and leaves that are sorted in memory.
const HELD: usize = 64 << 20;

/// Why a panel could not be committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A sample's name, or the name of the build or of a contig.
    #[error("a name cannot be hashed")]
    Name(#[from] TooLong),
    /// Another number of genotypes than the panel has people.
    #[error("{variant} has {found} genotypes, the panel has {samples} people")]
    Genotypes {
        /// The column.
        variant: Box<Variant>,
        /// Genotypes that came.
        found: usize,
        /// People.
        samples: usize,
    },
    /// A value that is no dosage.
    #[error("{variant} cannot be packed")]
    Dosage {
        /// The column.
        variant: Box<Variant>,
        /// Why.
        #[source]
        source: NotADosage,
    },
    /// A temporary file fails.
    #[error("a temporary file in {} fails", folder.display())]
    Scratch {
        /// The folder given for them.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The finished leaf list cannot be read back.
    #[error(transparent)]
    Leaves(#[from] LeafListError),
}

/// A committed panel and its two public lists.
#[derive(Debug)]
pub struct Committed {
    /// What the data root commits to.
    pub panel: Panel,
    /// The leaves, in column order.
    pub leaves: LeafList,
    /// What could not be committed to, and why.
    pub refused: Refused,
}

/// Takes columns in any order.
pub struct Committer {
    build: String,
    names: Vec<String>,
    data_key: Zeroizing<[u8; 32]>,
    scratch: PathBuf,
    sorter: Sorter,
}

impl Committer {
    /// A panel of these people under `build`; `scratch` is a folder for files without a name.
    pub fn new(build: &str, names: &[String], data_key: &[u8; 32], scratch: &Path) -> Self {
        Self {
            build: build.to_owned(),
            names: names.to_vec(),
            data_key: Zeroizing::new(*data_key),
            scratch: scratch.to_owned(),
            sorter: Sorter::new(scratch.to_owned(), HELD),
        }
    }

    /// Commits to a batch of columns, all cores at work.
    ///
    /// # Errors
    /// Columns that are not this panel's, or a temporary file that fails.
    pub fn push(&mut self, columns: &[Column]) -> Result<(), CommitError> {
        let entries: Vec<Entry> =
            columns.par_iter().map(|column| self.entry(column)).collect::<Result<_, _>>()?;
        for entry in entries {
            self.sorter.push(entry).map_err(|source| failed(&self.scratch, source))?;
        }
        Ok(())
    }

    fn entry(&self, column: &Column) -> Result<Entry, CommitError> {
        let variant = column.variant.clone();
        let outcome = match &column.genotypes {
            Ok(dosages) => Outcome::Leaf(self.leaf(&variant, dosages)?),
            Err(reason) => Outcome::Refused(*reason),
        };
        Ok(Entry { variant, outcome })
    }

    fn leaf(&self, variant: &Variant, dosages: &[u8]) -> Result<[u8; 32], CommitError> {
        if dosages.len() != self.names.len() {
            let (found, samples) = (dosages.len(), self.names.len());
            return Err(CommitError::Genotypes {
                variant: Box::new(variant.clone()),
                found,
                samples,
            });
        }
        let Variant { contig, pos, reference, alternate } = variant;
        let key = variant_key(&self.build, contig, *pos, reference, alternate)?;
        let salt = column::salt(&self.data_key, key);
        let elements = column::pack(dosages)
            .map_err(|source| CommitError::Dosage { variant: Box::new(variant.clone()), source })?;
        Ok(field::to_bytes(column::leaf(Kind::Variant, key, *salt, &elements)).0)
    }

    /// Sorts, refuses every copy of a name that came twice — whatever else is wrong with it — and
    /// grows the tree.
    ///
    /// # Errors
    /// A temporary file that fails, or a sample name that cannot be hashed.
    pub fn finish(self) -> Result<Committed, CommitError> {
        let samples_commit = samples_commit(&self.data_key, &self.names)?;
        let (leaves, refused) =
            split(self.sorter, &self.scratch).map_err(|source| failed(&self.scratch, source))?;
        let leaves = LeafList::new(leaves)?;
        let panel = Panel {
            samples: self.names.len() as u64,
            columns: leaves.columns(),
            samples_commit,
            tree_root: Tree::root(&leaves)?,
        };
        Ok(Committed { panel, leaves, refused })
    }
}

fn failed(scratch: &Path, source: io::Error) -> CommitError {
    CommitError::Scratch { folder: scratch.to_owned(), source }
}

fn split(sorter: Sorter, scratch: &Path) -> io::Result<(File, Refused)> {
    let mut leaves = BufWriter::new(tempfile::tempfile_in(scratch)?);
    let mut refused = RefusedRows::new(tempfile::tempfile_in(scratch)?);
    let mut merge = sorter.merge()?;
    let mut next = merge.next()?;
    let mut before = None;
    while let Some(Entry { variant, outcome }) = next {
        next = merge.next()?;
        let after = next.as_ref().map(|entry| &entry.variant);
        let twice = before.as_ref() == Some(&variant) || after == Some(&variant);
        match outcome {
            _ if twice => refused.push(&variant, Reason::DuplicateKey)?,
            Outcome::Refused(reason) => refused.push(&variant, reason)?,
            Outcome::Leaf(leaf) => leaves.write_all(&leaf)?,
        }
        before = Some(variant);
    }
    let leaves = leaves.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((leaves, refused.finish()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::AdditiveGroup;
    use ledger::Fr;
    use std::io::Read;

    fn column(pos: u64, genotypes: Result<Vec<u8>, Reason>) -> Column {
        let [contig, reference, alternate] = ["1", "A", "C"].map(String::from);
        Column { variant: Variant { contig, pos, reference, alternate }, genotypes }
    }

    fn committer(limit: usize) -> Committer {
        let names = ["a", "b", "c"].map(String::from);
        let mut committer = Committer::new("GRCh38", &names, &[1; 32], &std::env::temp_dir());
        committer.sorter = Sorter::new(std::env::temp_dir(), limit);
        committer
    }

    #[test]
    fn order_of_arrival_and_spilling_change_nothing() {
        let columns: Vec<Column> =
            (0..40).map(|i| column(i * 37 % 41, Ok(vec![0, (i % 4) as u8, 2]))).collect();
        let mut sorted = columns.clone();
        sorted.sort_by(|a, b| a.variant.cmp(&b.variant));
        let root = |columns: &[Column], batch, limit| {
            let mut committer = committer(limit);
            columns.chunks(batch).for_each(|batch| committer.push(batch).unwrap());
            committer.finish().unwrap().panel
        };
        let expected = root(&sorted, 40, HELD);
        assert_eq!((expected.columns, expected.depth()), (40, 2));
        assert_eq!(root(&columns, 7, 0), expected);
        assert_eq!(root(&columns, 40, HELD), expected);
    }

    #[test]
    fn every_copy_of_a_name_that_comes_twice_is_refused() {
        let mut committer = committer(0);
        committer
            .push(&[
                column(5, Ok(vec![0, 1, 2])),
                column(9, Err(Reason::Haploid)),
                column(7, Ok(vec![0, 1, 2])),
                column(5, Err(Reason::HalfCall)),
                column(5, Ok(vec![0, 1, 2])),
            ])
            .unwrap();
        let mut committed = committer.finish().unwrap();
        let mut rows = String::new();
        committed.refused.rows.read_to_string(&mut rows).unwrap();
        let duplicate = "1\t5\tA\tC\tduplicate-key\n".repeat(3);
        assert_eq!(rows, format!("{duplicate}1\t9\tA\tC\thaploid\n"));
        assert_eq!(
            committed.refused.counts,
            [(Reason::DuplicateKey, 3), (Reason::Haploid, 1)].into()
        );
        assert_eq!((committed.panel.columns, committed.leaves.columns()), (1, 1));
    }

    #[test]
    fn a_panel_without_columns_has_root_zero() {
        let mut committer = committer(HELD);
        committer.push(&[column(9, Err(Reason::NoGenotypes))]).unwrap();
        let panel = committer.finish().unwrap().panel;
        assert_eq!((panel.columns, panel.depth(), panel.tree_root), (0, 0, Fr::ZERO));
    }

    #[test]
    fn foreign_columns_are_refused_without_their_genotypes() {
        let error = committer(HELD).push(&[column(5, Ok(vec![0, 1]))]).unwrap_err();
        assert_eq!(error.to_string(), "1 5 A C has 2 genotypes, the panel has 3 people");
        let error = committer(HELD).push(&[column(5, Ok(vec![0, 1, 200]))]).unwrap_err();
        assert_eq!(error.to_string(), "1 5 A C cannot be packed");
    }
}
