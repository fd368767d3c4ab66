//! Committing 2,504 people × about 10,000 columns: reading, hashing, sorting and the tree.
//! `PROVENOME_GENOTYPES` names the folder of `kgp3_chr22_10k`.

use cohort::Genotypes;
use prover::panel::Committer;
use std::path::PathBuf;

fn main() {
    divan::main();
}

const FILE: &str = "10k.chr22.phase3_shapeit2_mvncall_integrated_v5.20130502.genotypes.vcf.gz";

fn file() -> PathBuf {
    let folder = std::env::var_os("PROVENOME_GENOTYPES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/genotypes/kgp3_chr22_10k"),
        PathBuf::from,
    );
    folder.join(FILE)
}

#[divan::bench(sample_count = 5)]
fn read(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| {
        let columns = cohort::columns(Genotypes::open(&file()).unwrap(), None);
        columns.map(|batch| batch.unwrap().len()).sum::<usize>()
    });
}

#[divan::bench(sample_count = 5)]
fn commit(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| {
        let genotypes = Genotypes::open(&file()).unwrap();
        let names = genotypes.header().samples.clone();
        let mut committer = Committer::new("GRCh37", &names, &[7; 32], &std::env::temp_dir());
        for batch in cohort::columns(genotypes, None) {
            committer.push(&batch.unwrap()).unwrap();
        }
        committer.finish().unwrap().panel.data_root()
    });
}
