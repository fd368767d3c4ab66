//! PLINK sets on their way: sealed as one archive, opened as the three files that were given, and
//! refused where a provider sold something else.

use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use store::{Car, file_cid};
use tests::job::{REGION, prove, seal};
use tests::scene::{Actor, Scene, data};
use vault::{Passphrase, Vault, seal_body};

const SPLIT: [&str; 3] = ["split.bed", "split.bim", "split.fam"];
const SLICE: [&str; 3] = ["slice.pgen", "slice.psam", "slice.pvar"];
const BPGEN: [&str; 3] = ["bpgen.bim", "bpgen.fam", "bpgen.pgen"];

fn put(scene: &Scene, names: &[&str]) {
    for name in names {
        fs::copy(data(&format!("genotypes/formats/{name}")), scene.path(name)).unwrap();
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What was opened is what was given, for the reader alone.
fn is_whole(scene: &Scene, folder: &str, files: [&str; 3]) {
    assert_eq!(names(&scene.path(folder)), files);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&scene.path(folder)), 0o700);
    for name in files {
        let opened = scene.path(folder).join(name);
        assert!(fs::read(&opened).unwrap() == fs::read(scene.path(name)).unwrap(), "{name}");
        assert_eq!(mode(&opened), 0o600, "{name}");
    }
}

/// Lists a sealed folder, sells it to the lab and delivers it.
fn sell(hospital: &Actor<'_>, lab: &Actor<'_>, sealed: &str) -> String {
    let dataset = hospital.json(["list", sealed, "--price", "10"])["id"].clone();
    let bought = lab.json(["buy", dataset.as_str().unwrap()]);
    let grant = bought["id"].as_str().unwrap().to_owned();
    hospital.run(["deliver", &grant]).yes();
    grant
}

#[test]
fn a_set_goes_the_whole_way() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    put(&scene, &SPLIT);
    put(&scene, &["slice.vcf.gz"]);
    seal(&hospital, "split.fam", "sealed").yes();
    let grant = sell(&hospital, &lab, "sealed");
    assert_eq!(lab.json(["show", "dataset:1"])["format"], "plink");
    let opened = lab.json(["open", &grant, "--out", "genomes"]);
    assert_eq!((&opened["panel"], &opened["files"]), (&json!("equal"), &json!(SPLIT)));
    is_whole(&scene, "genomes", SPLIT);
    lab.run(["attest", &grant]).yes();

    let evaluate = |file: &str, out: &str| {
        lab.run(["evaluate", "cohort-count", "--data", file, "--out", out]).yes();
        fs::read_to_string(scene.path(out).join("result.tsv")).unwrap()
    };
    assert_eq!(evaluate("genomes/split.bim", "bed"), evaluate("slice.vcf.gz", "vcf"));
    assert_eq!(lab.json(["inspect", "genomes/split"])["columns"], 225);

    prove(&lab, "genomes/split", REGION, "result").yes();
    let frequency = "allele-frequency";
    let fetched = ["prove", frequency, "--grant", &grant, "--columns", REGION, "--out", "fetched"];
    let fetched = lab.json(fetched);
    assert_eq!(names(&lab.home().join("scratch")), [""; 0]);
    assert_eq!(
        fs::read(scene.path("result/result.tsv")).unwrap(),
        fs::read(scene.path("fetched/result.tsv")).unwrap()
    );
    assert_eq!(fetched["data_root"], opened["data_root"]);
    lab.run(["post", "result", "--grant", &grant]).yes();
    lab.run(["anchor"]).yes();
    hospital.run(["anchor"]).yes();
    let audit = scene.stranger("auditor").json(["audit", "result:1"]);
    assert_eq!(audit["outcome"], "holds", "{audit:#}");
}

