//! Things in words: the same words wherever they are shown.

use crate::answer::Lines;
use crate::plain::plain;
use crate::{clock, span};
use alloy_primitives::U256;
use indexer::{Known, ShownDataset, ShownGrant, ShownTerms};
use ledger::chain::{Done, Event};
use ledger::market::{GrantStatus, SaleStatus, Terms};
use ledger::statement::ReleaseRule;
use ledger::{Cid, Manifest, Network, amount};
use serde_json::{Value, json};

/// A whole number with separators.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits are ASCII"))
        .collect();
    groups.join(",")
}

/// So many of a thing: `1 step`, `2 steps`.
pub(crate) fn counted(n: u64, thing: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", count(n))
}

/// A price in its token.
pub(crate) fn price(network: &Network, token: alloy_primitives::Address, units: u128) -> String {
    match network.token(token) {
        Some(token) => {
            format!("{} {}", amount::show(U256::from(units), token.decimals), plain(&token.symbol))
        }
        None => format!("{units} smallest units of {token}"),
    }
}

/// The same of units as text.
pub(crate) fn units(network: &Network, token: alloy_primitives::Address, units: &str) -> String {
    match units.parse() {
        Ok(units) => price(network, token, units),
        Err(_) => format!("{} smallest units of {token}", plain(units)),
    }
}

/// Whether a dataset is sold.
pub(crate) const fn sale(status: SaleStatus) -> &'static str {
    match status {
        SaleStatus::OnSale => "on sale",
        SaleStatus::Paused => "paused",
    }
}

/// A dataset's terms.
pub(crate) fn terms(lines: &mut Lines, network: &Network, terms: &Terms) {
    lines
        .add("price", price(network, terms.token, terms.price))
        .add("delivery within", span::show(terms.delivery_seconds.into()))
        .add("access for", span::show(terms.access_seconds.into()))
        .add("dispute window", span::show(terms.dispute_seconds.into()));
}

/// The same as JSON.
pub(crate) fn terms_json(network: &Network, terms: &Terms) -> Value {
    json!(ShownTerms::of(network, terms))
}

/// Adds what was paid to `json`: `amount` in the token's decimals, `amount_units`, `token`, `symbol`.
pub(crate) fn with_amount(
    mut json: Value,
    network: &Network,
    (address, units): (alloy_primitives::Address, U256),
) -> Value {
    let token = network.token(address);
    json["amount"] = json!(token.map(|t| amount::show(units, t.decimals)));
    json["amount_units"] = json!(units.to_string());
    json["token"] = json!(address);
    json["symbol"] = json!(token.map(|t| t.symbol.clone()));
    json
}

/// A dataset's title, or why it has none.
pub(crate) fn title(dataset: &ShownDataset) -> String {
    match (&dataset.title, &dataset.why) {
        (Some(title), _) => plain(title),
        (None, Some(why)) if dataset.manifest_is == Known::Quarantined => {
            format!("(its manifest is refused: {})", plain(why))
        }
        (None, _) => "(no store has its manifest)".to_owned(),
    }
}

/// What a manifest says.
pub(crate) fn manifest(lines: &mut Lines, manifest: &Manifest) {
    let panel = &manifest.panel;
    let refused = panel.refused.iter().map(|(reason, n)| (reason.as_str(), *n)).collect::<Vec<_>>();
    described(lines, (&manifest.format, &manifest.build), (panel.samples, panel.columns), &refused);
    sealed(lines, manifest.rule, manifest.size, (manifest.body.cid, manifest.body.size));
    lines.add("panel root", panel.data_root).add("content root", manifest.content_root);
}

