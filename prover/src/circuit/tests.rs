//! Whole circuits of small shapes: honest witnesses hold, and each block refuses the lie that it
//! is there for.

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

/// Three of 100 people's 40 columns, opened one by one, thirteen places unused.
fn case() -> Case {
    Case::new(100, 40, &[0, 18, 39])
}

#[test]
fn model_must_be_zero() {
    let case = case();
    assert_eq!(case.refusal(|c, v| v.set(c.instance.model, 1)), Some("model"));
}

#[test]
fn public_inputs_are_the_hashes() {
    let case = case();
    assert_eq!(case.refusal(|c, v| v.set(c.instance.context, 1)), Some("query"));
    assert_eq!(case.refusal(|c, v| v.set(c.instance.data, 1)), Some("panel"));
    assert_eq!(case.refusal(|c, v| v.set(c.instance.query, 1)), Some("query"));
    assert_eq!(case.refusal(|c, v| v.set(c.instance.result, 1)), Some("result"));
}

#[test]
fn what_the_root_holds_cannot_be_changed() {
    let case = case();
    assert_eq!(case.refusal(|c, v| v.set(c.columns, 41)), Some("panel"));
    assert_eq!(case.refusal(|c, v| v.set(c.samples_commit, 1)), Some("panel"));
    // One person more, said everywhere but in the root.
    assert_eq!(case.refusal(|c, v| c.samples.assign(v, 101)), Some("panel"));
}

#[test]
fn the_number_of_people_decides_which_slots_are_empty() {
    let case = case();
    assert_eq!(case.refusal(|c, v| v.set(c.samples.count, 99)), Some("samples"));
    let person_100_is_called = |v: &[Fr], c: &Circuit| {
        let slot = c.places.iter().find(|p| v[p.genotypes.dosages.at(99).0 as usize] < 3.into());
        slot.is_some()
    };
    assert!(person_100_is_called(&case.values, &case.circuit));
    assert_eq!(case.refusal(|c, v| c.samples.assign(v, 99)), Some("samples"));
    // No number of people outside 1 … 126 has slots at all.
    for count in [0, 127, 226] {
        let changed = |c: &Circuit, v: &mut Values<'_>| {
            c.samples.assign(v, 126);
            v.set(c.samples.count, count);
        };
        assert_eq!(case.refusal(changed), Some("samples"), "{count} people");
    }
}

#[test]
fn hidden_people_are_refused() {
    let cohort = Cohort::new(100, 40);
    let shape = Shape::for_query(100, 40, &[0, 18]).unwrap();
    let circuit = Circuit::new(&shape);
    let r1cs = circuit.r1cs();
    for slot in [100, 125] {
        let mut witness = cohort.witness(&shape, &[0, 18]);
        let column = &mut witness.columns[1];
        column.dosages[slot] = 2;
        column.elements = column::pack(&column.dosages).unwrap();
        let values = circuit.assign(&witness);
        let broken = r1cs.violated(&values).map(|row| r1cs.block_of(row));
        assert_eq!(broken, Some("samples"), "slot {slot}");
    }
}

#[test]
fn a_genotype_is_one_of_four_points() {
    let case = case();
    let base = Fr::from(128);
    let marks: [Fr; 4] = [0.into(), 0.into(), 1.into(), base];
    let more = [2, 3, 5, 127, 129, 256].map(Fr::from);
    let dosages = [0, 1, 2, 3, 4, 5, 128].map(Fr::from).into_iter().chain([-Fr::ONE]);
    for d in dosages {
        for y in marks.into_iter().chain(more).chain([-Fr::ONE, -base]) {
            let refusal = case.refusal(|c, v| {
                let genotypes = &c.places[0].genotypes;
                v.set(genotypes.dosages.at(7), d);
                v.set(genotypes.marks.at(7), y);
            });
            let is_point = (0..4).any(|i| d == Fr::from(i as u64) && y == marks[i]);
            let same = d == case.values[case.circuit.places[0].genotypes.dosages.at(7).0 as usize];
            let expected = if is_point && same { None } else { Some("genotypes") };
            assert_eq!(refusal, expected, "{d}, {y}");
        }
    }
}

#[test]
fn elements_and_counts_are_those_of_the_genotypes() {
    let case = case();
    let of = |change: fn(&genotypes::Genotypes, &mut Values<'_>)| {
        case.refusal(|c, v| change(&c.places[1].genotypes, v))
    };
    assert_eq!(of(|g, v| v.set(g.elements.at(0), 1)), Some("genotypes"));
    assert_eq!(of(|g, v| v.set(g.allele_count, 1)), Some("genotypes"));
    assert_eq!(of(|g, v| v.set(g.allele_number, 1)), Some("genotypes"));
    // The same sum of marks by digits that are none.
    let (doubles, missing) = {
        let genotypes = &case.circuit.places[1].genotypes;
        let read = |run: crate::r1cs::Run| {
            let bits = run.iter().map(|wire| case.values[wire.0 as usize]).rev();
            bits.fold(Fr::ZERO, |sum, bit| sum.double() + bit)
        };
        (read(genotypes.doubles), read(genotypes.missing))
    };
    let refusal = case.refusal(|c, v| {
        let genotypes = &c.places[1].genotypes;
        genotypes.doubles.iter().for_each(|wire| v.set(wire, 0));
        v.set(genotypes.doubles.at(0), doubles + Fr::from(128));
        genotypes.missing.iter().for_each(|wire| v.set(wire, 0));
        v.set(genotypes.missing.at(0), missing - Fr::ONE);
        v.set(genotypes.allele_number, Fr::from(2 * 126) - (missing - Fr::ONE).double());
    });
    assert_eq!(refusal, Some("genotypes"));
}

