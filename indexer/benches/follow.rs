//! Backfill, restart, a reorg of 64 blocks and the time from a block to its rows, against a node
//! that costs little: its answers are made beforehand. `cargo bench -p indexer -- [events]`; the
//! figures stand in `docs/spec/index.md`.

use alloy_primitives::{Address, B256, U256, hex, keccak256};
use indexer::{Index, Step};
use ledger::chain::{Chain, Node};
use ledger::{Network, accumulator};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Stores;

const CHAIN: u64 = 31_337;
/// Events in a block: five grants that are bought, delivered and settled, and a listing.
const PER_BLOCK: u64 = 27;
/// Blocks that come one by one after the backfill.
const FOLLOWED: u64 = 200;

fn main() {
    let events = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(100_000_u64);
    let node = Arc::new(Synthetic::new(events / PER_BLOCK));
    let url = serve(Arc::clone(&node));
    let chain = Chain::connect(network(), vec![Node::new(&url).unwrap()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), &network()).unwrap();
    let stores = Stores::new(Vec::new());

    let mut writer = index.writer().unwrap();
    let begun = Instant::now();
    let mut followed = 0;
    while let Step::Blocks { events, .. } = writer.step(&chain, &stores).unwrap() {
        followed += events.len();
    }
    let taken = begun.elapsed();
    let rate = followed as f64 / taken.as_secs_f64();
    println!("backfill      {followed} events in {taken:.2?}: {rate:.0}/s");
    let size = std::fs::metadata(index.path()).unwrap().len() as f64 / 1e6;
    println!("database      {size:.0} MB");
    drop((writer, index));

    let begun = Instant::now();
    let index = Index::open(folder.path(), &network()).unwrap();
    let mut writer = index.writer().unwrap();
    assert_eq!(writer.step(&chain, &stores).unwrap(), Step::Idle);
    println!("restart       {:.2?}", begun.elapsed());

    drop(writer);

    let mut latencies = latencies(&node, &index, &url);
    latencies.sort();
    let at = |share: usize| latencies[latencies.len() * share / 100];
    println!("block to row  p50 {:.2?}, p99 {:.2?}", at(50), at(99));

    node.fork.store(node.head() - 63, Ordering::SeqCst);
    let mut writer = index.writer().unwrap();
    let begun = Instant::now();
    match writer.step(&chain, &stores).unwrap() {
        Step::Reorg { from, to } => {
            println!("reorg         {} blocks in {:.2?}", from.number - to.number, begun.elapsed());
        }
        other => panic!("{other:?}"),
    }
    println!("peak memory   {}", peak_memory());
}

/// How long after each of the last blocks its rows can be read, beside one who steps all the time.
fn latencies(node: &Synthetic, index: &Index, url: &str) -> Vec<Duration> {
    let mut writer = index.writer().unwrap();
    let chain = Chain::connect(network(), vec![Node::new(url).unwrap()]).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let stores = Stores::new(Vec::new());
            for _ in 0..FOLLOWED {
                while writer.step(&chain, &stores).unwrap() == Step::Idle {
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        });
        let follow = |_| {
            let head = node.head.fetch_add(1, Ordering::SeqCst) + 1;
            let begun = Instant::now();
            while index.position().unwrap().unwrap().block < head {
                std::thread::sleep(Duration::from_micros(200));
            }
            begun.elapsed()
        };
        (0..FOLLOWED).map(follow).collect()
    })
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |size| size.trim().to_owned())
}

fn address(n: u8) -> Address {
    Address::repeat_byte(n)
}

fn network() -> Network {
    let contract = |n| json!({ "address": address(n), "code_hash": keccak256([1]) });
    let network = json!({
        "name": "bench", "chain": CHAIN, "genesis": hash(0, false), "deployed_at": 1,
        "contracts": {
            "registry": contract(1), "market": contract(2), "protocols": contract(3),
            "ledger": contract(4), "log": contract(5),
        },
        "tokens": [], "policy": { "circuits": [], "finality": "head" },
    });
    Network::parse(&network.to_string()).unwrap()
}

fn hash(block: u64, forked: bool) -> B256 {
    keccak256([block.to_be_bytes(), u64::from(forked).to_be_bytes()].concat())
}

/// What the node knows of a block: its logs as JSON, and the accumulators after it.
struct Made {
    logs: String,
    accs: [B256; 5],
}

struct Synthetic {
    blocks: Vec<Made>,
    /// The numbers of blocks by their hashes, before and after the reorg.
    numbers: HashMap<B256, u64>,
    head: AtomicU64,
    /// From here on the blocks are others, and empty.
    fork: AtomicU64,
}

impl Synthetic {
    fn new(blocks: u64) -> Self {
        let mut accs = [1, 2, 3, 4, 5].map(|n| accumulator::seed(CHAIN, address(n)));
        let mut all = vec![Made { logs: String::new(), accs }];
        for block in 1..=blocks {
            let logs: Vec<_> = events(block)
                .into_iter()
                .enumerate()
                .map(|(index, (contract, topics, data))| {
                    let acc = &mut accs[usize::from(contract) - 1];
                    *acc = accumulator::extend(*acc, &topics, &data);
                    json!({
                        "address": address(contract), "topics": topics,
                        "data": format!("0x{}", hex::encode(&data)),
                        "blockNumber": format!("{block:#x}"), "blockHash": hash(block, false),
                        "transactionHash": keccak256(U256::from(index as u64 + block * 1000).to_be_bytes::<32>()),
                        "transactionIndex": "0x0", "logIndex": format!("{index:#x}"),
                        "removed": false,
                    })
                    .to_string()
                })
                .collect();
            all.push(Made { logs: logs.join(","), accs });
        }
        let numbers =
            (0..=blocks).flat_map(|n| [(hash(n, false), n), (hash(n, true), n)]).collect();
        let head = AtomicU64::new(blocks - FOLLOWED);
        Self { blocks: all, numbers, head, fork: AtomicU64::new(u64::MAX) }
    }

