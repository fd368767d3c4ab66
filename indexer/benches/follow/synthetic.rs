//! A node that knows a made-up chain and answers from memory.

use alloy_primitives::{Address, B256, U256, hex, keccak256};
use ledger::{Network, accumulator};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const CHAIN: u64 = 31_337;
/// Events in a block: five grants that are bought, delivered and settled, and a listing.
pub(crate) const PER_BLOCK: u64 = 27;
/// Blocks that come one by one after the backfill.
pub(crate) const FOLLOWED: u64 = 200;

fn address(n: u8) -> Address {
    Address::repeat_byte(n)
}

pub(crate) fn network() -> Network {
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

pub(crate) struct Synthetic {
    blocks: Vec<Made>,
    /// The numbers of blocks by their hashes, before and after the reorg.
    numbers: HashMap<B256, u64>,
    pub(crate) head: AtomicU64,
    /// From here on the blocks are others, and empty.
    pub(crate) fork: AtomicU64,
}

impl Synthetic {
    pub(crate) fn new(blocks: u64) -> Self {
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

    pub(crate) fn head(&self) -> u64 {
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
pub(crate) fn serve(node: Arc<Synthetic>) -> String {
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
