//! Things in words: the same words wherever they are shown.

use crate::answer::Lines;
use crate::plain::plain;
use crate::{amount, clock, span};
use alloy_primitives::U256;
use cohort::Inspection;
use indexer::{Dataset, Grant, Metadata};
use ledger::chain::{Done, Event};
use ledger::market::{GrantStatus, SaleStatus, Terms};
use ledger::{Cid, Codec, Manifest, Network};
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

/// What `inspect` found.
pub(crate) fn inspection(lines: &mut Lines, found: &Inspection) {
    let calls = found.genotypes;
    let share = |n: u64| {
        let percent = if calls.total == 0 { 0.0 } else { 100.0 * n as f64 / calls.total as f64 };
        format!("{} ({percent:.2} %)", count(n))
    };
    let build = &found.build;
    let lengths = format!(
        "contig lengths: {} as GRCh37, {} as GRCh38, {} neither",
        build.lengths_grch37, build.lengths_grch38, build.lengths_other
    );
    lines
        .add("format", &found.fileformat)
        .add("people", count(found.samples))
        .add("records", count(found.records))
        .add("columns (one an ALT)", count(found.columns))
        .add("build", build.build.map_or("not stated".to_owned(), |b| b.to_string()))
        .add("  evidence", lengths);
    for reference in &build.references {
        lines.add("  header says", plain(reference));
    }
    for contig in &found.contigs {
        let counts =
            format!("{} records, {} columns", count(contig.records), count(contig.columns));
        lines.add(&format!("contig {}", plain(&contig.contig)), counts);
    }
    lines
        .add("genotypes", count(calls.total))
        .add("  phased", share(calls.phased))
        .add("  missing", share(calls.missing))
        .add("  half calls", share(calls.half_calls))
        .add("  diploid", share(calls.diploid))
        .add("  haploid", share(calls.haploid))
        .add("  more than two alleles", share(calls.ploidy_above_two))
        .add("records with several ALTs", count(found.multi_allelic))
        .add("  with symbolic ALTs", count(found.symbolic))
        .add("  where nobody differs", count(found.monomorphic))
        .add("  at a position seen before", count(found.repeated_positions))
        .add("  out of order", count(found.unsorted))
        .add("could be panel columns", count(found.panel_columns))
        .add("could not", count(found.not_provable.iter().map(|n| n.count).sum()));
    for refused in &found.not_provable {
        let more = if refused.count as usize > refused.examples.len() { ", …" } else { "" };
        let examples = refused.examples.iter().map(|e| plain(e)).collect::<Vec<_>>().join(", ");
        let label = format!("  {}", refused.reason.as_str());
        lines.add(&label, format!("{}: {examples}{more}", count(refused.count)));
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
    let token = network.token(terms.token);
    json!({
        "price": token.map(|t| amount::show(U256::from(terms.price), t.decimals)),
        "price_units": terms.price.to_string(),
        "token": terms.token,
        "symbol": token.map(|t| t.symbol.clone()),
        "access_seconds": terms.access_seconds,
        "delivery_seconds": terms.delivery_seconds,
        "dispute_seconds": terms.dispute_seconds,
    })
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
pub(crate) fn title(metadata: &Metadata) -> String {
    match metadata {
        Metadata::There(manifest) => plain(&manifest.title),
        Metadata::Missing { .. } => "(no store has its manifest)".to_owned(),
        Metadata::Quarantined(why) => format!("(its manifest is refused: {})", plain(why)),
    }
}

/// What a manifest says.
pub(crate) fn manifest(lines: &mut Lines, manifest: &Manifest) {
    let panel = &manifest.panel;
    let refused: u64 = panel.refused.iter().map(|(_, n)| n).sum();
    lines
        .add("format", plain(&manifest.format))
        .add("build", plain(&manifest.build))
        .add("people", count(panel.samples))
        .add("provable columns", count(panel.columns))
        .add("not provable", count(refused));
    for (reason, n) in &panel.refused {
        lines.add(&format!("  {}", plain(reason)), count(*n));
    }
    let rule = match (manifest.rule.min_samples, manifest.rule.min_count) {
        (0, 0) => "none".to_owned(),
        (samples, least) => format!("at least {samples} people, counts of at least {least}"),
    };
    lines
        .add("release rule", rule)
        .add("file", format!("{} bytes", count(manifest.size)))
        .add(
            "encrypted body",
            format!("{} bytes, {}", count(manifest.body.size), manifest.body.cid),
        )
        .add("panel root", panel.data_root)
        .add("content root", manifest.content_root);
}

/// One line on a dataset.
pub(crate) fn dataset_line(network: &Network, dataset: &Dataset) -> String {
    let paused = match dataset.status {
        SaleStatus::OnSale => "",
        SaleStatus::Paused => "  [paused]",
    };
    let version = &dataset.latest.version;
    format!(
        "dataset:{}  {}  {} people × {} columns  {}{paused}",
        dataset.dataset,
        title(&dataset.latest.metadata),
        count(version.samples),
        count(version.columns),
        price(network, dataset.terms.token, dataset.terms.price),
    )
}

/// The same as JSON.
pub(crate) fn dataset_json(network: &Network, dataset: &Dataset) -> Value {
    let version = &dataset.latest;
    let manifest = match &version.metadata {
        Metadata::There(manifest) => Some(manifest),
        _ => None,
    };
    json!({
        "id": format!("dataset:{}", dataset.dataset),
        "owner": dataset.owner,
        "status": dataset.status,
        "title": manifest.map(|m| m.title.clone()),
        "description": manifest.map(|m| m.description.clone()),
        "build": manifest.map(|m| m.build.clone()),
        "format": manifest.map(|m| m.format.clone()),
        "version": version.number,
        "samples": version.version.samples,
        "columns": version.version.columns,
        "data_root": version.version.data_root,
        "key_commit": version.version.key_commit,
        "manifest": Cid::new(Codec::DagCbor, version.version.manifest).to_string(),
        "content_root": manifest.map(|m| m.content_root),
        "terms": terms_json(network, &dataset.terms),
    })
}

/// Where a grant is, and what comes next, judged by the chain's clock.
pub(crate) fn grant_state(grant: &Grant, now: u64) -> String {
    let until = |deadline: u64| clock::show(deadline);
    match (grant.status, &grant.delivered) {
        (GrantStatus::Paid, _) if now > grant.deliver_by => {
            format!(
                "paid; not delivered by {}: take the price back with `refund`",
                until(grant.deliver_by)
            )
        }
        (GrantStatus::Paid, _) => format!("paid; to be delivered by {}", until(grant.deliver_by)),
        (GrantStatus::Delivered, Some(delivery)) if now > delivery.settle_after => {
            format!("delivered; can be settled; access until {}", until(delivery.expires_at))
        }
        (GrantStatus::Delivered, Some(delivery)) => format!(
            "delivered; settled after {}; access until {}",
            until(delivery.settle_after),
            until(delivery.expires_at)
        ),
        (GrantStatus::Settled, Some(delivery)) if now >= delivery.expires_at => {
            format!("settled; access ended {}", until(delivery.expires_at))
        }
        (GrantStatus::Settled, Some(delivery)) => {
            format!("settled; access until {}", until(delivery.expires_at))
        }
        (status, _) => match status {
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

/// A grant as JSON.
pub(crate) fn grant_json(network: &Network, grant: &Grant, now: u64) -> Value {
    let order = &grant.order;
    let active = matches!(grant.status, GrantStatus::Delivered | GrantStatus::Settled)
        && grant.delivered.as_ref().is_some_and(|delivery| now < delivery.expires_at);
    let json = json!({
        "id": format!("grant:{}", grant.grant),
        "dataset": format!("dataset:{}", order.dataset),
        "version": order.version,
        "buyer": grant.buyer,
        "provider": order.deliverer,
        "status": grant.status,
        "active": active,
        "deliver_by": grant.deliver_by,
        "envelope": grant.delivered.as_ref().map(|d| Cid::new(Codec::Raw, d.envelope).to_string()),
        "settle_after": grant.delivered.as_ref().map(|d| d.settle_after),
        "expires_at": grant.delivered.as_ref().map(|d| d.expires_at),
        "request": Cid::new(Codec::Raw, order.request).to_string(),
        "now": now,
    });
    with_amount(json, network, (order.token, U256::from(order.amount)))
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
