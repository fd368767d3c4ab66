//! A claim that was changed with all that depends on it, as a cheat with a program of their own would
//! change it.

use crate::line;
use alloy_primitives::{Address, U256};
use ledger::{CircuitId, Claim, Fr, field};
use std::fs;
use tests::job::{Job, copy, prove};
use tests::scene::{Actor, Done, Scene};

/// Writes the claim and its table into a copy of the result.
fn forge(scene: &Scene, claim: &Claim) {
    copy(&scene.path("result"), &scene.path("forged"));
    fs::write(scene.path("forged/claim.cbor"), claim.encode()).unwrap();
    fs::write(scene.path("forged/result.tsv"), claim.table()).unwrap();
}

fn claim(scene: &Scene, folder: &str) -> Claim {
    Claim::decode(&fs::read(scene.path(folder).join("claim.cbor")).unwrap()).unwrap()
}

fn next(element: Fr) -> Fr {
    field::from_word(field::to_word(element) + U256::from(1)).unwrap()
}

#[test]
fn a_claim_that_was_changed_has_no_proof() {
    let scene = Scene::new();
    let lab = Job::proved(&scene).lab;
    prove(&lab, "genomes.vcf", "22:16050075-16050115", "fewer").yes();
    let honest = claim(&scene, "result");
    let another = claim(&scene, "fewer");
    assert_eq!(honest.circuit, another.circuit, "the same question in another size");

    type Change = fn(&mut Claim, &Claim);
    let changes: [(&str, Change); 11] = [
        ("AC", |claim, _| claim.values[0].0 += 1),
        ("AN", |claim, _| claim.values[1].1 -= 1),
        ("position", |claim, _| claim.sites[0].pos -= 1),
        ("ALT", |claim, _| claim.sites[2].alternate = "G".into()),
        ("a column fewer", |claim, _| drop((claim.sites.pop(), claim.values.pop()))),
        ("build", |claim, _| claim.build = "GRCh38".into()),
        ("rule", |claim, _| claim.rule.min_count = 5),
        ("panel", |claim, _| claim.data_root = next(claim.data_root)),
        ("poster", |claim, _| claim.context.poster = Address::repeat_byte(7)),
        ("chain", |claim, _| claim.context.chain += 1),
        ("another result's proof", |claim, another| claim.proof = another.proof),
    ];
    for (what, change) in changes {
        let mut claim = honest.clone();
        change(&mut claim, &another);
        forge(&scene, &claim);
        let done = lab.run(["verify", "forged"]).no("forged: invalid");
        assert!(line(&done, "proof").starts_with("FAIL"), "{what}: {done:#?}");
        assert!(line(&done, "table").starts_with("ok"), "{what}: {done:#?}");
    }
    people_are_checked_against_the_listing(&scene, &honest, &lab);
    a_proof_is_eight_words(&scene, &honest, &lab);
    a_circuit_is_the_one_of_the_shape(&scene, &honest, &lab);
    no_byte_is_idle(&scene, &honest, &lab);
}

/// The proof binds the panel's root, not what the claim says of it beside that.
fn people_are_checked_against_the_listing(scene: &Scene, honest: &Claim, lab: &Actor<'_>) {
    let claim = Claim { samples: honest.samples + 1, ..honest.clone() };
    forge(scene, &claim);
    lab.run(["verify", "forged"]).yes();
    lab.run(["verify", "forged"]).says("how many people it has");
    lab.run(["post", "forged"])
        .no("panel: the claim says 32 people, the listing 31")
        .says("prove again");
    lab.run(["show", "result:1"]).no("there is no result:1");
}

/// Each word of the proof is looked at, and a word from outside the field is no other spelling.
fn a_proof_is_eight_words(scene: &Scene, honest: &Claim, lab: &Actor<'_>) {
    for word in 0..8 {
        for value in [honest.proof[word] + U256::from(1), U256::MAX] {
            let mut claim = honest.clone();
            claim.proof[word] = value;
            forge(scene, &claim);
            let done = lab.run(["verify", "forged"]).no("forged: invalid");
            assert!(line(&done, "proof").starts_with("FAIL"), "{word}: {done:#?}");
        }
    }
}

fn a_circuit_is_the_one_of_the_shape(scene: &Scene, honest: &Claim, lab: &Actor<'_>) {
    let mut claim = honest.clone();
    claim.circuit = CircuitId([7; 32].into());
    forge(scene, &claim);
    let done = lab.run(["verify", "forged"]).no("the policy does not name");
    assert!(line(&done, "proof").starts_with("??"), "{done:#?}");
    // Without a network file nobody says which circuits count.
    let stranger = scene.stranger("stranger");
    let mut offline = stranger.command(["verify", "forged"]);
    Done::of(offline.env_remove("PROVENOME_NETWORK")).could_not("no verifying key of circuit");
    let mut claim = honest.clone();
    claim.nodes = vec![16, 1];
    forge(scene, &claim);
    lab.run(["verify", "forged"]).no("places and nodes are not those of the circuit");
}

/// Whatever bit of the file is flipped, it no longer passes; but for the number of people.
fn no_byte_is_idle(scene: &Scene, honest: &Claim, lab: &Actor<'_>) {
    copy(&scene.path("result"), &scene.path("forged"));
    let whole = fs::read(scene.path("result/claim.cbor")).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 30) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(scene.path("forged/claim.cbor"), &bytes).unwrap();
        let done = lab.run(["verify", "forged"]);
        if Claim::decode(&bytes).is_ok_and(|claim| claim.samples != honest.samples) {
            continue;
        }
        assert!(matches!(done.code, Some(1 | 2)), "byte {at}: {done:#?}");
        assert!(done.out.contains("FAIL") || done.out.contains("??"), "byte {at}: {done:#?}");
    }
}
