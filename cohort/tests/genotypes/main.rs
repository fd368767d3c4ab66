//! Genotype files in, numbers out: real files against the tables of peers, every container and
//! every cut of it, random cohorts against a second counter, and bytes that mean nothing.

mod bcf;
mod bgzf;
mod containers;
mod corpus;
mod hostile;
mod inspection;
mod labels;
mod limits;
mod page;
mod pgen;
mod plink;
mod random;
mod regions;
mod truth;
mod vectors;
mod written;

use std::io::Cursor;
use std::path::PathBuf;

use cohort::{Column, EvaluateError, Genotypes, Options, ReadError};

/// A file of the repository's test data.
fn data(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "tests", "data", path].iter().collect()
}

/// A cohort as VCF text, with the two header lines that no file can do without.
fn text(samples: &[&str], records: &[&str]) -> String {
    let names = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
    let mut text = format!("##fileformat=VCFv4.2\n{names}");
    for sample in [&["FORMAT"], samples].concat() {
        text += &format!("\t{sample}");
    }
    for record in records {
        text += &format!("\n{record}");
    }
    text + "\n"
}

fn open(bytes: impl Into<Vec<u8>>) -> Result<Genotypes, ReadError> {
    Genotypes::from_reader(Cursor::new(bytes.into()), "x.vcf")
}

type Evaluate = fn(
    Genotypes,
    &Options,
    &mut (dyn std::io::Write + Send),
    &mut (dyn FnMut(u64) + Send),
) -> Result<cohort::Summary, EvaluateError>;

/// The result's lines without the line of names, or the error's text.
fn lines_of(evaluate: Evaluate, vcf: Genotypes, options: &Options) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    match evaluate(vcf, options, &mut out, &mut |_| {}) {
        Err(error) => Err(error.to_string()),
        Ok(summary) => {
            let lines = String::from_utf8(out).unwrap();
            let lines: Vec<_> = lines.lines().skip(1).map(str::to_owned).collect();
            assert_eq!(lines.len() as u64, summary.columns);
            Ok(lines)
        }
    }
}

fn frequencies(bytes: impl Into<Vec<u8>>) -> Result<Vec<String>, String> {
    let vcf = open(bytes).map_err(|error| error.to_string())?;
    lines_of(cohort::allele_frequency, vcf, &Options::default())
}

fn panel(bytes: impl Into<Vec<u8>>) -> Result<Vec<Column>, String> {
    let mut all = Vec::new();
    for columns in cohort::columns(open(bytes).map_err(|error| error.to_string())?, None) {
        all.extend(columns.map_err(|error| error.to_string())?);
    }
    Ok(all)
}
