//! What goes on on the chain while somebody follows it: listings, terms, pauses and purchases, made
//! once by the client and then sent again as they were, so that a block takes a millisecond.

use crate::scene::{HOUR, Scene};
use crate::seed::Seed;
use alloy_primitives::B256;
use ledger::chain::Node;
use ledger::market::{SaleStatus, Terms};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::anvil::Development as _;

pub(crate) struct Traffic {
    transactions: Vec<Value>,
    node: Node,
}

impl Traffic {
    /// Lists datasets 1 and 2, whose terms change and which is bought.
    pub(crate) fn of(scene: &Scene) -> Self {
        let (chain, provider) = (&scene.chain, &scene.provider);
        let (first, second) = (scene.list(1), scene.list(2));
        let terms = |hours| Terms { access_seconds: hours * HOUR, ..scene.terms(0) };
        let set = |hours| chain.set_terms(provider, first, terms(hours)).unwrap();
        let status = |status| chain.set_status(provider, first, status).unwrap();
        let done = [
            chain.list(provider, crate::scene::version(3), scene.terms(0)).unwrap(),
            set(30),
            set(40),
            status(SaleStatus::Paused),
            status(SaleStatus::OnSale),
            chain
                .buy(&scene.reader, &crate::scene::purchase(second, 2, scene.terms(0)), None)
                .unwrap(),
        ];
        let node = scene.anvil.node();
        let sent = |hash: B256| {
            let sent = node.ask("eth_getTransactionByHash", json!([hash]));
            json!({ "from": sent["from"], "to": sent["to"], "data": sent["input"], "gas": "0x1e8480" })
        };
        let transactions = done.map(|done| sent(done.included.transaction)).to_vec();
        Self { transactions, node }
    }

    fn any(&self, seed: &mut Seed) -> &Value {
        &self.transactions[seed.below(self.transactions.len() as u64) as usize]
    }

    /// A block with something in it.
    pub(crate) fn happen(&self, seed: &mut Seed) {
        let sent = self.node.ask("eth_sendTransaction", json!([self.any(seed)]));
        let begun = Instant::now();
        while self.node.ask("eth_getTransactionReceipt", json!([sent])).is_null() {
            assert!(begun.elapsed() < Duration::from_secs(20), "{sent} is in no block");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// So many blocks, with something in the first and in about half of the others.
    pub(crate) fn pass(&self, blocks: u64, seed: &mut Seed) {
        let mut left = blocks;
        while left > 0 {
            if left == blocks || seed.percent(50) {
                self.happen(seed);
                left -= 1;
            } else {
                let empty = 1 + seed.below(left.min(6));
                self.node.mine(empty);
                left -= empty;
            }
        }
    }

    /// Replaces the last `depth` blocks by others, with something else in some of them. In the first
    /// nothing happens: one in which the same happens would be the same block.
    pub(crate) fn reorg(&self, depth: u64, seed: &mut Seed) {
        let happening = if depth > 1 { seed.below(4) } else { 0 };
        let others: Vec<_> =
            (0..happening).map(|_| json!([self.any(seed), 1 + seed.below(depth - 1)])).collect();
        self.node.ask("anvil_reorg", json!([depth, others]));
    }
}
