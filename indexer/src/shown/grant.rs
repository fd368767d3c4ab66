//! A grant as it is shown.

use crate::Grant;
use alloy_primitives::{Address, U256};
use ledger::market::GrantStatus;
use ledger::{Cid, Codec, Id, Network, Thing, amount};
use serde::{Deserialize, Serialize};

/// A grant, as `grants` lists and `show` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownGrant {
    /// `grant:N`.
    pub id: Id,
    /// For which dataset.
    pub dataset: Id,
    /// For which version of it.
    pub version: u64,
    /// The reader.
    pub buyer: Address,
    /// Who alone may deliver.
    pub provider: Address,
    /// Where it is.
    pub status: GrantStatus,
    /// Whether it gives access at `now`.
    pub active: bool,
    /// The price in whole tokens; none for a token that the network file does not name.
    pub amount: Option<String>,
    /// The price in the token's smallest unit.
    pub amount_units: String,
    /// The pay token.
    pub token: Address,
    /// Its symbol; none where the network file does not name it.
    pub symbol: Option<String>,
    /// The last second of delivery.
    pub deliver_by: u64,
    /// The delivered envelope.
    pub envelope: Option<Cid>,
    /// The last second of the dispute window.
    pub settle_after: Option<u64>,
    /// The second at which access ends.
    pub expires_at: Option<u64>,
    /// The reader's request.
    pub request: Cid,
    /// The time of the block that the answer is of.
    pub now: u64,
}

impl ShownGrant {
    /// Of this row, judged by a block's time.
    pub fn of(network: &Network, grant: &Grant, now: u64) -> Self {
        let order = &grant.order;
        let token = network.token(order.token);
        let delivered = grant.delivered.as_ref();
        let has_key = matches!(grant.status, GrantStatus::Delivered | GrantStatus::Settled);
        Self {
            id: Id::new(Thing::Grant, grant.grant),
            dataset: Id::new(Thing::Dataset, order.dataset),
            version: order.version,
            buyer: grant.buyer,
            provider: order.deliverer,
            status: grant.status,
            active: has_key && delivered.is_some_and(|delivery| now < delivery.expires_at),
            amount: token.map(|token| amount::show(U256::from(order.amount), token.decimals)),
            amount_units: order.amount.to_string(),
            token: order.token,
            symbol: token.map(|token| token.symbol.clone()),
            deliver_by: grant.deliver_by,
            envelope: delivered.map(|d| Cid::new(Codec::Raw, d.envelope)),
            settle_after: delivered.map(|d| d.settle_after),
            expires_at: delivered.map(|d| d.expires_at),
            request: Cid::new(Codec::Raw, order.request),
            now,
        }
    }
}
