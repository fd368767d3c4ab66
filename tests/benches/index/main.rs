//! The index as a program beside Ponder on one local chain, and what it does once it follows:
//! `scripts/bench index` runs this, and `docs/benchmarks.md` has its figures.
//!
//! Nothing is simulated: anvil's blocks, the real contracts' events, `provenome index serve` as a
//! process of its own, its answers over HTTP. A side whose rows are not all there ends the run.

mod backfill;
mod live;
mod market;
mod peer;
mod plan;
mod report;
mod search;
mod served;
mod web;

use market::Market;
use plan::Plan;
use report::Report;

fn main() {
    let plan = Plan::of(std::env::args().skip(1)).unwrap_or_else(|why| {
        eprintln!("{why}");
        std::process::exit(2);
    });
    let mut report = Report::default();
    for (i, round) in plan.rounds.iter().enumerate() {
        let mut market = Market::start();
        market.trade_until(round.events);
        let homes = tempfile::tempdir().unwrap();
        let home = backfill::run(&market, homes.path(), *round, plan.peer.as_deref(), &mut report);
        if i + 1 == plan.rounds.len() {
            live::run(&mut market, &home, round.events, &mut report);
        }
    }
    if plan.datasets > 0 {
        search::run(plan.datasets, plan.requests, &mut report);
    }
    report.print(plan.json);
}