/// The same of a listed dataset whose manifest is known.
pub(crate) fn listed(lines: &mut Lines, dataset: &ShownDataset) {
    let (Some(format), Some(build), Some(refused)) =
        (&dataset.format, &dataset.build, &dataset.not_provable)
    else {
        return;
    };
    let refused = refused.iter().map(|r| (r.reason.as_str(), r.count)).collect::<Vec<_>>();
    described(lines, (format, build), (dataset.samples, dataset.columns), &refused);
    if let (Some(rule), Some(size), Some(body)) = (dataset.rule, dataset.size, dataset.body) {
        sealed(lines, rule, size, (body.cid, body.size));
    }
    lines.add("panel root", dataset.data_root);
    if let Some(root) = dataset.content_root {
        lines.add("content root", root);
    }
}

fn described(
    lines: &mut Lines,
    (format, build): (&str, &str),
    (samples, columns): (u64, u64),
    refused: &[(&str, u64)],
) {
    lines
        .add("format", plain(format))
        .add("build", plain(build))
        .add("people", count(samples))
        .add("provable columns", count(columns))
        .add(
            "not provable",
            count(refused.iter().map(|(_, n)| n).fold(0, |a, n| a.saturating_add(*n))),
        );
    for (reason, n) in refused {
        lines.add(&format!("  {}", plain(reason)), count(*n));
    }
}

fn sealed(lines: &mut Lines, rule: ReleaseRule, size: u64, (cid, bytes): (Cid, u64)) {
    let rule = match (rule.min_samples, rule.min_count) {
        (0, 0) => "none".to_owned(),
        (samples, least) => format!("at least {samples} people, counts of at least {least}"),
    };
    lines
        .add("release rule", rule)
        .add("file", format!("{} bytes", count(size)))
        .add("encrypted body", format!("{} bytes, {cid}", count(bytes)));
}

/// One line on a dataset.
pub(crate) fn dataset_line(network: &Network, dataset: &ShownDataset) -> String {
    let paused = match dataset.status {
        SaleStatus::OnSale => "",
        SaleStatus::Paused => "  [paused]",
    };
    format!(
        "{}  {}  {} people × {} columns  {}{paused}",
        dataset.id,
        title(dataset),
        count(dataset.samples),
        count(dataset.columns),
        units(network, dataset.terms.token, &dataset.terms.price_units),
    )
}

/// Where a grant is, and what comes next, judged by the chain's clock.
pub(crate) fn grant_state(grant: &ShownGrant) -> String {
    let (until, now) = (clock::show, grant.now);
    match (grant.status, grant.settle_after, grant.expires_at) {
        (GrantStatus::Paid, ..) if now > grant.deliver_by => {
            format!(
                "paid; not delivered by {}: take the price back with `refund`",
                until(grant.deliver_by)
            )
        }
        (GrantStatus::Paid, ..) => format!("paid; to be delivered by {}", until(grant.deliver_by)),
        (GrantStatus::Delivered, Some(settle_after), Some(end)) if now > settle_after => {
            format!("delivered; can be settled; access until {}", until(end))
        }
        (GrantStatus::Delivered, Some(settle_after), Some(end)) => {
            format!("delivered; settled after {}; access until {}", until(settle_after), until(end))
        }
        (GrantStatus::Settled, _, Some(end)) if now >= end => {
            format!("settled; access ended {}", until(end))
        }
        (GrantStatus::Settled, _, Some(end)) => format!("settled; access until {}", until(end)),
        (status, ..) => match status {
            GrantStatus::Declined => "declined by the provider; refunded".to_owned(),
            GrantStatus::Refunded => "never delivered; refunded".to_owned(),
            GrantStatus::Withdrawn => {
                "ended by the provider before being paid; refunded".to_owned()
            }
            GrantStatus::Revoked => "revoked by the provider".to_owned(),
            other => other.word().to_owned(),
        },
    }
}

/// What was paid, and if the token refused the payment, that it waits in the market.
pub(crate) fn paid(done: &Done, what: impl std::fmt::Display) -> String {
    match done.events.iter().any(|event| matches!(event, Event::Credited { .. })) {
        false => what.to_string(),
        true => format!("{what}, but the token refused it: it waits for `provenome withdraw`"),
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_have_separators() {
        for (n, text) in [(0, "0"), (999, "999"), (2504, "2,504"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), text);
        }
    }
}
