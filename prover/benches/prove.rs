//! Proving about 16 columns and about one of 2,504 people × 9,750 columns, made up. Keys are made
//! first and stay in memory; `load` is what the first proof of a process adds.

use cohort::{Column, Variant};
use prover::panel::{Committed, Committer};
use prover::{KeyCache, Listed, PrivateColumn, Shape, prove_allele_frequency};
use std::sync::LazyLock;

fn main() {
    divan::main();
}

const DATA_KEY: [u8; 32] = [7; 32];
const SAMPLES: u64 = 2504;
const COLUMNS: u64 = 9750;

struct Setting {
    columns: Vec<Column>,
    committed: Committed,
    folder: tempfile::TempDir,
    keys: KeyCache,
}

static SETTING: LazyLock<Setting> = LazyLock::new(|| {
    let columns: Vec<Column> = (0..COLUMNS).map(column).collect();
    let names: Vec<String> = (0..SAMPLES).map(|i| format!("s{i}")).collect();
    let mut committer = Committer::new("GRCh38", &names, &DATA_KEY, &std::env::temp_dir());
    committer.push(&columns).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyCache::new(folder.path());
    Setting { columns, committed: committer.finish().unwrap(), folder, keys }
});

fn column(number: u64) -> Column {
    let [contig, reference, alternate] = ["22", "A", "C"].map(String::from);
    let rare = |sample| match (number * 7919 + sample * 104_729) % 200 {
        0 => 3,
        1..8 => 2,
        8..40 => 1,
        _ => 0,
    };
    Column {
        variant: Variant { contig, pos: number, reference, alternate },
        genotypes: Ok((0..SAMPLES).map(rare).collect()),
    }
}

fn indices(question: &str) -> Vec<u64> {
    match question {
        "scattered" => (0..16).map(|i| 600 * i).collect(),
        "run" => (1600..1616).collect(),
        _ => vec![777],
    }
}

#[divan::bench(args = ["scattered", "run", "one"], sample_count = 5)]
fn prove(bencher: divan::Bencher<'_, '_>, question: &str) {
    let Setting { columns, committed, keys, .. } = &*SETTING;
    let Committed { panel, leaves, .. } = committed;
    let listed = Listed { panel: *panel, leaves, build: "GRCh38", data_key: &DATA_KEY };
    let asked = || -> Vec<PrivateColumn> {
        let columns = indices(question).into_iter().map(|i| columns[i as usize].clone());
        let private = |column: Column| PrivateColumn {
            variant: column.variant,
            dosages: column.genotypes.unwrap().into(),
        };
        columns.map(private).collect()
    };
    let prove =
        |columns| prove_allele_frequency(&listed, columns, 5.into(), keys, &mut |_| ()).unwrap();
    prove(asked());
    bencher.with_inputs(asked).bench_values(prove);
}

#[divan::bench(args = ["scattered", "run", "one"], sample_count = 5)]
fn load(bencher: divan::Bencher<'_, '_>, question: &str) {
    let Setting { keys, folder, .. } = &*SETTING;
    let shape = Shape::for_query(SAMPLES, COLUMNS, &indices(question)).unwrap();
    keys.prepare(&shape, &mut |_| ()).unwrap();
    bencher.bench(|| KeyCache::new(folder.path()).prepare(&shape, &mut |_| ()).unwrap());
}
