//! Logs, their anchors and their steps.

use super::{Members, Reading, member, page};
use crate::service::question::{Question, found};
use crate::service::refusal::Refusal;
use crate::service::steps;
use crate::{LogRow, ShownAnchor, ShownLog};
use ledger::LogId;
use serde_json::Value;

pub(super) fn list(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let question = reading.question;
    let owner = question.given("owner", "an address")?;
    let logs = reading.index.logs_page(owner, question.turn()?)?;
    Ok(page("logs", &logs, |row| ShownLog::from(row)))
}

pub(super) fn one(reading: &Reading<'_>) -> Result<Members, Refusal> {
    Ok(vec![member("log", &ShownLog::from(&opened(reading)?))])
}

pub(super) fn anchors(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let log = opened(reading)?;
    let anchors = reading.index.anchors_page(log.log, reading.question.turn()?)?;
    Ok(page("anchors", &anchors, |row| ShownAnchor::from(row)))
}

/// The steps under the anchored head, the youngest first.
pub(super) fn steps(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let (question, log) = (reading.question, opened(reading)?);
    let before = question.given("before", "a step's number")?;
    let listed = steps::before(|cid| reading.block(cid), &log, before, question.limit()?);
    let rows: Vec<Value> = listed.steps.iter().map(steps::Numbered::json).collect();
    Ok(vec![
        member("steps", &rows),
        member("next", &listed.next),
        member("incomplete", &listed.incomplete),
    ])
}

/// The log that is asked for.
pub(super) fn id(question: &Question) -> Result<LogId, Refusal> {
    question.part("log", "32 bytes in hexadecimal").map(LogId)
}

fn opened(reading: &Reading<'_>) -> Result<LogRow, Refusal> {
    let id = id(reading.question)?;
    found(reading.index.log_of_id(id)?, format_args!("log {id}"))
}
