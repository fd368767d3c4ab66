//! 2,504 people at 9,750 places: 1.2 MB of gzip, 98 MB of text, 50 MB of BCF, 6 MB of bed and pgen.
//! `cargo bench -p cohort`; what peers take is in `docs/spec/genotypes.md`.

mod written;

use std::io::Read;
use std::path::Path;

use cohort::{Genotypes, Options, allele_frequency, cohort_count, columns, inspect};
use divan::Bencher;
use divan::counter::BytesCount;
use flate2::read::GzDecoder;
use written::Written;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/genotypes/chr22_10k.vcf.gz");

fn main() {
    divan::main();
}

fn gzip() -> Genotypes {
    Genotypes::open(Path::new(FILE)).expect("the test data is there")
}

fn text() -> Vec<u8> {
    let mut text = Vec::new();
    let file = std::fs::File::open(FILE).expect("the test data is there");
    GzDecoder::new(file).read_to_end(&mut text).expect("the test data is whole");
    text
}

#[divan::bench]
fn allele_frequency_of_gzip() {
    let counted = allele_frequency(gzip(), &Options::default(), &mut Vec::new(), &mut |_| {});
    assert_eq!(counted.expect("the file is counted").columns, 9_792);
}

#[divan::bench]
fn allele_frequency_of_text(bencher: Bencher) {
    let text: &[u8] = text().leak();
    bencher.counter(BytesCount::of_slice(text)).bench(|| {
        let genotypes = Genotypes::from_reader(text, "text").expect("the file is a VCF");
        allele_frequency(genotypes, &Options::default(), &mut Vec::new(), &mut |_| {})
    });
}

#[divan::bench]
fn cohort_count_of_gzip() {
    let counted = cohort_count(gzip(), &Options::default(), &mut Vec::new(), &mut |_| {});
    assert_eq!(counted.expect("the file is counted").columns, 9_792);
}

#[divan::bench]
fn columns_of_gzip() -> usize {
    columns(gzip(), None).map(|part| part.expect("the file is read").len()).sum()
}

#[divan::bench]
fn inspect_gzip() {
    assert!(inspect(gzip(), 5, &mut |_| {}).is_ok());
}

#[divan::bench(args = ["bcf", "bed", "pgen"])]
fn allele_frequency_of(bencher: Bencher, format: &str) {
    let written = Written::of(gzip());
    let path = match format {
        "bcf" => written.bcf(),
        "bed" => written.bed(),
        _ => written.pgen(),
    };
    let bytes = path.metadata().expect("the file was written").len();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let genotypes = Genotypes::open(&path).expect("the file is one of genotypes");
        allele_frequency(genotypes, &Options::default(), &mut Vec::new(), &mut |_| {})
            .expect("the file is counted")
    });
}
