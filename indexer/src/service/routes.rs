//! Every address under `/v1` that answers from one moment of the index: a path, the parameters it
//! knows, and a plain function. `openapi.json` describes the same list; a test compares them.

mod datasets;
mod grants;
mod logs;
mod proofs;
mod results;

pub(super) use proofs::{PROOFS, ProofRoute};

use super::blocks::MOMENT;
use super::drawn::Drawn;
use super::pool::Reader;
use super::question::Question;
use super::refusal::Refusal;
use super::{Service, cursor};
use crate::{AnswerAt, Index, Page, Position};
use ledger::Cid;
use serde::Serialize;
use serde_json::json;
use std::time::Instant;

/// What a route is answered from.
pub(super) struct Reading<'a> {
    pub(super) index: &'a Index,
    pub(super) at: Position,
    pub(super) service: &'a Service,
    pub(super) question: &'a Question,
    drawn: &'a Drawn,
    /// Until when blocks may be waited for.
    blocks_until: Instant,
}

impl Reading<'_> {
    /// The block, or why it is not at hand.
    pub(super) fn block(&self, cid: Cid) -> Result<Vec<u8>, String> {
        self.service.blocks.fetch(cid, self.blocks_until)
    }

    /// The datasets with these row ids as they are listed, in JSON.
    pub(super) fn drawn(&self, ids: &[i64]) -> Result<String, Refusal> {
        self.drawn.list(self.index, &self.service.network, ids)
    }
}

/// The members of an answer's object: names, and values in JSON.
pub(super) type Members = Vec<(&'static str, String)>;

/// One address.
pub(super) struct Route {
    pub(super) path: &'static str,
    pub(super) parameters: &'static [&'static str],
    pub(super) answer: fn(&Reading<'_>) -> Result<Members, Refusal>,
}

const PAGE: [&str; 2] = ["limit", "cursor"];

/// All of them.
pub(super) const ROUTES: [Route; 15] = [
    Route { path: "/v1/status", parameters: &[], answer: status },
    Route {
        path: "/v1/datasets",
        parameters: &["q", "owner", "status", "min_samples", "limit", "cursor"],
        answer: datasets::list,
    },
    Route { path: "/v1/datasets/{number}", parameters: &[], answer: datasets::one },
    Route { path: "/v1/datasets/{number}/versions", parameters: &PAGE, answer: datasets::versions },
    Route { path: "/v1/datasets/{number}/terms", parameters: &PAGE, answer: datasets::terms },
    Route {
        path: "/v1/datasets/{number}/attestations",
        parameters: &PAGE,
        answer: datasets::attestations,
    },
    Route {
        path: "/v1/grants",
        parameters: &["buyer", "provider", "dataset", "status", "limit", "cursor"],
        answer: grants::list,
    },
    Route { path: "/v1/grants/{number}", parameters: &[], answer: grants::one },
    Route {
        path: "/v1/results",
        parameters: &["dataset", "poster", "circuit", "limit", "cursor"],
        answer: results::list,
    },
    Route { path: "/v1/results/{number}", parameters: &[], answer: results::one },
    Route { path: "/v1/results/{number}/graph", parameters: &[], answer: results::graph },
    Route { path: "/v1/logs", parameters: &["owner", "limit", "cursor"], answer: logs::list },
    Route { path: "/v1/logs/{log}", parameters: &[], answer: logs::one },
    Route { path: "/v1/logs/{log}/anchors", parameters: &PAGE, answer: logs::anchors },
    Route { path: "/v1/logs/{log}/steps", parameters: &["limit", "before"], answer: logs::steps },
];

impl Route {
    /// The whole answer: what the route says, under the block that it is of.
    pub(super) fn whole(
        &self,
        reader: &mut Reader,
        service: &Service,
        question: &Question,
    ) -> Result<String, Refusal> {
        question.verify_names(self.parameters)?;
        let Reader { index, memory } = reader;
        let answer = index.at_once(|index, at| {
            let blocks_until = Instant::now() + MOMENT;
            let drawn = &memory.drawn;
            let reading = Reading { index, at, service, question, drawn, blocks_until };
            let mut members = vec![member("at", &AnswerAt::from(at))];
            members.extend((self.answer)(&reading)?);
            Ok::<_, Refusal>(object(&members))
        })?;
        answer.ok_or(Refusal::Empty)
    }
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<_> =
        members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// A value under its name.
fn member<T: Serialize>(name: &'static str, value: &T) -> (&'static str, String) {
    (name, serde_json::to_string(value).expect("the keys of all that is shown are texts"))
}

/// A page under its rows' name.
fn page<T, S: Serialize>(name: &'static str, page: &Page<T>, show: impl Fn(&T) -> S) -> Members {
    let rows: Vec<S> = page.rows.iter().map(show).collect();
    vec![member(name, &rows), member("next", &page.next.as_ref().map(cursor::write))]
}

fn status(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let network = &reading.service.network;
    let (phase, why) = reading.service.status.phase();
    let accumulators = reading.index.accumulators()?;
    let contracts = network.contracts.all().map(|(name, contract)| {
        let acc = accumulators.iter().find(|(address, _)| *address == contract.address);
        json!({ "name": name, "address": contract.address, "accumulator": acc.map(|(_, acc)| acc) })
    });
    let known = json!({ "name": network.name, "chain": network.chain, "genesis": network.genesis });
    Ok(vec![
        member("status", &phase),
        member("why", &why),
        member("network", &known),
        member("contracts", &contracts),
        member("policy", &network.policy),
    ])
}

#[cfg(test)]
mod tests {
    use super::{PROOFS, ROUTES};
    use crate::service::http::OPENAPI;
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[test]
    fn the_description_has_every_route_and_parameter_and_no_other() {
        let described: Value = serde_json::from_str(OPENAPI).unwrap();
        let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (path, item) in described["paths"].as_object().unwrap() {
            let parameters = item["get"]["parameters"].as_array();
            let names = parameters.into_iter().flatten().filter(|p| p["in"] == "query");
            paths.insert(path, names.map(|p| p["name"].as_str().unwrap()).collect());
        }
        for other in ["/v1/follow", "/v1/openapi.json", "/health", "/metrics"] {
            assert_eq!(paths.remove(other), Some(Vec::new()), "{other}");
        }
        let proofs = PROOFS.iter().map(|route| (route.path, route.parameters.to_vec()));
        let routes = ROUTES.iter().map(|route| (route.path, route.parameters.to_vec()));
        let routes = routes.chain(proofs).collect();
        assert_eq!(paths, routes);
    }
}
