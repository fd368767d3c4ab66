//! A second program, snarkjs, over the files that `prove` writes: it accepts them as they are, and
//! refuses each changed public input, each changed part of the proof, and another key. The version is
//! pinned in `tests/snarkjs/package-lock.json`; `scripts/test` installs it.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::job::{Job, prove};
use tests::scene::{Actor, Done, ROOT, Scene};

const FILES: [&str; 3] = ["verification_key.json", "public.json", "proof.json"];

/// `snarkjs groth16 verify` as a person would type it.
fn verify(folder: &Path) -> Done {
    let program = Path::new(ROOT).join("tests/snarkjs/node_modules/snarkjs/build/cli.cjs");
    assert!(program.exists(), "there is no {}: `scripts/test` installs it", program.display());
    let mut command = Command::new("node");
    Done::of(command.arg(program).args(["groth16", "verify"]).args(FILES).current_dir(folder))
}

#[track_caller]
fn accepted(folder: &Path) {
    verify(folder).yes().says("OK!");
}

#[track_caller]
fn refused(folder: &Path, what: &str) {
    let done = verify(folder);
    assert!(done.code.is_some_and(|code| code != 0), "{what}: {done:#?}");
    assert!(!done.out.contains("OK!"), "{what}: {done:#?}");
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

/// A copy of the files in which one value is another.
fn changed(scene: &Scene, name: &str, path: &str, value: &str) -> PathBuf {
    let (from, to) = (scene.path("result"), scene.path("changed"));
    fs::create_dir_all(&to).unwrap();
    for file in FILES {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let mut json = read(&from, name);
    let place = json.pointer_mut(path).unwrap();
    assert_ne!(place.as_str(), Some(value));
    *place = value.into();
    fs::write(to.join(name), json.to_string()).unwrap();
    to
}

/// The number one greater.
fn next(number: &Value) -> String {
    let number: alloy_primitives::U256 = number.as_str().unwrap().parse().unwrap();
    (number + alloy_primitives::U256::from(1)).to_string()
}

#[test]
fn snarkjs_accepts_what_was_proved_and_refuses_each_change() {
    let scene = Scene::new();
    let lab = Job::proved(&scene).lab;
    let result = scene.path("result");
    accepted(&result);
    assert_eq!(read(&result, "public.json").as_array().unwrap().len(), 5);

    for place in 0..5 {
        let path = format!("/{place}");
        let public = read(&result, "public.json");
        let value = next(public.pointer(&path).unwrap());
        let folder = changed(&scene, "public.json", &path, &value);
        refused(&folder, &format!("public input {place}"));
        // Ours refuses the same change, by comparing the file with the claim.
        for file in ["claim.cbor", "result.tsv"] {
            fs::copy(result.join(file), folder.join(file)).unwrap();
        }
        lab.run(["verify", "changed"]).no("public.json is not what the claim gives");
    }
    let proof = read(&result, "proof.json");
    for path in [
        "/pi_a/0",
        "/pi_a/1",
        "/pi_b/0/0",
        "/pi_b/0/1",
        "/pi_b/1/0",
        "/pi_b/1/1",
        "/pi_c/0",
        "/pi_c/1",
    ] {
        let value = next(proof.pointer(path).unwrap());
        refused(&changed(&scene, "proof.json", path, &value), path);
    }

    what_belongs_to_another_proof_is_refused(&scene, &lab);
}

/// Points of the curve, and a key of the same form, but of other questions.
fn what_belongs_to_another_proof_is_refused(scene: &Scene, lab: &Actor<'_>) {
    let result = scene.path("result");
    let proof = read(&result, "proof.json");
    prove(lab, "genomes.vcf", "22:16050075-16050115", "fewer").yes();
    accepted(&scene.path("fewer"));
    let other = read(&scene.path("fewer"), "proof.json");
    assert_eq!(read(&scene.path("fewer"), FILES[0]), read(&result, FILES[0]), "one circuit");
    for point in ["pi_a", "pi_b", "pi_c"] {
        let folder = changed(scene, "proof.json", &format!("/{point}"), "");
        let mut mixed = proof.clone();
        mixed[point] = other[point].clone();
        fs::write(folder.join("proof.json"), mixed.to_string()).unwrap();
        refused(&folder, point);
    }

    prove(lab, "genomes.vcf", "22:16050075-16050075", "single").yes();
    accepted(&scene.path("single"));
    fs::copy(scene.path("single/verification_key.json"), scene.path("changed").join(FILES[0]))
        .unwrap();
    fs::copy(result.join("proof.json"), scene.path("changed/proof.json")).unwrap();
    fs::copy(result.join("public.json"), scene.path("changed/public.json")).unwrap();
    refused(&scene.path("changed"), "the key of another circuit");
}