#[test]
fn an_opened_set_replaces_only_its_own_files() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    put(&scene, &SLICE);
    put(&scene, &["slice.vcf.gz", "slice.bcf"]);
    let sealed = |file: &str, out: &str| {
        let sealed = hospital.json(["seal", file, "--out", out]);
        (sealed["samples"].clone(), sealed["columns"].clone(), sealed["build"].clone())
    };
    let set = sealed("slice", "sealed");
    assert_eq!(set, (json!(120), json!(225), json!("GRCh37")), "its pvar states the build");
    assert_eq!(set, sealed("slice.vcf.gz", "vcf"));
    assert_eq!(set, sealed("slice.bcf", "bcf"));
    let grant = sell(&hospital, &lab, "sealed");
    assert_eq!(lab.json(["search"])["datasets"][0]["format"], "plink2");
    lab.run(["open", &grant, "--out", "genomes"]).yes().says("slice.pgen, slice.psam, slice.pvar");
    is_whole(&scene, "genomes", SLICE);
    lab.run(["open", &grant, "--out", "genomes"]).could_not("genomes is there already");
    lab.run(["open", &grant, "--out", "genomes", "--force"]).yes();
    is_whole(&scene, "genomes", SLICE);
    fs::write(scene.path("genomes/thesis.txt"), "ten years").unwrap();
    let again = lab.run(["open", &grant, "--out", "genomes", "--force"]).yes();
    again.says("they are in genomes.before now");
    is_whole(&scene, "genomes", SLICE);
    assert_eq!(names(&scene.path("genomes.before")).len(), 4);
    lab.run(["open", &grant, "--out", "slice.bcf", "--force"]).could_not("slice.bcf is no folder");
    assert!(!names(&scene.path("")).iter().any(|name| name.ends_with(".partial")));
}

#[test]
fn a_pgen_beside_a_bim_is_opened_as_it_was_sealed() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    put(&scene, &BPGEN);
    seal(&hospital, "bpgen.bim", "sealed").yes();
    let grant = sell(&hospital, &lab, "sealed");
    let opened = lab.json(["open", &grant, "--out", "genomes"]);
    assert_eq!((&opened["panel"], &opened["files"]), (&json!("equal"), &json!(BPGEN)));
    is_whole(&scene, "genomes", BPGEN);
}

#[test]
fn a_set_that_is_none_is_not_sealed() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    put(&scene, &SPLIT);
    fs::remove_file(scene.path("split.fam")).unwrap();
    let sealing = || seal(&hospital, "split", "sealed");
    sealing().could_not("split.fam: cannot be read, and split.bed needs it");
    fs::create_dir(scene.path("split.fam")).unwrap();
    sealing().could_not("split.fam");
    fs::remove_dir(scene.path("split.fam")).unwrap();
    put(&scene, &SPLIT);
    fs::rename(scene.path("split.bed"), scene.path("split.BED")).unwrap();
    let named = seal(&hospital, "split.BED", "sealed");
    named.could_not("split.BED, split.bim, split.fam are no names of a PLINK set").says("x.bed");
    fs::rename(scene.path("split.BED"), scene.path("split.bed")).unwrap();
    hospital
        .run(["seal", "split", "--out", "sealed"])
        .could_not("does not state the reference build");
    assert!(!scene.path("sealed").exists());
    sealing().yes();
}

/// Other bytes as a sealed set's body, under its key and panel.
fn forge(scene: &Scene, hospital: &Actor<'_>, archive: &[u8], out: &str) {
    let mut manifest =
        ledger::Manifest::decode(&fs::read(scene.path("sealed/manifest.cbor")).unwrap()).unwrap();
    tests::job::copy(&scene.path("sealed"), &scene.path(out));
    let passphrase = fs::read_to_string(hospital.passphrase()).unwrap();
    let passphrase = Passphrase::new(passphrase.trim().to_owned());
    let vault = Vault::open(hospital.home().join("vault"), &passphrase).unwrap();
    let key = vault.find(manifest.key_commit).unwrap().unwrap().key;
    let mut body = Vec::new();
    let sealed = seal_body(archive, &mut body, &key, |_| ()).unwrap();
    let file = file_cid(&body[..]).unwrap();
    manifest.title = out.to_owned();
    manifest.body = ledger::manifest::File { cid: file.cid, size: file.size };
    manifest.content_root = sealed.content_root;
    manifest.size = sealed.plain_len;
    fs::write(scene.path(out).join("body.c4gh"), body).unwrap();
    fs::write(scene.path(out).join("manifest.cbor"), manifest.encode()).unwrap();
}

