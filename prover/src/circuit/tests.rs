//! Whole circuits of small shapes: honest witnesses hold and say what is computed natively, and no
//! wire is free.

mod lies;

use super::*;
use crate::panel::column::{self, Kind, MISSING};
use crate::panel::tree::Tree;
use crate::panel::{LeafList, Panel};
use crate::r1cs::assert_bound;
use alloy_primitives::B256;
use ark_ff::PrimeField;
use ledger::field;

/// A panel of made-up people, and all that the prover knows about it.
struct Cohort {
    panel: Panel,
    columns: Vec<(Fr, Vec<u8>)>,
    leaves: LeafList,
}

const DATA_KEY: [u8; 32] = [9; 32];

/// Numbers without a pattern, the same in every run.
fn noise(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Cohort {
    fn new(samples: u64, columns: u64) -> Self {
        let dosage = |j, i| (noise(j * samples + i) % 4) as u8;
        let column = |j| (Fr::from(1000 + j), (0..samples).map(|i| dosage(j, i)).collect());
        let columns: Vec<(Fr, Vec<u8>)> = (0..columns).map(column).collect();
        let leaf = |(key, dosages): &(Fr, Vec<u8>)| {
            let elements = column::pack(dosages).unwrap();
            column::leaf(Kind::Variant, *key, *column::salt(&DATA_KEY, *key), &elements)
        };
        let leaves = LeafList::of(&columns.iter().map(leaf).collect::<Vec<_>>());
        let samples_commit = B256::repeat_byte(0x5a);
        let tree_root = Tree::root(&leaves).unwrap();
        let panel = Panel { samples, columns: leaves.columns(), samples_commit, tree_root };
        Self { panel, columns, leaves }
    }

    fn witness(&self, shape: &Shape, indices: &[u64]) -> Witness {
        let columns = indices.iter().map(|index| {
            let (key, dosages) = &self.columns[*index as usize];
            Column::new(shape, *index, *key, column::salt(&DATA_KEY, *key), dosages).unwrap()
        });
        let tree = Tree::open(&self.leaves, indices).unwrap();
        Witness::new(shape, context(), self.panel, columns.collect(), tree)
    }

    /// What a verifier computes from the published record.
    fn statement(&self, shape: &Shape, indices: &[u64]) -> Statement {
        let keys: Vec<Fr> = indices.iter().map(|i| self.columns[*i as usize].0).collect();
        let counts = |i: &u64| {
            let called = self.columns[*i as usize].1.iter().filter(|d| **d != MISSING);
            (called.clone().map(|d| u64::from(*d)).sum(), 2 * called.count() as u64)
        };
        let values: Vec<(u64, u64)> = indices.iter().map(counts).collect();
        use ledger::statement::{allele_frequency_query, allele_frequency_result};
        let rule = ReleaseRule::default();
        Statement {
            context: context(),
            data: self.panel.data_root(),
            model: Fr::ZERO,
            query: allele_frequency_query(context(), rule, &keys, shape.places).unwrap(),
            result: allele_frequency_result(&values, shape.places).unwrap(),
        }
    }
}

fn context() -> Fr {
    Fr::from(0xc0ffee)
}

/// A circuit, its rows, and an honest witness for it.
struct Case {
    circuit: Circuit,
    r1cs: R1cs,
    values: Vec<Fr>,
}

impl Case {
    fn new(samples: u64, columns: u64, indices: &[u64]) -> Self {
        let cohort = Cohort::new(samples, columns);
        let shape = Shape::for_query(samples, columns, indices).unwrap();
        let circuit = Circuit::new(&shape);
        let r1cs = circuit.r1cs();
        let values = circuit.assign(&cohort.witness(&shape, indices)).to_vec();
        assert_eq!(r1cs.violated(&values), None, "{shape}");
        assert_eq!(statement(&values), cohort.statement(&shape, indices), "{shape}");
        Self { circuit, r1cs, values }
    }

    /// The block that refuses these values.
    fn refusal(&self, change: impl FnOnce(&Circuit, &mut Values<'_>)) -> Option<&'static str> {
        let mut values = self.values.clone();
        change(&self.circuit, &mut Values::all(&mut values));
        self.r1cs.violated(&values).map(|row| self.r1cs.block_of(row))
    }
}

#[test]
fn honest_witnesses_hold_and_equal_the_native_statement() {
    for (samples, columns, indices) in [
        (1, 1, vec![0]),
        (5, 3, vec![0, 2]),
        (126, 16, (0..16).collect()),
        (127, 17, vec![16]),
        (125, 48, vec![0, 17, 47]),
        (253, 49, vec![48, 3]),
        (252, 40, vec![16, 19, 31]),
        (30, 300, vec![7, 8, 100, 299]),
        (30, 1000, (0..16).map(|i| 62 * i).collect()),
    ] {
        Case::new(samples, columns, &indices);
    }
}

#[test]
fn no_wire_is_free() {
    for (samples, columns, indices) in
        [(7, 1, vec![0]), (126, 16, vec![3, 9]), (100, 40, vec![0, 18, 39]), (127, 20, vec![17])]
    {
        let case = Case::new(samples, columns, &indices);
        assert_bound(&case.r1cs, &case.values);
    }
}
