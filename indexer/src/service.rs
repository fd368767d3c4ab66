//! The index over HTTP: `provenome index serve`. One thread follows the chain, a few read, one
//! answers; async begins and ends in this module, and every route is a plain function of one moment
//! of the index. Specification: `docs/index-service.md`.
//!
//! Nothing here writes but the follower. When it stops for good (a final block was replaced, a node
//! lies) the service goes on answering from what was closed, and says so.

mod answers;
mod blocks;
mod client;
mod cursor;
mod drawn;
mod feed;
mod follower;
mod graph;
mod http;
mod limits;
mod listen;
mod metrics;
mod missed;
mod page;
mod pool;
mod proofs;
mod question;
mod rates;
mod refusal;
mod remembered;
mod routes;
mod status;
mod steps;

pub use client::{Said, Served, ServedContract, ServedError, ServedStatus};
pub use follower::Following;
pub use status::Phase;

use crate::{Index, IndexError, Writer};
use blocks::Blocks;
use feed::Feed;
use ledger::Network;
use ledger::chain::Chain;
use metrics::Metrics;
use pool::Pool;
use proofs::Proofs;
use rates::Rates;
use status::Status;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use store::Stores;

/// How long a shutdown waits for the follower to come out of its step.
const LAST_STEP: Duration = Duration::from_secs(5);

/// What is served, and where.
pub struct Options {
    /// The folder of the index.
    pub folder: PathBuf,
    /// The address to listen on; port 0 is any.
    pub listen: SocketAddr,
    /// Set by whoever wants it to end.
    pub stop: &'static AtomicBool,
}

/// What all requests share.
struct Service {
    network: Network,
    blocks: Blocks,
    pool: Pool,
    proofs: Proofs,
    feed: Feed,
    status: Status,
    metrics: Metrics,
    rates: Rates,
}

/// Why the service could not begin, or what it ended with.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system gave no threads or timers.
    #[error("the service cannot run")]
    Run(#[source] std::io::Error),
    /// The index could not be opened, or following stopped for good.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Follows `chain` as the writer and answers until it is told to stop. `tell` hears of what happens
/// while following, and first of the address.
///
/// # Errors
/// The address or the index could not be had; following stopped because something was false, after
/// which the service answered to the end.
pub fn serve(
    writer: Writer,
    chain: Chain,
    stores: &'static Stores,
    options: &Options,
    tell: impl Fn(&Following) + Send + 'static,
) -> Result<(), ServeError> {
    let refused = |source| ServeError::Listen { address: options.listen, source };
    let listener = TcpListener::bind(options.listen).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let network = chain.network().clone();
    let service = Arc::new(Service {
        pool: Pool::start(&options.folder, &network)?,
        proofs: Proofs::of(chain.node().url(), &network).map_err(IndexError::from)?,
        network,
        blocks: Blocks::of(stores),
        feed: Feed::default(),
        status: Status::default(),
        metrics: Metrics::default(),
        rates: Rates::default(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Run)?;
    tell(&Following::Listening { address });
    let ended = follower::start(writer, chain, Arc::clone(&service), options.stop, tell)
        .map_err(ServeError::Run)?;
    runtime.block_on(listen::listen(listener, &service, options.stop)).map_err(ServeError::Run)?;
    // A node that does not answer may hold the follower up; the last transaction stands.
    match ended.recv_timeout(LAST_STEP) {
        Ok(Err(error)) => Err(error.into()),
        Ok(Ok(())) | Err(_) => Ok(()),
    }
}

impl Pool {
    fn start(folder: &std::path::Path, network: &Network) -> Result<Self, IndexError> {
        let index = Index::open(folder, network)?;
        let again = || index.again();
        Ok(Self::of([again()?, again()?, again()?, index]))
    }
}
