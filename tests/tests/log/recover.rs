//! `log --recover`: the anchored steps out of the store, all of them or none.

use crate::{anchored, list_another, logged, restored, steps};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use tests::job::{REGION, block, prove};
use tests::scene::Scene;

#[test]
fn a_restored_home_goes_on_where_the_lost_one_stopped() {
    let scene = Scene::new();
    let lost = scene.actor("lost");
    list_another(&scene, &lost, "first");
    lost.run(["anchor"]).yes();
    list_another(&scene, &lost, "second");
    lost.run(["anchor"]).yes();
    lost.run(["keys", "backup", "keys.backup"]).yes();
    let before = steps(&lost);
    fs::remove_dir_all(lost.home()).unwrap();

    let found = restored(&scene, "found", "lost");
    assert_eq!(anchored(&found), (2, 0));
    found.run(["log"]).yes().says("`provenome log --recover` fetches them");
    found.run(["anchor"]).no("do not extend the 2 that are anchored").says("log --recover");
    found.run(["log", "--recover"]).yes().says("fetched from the store");
    assert_eq!((steps(&found), anchored(&found)), (before, (2, 2)));
    found.run(["anchor"]).yes().says("nothing was sent");
    let log = fs::read_dir(found.home().join("log")).unwrap().next().unwrap().unwrap().path();
    for step in fs::read_dir(log).unwrap() {
        assert_eq!(step.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    found.run(["keys", "restore", "keys.backup"]).yes();
    prove(&found, "small.vcf", REGION, "result").yes();
    let posted = found.json(["post", "result"]);
    assert_eq!(steps(&found)[2], posted["step"].as_str().unwrap());
    assert_eq!(found.json(["anchor"])["size"], 3);
    scene.stranger("auditor").run(["audit", "result:1"]).yes().says("ok    log-entry");
}

#[test]
fn what_the_store_lacks_or_falsifies_changes_nothing() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    list_another(&scene, &hospital, "first");
    hospital
        .run(["log", "--recover"])
        .yes()
        .says("nothing of this log is anchored: there is nothing to fetch");
    assert_eq!(steps(&hospital).len(), 1);

    let entries = hospital.json(["anchor"])["entries"].as_str().unwrap().to_owned();
    let home = restored(&scene, "home", "hospital");
    let path = block(&scene, &entries);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    home.run(["log", "--recover"]).could_not(&entries).says("does not have it").says("hint: ");
    fs::write(&path, &bytes[1..]).unwrap();
    home.run(["log", "--recover"]).no("blocks: ").says(&entries).says("corrupt");
    assert_eq!(steps(&home), Vec::<String>::new());
    fs::write(&path, &bytes).unwrap();
    home.run(["log", "--recover"]).yes();
    assert_eq!(steps(&home), steps(&hospital));
}

#[test]
fn a_damaged_step_is_named_and_fetched_again_if_it_is_anchored() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    list_another(&scene, &hospital, "first");
    hospital.run(["anchor"]).yes();
    list_another(&scene, &hospital, "second");
    let (whole, files) = (steps(&hospital), logged(&hospital));
    let second = fs::read(&files[1]).unwrap();

    let mut flipped = fs::read(&files[0]).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    for damage in [&flipped[..], &flipped[..40], b""] {
        fs::write(&files[0], damage).unwrap();
        for command in ["log", "anchor"] {
            hospital
                .run([command])
                .could_not("00000000 is damaged")
                .says("the anchored part with `provenome log --recover`");
        }
        assert_eq!(hospital.json(["log", "--recover"])["recovered"], 1);
        assert_eq!(steps(&hospital), whole);
    }

    // What is not anchored is nowhere else.
    fs::write(&files[1], &second[..40]).unwrap();
    hospital
        .run(["log", "--recover"])
        .could_not("00000001 is damaged")
        .says("it is not anchored: restore the file from a copy, or move it away");
    assert_eq!(fs::read(&files[1]).unwrap(), &second[..40], "nothing was changed");
    fs::write(&files[1], &second).unwrap();
    assert_eq!(hospital.json(["log", "--recover"])["recovered"], 0);
    assert_eq!(steps(&hospital), whole);
    assert_eq!(hospital.json(["anchor"])["size"], 2);
    assert_eq!(logged(&hospital), files, "no other file is left");
}
