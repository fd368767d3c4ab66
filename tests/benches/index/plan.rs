//! What is measured: the words of the command line.

use std::path::PathBuf;

/// A chain with so many events, followed so often by each side.
#[derive(Clone, Copy)]
pub(crate) struct Round {
    pub(crate) events: u64,
    pub(crate) pairs: u32,
}

pub(crate) struct Plan {
    /// One chain after the other; what follows a backfill is measured on the last.
    pub(crate) rounds: Vec<Round>,
    /// The peer's folder; none leaves it out.
    pub(crate) peer: Option<PathBuf>,
    /// Datasets that are searched, and requests for them; no datasets leave the search out.
    pub(crate) datasets: u64,
    pub(crate) requests: usize,
    pub(crate) json: bool,
}

impl Plan {
    pub(crate) fn of(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let rounds =
            vec![Round { events: 100_000, pairs: 3 }, Round { events: 1_000_000, pairs: 1 }];
        let mut plan =
            Self { rounds, peer: None, datasets: 100_000, requests: 20_000, json: false };
        let (mut events, mut pairs) = (None, None);
        // Cargo adds `--bench`.
        let mut words = words.filter(|word| word != "--bench");
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--events" => events = Some(number(&value()?)?),
                "--pairs" => pairs = Some(number(&value()?)?),
                "--datasets" => plan.datasets = number(&value()?)?,
                "--requests" => plan.requests = number(&value()?)?,
                "--peer" => plan.peer = Some(value()?.into()),
                "--json" => plan.json = true,
                _ => return Err(format!("{word} is not known")),
            }
        }
        if let Some(events) = events {
            plan.rounds = vec![Round { events, pairs: 1 }];
        }
        if let Some(pairs) = pairs {
            plan.rounds.iter_mut().for_each(|round| round.pairs = pairs);
        }
        plan.rounds.retain(|round| round.events > 0);
        Ok(plan)
    }
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse().map_err(|_| format!("{word:?} is no number"))
}
