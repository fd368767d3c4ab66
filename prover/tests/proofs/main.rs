//! From a file's columns to a proof and back: what is proved, what is refused, and that a second
//! program agrees.

mod keys;
mod refused;
mod snarkjs;
mod verified;

use alloy_primitives::Address;
use cohort::{Column, Variant};
use ledger::Fr;
use ledger::statement::Context;
use prover::panel::{Committed, Committer};
use prover::{KeyCache, Listed, PrivateColumn, ProveError, Proved, prove_allele_frequency};
use std::sync::{Mutex, OnceLock};

const BUILD: &str = "GRCh38";
const DATA_KEY: [u8; 32] = [3; 32];

/// Columns of 100 made-up people, and their commitment.
struct Dataset {
    columns: Vec<Column>,
    committed: Committed,
}

fn dataset(columns: u64) -> Dataset {
    let variant = |i| Variant {
        contig: "7".into(),
        pos: 100 + i,
        reference: "A".into(),
        alternate: "C".into(),
    };
    let dosages =
        |i: u64| (0..100u64).map(|p| ((i * 7919 + p * p * 31 + p) % 11 % 4) as u8).collect();
    let columns: Vec<Column> =
        (0..columns).map(|i| Column { variant: variant(i), genotypes: Ok(dosages(i)) }).collect();
    let names: Vec<String> = (0..100).map(|i| format!("person {i}")).collect();
    let mut committer = Committer::new(BUILD, &names, &DATA_KEY, &std::env::temp_dir());
    committer.push(&columns).unwrap();
    Dataset { columns, committed: committer.finish().unwrap() }
}

impl Dataset {
    fn private(&self, index: usize) -> PrivateColumn {
        let Column { variant, genotypes } = self.columns[index].clone();
        PrivateColumn { variant, dosages: genotypes.unwrap().into() }
    }

    fn listed(&self) -> Listed<'_> {
        let Committed { panel, leaves, .. } = &self.committed;
        Listed { panel: *panel, leaves, build: BUILD, data_key: &DATA_KEY }
    }

    fn prove(&self, indices: &[usize]) -> Result<Proved, ProveError> {
        let columns = indices.iter().map(|index| self.private(*index)).collect();
        prove(&self.listed(), columns)
    }
}

fn prove(listed: &Listed<'_>, columns: Vec<PrivateColumn>) -> Result<Proved, ProveError> {
    // One folder of keys for all tests of this run; one test at a time proves.
    static KEYS: OnceLock<(tempfile::TempDir, Mutex<KeyCache>)> = OnceLock::new();
    let (_, keys) = KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyCache::new(folder.path().join("keys"));
        (folder, Mutex::new(keys))
    });
    let keys = keys.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    prove_allele_frequency(listed, columns, context(), &keys, &mut |_| ())
}

fn context() -> Fr {
    Context { chain: 31337, ledger: Address::repeat_byte(1), poster: Address::repeat_byte(2) }
        .element()
}
