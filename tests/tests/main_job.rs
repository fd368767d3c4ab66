//! The whole job on the genotypes of 2,504 people: what `scripts/demo` shows, held against the truth.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tests::scene::{Actor, Scene, data};

#[test]
fn a_hospital_a_researcher_and_an_auditor_do_the_whole_job() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    let lab = scene.actor("lab");
    fs::copy(data("genotypes/chr22_10k.vcf.gz"), scene.path("chr22.vcf.gz")).unwrap();
    fs::copy(data("columns16.tsv"), scene.path("columns.tsv")).unwrap();

    let sealed = hospital.json([
        "seal",
        "chr22.vcf.gz",
        "--out",
        "sealed",
        "--title",
        "Chromosome 22",
        "--build",
        "GRCh37",
    ]);
    assert_eq!((&sealed["samples"], &sealed["columns"]), (&2504.into(), &9_792.into()));
    let listed = hospital.json(["list", "sealed", "--price", "250", "--dispute-window", "24h"]);
    assert_eq!(listed["id"], "dataset:1");
    hospital.run(["anchor"]).yes();
    let serving = hospital.start(["serve"]);

    let found = lab.json(["search", "chromosome"]);
    assert_eq!(found["datasets"][0]["data_root"], sealed["data_root"]);
    lab.run(["buy", "dataset:1"]).yes();
    assert_eq!((lab.tokens(), hospital.tokens()), (750.0, 1000.0));
    lab.run(["grants", "--wait", "grant:1"]).yes();
    let opened = lab.json(["open", "grant:1", "--out", "genomes.vcf.gz"]);
    assert_eq!((&opened["panel"], &opened["data_root"]), (&"equal".into(), &sealed["data_root"]));
    assert!(
        fs::read(scene.path("chr22.vcf.gz")).unwrap()
            == fs::read(scene.path("genomes.vcf.gz")).unwrap(),
        "what was opened is not what was sealed"
    );
    lab.run(["attest", "grant:1"]).yes();
    assert_eq!(lab.json(["show", "dataset:1"])["attestations"]["equal"], 1);

    prove_and_post(&scene, &lab);

    scene.warp(90_000);
    hospital.run(["settle"]).yes();
    assert_eq!((lab.tokens(), hospital.tokens()), (750.0, 1250.0));
    drop(serving);

    let auditor = scene.stranger("auditor");
    let audit = auditor.json(["audit", "result:1"]);
    assert_eq!(audit["outcome"], "holds", "{audit:#}");
    let checks =
        audit["steps"].as_array().unwrap().iter().flat_map(|step| {
            step["checks"].as_array().unwrap().iter().map(|check| &check["outcome"])
        });
    assert!(checks.clone().count() > 10 && checks.clone().all(|outcome| outcome == "holds"));
    assert!(!auditor.home().join("vault").exists(), "an auditor needs no key");

    no_secret_is_shown(&scene, &[&hospital, &lab]);
}

fn prove_and_post(scene: &Scene, lab: &Actor<'_>) {
    lab.run(["evaluate", "allele-frequency", "--data", "genomes.vcf.gz", "--out", "plain"]).yes();
    let proved = lab.json([
        "prove",
        "allele-frequency",
        "--data",
        "genomes.vcf.gz",
        "--columns",
        "columns.tsv",
        "--out",
        "result",
    ]);
    equals_the_truth(scene, &proved["columns"]);
    lab.run(["verify", "result"]).yes();
    let posted = lab.json(["post", "result", "--grant", "grant:1"]);
    assert_eq!(posted["id"], "result:1");
    lab.run(["anchor"]).yes();
}

/// The counts of every column, and of the proved ones, against those that peers made.
fn equals_the_truth(scene: &Scene, proved: &serde_json::Value) {
    let truth = fs::File::open(data("genotypes/truth/chr22_10k.bcftools.tsv.gz")).unwrap();
    let truth = std::io::read_to_string(flate2::read::MultiGzDecoder::new(truth)).unwrap();
    let mut rows: Vec<[String; 6]> = Vec::new();
    for line in truth.lines().skip(1) {
        let [chrom, pos, reference, alts, an, acs] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        for (alt, ac) in alts.split(',').zip(acs.split(',')) {
            rows.push([chrom, pos, reference, alt, ac, an].map(str::to_owned));
        }
    }
    let plain = fs::read_to_string(scene.path("plain/result.tsv")).unwrap();
    let expected = rows.iter().map(|row| row.join("\t"));
    let plain: Vec<&str> = plain.lines().skip(1).collect();
    assert_eq!(plain.len(), rows.len());
    for (found, expected) in plain.into_iter().zip(expected) {
        assert_eq!(found, expected);
    }
    let counts: HashMap<[&str; 4], [&str; 2]> = rows
        .iter()
        .map(|[chrom, pos, reference, alt, ac, an]| {
            ([chrom.as_str(), pos, reference, alt], [ac.as_str(), an])
        })
        .collect();
    let proved = proved.as_array().unwrap();
    assert_eq!(proved.len(), 16);
    for column in proved {
        let word = |key: &str| match &column[key] {
            serde_json::Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        let site = ["chrom", "pos", "ref", "alt"].map(word);
        let expected = counts[&[&*site[0], &*site[1], &*site[2], &*site[3]]];
        assert_eq!(["ac", "an"].map(word), expected, "{column}");
    }
}

/// What only a home's vault may hold is found nowhere else, and nobody else can read the homes.
fn no_secret_is_shown(scene: &Scene, actors: &[&Actor<'_>]) {
    let mut files = BTreeMap::new();
    collect(&scene.path(""), &mut files);
    for actor in actors {
        for (path, mode) in files.iter().filter(|(path, _)| path.starts_with(actor.home())) {
            assert_eq!(mode & 0o077, 0, "{} can be read by others", path.display());
        }
    }
    let record = b"\t0|0\t0|0\t0|0\t";
    let phrases = actors.iter().map(|actor| {
        let path = actor.home().with_extension("phrase");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::read_to_string(path).unwrap().trim().to_owned().into_bytes()
    });
    let passphrases =
        actors.iter().map(|actor| fs::read_to_string(actor.passphrase()).unwrap().trim().into());
    let secrets: Vec<Vec<u8>> = phrases.chain(passphrases).chain([record.to_vec()]).collect();
    for path in files.keys() {
        let extension = path.extension().and_then(|name| name.to_str());
        if matches!(extension, Some("phrase" | "pass" | "gz")) {
            continue;
        }
        let bytes = fs::read(path).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{} shows {}", path.display(), String::from_utf8_lossy(secret));
        }
    }
}

fn collect(folder: &Path, into: &mut BTreeMap<std::path::PathBuf, u32>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), into);
        }
        let mode = entry.metadata().unwrap().permissions().mode();
        if entry.file_type().unwrap().is_file() {
            into.insert(entry.path(), mode);
        }
    }
}
