//! Where `search`, `show` and `grants` read: the home's own index, or a served one that was named.
//! Both give the same answers.
//!
//! A served index must follow the same contracts, have the chain's head as of now, and amount to the
//! accumulators that the node has there. Its rows are still its word: what moves money, or gives a
//! verdict, reads the own index.

use crate::failure::Failure;
use crate::session::{Followed, Session};
use alloy_primitives::{Address, U256};
use clap::Args;
use indexer::service::{Served, ServedError, ServedStatus};
use indexer::{AnswerAt, Row, ShownDataset, ShownGrant, ShownInFull, ShownResult};
use ledger::Network;
use ledger::chain::{At, Chain};
use std::time::{Duration, Instant};
use store::Stores;

/// How long a served index may take to reach the chain's head.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Which index to read.
#[derive(Debug, Args)]
pub(crate) struct IndexArg {
    /// Ask this served index instead of following the chain
    #[arg(long, value_name = "URL", env = "PROVENOME_INDEX")]
    index: Option<String>,
}

/// An index to read, up to date.
pub(crate) enum Reading {
    Own { index: Box<Followed>, network: Box<Network>, stores: &'static Stores },
    Served { index: Served, least: u64 },
}

impl Session {
    /// The index that was named, or the own one; as of the chain's head now.
    pub(crate) fn reading(&self, arg: &IndexArg) -> Result<Reading, Failure> {
        let Some(url) = &arg.index else {
            let index = Box::new(self.index()?);
            let network = Box::new(self.network()?);
            return Ok(Reading::Own { index, network, stores: self.stores()? });
        };
        let (index, chain) = (Served::new(url)?, self.chain()?);
        let spinner = self.progress.spinner(&format!("asking {url}"));
        let least = agree(&index, chain)?;
        spinner.finish_and_clear();
        Ok(Reading::Served { index, least })
    }
}

/// Holds a served index against the chain; the block that it has at least.
fn agree(index: &Served, chain: &Chain) -> Result<u64, Failure> {
    let (begun, head) = (Instant::now(), chain.node().head()?);
    loop {
        let status = index.status()?;
        same_contracts(index, chain, &status)?;
        let at = status.at;
        let on_chain = || chain.node().block(At::Number(at.block));
        if at.block >= head.number && on_chain()?.is_some_and(|block| block.hash == at.hash) {
            same_history(index, chain, &status)?;
            return Ok(head.number);
        }
        if begun.elapsed() > PATIENCE {
            let said = format!(
                "the index {} is at block {} {} ({}) and does not reach the chain's head {} {}",
                index.url(),
                at.block,
                at.hash,
                status.status.word(),
                head.number,
                head.hash,
            );
            return Err(Failure::could_not(said).hint("leave --index out to use your own"));
        }
        std::thread::sleep(PAUSE);
    }
}

fn same_contracts(index: &Served, chain: &Chain, status: &ServedStatus) -> Result<(), Failure> {
    let served: Vec<Address> = status.contracts.iter().map(|contract| contract.address).collect();
    if served == chain.addresses() {
        return Ok(());
    }
    Err(Failure::could_not(format!("the index {} follows another network", index.url()))
        .hint("use the network file that it was started with, or another index"))
}

fn same_history(index: &Served, chain: &Chain, status: &ServedStatus) -> Result<(), Failure> {
    for contract in &status.contracts {
        let committed = chain.acc(contract.address, At::Hash(status.at.hash))?;
        if contract.accumulator != Some(committed) {
            return Err(Failure::no(format!(
                "the events that the index {} has of {} are not those of the chain up to block {}",
                index.url(),
                contract.address,
                status.at.block
            ))
            .check("history")
            .hint("leave --index out to use your own"));
        }
    }
    Ok(())
}

impl Reading {
    pub(crate) fn search(&self, words: &str, limit: usize) -> Result<Vec<ShownDataset>, Failure> {
        match self {
            Self::Own { index, network, .. } => {
                let rows = index.search(words, limit)?;
                Ok(rows.iter().map(|row| ShownDataset::of(network, row)).collect())
            }
            Self::Served { index, .. } => {
                let found = index.search(words, limit)?;
                self.take(found.at, found.said)
            }
        }
    }

    pub(crate) fn dataset(&self, number: U256) -> Result<Option<ShownInFull>, Failure> {
        match self {
            Self::Own { index, network, .. } => Ok(ShownInFull::read(index, network, number)?),
            Self::Served { index, .. } => {
                index.dataset(number)?.map(|one| self.take(one.at, one.said)).transpose()
            }
        }
    }

    pub(crate) fn grant(&self, number: U256) -> Result<Option<ShownGrant>, Failure> {
        match self {
            Self::Own { index, network, .. } => {
                let (row, now) = (index.grant(number)?, index.position.time);
                Ok(row.map(|row| ShownGrant::of(network, &row, now)))
            }
            Self::Served { index, .. } => {
                index.grant(number)?.map(|one| self.take(one.at, one.said)).transpose()
            }
        }
    }

    pub(crate) fn result(&self, number: U256) -> Result<Option<ShownResult>, Failure> {
        match self {
            Self::Own { index, network, stores } => {
                let row = index.result(number)?;
                let read = |row| ShownResult::read(index, network, stores, &row);
                Ok(row.map(read).transpose()?)
            }
            Self::Served { index, .. } => {
                index.result(number)?.map(|one| self.take(one.at, one.said)).transpose()
            }
        }
    }

    /// The bytes of a proof of the event that made a row.
    pub(crate) fn proof(&self, chain: &Chain, row: Row) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Own { index, network, .. } => {
                let log = index.event_of(row)?;
                let prove = |log| chain.node().prove_log(&log, &network.contracts);
                Ok(log.map(prove).transpose()?)
            }
            Self::Served { index, .. } => {
                let proof = index.proof(row)?;
                proof.map(|one| self.take(one.at, one.said.into())).transpose()
            }
        }
    }

    /// The grants that `account` bought, and those that it has to do with as a provider.
    pub(crate) fn grants(
        &self,
        account: Address,
    ) -> Result<(Vec<ShownGrant>, Vec<ShownGrant>), Failure> {
        match self {
            Self::Own { index, network, .. } => {
                let now = index.position.time;
                let shown = |rows: Vec<indexer::Grant>| -> Vec<ShownGrant> {
                    rows.iter().map(|row| ShownGrant::of(network, row, now)).collect()
                };
                Ok((shown(index.grants_of(account)?), shown(index.grants_on(account)?)))
            }
            Self::Served { index, .. } => {
                let (bought, sold) = (index.grants_of(account)?, index.grants_on(account)?);
                Ok((self.take(bought.at, bought.said)?, self.take(sold.at, sold.said)?))
            }
        }
    }

    /// An answer of the block that was agreed on, or of a later one.
    fn take<T>(&self, at: AnswerAt, said: T) -> Result<T, Failure> {
        match self {
            Self::Served { index, least } if at.block < *least => Err(Failure::could_not(format!(
                "the index {} went back from block {least} to {}",
                index.url(),
                at.block
            ))
            .hint("run the command again")),
            _ => Ok(said),
        }
    }
}

impl From<ServedError> for Failure {
    fn from(error: ServedError) -> Self {
        Self::could_not(&error)
            .hint("is `provenome index serve` running there? Leave --index out to use your own")
    }
}
