//! Proving `allele-frequency/1` over a listed panel: from a few columns of the file to a proof
//! that anybody can check against the panel's root. Specification: `docs/spec/statement.md`.

use crate::circuit::{Column, Witness};
use crate::key_cache::{KeyCache, KeyFileError, Progress};
use crate::panel::column::{self, Kind, NotADosage};
use crate::panel::tree::Tree;
use crate::panel::{LeafList, LeafListError, Panel};
use crate::proof::{DoesNotHold, Proof, verify};
use crate::proving::ProvingError;
use crate::shape::{MOST_COLUMNS, NoShape, Shape};
use cohort::Variant;
use ledger::column::variant_key;
use ledger::hash::TooLong;
use ledger::statement::{
    ReleaseRule, TooManyColumns, allele_frequency_query, allele_frequency_result,
};
use ledger::{CircuitId, Fr, Statement};
use std::collections::HashMap;
use std::fmt;
use zeroize::Zeroizing;

/// A panel as it was listed, and what opens it.
pub struct Listed<'a> {
    /// What the data root commits to.
    pub panel: Panel,
    /// The public leaf list.
    pub leaves: &'a LeafList,
    /// The build in which columns are named.
    pub build: &'a str,
    /// The dataset's key, from which the salts come.
    pub data_key: &'a [u8; 32],
}

/// A column out of the file: who has it, nobody else may read.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateColumn {
    /// Its name, trimmed.
    pub variant: Variant,
    /// 0, 1, 2 or 3 for missing, in the order of the panel's people.
    pub dosages: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for PrivateColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateColumn").field("variant", &self.variant).finish_non_exhaustive()
    }
}

/// What is published of a proof, and the proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Proved {
    /// The circuit it was made with.
    pub circuit: CircuitId,
    /// The circuit's size.
    pub shape: Shape,
    /// The public inputs.
    pub statement: Statement,
    /// The columns in panel order.
    pub variants: Vec<Variant>,
    /// Their keys.
    pub keys: Vec<Fr>,
    /// Their allele counts and allele numbers.
    pub values: Vec<(u64, u64)>,
    /// Checked before it is given out.
    pub proof: Proof,
}

