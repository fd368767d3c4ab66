//! A deployed network with a provider and a reader, and an index of it in a folder of the test's.

use alloy_primitives::{Address, B256, Bytes, U256};
use indexer::{Index, Moment, Position};
use ledger::Network;
use ledger::chain::{
    At, Call, Chain, Deployment, Done, Event, Included, Node, PrivateKeySigner, Purchase, deploy,
};
use ledger::dataset::Version;
use ledger::market::{Order, Terms};
use ledger::network::{Finality, Policy};
use store::Stores;
use tempfile::TempDir;
use tests::anvil::Anvil;

/// The local node's first accounts: their keys are public.
const ADMIN: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const PROVIDER: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const READER: &str = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

pub(crate) const HOUR: u32 = 3_600;

pub(crate) struct Scene {
    pub(crate) anvil: Anvil,
    pub(crate) chain: Chain,
    pub(crate) provider: PrivateKeySigner,
    pub(crate) reader: PrivateKeySigner,
    folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::deployed_by(ADMIN)
    }

    fn deployed_by(admin: &str) -> Self {
        let anvil = Anvil::start();
        let plan = Deployment {
            name: "test".to_owned(),
            tokens: Vec::new(),
            circuits: Vec::new(),
            policy: Policy {
                circuits: Vec::new(),
                development_keys: true,
                require_anchored: false,
                finality: Finality::Head,
            },
        };
        let chain = deploy(anvil.node(), &admin.parse().unwrap(), plan, |_| {}).unwrap();
        Self {
            anvil,
            chain,
            provider: PROVIDER.parse().unwrap(),
            reader: READER.parse().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Another network on a chain of the same id: all local chains begin alike.
    pub(crate) fn other() -> Self {
        Self::deployed_by(READER)
    }

    pub(crate) fn network(&self) -> &Network {
        self.chain.network()
    }

    pub(crate) fn node(&self) -> &Node {
        self.chain.node()
    }

    pub(crate) fn folder(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The index that lies in the folder of this name.
    pub(crate) fn index(&self, name: &str) -> Index {
        Index::open(&self.folder(name), self.network()).unwrap()
    }

    pub(crate) fn follow(&self, index: &Index) -> Position {
        catch_up(index, &self.chain)
    }

    pub(crate) fn terms(&self, price: u128) -> Terms {
        Terms {
            price,
            token: self.network().tokens[0].address,
            access_seconds: 24 * HOUR,
            delivery_seconds: HOUR,
            dispute_seconds: 2 * HOUR,
        }
    }

    /// Lists a free dataset that differs from others by `seed`.
    pub(crate) fn list(&self, seed: u8) -> U256 {
        let done = self.chain.list(&self.provider, version(seed), self.terms(0)).unwrap();
        match done.events[..] {
            [_, Event::Listed { dataset, .. }] => dataset,
            ref other => panic!("{other:?}"),
        }
    }

    /// Buys a free grant for the dataset listed with `seed`.
    pub(crate) fn buy(&self, dataset: U256, seed: u8, terms: Terms) -> (U256, Order) {
        order_in(&self.chain.buy(&self.reader, &purchase(dataset, seed, terms), None).unwrap())
    }

    /// Hands the dataset's token to another account.
    pub(crate) fn transfer(&self, dataset: U256, to: Address) -> Included {
        let words = [self.provider.address().into_word(), to.into_word(), dataset.into()];
        let call = [&[0x23, 0xb8, 0x72, 0xdd], words.concat().as_slice()].concat();
        self.send(&self.provider, self.network().contracts.registry.address, call)
    }

    pub(crate) fn send(&self, by: &PrivateKeySigner, to: Address, data: Vec<u8>) -> Included {
        let call = Call { to: Some(to), data: Bytes::from(data), from: by.address() };
        self.node().send(by, &call).unwrap()
    }
}

pub(crate) fn no_stores() -> Stores {
    Stores::new(Vec::new())
}

pub(crate) fn catch_up(index: &Index, chain: &Chain) -> Position {
    let mut writer = index.writer().unwrap();
    writer.catch_up(chain, &no_stores(), |_| {}).unwrap()
}

/// A version that differs from others by `seed`.
pub(crate) fn version(seed: u8) -> Version {
    Version {
        manifest: B256::repeat_byte(seed),
        data_root: B256::with_last_byte(seed),
        key_commit: B256::with_last_byte(seed + 1),
        samples: 2504,
        columns: 1000 + u64::from(seed),
    }
}

pub(crate) fn purchase(dataset: U256, seed: u8, terms: Terms) -> Purchase {
    Purchase {
        dataset,
        version: version(seed),
        terms,
        request: B256::repeat_byte(0x77),
        answer_commit: B256::with_last_byte(9),
    }
}

pub(crate) fn order_in(done: &Done) -> (U256, Order) {
    let bought = |event: &Event| match event {
        Event::Bought { grant, order, .. } => Some((*grant, *order)),
        _ => None,
    };
    done.events.iter().find_map(bought).expect("it was bought")
}

/// When a transaction happened.
pub(crate) fn moment(scene: &Scene, included: &Included) -> Moment {
    let block = scene.node().block(At::Number(included.block)).unwrap().unwrap();
    Moment { block: block.number, time: block.time, transaction: included.transaction }
}
