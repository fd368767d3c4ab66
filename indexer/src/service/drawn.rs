//! Datasets as lists show them, in JSON. Each reader remembers those that it drew until the index is
//! written to: searches for common words find the same ones again and again.

use super::refusal::Refusal;
use crate::{Index, ShownDataset};
use ledger::Network;
use std::collections::HashMap;

/// Bytes of rows that each reader remembers.
const REMEMBERED: usize = 4 << 20;

/// Rows that one reader has drawn.
#[derive(Default)]
pub(super) struct Drawn {
    /// The state of the index, as its reader counts them.
    version: i64,
    rows: HashMap<i64, String>,
    bytes: usize,
}

impl Drawn {
    /// The datasets with these row ids, in their order, as a JSON list. The index must be held: what
    /// is remembered is of the moment that it shows.
    pub(super) fn list(
        &mut self,
        index: &Index,
        network: &Network,
        ids: &[i64],
    ) -> Result<String, Refusal> {
        let version = index.data_version()?;
        if self.version != version || self.bytes > REMEMBERED {
            *self = Self { version, ..Self::default() };
        }
        let unknown: Vec<i64> =
            ids.iter().copied().filter(|id| !self.rows.contains_key(id)).collect();
        for (id, dataset) in unknown.iter().zip(index.datasets_by_id(&unknown)?) {
            let row = serde_json::to_string(&ShownDataset::of(network, &dataset));
            let row = row.expect("a dataset's keys are texts");
            self.bytes += row.len();
            self.rows.insert(*id, row);
        }
        let rows: Vec<&str> =
            ids.iter().filter_map(|id| self.rows.get(id)).map(String::as_str).collect();
        Ok(format!("[{}]", rows.join(",")))
    }
}
