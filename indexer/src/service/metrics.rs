//! `/metrics`, in the text format of Prometheus.

use super::Service;
use super::status::Phase;
use crate::Position;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper edges of the latency histogram, in milliseconds.
const EDGES: [u64; 8] = [1, 5, 10, 50, 100, 500, 1_000, 5_000];

/// What was asked, and how long answers took.
#[derive(Default)]
pub(super) struct Metrics {
    /// By route and status; both are from small fixed sets.
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    within: [AtomicU64; EDGES.len()],
    answered: AtomicU64,
    micros: AtomicU64,
    pub(super) connections: AtomicU64,
}

impl Metrics {
    /// One request was answered.
    pub(super) fn count(&self, route: &'static str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, status)).or_default() += 1;
        drop(requests);
        for (edge, within) in EDGES.iter().zip(&self.within) {
            if took <= Duration::from_millis(*edge) {
                within.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.answered.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// The whole text.
pub(super) fn text(service: &Service, position: Option<&Position>) -> String {
    let (status, metrics) = (&service.status, &service.metrics);
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut text = String::new();
    let mut add = |name: &str, kind: &str, help: &str, value: u64| {
        push(&mut text, &format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"));
    };
    if let Some(at) = position {
        add("provenome_index_block", "gauge", "The last block in the index.", at.block);
        add("provenome_index_block_time", "gauge", "Its time, seconds since 1970.", at.time);
        add(
            "provenome_index_finalized",
            "gauge",
            "The last final block.",
            at.finalized.unwrap_or(0),
        );
    }
    add("provenome_index_events_total", "counter", "Events followed.", read(&status.events));
    add("provenome_index_reorgs_total", "counter", "Reorganisations.", read(&status.reorgs));
    add("provenome_connections", "gauge", "Open connections.", read(&metrics.connections));
    add("provenome_followers", "gauge", "Open event streams.", service.feed.followers() as u64);
    push(&mut text, "# HELP provenome_index_phase 1 for how following goes.\n");
    push(&mut text, "# TYPE provenome_index_phase gauge\n");
    let now = status.phase().0;
    for phase in Phase::ALL {
        let is = u8::from(phase == now);
        push(&mut text, &format!("provenome_index_phase{{phase=\"{}\"}} {is}\n", phase.word()));
    }
    requests(&mut text, metrics);
    text
}

fn requests(text: &mut String, metrics: &Metrics) {
    push(text, "# HELP provenome_requests_total Requests answered.\n");
    push(text, "# TYPE provenome_requests_total counter\n");
    let requests = metrics.requests.lock().unwrap_or_else(PoisonError::into_inner);
    for ((route, status), n) in requests.iter() {
        push(
            text,
            &format!("provenome_requests_total{{route=\"{route}\",status=\"{status}\"}} {n}\n"),
        );
    }
    let answered = metrics.answered.load(Ordering::Relaxed);
    let name = "provenome_request_seconds";
    push(text, &format!("# HELP {name} How long answers took.\n# TYPE {name} histogram\n"));
    for (edge, within) in EDGES.iter().zip(&metrics.within) {
        let (le, n) = (*edge as f64 / 1e3, within.load(Ordering::Relaxed));
        push(text, &format!("{name}_bucket{{le=\"{le}\"}} {n}\n"));
    }
    let sum = metrics.micros.load(Ordering::Relaxed) as f64 / 1e6;
    push(
        text,
        &format!(
            "{name}_bucket{{le=\"+Inf\"}} {answered}\n{name}_sum {sum}\n{name}_count {answered}\n"
        ),
    );
}

fn push(text: &mut String, more: &str) {
    text.write_str(more).expect("writing to a string cannot fail");
}
