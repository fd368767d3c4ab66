//! Each block refuses the lie that it is there for.

use super::*;

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
    let unused =
        |place: usize| case.refusal(|c, v: &mut Values<'_>| v.set(c.places[place].used, 0));
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
