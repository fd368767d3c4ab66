//! A chain with the contracts and an exact number of their events, made by `Trader`, who does
//! hundreds of calls in each transaction.
//!
//! anvil computes the root of all state in every block: a million events would take hours. It leaves
//! that out on a fork, so that the contracts are created on one anvil and used on a fork of it. The
//! blocks, logs and answers of the fork are in no other way different.

use alloy_primitives::{Address, B256, U256, hex};
use alloy_sol_types::{SolCall, SolValue as _};
use ledger::chain::{At, Block, Call, Circuit, Deployment, Node, PrivateKeySigner, deploy};
use ledger::network::{Finality, Policy};
use ledger::{Network, dataset};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;
use tests::anvil::{Anvil, Development as _};
use tests::scene::ROOT;

alloy_sol_types::sol! {
    struct Version { bytes32 manifest; bytes32 dataRoot; bytes32 keyCommit; uint64 samples; uint64 columns; }
    function key() external view returns (uint256[]);
    function trade(uint256 datasets, bytes32 circuit) external;
    function list(Version[] versions) external;
    function fill(uint256 events) external;
}

/// The first account of every anvil.
const ADMIN: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// Datasets traded in a block.
const DATASETS: u64 = 16;
/// Events of such a block: 32 for each dataset, with those that settle the grants of the block before,
/// and one result.
const EVENTS: u64 = 32 * DATASETS + 1;
/// Datasets listed in a block where nothing else happens.
const LISTED: usize = 200;
/// Between two blocks, so that grants can be settled in the next one.
const BLOCK_SECONDS: u64 = 3_700;
/// Both sides count a block as final by then.
const PAST_FINALITY: u64 = 70;
/// Blocks whose logs are counted at once.
const COUNTED: u64 = 50;
/// Room for a block of hundreds of calls; only the states that a reorg of 64 blocks needs are kept,
/// each of which holds all slots ever written.
const ROOMY: [&str; 5] =
    ["--gas-limit", "1000000000000", "--no-request-size-limit", "--prune-history", "80"];

pub(crate) struct Market {
    // Before the one that it forks.
    chain: Anvil,
    _origin: Anvil,
    pub(crate) node: Node,
    pub(crate) network: Network,
    trader: Address,
    circuit: B256,
    /// Datasets listed so far.
    pub(crate) datasets: u64,
}

impl Market {
    pub(crate) fn start() -> Self {
        let origin = Anvil::start_with(&ROOMY);
        let admin: PrivateKeySigner = ADMIN.parse().unwrap();
        let policy = Policy {
            circuits: Vec::new(),
            development_keys: true,
            require_anchored: false,
            finality: Finality::Head,
        };
        let plan = Deployment { name: "bench".into(), tokens: vec![], circuits: vec![], policy };
        let deployed = deploy(origin.node(), &admin, plan, |_| {}).unwrap();
        let network = deployed.network().clone();
        let node = deployed.node();
        let trader = create_trader(node, &admin, &network);
        let key =
            Call { to: Some(trader), data: keyCall {}.abi_encode().into(), from: Address::ZERO };
        let key = keyCall::abi_decode_returns(&node.call(&key, At::Latest).unwrap()).unwrap();
        let circuit =
            Circuit { protocol: "bench/1".into(), fingerprint: B256::repeat_byte(1), key };
        deployed.register(&admin, &circuit).unwrap();

        let chain = Anvil::start_with(&[&ROOMY[..], &["--fork-url", &origin.url]].concat());
        let node = chain.node();
        node.ask("anvil_setBlockTimestampInterval", json!([BLOCK_SECONDS]));
        let circuit = circuit.id().0;
        Self { chain, _origin: origin, node, network, trader, circuit, datasets: 0 }
    }

    pub(crate) fn url(&self) -> &str {
        &self.chain.url
    }

    pub(crate) fn head(&self) -> Block {
        self.node.head().unwrap()
    }

    /// Trades until the chain has exactly so many events, and lets all of them become final.
    pub(crate) fn trade_until(&mut self, events: u64) {
        let begun = Instant::now();
        let mut made = self.count();
        while made + EVENTS <= events {
            made += self.trade(DATASETS).1;
        }
        let rest = events.checked_sub(made).expect("there is room for the deployment's events");
        self.call(&fillCall { events: U256::from(rest) });
        self.node.mine(PAST_FINALITY);
        assert_eq!(self.count(), events, "events on the chain");
        eprintln!("chain         {events} events made in {:.0?}", begun.elapsed());
    }

    /// One block of trade with so many new datasets: its number, and how many events it has.
    pub(crate) fn trade(&mut self, datasets: u64) -> (u64, u64) {
        self.datasets += datasets;
        self.call(&tradeCall { datasets: U256::from(datasets), circuit: self.circuit })
    }

    /// Lists these and lets them become final.
    pub(crate) fn list(&mut self, versions: &[dataset::Version]) {
        for some in versions.chunks(LISTED) {
            let versions = some.iter().map(|v| Version {
                manifest: v.manifest,
                dataRoot: v.data_root,
                keyCommit: v.key_commit,
                samples: v.samples,
                columns: v.columns,
            });
            self.call(&listCall { versions: versions.collect() });
            self.datasets += some.len() as u64;
        }
        self.node.mine(PAST_FINALITY);
    }

    fn call(&self, call: &impl SolCall) -> (u64, u64) {
        let admin: PrivateKeySigner = ADMIN.parse().unwrap();
        let call = json!([{
            "from": admin.address(), "to": self.trader, "gas": "0xe8d4a50000",
            "data": format!("0x{}", hex::encode(call.abi_encode())),
        }]);
        let receipt = self.node.ask("eth_sendTransactionSync", call);
        assert_eq!(receipt["status"], "0x1", "the trader's call failed");
        let ours = self.network.contracts.all().map(|(_, contract)| json!(contract.address));
        let logs = receipt["logs"].as_array().unwrap().iter();
        let events = logs.filter(|log| ours.contains(&log["address"])).count();
        let block = receipt["blockNumber"].as_str().unwrap().trim_start_matches("0x");
        (u64::from_str_radix(block, 16).unwrap(), events as u64)
    }

    /// The contracts' events, as the node tells them.
    pub(crate) fn count(&self) -> u64 {
        let head = self.head().number;
        let contracts = self.network.contracts.all().map(|(_, contract)| contract.address);
        let some = |from| self.node.logs(&contracts, from, head.min(from + COUNTED - 1)).unwrap();
        (0..=head).step_by(COUNTED as usize).map(|from| some(from).len() as u64).sum()
    }
}

fn create_trader(node: &Node, admin: &PrivateKeySigner, network: &Network) -> Address {
    let path = Path::new(ROOT).join("contracts/out/Trader.sol/Trader.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}: run `scripts/contracts build`", path.display()));
    let artifact: Value = serde_json::from_str(&text).unwrap();
    let code = hex::decode(artifact["bytecode"]["object"].as_str().unwrap()).unwrap();
    let contracts = &network.contracts;
    let [registry, market, ledger, log] =
        [contracts.registry, contracts.market, contracts.ledger, contracts.log]
            .map(|contract| contract.address);
    let arguments = (registry, market, ledger, log, network.tokens[0].address).abi_encode();
    let data = [code, arguments].concat().into();
    let call = Call { to: None, data, from: admin.address() };
    node.send(admin, &call).unwrap().created.unwrap()
}
