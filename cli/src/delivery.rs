//! Delivering a grant: the same for `serve` and `deliver`.
//!
//! The envelope is kept in the home before its digest is sent, and its block is published only after
//! the chain has the delivery: an order is never both refunded and served, and no crash loses an
//! envelope that the chain knows.

use crate::failure::{Context as _, Failure};
use crate::home::{read_small, write_file};
use crate::published::{publish, was_published};
use crate::session::{Session, signer};
use alloy_primitives::B256;
use indexer::{Grant, Index};
use ledger::chain::{At, Block, Chain};
use ledger::market::GrantStatus;
use ledger::network::Finality;
use ledger::{Cid, Codec};
use std::io;
use std::path::PathBuf;
use store::BlockStore as _;
use vault::{Binding, Envelope, Request, Unlocked};

/// Seconds before the deadline within which no delivery is begun.
const MARGIN: u64 = 120;

/// What became of an order.
pub(crate) enum Outcome {
    /// The envelope is named on the chain and in the store.
    Delivered { transaction: B256, envelope: Cid },
    /// The order was refused, and its buyer refunded.
    Declined { transaction: B256, why: String },
}

/// The latest block that counts, with every node agreeing on it and on all accumulators: no key
/// moves for an order after it.
pub(crate) fn final_block(chain: &Chain) -> Result<Block, Failure> {
    let at = match chain.network().policy.finality {
        Finality::Head => At::Latest,
        Finality::Finalized => At::Finalized,
    };
    let block = chain.node().block(at)?.ok_or_else(|| {
        Failure::could_not(format!("{} has no finalized block yet", chain.node().url()))
    })?;
    chain.agree(&block)?;
    Ok(block)
}

/// Delivers a paid order, or declines one whose request is malformed.
pub(crate) fn deliver(
    session: &Session,
    vault: &Unlocked,
    index: &Index,
    grant: &Grant,
    now: u64,
) -> Result<Outcome, Failure> {
    if grant.status != GrantStatus::Paid {
        return Err(Failure::no(format!("grant:{} is {}", grant.grant, grant.status.word())));
    }
    let (deliverer, me) = (grant.order.deliverer, vault.identity().address());
    if deliverer != me {
        return Err(Failure::no(format!("grant:{} is delivered by {deliverer}", grant.grant))
            .check("provider")
            .hint(format!("this home is of {me}; deliver from the provider's")));
    }
    if now + MARGIN > grant.deliver_by {
        return Err(Failure::no(format!(
            "grant:{} has to be delivered by {}, which is past or less than {MARGIN} seconds away",
            grant.grant,
            crate::clock::show(grant.deliver_by)
        ))
        .hint("the buyer can take the price back"));
    }
    let (chain, order) = (session.chain()?, grant.order);
    let block = session.stores()?.fetch(Cid::new(Codec::Raw, order.request))?;
    let request = match Request::read(&block, vault.identity(), order.answer_commit) {
        Ok(request) => request,
        Err(why) => {
            let done = chain.decline(&signer(vault), grant.grant, order)?;
            let transaction = done.included.transaction;
            return Ok(Outcome::Declined { transaction, why: why.to_string() });
        }
    };
    let row = index.version(order.dataset, order.version)?.ok_or_else(|| {
        Failure::could_not(format!(
            "the index has no version {} of dataset:{}",
            order.version, order.dataset
        ))
    })?;
    let entry = vault.find(row.version.key_commit)?.ok_or_else(|| {
        Failure::could_not(format!("the data key of dataset:{} is not in the vault", order.dataset))
            .hint("restore it with `provenome keys restore`, or refuse the order with `provenome decline`")
    })?;
    let binding = binding(session, grant, row.version.manifest)?;
    let envelope = Envelope::seal(&entry.key, &request.reader, &binding)?;
    let digest = ledger::hash::sha256(envelope.block());
    write_file(&kept(session, digest)?, envelope.block())?;
    let done = chain.deliver(&signer(vault), grant.grant, order, digest)?;
    publish_kept(session, digest)?;
    Ok(Outcome::Delivered {
        transaction: done.included.transaction,
        envelope: Cid::new(Codec::Raw, digest),
    })
}

/// What an envelope is bound to.
pub(crate) fn binding(
    session: &Session,
    grant: &Grant,
    manifest: B256,
) -> Result<Binding, Failure> {
    let network = session.network()?;
    Ok(Binding {
        chain: network.chain,
        market: network.contracts.market.address,
        grant: grant.grant,
        dataset: grant.order.dataset,
        version: grant.order.version,
        request: grant.order.request,
        manifest,
    })
}

/// Publishes what the chain says was delivered from here, where that was not done yet, or where the
/// store lost it before the reader's time to complain is over; upkeep sees to the others.
pub(crate) fn publish_missing(session: &Session, grants: &[Grant]) -> Result<(), Failure> {
    for grant in grants {
        let Some(delivery) = &grant.delivered else { continue };
        let cid = Cid::new(Codec::Raw, delivery.envelope);
        let done = was_published(session, cid)?
            && (grant.settled.is_some() || grant.ended.is_some() || session.stores()?.has(cid)?);
        if !done && kept(session, delivery.envelope)?.exists() {
            publish_kept(session, delivery.envelope)?;
        }
    }
    Ok(())
}

fn publish_kept(session: &Session, digest: B256) -> Result<(), Failure> {
    let path = kept(session, digest)?;
    let bytes = read_small(&path, 1 << 20)?
        .ok_or_else(|| io::Error::other("it is not there"))
        .context("read the kept envelope", &path)?;
    publish(session, Cid::new(Codec::Raw, digest), &bytes)
}

fn kept(session: &Session, digest: B256) -> Result<PathBuf, Failure> {
    Ok(session.home().folder("envelopes")?.join(hex::encode(digest)))
}
