//! Two homes of one identity, each with steps that the other does not know.

use crate::{anchored, list_another, restored, steps};
use tests::scene::Scene;

#[test]
fn the_second_home_is_refused_and_told_how_to_go_on() {
    let scene = Scene::new();
    let office = scene.actor("office");
    let laptop = restored(&scene, "laptop", "office");
    list_another(&scene, &office, "first");
    list_another(&scene, &laptop, "second");
    office.run(["anchor"]).yes();

    laptop
        .run(["anchor"])
        .no("the 1 steps in this home do not extend the 1 that are anchored")
        .says("hint: a log can only grow: `provenome log --recover` fetches what is anchored");
    let (ours, theirs) = (steps(&laptop), steps(&office));
    assert_eq!((anchored(&laptop), anchored(&office)), ((1, 0), (1, 1)));
    assert_ne!(ours, theirs);

    assert_eq!(laptop.json(["log", "--recover"])["recovered"], 1);
    assert_eq!(steps(&laptop), [&theirs[..], &ours[..]].concat());
    assert_eq!(laptop.json(["log", "--recover"])["recovered"], 0, "nothing is there twice");
    assert_eq!(steps(&laptop).len(), 2);
    assert_eq!(laptop.json(["anchor"])["size"], 2);

    // Now the first home is behind.
    list_another(&scene, &office, "third");
    office.run(["anchor"]).no("do not extend the 2 that are anchored").says("log --recover");
    office.run(["log", "--recover"]).yes().says("fetched from the store");
    assert_eq!(office.json(["anchor"])["size"], 3);
    assert_eq!(steps(&office)[..2], steps(&laptop)[..]);
    let auditor = scene.stranger("auditor");
    for dataset in ["dataset:1", "dataset:2", "dataset:3"] {
        auditor.run(["audit", dataset]).yes().says("ok    log");
    }
}
