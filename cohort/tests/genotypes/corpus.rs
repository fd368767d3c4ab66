//! The VCF specification's own files, those that pass and those that fail: what each comes to is
//! pinned in `verdicts.tsv`, with the cause that the file gives for its failure.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cohort::{Genotypes, Options, allele_frequency, inspect};

use crate::data;

const CORPUS: &str = "vectors/vcf_spec_corpus";

/// Every file's path within the corpus.
fn files(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => files(&entry.path(), &format!("{name}/"), found),
            false if name.ends_with(".vcf") => found.push(name),
            false => {}
        }
    }
}

/// What the file says of itself, without what it says about versions.
fn cause(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let cause = text.lines().find_map(|line| line.strip_prefix("##CauseOfFailure="));
    cause.unwrap_or("").to_owned()
}

/// `read`, with how many lines of result, or the error's text without the folder's name.
fn verdict(path: &Path) -> String {
    let counted = Genotypes::open(path).map_err(|error| error.to_string()).and_then(|file| {
        let mut out = Vec::new();
        let counted = allele_frequency(file, &Options::default(), &mut out, &mut |_| {});
        counted.map_err(|error| error.to_string())
    });
    let inspected = Genotypes::open(path).and_then(|file| inspect(file, 3, &mut |_| {}));
    let folder = format!("{}/", path.parent().unwrap().display());
    match (counted, inspected) {
        (Ok(summary), Ok(found)) => {
            assert_eq!(summary.columns, found.columns, "{}", path.display());
            format!("read: {} of {}", summary.columns, summary.records)
        }
        (Err(error), inspected) => {
            let inspected = if inspected.is_ok() { "not counted" } else { "refused" };
            format!("{inspected}: {}", error.replace(&folder, ""))
        }
        (Ok(_), Err(error)) => panic!("{}: counted, but {error}", path.display()),
    }
}

#[test]
fn every_file_of_the_specification_comes_to_its_verdict() {
    let mut found = Vec::new();
    files(&data(CORPUS), "", &mut found);
    found.sort();
    assert_eq!(found.len(), 683 + 2);
    let pinned = fs::read_to_string(data(CORPUS).join("verdicts.tsv")).unwrap();
    let pinned: BTreeMap<_, _> = pinned.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut wrong = String::new();
    for name in &found {
        let path = data(CORPUS).join(name);
        let line = format!("{}\t{}", cause(&path), verdict(&path));
        if pinned.get(name.as_str()).is_none_or(|pinned| **pinned != line) {
            wrong += &format!("{name}\t{line}\n");
        }
    }
    assert!(wrong.is_empty(), "not as pinned:\n{wrong}");
    assert_eq!(pinned.len(), found.len());
}
