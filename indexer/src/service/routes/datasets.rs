//! Datasets: found, listed, shown, and their histories.

use super::{Members, Reading, member, page};
use crate::service::cursor;
use crate::service::question::found;
use crate::service::refusal::Refusal;
use crate::{DatasetFilter, ShownAttestation, ShownInFull, ShownTermsSpan, ShownVersion};
use alloy_primitives::U256;
use ledger::market::SaleStatus;

/// How deep a search can be paged: past it, more words help more than more pages.
const DEPTH: usize = 1_000;

pub(super) fn list(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let question = reading.question;
    let filter = DatasetFilter {
        owner: question.given("owner", "an address")?,
        status: question.word(
            "status",
            &[SaleStatus::OnSale, SaleStatus::Paused].map(|status| (status.word(), status)),
        )?,
        min_samples: question.given("min_samples", "a number")?,
    };
    match question.text("q").filter(|words| !words.trim().is_empty()) {
        Some(words) => search(reading, words, &filter),
        None => {
            let page = reading.index.dataset_ids_page(&filter, question.turn()?)?;
            let next = page.next.as_ref().map(cursor::write);
            Ok(vec![("datasets", reading.drawn(&page.rows)?), member("next", &next)])
        }
    }
}

/// The best first. A page counts from the best hit, so that a listing between two pages may shift
/// them by one.
fn search(reading: &Reading<'_>, words: &str, filter: &DatasetFilter) -> Result<Members, Refusal> {
    let question = reading.question;
    let skip = question.text("cursor").map_or(Ok(0), cursor::read_skip)?;
    let limit = question.limit()?;
    if skip > DEPTH {
        let why = format!("a search can be paged for {DEPTH} datasets: use more words");
        return Err(Refusal::malformed("cursor", why));
    }
    let mut ids = reading.index.search_among(words, filter, skip, limit + 1)?;
    let next =
        (ids.len() > limit && skip + limit <= DEPTH).then(|| cursor::write_skip(skip + limit));
    ids.truncate(limit);
    Ok(vec![("datasets", reading.drawn(&ids)?), member("next", &next)])
}

pub(super) fn one(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let number = reading.question.number()?;
    let shown = ShownInFull::read(reading.index, &reading.service.network, number)?;
    Ok(vec![member("dataset", &found(shown, format_args!("dataset:{number}"))?)])
}

pub(super) fn versions(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let number = listed(reading)?;
    let versions = reading.index.versions_page(number, reading.question.turn()?)?;
    Ok(page("versions", &versions, |row| ShownVersion::from(row)))
}

pub(super) fn terms(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let number = listed(reading)?;
    let terms = reading.index.terms_page(number, reading.question.turn()?)?;
    Ok(page("terms", &terms, |span| ShownTermsSpan::of(&reading.service.network, span)))
}

pub(super) fn attestations(reading: &Reading<'_>) -> Result<Members, Refusal> {
    let number = listed(reading)?;
    let said = reading.index.attestations_page(number, reading.question.turn()?)?;
    Ok(page("attestations", &said, |row| ShownAttestation::from(row)))
}

/// The number of a dataset that is there.
fn listed(reading: &Reading<'_>) -> Result<U256, Refusal> {
    let number = reading.question.number()?;
    found(reading.index.dataset(number)?, format_args!("dataset:{number}"))?;
    Ok(number)
}
