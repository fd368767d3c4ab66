//! PLINK sets: sealed and opened whole or not at all, and no genotype stays behind.

use crate::{files, names};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tests::interruption::{self, interrupt};
use tests::scene::{Actor, Done, Scene, data};

const SET: [&str; 3] = ["prs_chr22.pgen", "prs_chr22.psam", "prs_chr22.pvar"];
const MOMENTS: u64 = 60;

fn scene_with_set(scene: &Scene) -> Actor<'_> {
    let hospital = scene.actor("hospital");
    for name in SET {
        fs::copy(data(&format!("genotypes/plink/{name}")), scene.path(name)).unwrap();
    }
    hospital
}

/// Files with genotypes of the set, but for its own.
fn showing(scene: &Scene) -> Vec<PathBuf> {
    let genotypes = fs::read(scene.path(SET[0])).unwrap();
    let some = &genotypes[genotypes.len() / 2..][..64];
    let mut found = Vec::new();
    files(&scene.path(""), &mut found);
    found.retain(|path| {
        *path != scene.path(SET[0])
            && fs::read(path).is_ok_and(|bytes| bytes.windows(some.len()).any(|w| w == some))
    });
    found
}

#[test]
fn an_interrupted_seal_of_a_set_is_finished_by_the_same_command() {
    let scene = Scene::new();
    let hospital = scene_with_set(&scene);
    let seal = || hospital.command(["seal", "prs_chr22", "--build", "GRCh37", "--out", "sealed"]);
    let whole = interruption::whole(&mut seal());
    let before = names(&scene.path(""));
    for n in 0..MOMENTS {
        let cut = interrupt(&mut seal(), n, whole);
        assert_eq!(names(&scene.path("sealed")).len(), 4, "{}", cut.when);
        assert!(showing(&scene).is_empty(), "{}: {:?}", cut.when, showing(&scene));
    }
    Done::of(&mut seal()).yes();
    assert_eq!(names(&scene.path("")), before);
    hospital.run(["list", "sealed", "--price", "1"]).yes();
}

#[test]
fn an_interrupted_open_of_a_set_leaves_the_folder_or_none() {
    let scene = Scene::new();
    let (hospital, lab) = (scene_with_set(&scene), scene.actor("lab"));
    hospital.run(["seal", "prs_chr22", "--build", "GRCh37", "--out", "sealed"]).yes();
    hospital.run(["list", "sealed", "--price", "1"]).yes();
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["deliver", "grant:1"]).yes();
    let before = names(&scene.path(""));
    let open = || lab.command(["open", "grant:1", "--out", "genomes"]);
    let (out, partial) = (scene.path("genomes"), scene.path(".genomes.partial"));
    let whole = interruption::whole(&mut open());
    for n in 0..MOMENTS {
        if out.exists() {
            is_whole(&scene, &out);
            fs::remove_dir_all(&out).unwrap();
        }
        let cut = interrupt(&mut open(), n, whole);
        let shown = showing(&scene);
        // In the last moment the whole set may stand where nobody else can read it.
        assert!(shown.len() <= 1, "{}: {shown:?}", cut.when);
        for path in shown {
            let folder = path.parent().unwrap();
            assert!([out.as_path(), partial.as_path()].contains(&folder), "{}: {path:?}", cut.when);
            assert_eq!(fs::read(&path).unwrap(), fs::read(scene.path(SET[0])).unwrap());
            assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }
    let _ = fs::remove_dir_all(&out);
    Done::of(&mut open()).yes();
    is_whole(&scene, &out);
    fs::remove_dir_all(&out).unwrap();
    assert_eq!(names(&scene.path("")), before);
}

fn is_whole(scene: &Scene, out: &Path) {
    assert!(names(out).iter().eq(SET.iter()), "{:?}", names(out));
    for name in SET {
        assert!(fs::read(out.join(name)).unwrap() == fs::read(scene.path(name)).unwrap(), "{name}");
    }
}