    fn head(&self) -> u64 {
        self.head.load(Ordering::SeqCst)
    }

    fn hash(&self, block: u64) -> B256 {
        hash(block, block >= self.fork.load(Ordering::SeqCst))
    }

    fn header(&self, block: u64) -> Value {
        let zero = B256::ZERO;
        json!({
            "number": format!("{block:#x}"), "hash": self.hash(block),
            "parentHash": self.hash(block.wrapping_sub(1)), "timestamp": format!("{:#x}", 1_700_000_000 + block),
            "sha3Uncles": zero, "miner": Address::ZERO, "stateRoot": zero, "transactionsRoot": zero,
            "receiptsRoot": zero, "logsBloom": format!("0x{}", "00".repeat(256)), "difficulty": "0x0",
            "gasLimit": "0x1", "gasUsed": "0x0", "extraData": "0x", "mixHash": zero,
            "nonce": "0x0000000000000000", "transactions": [], "uncles": [],
        })
    }

    fn answer(&self, request: &Value) -> String {
        let parameters = &request["params"];
        let number = |value: &Value| {
            u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).ok()
        };
        let head = self.head();
        let fork = self.fork.load(Ordering::SeqCst);
        let result = match request["method"].as_str().unwrap() {
            "eth_chainId" => json!(format!("{CHAIN:#x}")),
            "eth_getCode" => json!("0x01"),
            "eth_getBlockByNumber" => match (parameters[0].as_str(), number(&parameters[0])) {
                (Some("finalized"), _) => self.header(head.saturating_sub(64)),
                (_, number) => self.header(number.unwrap_or(head)),
            },
            "eth_getLogs" => {
                let (from, to) =
                    (number(&parameters[0]["fromBlock"]), number(&parameters[0]["toBlock"]));
                let (from, to) = (from.unwrap(), to.unwrap().min(fork.saturating_sub(1)));
                let logs: Vec<_> =
                    (from..=to).map(|n| self.blocks[n as usize].logs.as_str()).collect();
                return format!(
                    r#"{{"jsonrpc":"2.0","id":{},"result":[{}]}}"#,
                    request["id"],
                    logs.join(",")
                );
            }
            "eth_call" => {
                let to: Address = parameters[0]["to"].as_str().unwrap().parse().unwrap();
                let at: B256 = parameters[1].as_str().unwrap().parse().unwrap();
                let at = self.numbers[&at].min(fork - 1);
                json!(self.blocks[at as usize].accs[usize::from(to.0[0]) - 1])
            }
            other => panic!("{other}"),
        };
        json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string()
    }
}

/// Contract, topics and data of each event of a block.
fn events(block: u64) -> Vec<(u8, Vec<B256>, Vec<u8>)> {
    let name = |text: &str| keccak256(text);
    let number = |n: u64| B256::from(U256::from(n));
    let time = number(1_700_000_000 + block);
    let word = |n: u64| keccak256(n.to_be_bytes());
    let token = address(0x33).into_word();
    let terms = [number(1000), token, number(86_400), number(3_600), number(3_600)];
    let owner = address(0x11).into_word();
    let version = [word(block), number(block), number(block), number(2504), number(1000)];
    let listed = [version.as_slice(), &terms, &[time]].concat().concat();
    let signature = "Listed(uint256,address,(bytes32,bytes32,bytes32,uint64,uint64),(uint96,address,uint32,uint32,uint32),uint64)";
    let transfer = name("Transfer(address,address,uint256)");
    let mut all = vec![
        (1, vec![transfer, B256::ZERO, owner, number(block)], Vec::new()),
        (1, vec![name(signature), number(block), owner], listed),
    ];
    let signature = "Bought(uint256,uint256,address,(uint256,uint64,uint96,address,address,address,uint32,uint32,bytes32,bytes32),uint64,uint64)";
    for grant in block * 5..block * 5 + 5 {
        let buyer = address(0x22).into_word();
        let order = [
            number(block),
            number(1),
            number(1000),
            token,
            owner,
            owner,
            number(86_400),
            number(3_600),
            word(grant),
            number(9),
        ];
        let bought = [order.as_slice(), &[time, time]].concat().concat();
        all.extend([
            (2, vec![transfer, B256::ZERO, buyer, number(grant)], Vec::new()),
            (2, vec![name("Locked(uint256)")], number(grant).to_vec()),
            (2, vec![name(signature), number(grant), number(block), buyer], bought),
            (
                2,
                vec![name("Delivered(uint256,bytes32,uint64,uint64,uint64)"), number(grant)],
                [word(grant), time, time, time].concat(),
            ),
            (
                2,
                vec![name("Settled(uint256,address,uint96,uint64)"), number(grant)],
                [owner, number(1000), time].concat(),
            ),
        ]);
    }
    all
}

/// Answers over HTTP until the process ends.
fn serve(node: Arc<Synthetic>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let node = Arc::clone(&node);
            std::thread::spawn(move || answer_all(client, &node));
        }
    });
    url
}

fn answer_all(client: TcpStream, node: &Synthetic) -> Option<()> {
    client.set_nodelay(true).ok()?;
    let mut client = BufReader::new(client);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if client.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        client.read_exact(&mut body).ok()?;
        let answer = node.answer(&serde_json::from_slice(&body).ok()?);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        client.get_mut().write_all(head.as_bytes()).ok()?;
        client.get_mut().write_all(answer.as_bytes()).ok()?;
    }
}
