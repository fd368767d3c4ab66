//! Many datasets with manifests in a folder of blocks, and many who search them at once.

use crate::market::Market;
use crate::report::{Report, Target, percentile};
use crate::served::{PATIENCE, Served};
use crate::web::Web;
use alloy_primitives::{B256, keccak256};
use ledger::dataset::Version;
use ledger::manifest::{File, Manifest, PanelDescription, XWING_KEY_BYTES, depth_of};
use ledger::statement::ReleaseRule;
use ledger::{Cid, Codec};
use std::path::Path;
use std::time::{Duration, Instant};

/// Who search at once.
const CLIENTS: usize = 50;

/// Words of titles and descriptions, the common ones first: word n is n times as rare as the first.
const WORDS: [&str; 64] = [
    "genome",
    "cohort",
    "chr22",
    "exome",
    "whole",
    "array",
    "panel",
    "imputed",
    "phased",
    "control",
    "case",
    "diabetes",
    "cardiac",
    "asthma",
    "lipid",
    "kidney",
    "melanoma",
    "breast",
    "prostate",
    "retina",
    "bone",
    "liver",
    "glioma",
    "lupus",
    "celiac",
    "crohn",
    "gout",
    "sepsis",
    "stroke",
    "anemia",
    "autism",
    "bipolar",
    "dementia",
    "epilepsy",
    "migraine",
    "parkinson",
    "psoriasis",
    "thyroid",
    "uveitis",
    "vitiligo",
    "Finland",
    "Estonia",
    "Iceland",
    "Sardinia",
    "Kenya",
    "Peru",
    "Nepal",
    "Vietnam",
    "Ghana",
    "Oman",
    "Chile",
    "Latvia",
    "Malta",
    "Wales",
    "Bhutan",
    "Fiji",
    "Gabon",
    "Samoa",
    "Tonga",
    "Yemen",
    "Togo",
    "Laos",
    "Benin",
    "Zürich",
];
pub(crate) fn run(datasets: u64, requests: usize, report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let (store, home) = (folder.path().join("store"), folder.path().join("home"));
    let versions: Vec<Version> = (1..=datasets).map(|n| publish(&store, n)).collect();
    let mut market = Market::start();
    market.list(&versions);

    let served = Served::start(&market, &home, &store);
    served.wait_for("ready");
    let begun = Instant::now();
    let there = "SELECT count(*) FROM manifests WHERE state = 'there'";
    while served.count(there) < datasets {
        assert!(begun.elapsed() < PATIENCE, "not every manifest is there");
        std::thread::sleep(Duration::from_millis(200));
    }
    let seconds = begun.elapsed().as_secs_f64();
    report.add(format!("{datasets} manifests fetched after the rows"), seconds, "s", Target::None);

    let (begun, busy) = (Instant::now(), served.busy_seconds());
    let mut latencies = ask(&served.url, requests);
    let rate = latencies.len() as f64 / begun.elapsed().as_secs_f64();
    let busy = (served.busy_seconds() - busy) / latencies.len() as f64 * 1_000.0;
    let name = |what: &str| format!("search of {datasets} by {CLIENTS} clients, {what}");
    report.add(name("rate"), rate, "/s", Target::None);
    report.add(name("core time a question"), busy, "ms", Target::None);
    report.add(name("p50"), percentile(&mut latencies, 50), "ms", Target::None);
    report.add(name("p99"), percentile(&mut latencies, 99), "ms", Target::AtMost(50.0));
    report.add(name("peak memory"), served.peak_memory(), "MiB", Target::AtMost(256.0));
    served.end();
}

/// Milliseconds of every request of all clients.
fn ask(url: &str, requests: usize) -> Vec<f64> {
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || ask_one(url, client, requests / CLIENTS)))
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

