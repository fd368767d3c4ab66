//! What the prover knows: columns, their salts, the way to the root. It wipes itself and never
//! prints.

use crate::panel::column::{MISSING, pack};
use crate::panel::tree::Tree;
use crate::panel::{Panel, column::NotADosage};
use crate::shape::Shape;
use ark_ff::AdditiveGroup;
use ledger::Fr;
use zeroize::Zeroizing;

/// One place's column.
pub(crate) struct Column {
    pub(crate) used: bool,
    pub(crate) index: u64,
    pub(crate) key: Fr,
    pub(crate) salt: Zeroizing<Fr>,
    /// One for each slot of the shape.
    pub(crate) dosages: Zeroizing<Vec<u8>>,
    pub(crate) elements: Zeroizing<Vec<Fr>>,
}

impl Column {
    /// The column with this place in the panel, its genotypes filled up with missing.
    pub(crate) fn new(
        shape: &Shape,
        index: u64,
        key: Fr,
        salt: Zeroizing<Fr>,
        dosages: &[u8],
    ) -> Result<Self, NotADosage> {
        let elements = pack(dosages)?;
        let mut slots = Zeroizing::new(vec![MISSING; shape.slots()]);
        slots[..dosages.len()].copy_from_slice(dosages);
        Ok(Self { used: true, index, key, salt, dosages: slots, elements })
    }

    /// What an unused place holds: nobody's genotypes.
    fn unused(shape: &Shape, index: u64) -> Self {
        let dosages = Zeroizing::new(vec![MISSING; shape.slots()]);
        let elements = pack(&dosages).expect("missing is a dosage");
        let salt = Zeroizing::new(Fr::ZERO);
        Self { used: false, index, key: Fr::ZERO, salt, dosages, elements }
    }
}

/// All that a proof is made from.
pub(crate) struct Witness {
    pub(crate) context: Fr,
    pub(crate) panel: Panel,
    /// One for each place.
    pub(crate) columns: Vec<Column>,
    pub(crate) tree: Tree,
}

impl Witness {
    /// The columns in their places, unused ones after them; `tree` opens their nodes.
    pub(crate) fn new(
        shape: &Shape,
        context: Fr,
        panel: Panel,
        mut columns: Vec<Column>,
        tree: Tree,
    ) -> Self {
        let index = columns.first().map_or(0, |column| column.index);
        columns.resize_with(shape.places, || Column::unused(shape, index));
        Self { context, panel, columns, tree }
    }
}
