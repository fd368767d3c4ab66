//! Grants.

use super::{Members, Reading, member, page};
use crate::service::question::{Number, found};
use crate::service::refusal::Refusal;
use crate::{GrantFilter, ShownGrant};
use ledger::market::GrantStatus as S;

pub(super) fn list(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let (question, network) = (reading.question, &reading.service.network);
    let phases =
        [S::Paid, S::Delivered, S::Settled, S::Declined, S::Refunded, S::Withdrawn, S::Revoked];
    let filter = GrantFilter {
        buyer: question.given("buyer", "an address")?,
        provider: question.given("provider", "an address")?,
        dataset: question.given::<Number>("dataset", Number::FORM)?.map(|number| number.0),
        status: question.word("status", &phases.map(|phase| (phase.word(), phase)))?,
    };
    let grants = reading.index.grants_page(&filter, question.turn()?)?;
    Ok(page("grants", &grants, |row| ShownGrant::of(network, row, reading.at.time)))
}

pub(super) fn one(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let number = reading.question.number()?;
    let grant = found(reading.index.grant(number)?, format_args!("grant:{number}"))?;
    Ok(vec![member("grant", &ShownGrant::of(&reading.service.network, &grant, reading.at.time))])
}