#[test]
fn what_is_no_archive_of_the_listed_set_is_not_opened() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    put(&scene, &SPLIT);
    seal(&hospital, "split", "sealed").yes();
    let archive = |files: &[&str]| {
        let paths: Vec<_> = files.iter().map(|name| scene.path(name)).collect();
        let mut bytes = Vec::new();
        std::io::copy(&mut Car::of(&paths, |_| ()).unwrap().bytes(), &mut bytes).unwrap();
        bytes
    };
    let whole = archive(&SPLIT);
    let mut bit = whole.clone();
    *bit.last_mut().unwrap() ^= 1;
    let mut path = whole.clone();
    let at = path.windows(9).position(|name| name == b"split.bed").unwrap();
    path[at..at + 9].copy_from_slice(b"../it.bed");
    let cid = root_of(&path[59..]);
    path[14..50].copy_from_slice(&cid);
    path[61..97].copy_from_slice(&cid);
    let two = archive(&SPLIT[..2]);
    let mut bed = fs::read(scene.path("split.bed")).unwrap();
    bed[3] ^= 2;
    fs::create_dir(scene.path("other")).unwrap();
    fs::write(scene.path("other/split.bed"), bed).unwrap();
    let genotype = archive(&["other/split.bed", "split.bim", "split.fam"]);
    let before = names(&scene.path(""));
    for (out, bytes, why) in [
        ("cut", &whole[..whole.len() - 1], "archive: the archive is truncated"),
        ("bit", &bit, "archive: the bytes of block 4 of the archive are not those of"),
        ("more", &[&whole[..], b"x"].concat(), "archive: bytes follow the archive's last block, 4"),
        ("path", &path, "archive: the archive's root is no folder of files"),
        ("two", &two, "archive: the archive has split.bed, split.bim, which is no PLINK set"),
        ("genotype", &genotype, "panel: the file's panel has the root"),
    ] {
        forge(&scene, &hospital, bytes, out);
        let grant = sell(&hospital, &lab, out);
        lab.run(["open", &grant, "--out", "genomes"]).no(why);
        let columns = ["--columns", REGION, "--out", "result"];
        let mut command = lab.command(["prove", "allele-frequency", "--grant", &grant]);
        let proved = tests::scene::Done::of(command.args(columns));
        // A proof over the listed leaves opens columns that the other genotypes do not have.
        proved.no(if out == "genotype" { "panel" } else { why });
        fs::remove_dir_all(scene.path(out)).unwrap();
        assert_eq!(names(&scene.path("")), before, "{out}");
        assert_eq!(names(&lab.home().join("scratch")), [""; 0], "{out}");
    }
    forge(&scene, &hospital, &genotype, "genotype");
    let grant = sell(&hospital, &lab, "genotype");
    let kept = lab.run(["open", &grant, "--out", "genomes", "--keep-different"]);
    kept.no("the file's panel has the root");
    assert_eq!(names(&scene.path("genomes")), SPLIT);
}

/// The CID of an archive's folder, which is its first block.
fn root_of(blocks: &[u8]) -> Vec<u8> {
    let length = usize::from(blocks[0] & 0x7f) | usize::from(blocks[1]) << 7;
    ledger::Cid::of(ledger::Codec::DagPb, &blocks[2 + 36..2 + length]).to_bytes()
}
