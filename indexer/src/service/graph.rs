//! What a result was made from, as a graph: the sealed file, the listing step, the dataset's version,
//! the result's step, the posted result. Nodes name what they are; edges lead from what was there to
//! what came of it.

use super::refusal::Refusal;
use super::routes::Reading;
use super::steps::{find, kind};
use crate::{ResultRow, VersionRow};
use alloy_primitives::B256;
use ledger::dataset::VersionName;
use ledger::step::Origin;
use ledger::{Cid, Codec, Id, Record, Step, Thing};
use serde_json::{Value, json};

/// The graph while it is drawn up.
#[derive(Default)]
struct Graph {
    nodes: Vec<Value>,
    edges: Vec<Value>,
    /// What is missing from it, and why.
    incomplete: Vec<String>,
}

/// What stands behind a result.
pub(super) fn of_result(reading: &Reading<'_>, row: &ResultRow) -> Result<Value, Refusal> {
    let mut graph = Graph::default();
    let posted = &row.posted;
    let result = Id::new(Thing::Result, posted.result).to_string();
    let step = posted.step.to_string();
    let dataset = format!("{}/{}", Id::new(Thing::Dataset, posted.dataset), posted.version);
    graph.nodes.push(json!({ "id": result, "kind": "result", "time": posted.time }));
    graph.edge(&step, &result, "posted");
    let listed = reading.index.version(posted.dataset, posted.version)?;
    let commit = listed.as_ref().map(|row| name(reading, row).commit(&row.version));
    match fetch_step(reading, row) {
        Ok(body) => graph.step(&body, |input| (Some(input) == commit).then(|| dataset.clone())),
        Err(why) => {
            graph.nodes.push(json!({ "id": step, "kind": "step", "missing": why }));
            graph.incomplete.push(why);
        }
    }
    if let Some(listed) = &listed {
        graph.nodes.push(json!({
            "id": dataset, "kind": "dataset", "time": listed.added.time,
            "title": listed.metadata.manifest().map(|manifest| &manifest.title),
        }));
        graph.listing(reading, listed, &dataset)?;
    }
    Ok(json!({ "nodes": graph.nodes, "edges": graph.edges, "incomplete": graph.incomplete }))
}

impl Graph {
    fn edge(&mut self, from: &str, to: &str, name: &str) {
        self.edges.push(json!({ "from": from, "to": to, "name": name }));
    }

    /// A step, its inputs, and what they come from: another step, the listed dataset that
    /// `dataset` recognises by its commitment, or something outside.
    fn step(&mut self, step: &Step, dataset: impl Fn(B256) -> Option<String>) {
        let id = step.id().to_string();
        self.nodes.push(json!({
            "id": id, "kind": "step", "step": kind(step.kind), "actor": step.actor,
            "time": step.time,
        }));
        for input in &step.inputs {
            let parent = match input.origin {
                Origin::Parent { parent, .. } => step.parents.get(parent as usize),
                _ => None,
            };
            let from = match (parent, dataset(input.commit)) {
                (Some(parent), _) => parent.to_string(),
                (None, Some(dataset)) if input.origin == Origin::Dataset => dataset,
                _ => {
                    let from = format!("{id}/{}", input.name);
                    let attested = input.origin != Origin::External;
                    self.nodes.push(json!({
                        "id": from, "kind": "input", "name": input.name, "attested": attested,
                    }));
                    from
                }
            };
            self.edge(&from, &id, &input.name);
        }
    }

    /// The step in which the provider says how the version came about, if their log has one.
    fn listing(
        &mut self,
        reading: &Reading<'_>,
        row: &VersionRow,
        dataset: &str,
    ) -> Result<(), Refusal> {
        let provider = reading.index.owner_at(row.dataset, row.added.block)?.unwrap_or_default();
        let commit = name(reading, row).commit(&row.version);
        let lists = |step: &Step| step.outputs.iter().any(|output| output.commit == commit);
        let mut unread = Vec::new();
        for log in reading.index.logs_of(provider)? {
            match find(|cid| reading.block(cid), &log, lists) {
                Ok(None) => {}
                Ok(Some(step)) => {
                    self.step(&step, |_| None);
                    self.edge(&step.id().to_string(), dataset, "listed");
                    return Ok(());
                }
                Err(why) => unread.push(format!("the provider's log: {why}")),
            }
        }
        if unread.is_empty() {
            unread.push("the provider has anchored no step that says how it came about".to_owned());
        }
        self.incomplete.append(&mut unread);
        Ok(())
    }
}

fn name(reading: &Reading<'_>, row: &VersionRow) -> VersionName {
    let network = &reading.service.network;
    VersionName {
        chain: network.chain,
        registry: network.contracts.registry.address,
        dataset: row.dataset,
        version: row.number,
    }
}

/// The step that the posting names: the record's, if its id is that one.
fn fetch_step(reading: &Reading<'_>, row: &ResultRow) -> Result<Step, String> {
    let record = reading.block(Cid::new(Codec::DagCbor, row.posted.record));
    let record = Record::decode(&record.map_err(|why| format!("the record: {why}"))?);
    let record = record.map_err(|e| e.to_string())?;
    let body = reading.block(record.step).map_err(|why| format!("the step: {why}"))?;
    let step = Step::decode(&body).map_err(|e| e.to_string())?;
    if step.id() == row.posted.step {
        Ok(step)
    } else {
        Err("the record names another step than the posting".to_owned())
    }
}
