//! What a command works with: home, network, chain, stores, index and keys, each opened when it is
//! first needed and only then.

use crate::args::Globals;
use crate::failure::{Context as _, Failure};
use crate::home::{Config, Home, read_small};
use crate::logbook::Logbook;
use crate::passphrase::Source;
use crate::progress::Progress;
use alloy_primitives::Address;
use indexer::{Index, Position};
use ledger::Network;
use ledger::chain::{Chain, Node, PrivateKeySigner};
use ledger::network::Token;
use std::cell::OnceCell;
use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{BlockStore, Directory, Stores};
use vault::{Passphrase, Unlocked, Vault};

/// The address of a local chain.
const LOCAL_NODE: &str = "http://127.0.0.1:8545";

/// What a command works with.
pub(crate) struct Session {
    home: Home,
    config: Config,
    network: Option<PathBuf>,
    rpc: Vec<String>,
    store: Vec<String>,
    passphrase: Source,
    pub(crate) progress: Progress,
    pub(crate) json: bool,
    chain: OnceCell<Chain>,
    stores: OnceCell<&'static Stores>,
}

/// The index, and the block up to which it tells everything.
pub(crate) struct Followed {
    index: Index,
    pub(crate) position: Position,
}

impl Deref for Followed {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

/// How long a command waits for the `serve` of its home to reach the chain's head.
const PATIENCE: Duration = Duration::from_secs(60);

impl Session {
    pub(crate) fn new(globals: Globals) -> Result<Self, Failure> {
        let passphrase = globals.passphrase();
        let home = match globals.home {
            Some(path) => path,
            None => std::env::home_dir()
                .ok_or_else(|| {
                    Failure::could_not("there is no home directory for the actor's folder")
                        .hint("name the folder with --home")
                })?
                .join(".provenome"),
        };
        let home = Home::new(home);
        let config = home.config()?;
        Ok(Self {
            home,
            config,
            network: globals.network,
            rpc: globals.rpc,
            store: globals.store,
            passphrase,
            progress: Progress::new(globals.quiet || globals.json),
            json: globals.json,
            chain: OnceCell::new(),
            stores: OnceCell::new(),
        })
    }

    pub(crate) const fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) const fn passphrase(&self) -> &Source {
        &self.passphrase
    }

    /// The global options given now, for `init` to remember.
    pub(crate) fn given(&self) -> Config {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Config {
            network: self.network.as_ref().map(absolute),
            rpc: self.rpc.clone(),
            store: self.store.iter().map(|place| absolute_place(place)).collect(),
        }
    }

    /// The actor's address.
    pub(crate) fn address(&self) -> Result<Address, Failure> {
        Ok(self.home.identity()?.address)
    }

    /// The path of the network file.
    pub(crate) fn network_path(&self) -> Result<PathBuf, Failure> {
        self.network.clone().or_else(|| self.config.network.clone()).ok_or_else(|| {
            Failure::could_not("no network file is named").hint(
                "name it with --network FILE, or once with `provenome init --network FILE …`; `provenome network deploy` makes one",
            )
        })
    }

    /// The network file's content.
    pub(crate) fn network(&self) -> Result<Network, Failure> {
        if let Some(chain) = self.chain.get() {
            return Ok(chain.network().clone());
        }
        let path = self.network_path()?;
        let bytes = read_small(&path, 1 << 20)?.ok_or_else(|| {
            Failure::could_not(format!("there is no network file {}", path.display()))
                .hint("ask the network's operator for it; `provenome network deploy` makes one")
        })?;
        let text = String::from_utf8_lossy(&bytes);
        Network::parse(&text).map_err(|e| {
            Failure::could_not(format!("{}: {e}", path.display()))
                .hint("ask the network's operator for the file again")
        })
    }

    /// The nodes, unasked.
    pub(crate) fn nodes(&self) -> Result<Vec<Node>, Failure> {
        let given = if self.rpc.is_empty() { &self.config.rpc } else { &self.rpc };
        if given.is_empty() {
            return Ok(vec![Node::new(LOCAL_NODE)?]);
        }
        Ok(given.iter().map(|url| Node::new(url)).collect::<Result<_, _>>()?)
    }

    /// The chain, held against the network file.
    pub(crate) fn chain(&self) -> Result<&Chain, Failure> {
        if let Some(chain) = self.chain.get() {
            return Ok(chain);
        }
        let chain = Chain::connect(self.network()?, self.nodes()?)?;
        Ok(self.chain.get_or_init(|| chain))
    }