#[test]
fn the_leaf_holds_key_salt_and_elements() {
    let case = case();
    assert_eq!(case.refusal(|c, v| v.set(c.places[2].key, 1)), Some("leaf"));
    assert_eq!(case.refusal(|c, v| v.set(c.places[2].salt, 1)), Some("leaf"));
    assert_eq!(case.refusal(|c, v| v.set(c.places[2].leaf.output(), 1)), Some("leaf"));
}

#[test]
fn an_unused_place_shows_nothing() {
    let case = case();
    let unused = |place: usize| case.refusal(|c, v: &mut Values<'_>| v.set(c.places[place].used, 0));
    assert_eq!(unused(0), Some("unused places"));
    assert_eq!(case.refusal(|c, v| v.set(c.places[3].used, 2)), Some("unused places"));

    let cohort = Cohort::new(100, 40);
    let shape = Shape::for_query(100, 40, &[0, 18]).unwrap();
    let circuit = Circuit::new(&shape);
    let r1cs = circuit.r1cs();
    let broken = |change: fn(&mut Column)| {
        let mut witness = cohort.witness(&shape, &[0, 18]);
        change(&mut witness.columns[5]);
        let values = circuit.assign(&witness);
        r1cs.violated(&values).map(|row| r1cs.block_of(row))
    };
    assert_eq!(broken(|_| ()), None);
    assert_eq!(broken(|column| column.key = Fr::ONE), Some("unused places"));
    let with_genotypes = |column: &mut Column| {
        column.dosages[0] = 0;
        column.elements = column::pack(&column.dosages).unwrap();
    };
    assert_eq!(broken(with_genotypes), Some("unused places"));
    // Said to be used, its leaf is in no tree.
    assert_eq!(broken(|column| column.used = true), Some("opening"));
}

#[test]
fn leaves_and_nodes_are_children_up_to_the_root() {
    let shapes = [(40, vec![0, 18, 39]), (40, vec![16, 18]), (9, vec![1, 5]), (300, vec![4, 299])];
    for (columns, indices) in shapes {
        let cohort = Cohort::new(100, columns);
        let shape = Shape::for_query(100, columns, &indices).unwrap();
        let circuit = Circuit::new(&shape);
        let r1cs = circuit.r1cs();
        let broken = |change: &dyn Fn(&mut Witness)| {
            let mut witness = cohort.witness(&shape, &indices);
            change(&mut witness);
            let values = circuit.assign(&witness);
            r1cs.violated(&values).map(|row| r1cs.block_of(row))
        };
        let other_genotypes = |witness: &mut Witness| {
            let column = &mut witness.columns[1];
            column.dosages[0] = (column.dosages[0] + 1) % 4;
            column.elements = column::pack(&column.dosages).unwrap();
        };
        assert_eq!(broken(&other_genotypes), Some("opening"), "{shape}");
        assert_eq!(broken(&|w| *w.columns[0].salt += Fr::ONE), Some("opening"), "{shape}");
        for place in cohort.witness(&shape, &indices).tree.opened.into_keys() {
            let child = ((indices[0] >> (4 * (place.0 - 1))) % 16) as usize;
            let change = |w: &mut Witness| w.tree.opened.get_mut(&place).unwrap()[child] += Fr::ONE;
            assert_eq!(broken(&change), Some("opening"), "{shape}, node {place:?}");
        }
    }
    let lone = Case::new(50, 1, &[0]);
    let root = lone.circuit.opening.root;
    assert_eq!(lone.refusal(|_, v| v.set(root, 1)), Some("opening"));
}

/// A tree of another depth has another root: a node cannot pass for a leaf, nor a leaf for a node.
#[test]
fn the_depth_stands_in_the_root() {
    let cohort = Cohort::new(100, 40);
    let shallow = Shape { elements: 1, places: 16, nodes: vec![1] };
    let circuit = Circuit::new(&shallow);
    let mut witness = cohort.witness(&Shape::for_query(100, 40, &[0, 1]).unwrap(), &[0, 1]);
    witness.tree.root = poseidon_node(&witness.tree.opened[&(1, 0)]);
    let values = circuit.assign(&witness);
    assert_eq!(circuit.r1cs().violated(&values), None);
    let data = statement(&values).data;
    assert_ne!(data, cohort.panel.data_root());
    assert_ne!(data, Panel { tree_root: witness.tree.root, ..cohort.panel }.data_root());
}

fn poseidon_node(children: &[Fr; 16]) -> Fr {
    ledger::poseidon::hash(Tag::NODE, children)
}

#[test]
fn the_modulus_is_above_what_is_packed() {
    let largest = column::pack(&[MISSING; 126]).unwrap()[0];
    assert_eq!(largest.into_bigint().0[3] >> 60, 0);
    assert_eq!(field::to_bytes(largest)[0], 0x0f);
}
