//! Datasets as lists show them, in JSON. They are remembered until the index is written to: searches
//! for common words find the same ones again and again.

use super::refusal::Refusal;
use super::remembered::Remembered;
use crate::{Index, ShownDataset};
use ledger::Network;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows by the datasets' row ids.
pub(super) type Drawn = Remembered<i64, Arc<str>>;

impl Drawn {
    /// The datasets with these row ids, in their order, as a JSON list. The index must be held: what
    /// is remembered is of the moment that it shows.
    pub(super) fn list(
        &self,
        index: &Index,
        network: &Network,
        ids: &[i64],
    ) -> Result<String, Refusal> {
        let state = index.state()?;
        let known = self.recall(state, ids);
        let unknown = ids.iter().zip(&known).filter(|(_, row)| row.is_none());
        let unknown: Vec<i64> = unknown.map(|(id, _)| *id).collect();
        let mut new: HashMap<i64, Arc<str>> = HashMap::new();
        for (id, dataset) in unknown.iter().zip(index.datasets_by_id(&unknown)?) {
            let row = serde_json::to_string(&ShownDataset::of(network, &dataset));
            new.insert(*id, row.expect("a dataset's keys are texts").into());
        }
        let rows =
            ids.iter().zip(known).filter_map(|(id, row)| row.or_else(|| new.get(id).cloned()));
        let rows: Vec<Arc<str>> = rows.collect();
        self.keep(state, new.into_iter().map(|(id, row)| (id, row.clone(), row.len())));
        Ok(format!("[{}]", rows.join(",")))
    }
}
