//! Audits by somebody with a network file, a node and a store, and nothing else: what they say of
//! results, datasets, grants and folders, and what they say where something is not to be had.

mod blocks;
mod nodes;
mod subjects;

use serde_json::Value;
use tests::scene::Done;

/// Every check of a report as (name, outcome), those of its steps included.
fn checks(report: &Value) -> Vec<(&str, &str)> {
    let lists = report["steps"].as_array().unwrap().iter().map(|step| &step["checks"]);
    let all = std::iter::once(&report["checks"]).chain(lists);
    all.flat_map(|list| list.as_array().unwrap())
        .map(|check| (check["name"].as_str().unwrap(), check["outcome"].as_str().unwrap()))
        .collect()
}

/// The names of the checks of a report that did not hold.
fn not_holding(done: &Done) -> Vec<String> {
    let report = done.json();
    let bad = checks(&report).into_iter().filter(|(_, outcome)| *outcome != "holds");
    bad.map(|(name, outcome)| format!("{name} {outcome}")).collect()
}