fn ask_one(url: &str, client: usize, requests: usize) -> Vec<f64> {
    let mut web = Web::connect(url).unwrap();
    let one = |i: usize| {
        let path = format!("/v1/datasets?limit=20{}", query(client * requests + i));
        let begun = Instant::now();
        let (status, body) = web.get(&path).unwrap();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        begun.elapsed().as_secs_f64() * 1_000.0
    };
    (0..requests).map(one).collect()
}

/// The question with this number: one word, several, beginnings of words, rare and common ones, none
/// at all, filters. Most pairs and all numbers are asked for once or twice only.
fn query(n: usize) -> String {
    let drawn = keccak256(n.to_be_bytes());
    let some = |i: usize| usize::from(u16::from_be_bytes([drawn[2 * i], drawn[2 * i + 1]]));
    let word = |i: usize| WORDS[some(i) % WORDS.len()].replace('ü', "u");
    match some(0) % 8 {
        0 => format!("&q=study{}", some(1)),
        1 => format!("&q={}", word(1)),
        2 => format!("&q={}+{}", word(1), word(2)),
        3 => format!("&q={}+{}+{}", word(1), word(2), word(3)),
        4 => format!("&q={}", &word(1)[..3]),
        5 => format!("&q={}&status=on_sale&min_samples={}", word(1), some(2) % 1_000),
        6 => format!("&min_samples={}", some(1) % 1_000),
        _ => format!("&q={}+GRCh38", word(1)),
    }
}

/// Puts the manifest of dataset `n` into the folder of blocks.
fn publish(store: &Path, n: u64) -> Version {
    let word = |name: &str| {
        let mut word = keccak256(format!("{name} {n}"));
        // Below the field's order.
        word[0] = 0;
        word
    };
    let (samples, columns) = (100 + n % 1_000, 1_000 + n % 9_000);
    let file = |size| File { cid: Cid::of(Codec::Raw, &n.to_be_bytes()), size };
    let manifest = Manifest {
        title: format!("{} study{n}", text(n, 0, 4)),
        description: text(n, 4, 16),
        format: "vcf".into(),
        build: if n.is_multiple_of(3) { "GRCh37" } else { "GRCh38" }.into(),
        size: 1 << 20,
        body: file(1 << 20),
        content_root: word("content"),
        key_commit: word("key"),
        panel: PanelDescription {
            samples,
            columns,
            depth: depth_of(columns),
            data_root: word("root"),
            leaves: file(32 * columns),
            leaves_sha256: word("leaves"),
            refused: Vec::new(),
            refused_list: file(0),
        },
        xwing: Box::new([7; XWING_KEY_BYTES]),
        rule: ReleaseRule { min_samples: 0, min_count: 0 },
    };
    let bytes = manifest.encode();
    let cid = Cid::of(Codec::DagCbor, &bytes);
    // As the store lays them out, without waiting for the disk after each of so many.
    let shard = store.join(format!("{:02x}", cid.digest()[0]));
    std::fs::create_dir_all(&shard).unwrap();
    std::fs::write(shard.join(cid.to_string()), bytes).unwrap();
    let panel = &manifest.panel;
    Version {
        manifest: B256::from(cid.digest()),
        data_root: panel.data_root,
        key_commit: manifest.key_commit,
        samples,
        columns,
    }
}

/// Words `from` to `to` of dataset `n`: the first of the list as often as all others are rare.
fn text(n: u64, from: u64, to: u64) -> String {
    let word = |i: u64| {
        let drawn = keccak256([n.to_be_bytes(), i.to_be_bytes()].concat());
        let share =
            f64::from(u32::from_be_bytes(drawn.0[..4].try_into().unwrap())) / f64::from(u32::MAX);
        // Zipf's law: as many words between n and 2n as between 2n and 4n.
        let rank = (WORDS.len() as f64).powf(share) - 1.0;
        WORDS[(rank as usize).min(WORDS.len() - 1)]
    };
    (from..to).map(word).collect::<Vec<_>>().join(" ")
}
