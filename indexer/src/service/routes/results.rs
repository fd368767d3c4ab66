//! Results, how much stands behind them, and what they were made from.

use super::{Members, Reading, member, page};
use crate::service::graph;
use crate::service::question::{Number, found};
use crate::service::refusal::Refusal;
use crate::{ResultFilter, ResultRow, ShownResult};
use ledger::{Cid, CircuitId, Codec};

pub(super) fn list(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let question = reading.question;
    let circuit = question.given("circuit", "32 bytes in hexadecimal")?;
    let filter = ResultFilter {
        dataset: question.given::<Number>("dataset", Number::FORM)?.map(|number| number.0),
        poster: question.given("poster", "an address")?,
        circuit: circuit.map(CircuitId),
    };
    let results = reading.index.results_page(&filter, question.turn()?)?;
    let next = results.next;
    let rows = results.rows.iter().map(|row| show(reading, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(page("results", &crate::Page { rows, next }, Clone::clone))
}

pub(super) fn one(reading: &Reading<'_>) -> Result<Members, Refusal> {
    Ok(vec![member("result", &show(reading, &posted(reading)?)?)])
}

pub(super) fn graph(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let graph = graph::of_result(reading, &posted(reading)?)?;
    Ok(vec![member("graph", &graph)])
}

fn show(reading: &Reading<'_>, row: &ResultRow) -> Result<ShownResult, Refusal> {
    let record = reading.block(Cid::new(Codec::DagCbor, row.posted.record));
    Ok(ShownResult::with_record(reading.index, &reading.service.network, record, row)?)
}

fn posted(reading: &Reading<'_>) -> Result<ResultRow, Refusal> {
    let number = reading.question.number()?;
    found(reading.index.result(number)?, format_args!("result:{number}"))
}