/// Why nothing was proved.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// No columns, or too many.
    #[error(transparent)]
    Shape(#[from] NoShape),
    /// A column is asked for twice.
    #[error("{0} is asked for twice")]
    Repeated(Box<Variant>),
    /// A name that cannot be hashed.
    #[error("a column's name cannot be hashed")]
    Name(#[from] TooLong),
    /// Another number of genotypes than the panel has people.
    #[error("{variant} has {found} genotypes, the listed panel has {samples} people")]
    Genotypes {
        /// The column.
        variant: Box<Variant>,
        /// Genotypes that came.
        found: usize,
        /// People of the panel.
        samples: u64,
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
    /// The leaf list fails.
    #[error(transparent)]
    Leaves(#[from] LeafListError),
    /// The leaf list has another root than the panel.
    #[error("the leaf list is not the listed panel's")]
    OtherLeaves,
    /// None of the columns is in the panel.
    #[error("the file is not the listed panel: no column asked for has a leaf in its leaf list")]
    OtherPanel,
    /// Some columns are in the panel, this one is not.
    #[error("{0} is no provable column of the listed panel, or has other genotypes there")]
    NotInPanel(Box<Variant>),
    /// The panel's columns are out of order: its list is none of this program's.
    #[error("the listed panel has {0} out of order")]
    OutOfOrder(Box<Variant>),
    /// The proving key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The prover.
    #[error(transparent)]
    Proving(#[from] ProvingError),
    /// The circuit and the open computation disagree.
    #[error("the circuit's statement is not that of the published values")]
    OtherStatement,
    /// The finished proof fails its check.
    #[error("the finished proof fails")]
    Proof(#[from] DoesNotHold),
}

impl From<TooManyColumns> for ProveError {
    fn from(TooManyColumns { columns, .. }: TooManyColumns) -> Self {
        NoShape::TooManyColumns(columns).into()
    }
}

/// Proves allele counts and numbers of these columns of a listed panel, for `context` to post.
///
/// # Errors
/// Columns that are not the panel's, a leaf list that is not, or keys that cannot be kept. No
/// error says anything about a genotype.
pub fn prove_allele_frequency(
    listed: &Listed<'_>,
    mut columns: Vec<PrivateColumn>,
    context: Fr,
    keys: &KeyCache,
    progress: &mut dyn FnMut(Progress),
) -> Result<Proved, ProveError> {
    columns.sort_by(|left, right| left.variant.cmp(&right.variant));
    check(&columns, listed.panel.samples)?;
    let salted = columns.iter().map(|c| Salted::new(listed, c)).collect::<Result<Vec<_>, _>>()?;
    let indices = find(listed.leaves, &columns, &salted)?;
    let tree = Tree::open(listed.leaves, &indices)?;
    let same_tree = tree.root == listed.panel.tree_root;
    if !same_tree || listed.leaves.columns() != listed.panel.columns {
        return Err(ProveError::OtherLeaves);
    }

    let shape = Shape::for_query(listed.panel.samples, listed.panel.columns, &indices)?;
    let circuit = keys.ready(&shape, progress)?;
    progress(Progress::Proving);
    let column_keys: Vec<Fr> = salted.iter().map(|column| column.key).collect();
    let values: Vec<(u64, u64)> = columns.iter().map(|c| counts(&c.dosages)).collect();
    let opened = columns.iter().zip(salted).zip(&indices).map(|((column, salted), index)| {
        let Salted { key, salt, .. } = salted;
        Column::new(&shape, *index, key, salt, &column.dosages)
            .map_err(|source| not_packed(&column.variant, source))
    });
    let opened = opened.collect::<Result<Vec<_>, _>>()?;
    let witness = Witness::new(&shape, context, listed.panel, opened, tree);
    let (statement, proof) = circuit.prove(&witness)?;

    let expected = Statement {
        context,
        data: listed.panel.data_root(),
        model: Fr::default(),
        query: allele_frequency_query(context, ReleaseRule::default(), &column_keys, shape.places)?,
        result: allele_frequency_result(&values, shape.places)?,
    };
    if statement != expected {
        return Err(ProveError::OtherStatement);
    }
    verify(&circuit.verifying_key(), &statement, &proof)?;
    let variants = columns.into_iter().map(|column| column.variant).collect();
    Ok(Proved { circuit: circuit.id, shape, statement, variants, keys: column_keys, values, proof })
}

fn check(columns: &[PrivateColumn], samples: u64) -> Result<(), ProveError> {
    if columns.is_empty() {
        return Err(NoShape::NoColumns.into());
    }
    if columns.len() > MOST_COLUMNS {
        return Err(NoShape::TooManyColumns(columns.len()).into());
    }
    if let Some([twice, _]) = columns.array_windows().find(|[a, b]| a.variant == b.variant) {
        return Err(ProveError::Repeated(Box::new(twice.variant.clone())));
    }
    match columns.iter().find(|column| column.dosages.len() as u64 != samples) {
        None => Ok(()),
        Some(PrivateColumn { variant, dosages }) => {
            let (variant, found) = (Box::new(variant.clone()), dosages.len());
            Err(ProveError::Genotypes { variant, found, samples })
        }
    }
}

/// A column's key and salt, and the leaf that follows.
struct Salted {
    key: Fr,
    salt: Zeroizing<Fr>,
    leaf: Fr,
}

impl Salted {
    fn new(listed: &Listed<'_>, column: &PrivateColumn) -> Result<Self, ProveError> {
        let Variant { contig, pos, reference, alternate } = &column.variant;
        let key = variant_key(listed.build, contig, *pos, reference, alternate)?;
        let salt = column::salt(listed.data_key, key);
        let elements =
            column::pack(&column.dosages).map_err(|source| not_packed(&column.variant, source))?;
        let leaf = column::leaf(Kind::Variant, key, *salt, &elements);
        Ok(Self { key, salt, leaf })
    }
}

fn not_packed(variant: &Variant, source: NotADosage) -> ProveError {
    ProveError::Dosage { variant: Box::new(variant.clone()), source }
}

/// Where the columns stand in the panel, by their leaves: names are not in the list.
fn find(
    leaves: &LeafList,
    columns: &[PrivateColumn],
    salted: &[Salted],
) -> Result<Vec<u64>, ProveError> {
    let asked: HashMap<Fr, usize> = salted.iter().map(|s| s.leaf).zip(0..).collect();
    let mut indices = vec![None; columns.len()];
    let mut index = 0;
    for batch in leaves.batches(4096) {
        for leaf in batch? {
            if let Some(place) = asked.get(&leaf) {
                indices[*place] = Some(index);
            }
            index += 1;
        }
    }
    if indices.iter().all(Option::is_none) {
        return Err(ProveError::OtherPanel);
    }
    let mut found = Vec::<u64>::with_capacity(columns.len());
    for (column, index) in columns.iter().zip(indices) {
        let name = || Box::new(column.variant.clone());
        let index = index.ok_or_else(|| ProveError::NotInPanel(name()))?;
        if found.last().is_some_and(|before| *before >= index) {
            return Err(ProveError::OutOfOrder(name()));
        }
        found.push(index);
    }
    Ok(found)
}

/// AC and AN, in the open computation.
fn counts(dosages: &[u8]) -> (u64, u64) {
    let called = dosages.iter().filter(|dosage| **dosage != column::MISSING);
    (called.clone().map(|dosage| u64::from(*dosage)).sum(), 2 * called.count() as u64)
}