    /// The block stores. They live as long as the program, so that reading threads can borrow them.
    pub(crate) fn stores(&self) -> Result<&'static Stores, Failure> {
        if let Some(stores) = self.stores.get() {
            return Ok(stores);
        }
        let stores: &'static Stores = Box::leak(Box::new(self.open_stores()?));
        Ok(self.stores.get_or_init(|| stores))
    }

    /// The same, with a folder for what this transfer fetches from afar, if anything is far.
    pub(crate) fn stores_keeping(&self, near: &Path) -> Result<&'static Stores, Failure> {
        let stores = self.stores()?;
        if !stores.places().any(BlockStore::is_far) {
            return Ok(stores);
        }
        let stores = self.open_stores()?.keeping_near(Directory::create(near)?);
        Ok(Box::leak(Box::new(stores)))
    }

    fn open_stores(&self) -> Result<Stores, Failure> {
        let given = if self.store.is_empty() { &self.config.store } else { &self.store };
        if given.is_empty() {
            return Err(Failure::could_not("no block store is named")
                .hint("name one with --store dir:PATH or kubo:http://HOST:PORT, or once with `provenome init --store …`"));
        }
        let places = given.iter().map(|place| store::parse_place(place));
        Ok(Stores::new(places.collect::<Result<_, _>>()?))
    }

    /// The index, as of the chain's head now.
    pub(crate) fn index(&self) -> Result<Followed, Failure> {
        let chain = self.chain()?;
        let index = Index::open(&self.home.index()?, chain.network())?;
        let spinner = self.progress.spinner("following the chain");
        let current = index.current(chain, self.stores()?, PATIENCE, |progress| {
            spinner.set_message(format!(
                "following the chain: {} of {}",
                progress.block, progress.head
            ));
        });
        spinner.finish_and_clear();
        Ok(Followed { position: current?, index })
    }

    /// The vault, unlocked by the passphrase.
    pub(crate) fn unlock(&self) -> Result<Unlocked, Failure> {
        let said = self.home.identity()?.address;
        let passphrase = Passphrase::new(self.passphrase.read()?.to_string());
        let vault = Vault::open(self.home.vault(), &passphrase)?;
        let found = vault.identity().address();
        if said == found {
            return Ok(vault);
        }
        let place = self.home.path().join("identity.json");
        Err(Failure::could_not(format!(
            "{} names {said}, the vault is of {found}",
            place.display()
        ))
        .hint("move the file away; `provenome init` makes it again from the vault"))
    }

    /// This home's turn. Commands that look at the chain and then send take it one after the other, so
    /// that each sees what the one before did; it ends when the file is closed, however that happens.
    pub(crate) fn turn(&self) -> Result<File, Failure> {
        let path = self.home.path().join("turn");
        let opened =
            File::options().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = opened.context("open", &path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                self.progress.tell("waiting for another command of this home, which is sending");
                file.lock().context("lock", &path)?;
            }
            Err(TryLockError::Error(e)) => return Err(e).context("lock", &path),
            Ok(()) => {}
        }
        Ok(file)
    }

    /// The folder for proving keys, which are public and shared by all homes.
    pub(crate) fn cache(&self) -> Result<PathBuf, Failure> {
        let named = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty());
        if let Some(folder) = named("PROVENOME_CACHE") {
            return Ok(PathBuf::from(folder));
        }
        let base = named("XDG_CACHE_HOME").map(PathBuf::from);
        let base = base.or_else(|| Some(std::env::home_dir()?.join(".cache")));
        base.map(|base| base.join("provenome")).ok_or_else(|| {
            Failure::could_not("there is no folder for proving keys")
                .hint("name one in PROVENOME_CACHE")
        })
    }

    /// The actor's own log on this network.
    pub(crate) fn logbook(&self) -> Result<Logbook, Failure> {
        Logbook::open(&self.home, &self.network()?, self.address()?)
    }

    /// The token that prices are in: the network's first.
    pub(crate) fn token(&self) -> Result<Token, Failure> {
        let network = self.network()?;
        network.tokens.first().cloned().ok_or_else(|| {
            Failure::could_not("the network file names no token that prices could be in")
        })
    }
}

/// What signs transactions.
pub(crate) fn signer(vault: &Unlocked) -> PrivateKeySigner {
    let secret = vault.identity().ethereum_secret();
    PrivateKeySigner::from_slice(secret.expose()).expect("the identity's secret is a valid key")
}

fn absolute_place(place: &str) -> String {
    match place.split_once(':') {
        Some(("dir", path)) => match std::path::absolute(path) {
            Ok(path) => format!("dir:{}", path.display()),
            Err(_) => place.to_owned(),
        },
        _ => place.to_owned(),
    }
}
