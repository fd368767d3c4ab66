//! Grants.

use super::{Members, Reading, member, page};
use crate::service::question::{Number, Question, found};
use crate::service::refusal::Refusal;
use crate::{GrantFilter, ShownGrant};
use ledger::market::GrantStatus as S;

pub(super) fn list(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let (question, network) = (reading.question, &reading.service.network);
    let filter = GrantFilter {
        buyer: question.given("buyer", "an address")?,
        provider: question.given("provider", "an address")?,
        dataset: question.given::<Number>("dataset", Number::FORM)?.map(|number| number.0),
        status: status(question)?,
    };
    let grants = reading.index.grants_page(&filter, question.turn()?)?;
    Ok(page("grants", &grants, |row| ShownGrant::of(network, row, reading.at.time)))
}

/// The parameter `status`, if it is given.
pub(super) fn status(question: &Question) -> Result<Option<S>, Refusal> {
    let phases =
        [S::Paid, S::Delivered, S::Settled, S::Declined, S::Refunded, S::Withdrawn, S::Revoked];
    question.word("status", &phases.map(|phase| (phase.word(), phase)))
}

pub(super) fn one(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let number = reading.question.number()?;
    let grant = found(reading.index.grant(number)?, format_args!("grant:{number}"))?;
    Ok(vec![member("grant", &ShownGrant::of(&reading.service.network, &grant, reading.at.time))])
}
