//! Proofs that hold, and the statements for which they do not.

use crate::{BUILD, Dataset, context, dataset};
use alloy_primitives::U256;
use ledger::statement::{ReleaseRule, allele_frequency_query, allele_frequency_result};
use ledger::{Fr, Statement, column::variant_key};
use prover::{NotAPoint, Proof, Proved, VerifyingKey, shape_table, verify};

fn key(proved: &Proved) -> VerifyingKey {
    let row = shape_table::find_circuit(proved.circuit).unwrap();
    assert_eq!(row.shape, proved.shape);
    row.verifying_key().unwrap()
}

/// What a verifier makes of the published record alone.
fn recomputed(dataset: &Dataset, indices: &[usize], places: usize) -> Statement {
    let columns = indices.iter().map(|index| &dataset.columns[*index]);
    let keys: Vec<Fr> = columns
        .clone()
        .map(|c| &c.variant)
        .map(|v| variant_key(BUILD, &v.contig, v.pos, &v.reference, &v.alternate).unwrap())
        .collect();
    let counts = columns.map(|column| {
        let called = column.genotypes.as_ref().unwrap().iter().filter(|dosage| **dosage < 3);
        (called.clone().map(|d| u64::from(*d)).sum(), 2 * called.count() as u64)
    });
    let values: Vec<(u64, u64)> = counts.collect();
    Statement {
        context: context(),
        data: dataset.committed.panel.data_root(),
        model: Fr::from(0),
        query: allele_frequency_query(context(), ReleaseRule::default(), &keys, places).unwrap(),
        result: allele_frequency_result(&values, places).unwrap(),
    }
}

#[test]
fn every_small_shape_proves_what_was_asked() {
    for (columns, indices) in [
        (1, vec![0]),
        (9, vec![5]),
        (40, vec![39]),
        (16, vec![0, 7, 15]),
        (40, vec![17, 20]),
        (40, (0..16).map(|i| 2 * i).collect()),
        (60, vec![1, 59]),
    ] {
        let dataset = dataset(columns);
        let proved = dataset.prove(&indices).unwrap();
        assert_eq!(proved.statement, recomputed(&dataset, &indices, proved.shape.places));
        assert_eq!(verify(&key(&proved), &proved.statement, &proved.proof), Ok(()));
        assert_eq!(Proof::from_words(&proved.proof.words()).unwrap(), proved.proof);
    }
}

#[test]
fn the_order_of_asking_changes_nothing() {
    let dataset = dataset(40);
    let [up, down] = [[3, 30], [30, 3]].map(|indices| dataset.prove(&indices).unwrap());
    assert_eq!((up.statement, &up.variants), (down.statement, &down.variants));
    assert_ne!(up.proof, down.proof, "proofs are blinded");
}

#[test]
fn each_public_input_is_bound() {
    let proved = dataset(9).prove(&[5]).unwrap();
    let key = key(&proved);
    for place in 0..Statement::NAMES.len() {
        let mut inputs = proved.statement.inputs();
        inputs[place] += Fr::from(1);
        let tampered = Statement::from_inputs(inputs);
        let name = Statement::NAMES[place];
        assert_eq!(verify(&key, &tampered, &proved.proof), Err(prover::DoesNotHold), "{name}");
    }
}

#[test]
fn another_circuits_key_refuses() {
    let dataset = dataset(40);
    let [one, run] = [vec![20], vec![17, 20]].map(|indices| dataset.prove(&indices).unwrap());
    assert!(verify(&key(&run), &one.statement, &one.proof).is_err());
    assert!(verify(&key(&one), &run.statement, &run.proof).is_err());
}

#[test]
fn malformed_proofs_are_named() {
    let words = dataset(1).prove(&[0]).unwrap().proof.words();
    let modulus = U256::from_limbs(<ark_bn254::Fq as ark_ff::PrimeField>::MODULUS.0);
    for (place, point) in [(0, "A"), (1, "A"), (2, "B"), (5, "B"), (6, "C"), (7, "C")] {
        let refused = |value: U256| {
            let mut words = words;
            words[place] = value;
            let error = Proof::from_words(&words).unwrap_err();
            assert_eq!(error.point, point);
            error.source
        };
        assert_eq!(refused(words[place] + modulus), NotAPoint::NotInField);
        assert_eq!(refused(words[place] ^ U256::from(1)), NotAPoint::OffCurve);
    }
    let mut infinity = words;
    infinity[2..6].fill(U256::ZERO);
    assert_eq!(
        Proof::from_words(&infinity).unwrap_err().to_string(),
        "point B of the proof is the point at infinity"
    );
}

#[test]
fn malformed_keys_are_named() {
    let row = &shape_table::shipped()[0];
    let words: Vec<U256> = row.verifying_key().unwrap().words();
    let error = |words: &[U256]| VerifyingKey::from_words(words).unwrap_err().to_string();
    assert_eq!(error(&words[2..]), "a verifying key has 26 words, not 24");
    for (at, count, point) in
        [(0, 2, "α"), (2, 4, "β"), (6, 4, "γ"), (10, 4, "δ"), (14, 2, "IC[0]"), (24, 2, "IC[5]")]
    {
        let mut changed = words.clone();
        changed[at..at + count].fill(U256::ZERO);
        let expected = format!("point {point} of the verifying key is the point at infinity");
        assert_eq!(error(&changed), expected);
        changed[at] = U256::from(1);
        assert!(error(&changed).starts_with(&format!("point {point} ")));
    }
    // γ is the generator, so it has to go before δ can be.
    let with = |gamma: &[U256], delta: &[U256]| {
        let mut changed = words.clone();
        changed[6..10].copy_from_slice(gamma);
        changed[10..14].copy_from_slice(delta);
        error(&changed)
    };
    let [beta, generator, delta] = [&words[2..6], &words[6..10], &words[10..14]];
    let modulus = U256::from_limbs(<ark_bn254::Fq as ark_ff::PrimeField>::MODULUS.0);
    let negative = |p: &[U256]| vec![p[0], p[1], modulus - p[2], modulus - p[3]];
    let equal = |left, right| {
        format!(
            "{left} and {right} of the verifying key are equal up to sign: anybody could forge under it"
        )
    };
    assert_eq!(with(generator, generator), equal("γ", "δ"));
    assert_eq!(with(generator, &negative(generator)), equal("γ", "δ"));
    assert_eq!(with(generator, beta), equal("β", "δ"));
    assert_eq!(with(&negative(beta), delta), equal("β", "γ"));
    let unfinished =
        "δ of the verifying key is the generator up to sign: anybody could forge under it";
    assert_eq!(with(delta, generator), unfinished);
    assert_eq!(with(delta, &negative(generator)), unfinished);
}
