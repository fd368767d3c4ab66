use crate::answer::{Answer, Lines};
use crate::commands::{number, show, show::Seen, units};
use crate::failure::Failure;
use crate::published;
use crate::session::{Session, signer};
use crate::{clock, describe, span};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::{Dataset, Grant, Index, Metadata};
use ledger::chain::{At, Purchase};
use ledger::market::{GrantStatus, SaleStatus};
use ledger::{Cid, Codec, Id, Manifest, Thing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vault::{NewRequest, Unlocked, XWingPublic};

/// Seconds for which the permit is good.
const PERMIT: u64 = 3600;

/// Buy a grant: the money goes into escrow.
///
/// The order names exactly the version and terms of the dataset; if they are not those that `show`
/// showed you, nothing is bought. The price stays in escrow until the provider has delivered and the
/// dispute window has passed; if nothing is delivered in time, `refund` takes it all back. The
/// provider may end the grant: before being paid the price comes back, after it nothing does. Before
/// disputes exist, a provider who delivers a useless envelope is paid all the same.
///
/// JSON: id, dataset, version, deliver_by, transaction (null where it was bought before), amount,
/// amount_units, token, symbol.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome buy dataset:1 --max-price 250")]
pub(crate) struct Buy {
    /// The dataset
    id: Id,
    /// Refuse a higher price
    #[arg(long, value_name = "AMOUNT")]
    max_price: Option<String>,
    /// Buy although you have a grant for this version
    #[arg(long)]
    again: bool,
}

/// A request under way: if the order was sent, it is found on the chain by this digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct UnderWay {
    request: B256,
    answer_commit: B256,
    seen: Seen,
}

pub(crate) fn run(session: &Session, args: &Buy) -> Result<Answer, Failure> {
    let number = number(args.id, Thing::Dataset)?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let index = session.index()?;
    let dataset = show::dataset(&index, number)?;
    let note = format!("buy-{:#x}-{number}.json", session.network()?.contracts.registry.address);
    if let Some(grant) = bought_before(session, &index, &note)? {
        session.home().remove_note(&note)?;
        return answer(session, &grant, None);
    }
    check(session, &index, &dataset, args)?;
    if dataset.owner == session.address()? {
        session.progress.tell(&format!("{} is your own: you will pay yourself", args.id));
    }
    let manifest = manifest(&dataset)?;
    let under_way = request(session, &vault, &dataset, &manifest, &note)?;

    let chain = session.chain()?;
    if let Some(block) = chain.node().block(At::Number(index.position.block))? {
        chain.agree(&block)?;
    }
    let (terms, by) = (dataset.terms, signer(&vault));
    let price = U256::from(terms.price);
    let allowed = chain.balances(by.address(), terms.token)?.allowance >= price;
    let permit = if allowed {
        None
    } else {
        let deadline = chain.node().head()?.time + PERMIT;
        chain.permit(&by, terms.token, price, deadline)?
    };
    let purchase = Purchase {
        dataset: number,
        version: dataset.latest.version,
        terms,
        request: under_way.request,
        answer_commit: under_way.answer_commit,
    };
    let done = chain.buy(&by, &purchase, permit)?;
    let grant = bought_before(session, &*session.index()?, &note)?.ok_or_else(|| {
        Failure::could_not("the order is on the chain, but the index does not have it")
            .hint("run the command again: it finds the order")
    })?;
    session.home().remove_note(&note)?;
    answer(session, &grant, Some(done.included.transaction))
}

/// The grant of the request that was under way, if its order reached the chain.
fn bought_before(session: &Session, index: &Index, note: &str) -> Result<Option<Grant>, Failure> {
    let Some(under_way) = session.home().note::<UnderWay>(note)? else { return Ok(None) };
    let own = index.grants_of(session.address()?)?;
    Ok(own.into_iter().find(|grant| grant.order.request == under_way.request))
}

fn check(session: &Session, index: &Index, dataset: &Dataset, args: &Buy) -> Result<(), Failure> {
    let (network, terms) = (session.network()?, dataset.terms);
    if dataset.status == SaleStatus::Paused {
        return Err(Failure::no(format!("the sale of {} is paused", args.id)).check("on-sale"));
    }
    let note = Seen::note(session, dataset.dataset)?;
    if let Some(seen) = session.home().note::<Seen>(&note)?
        && seen != Seen::of(dataset)
    {
        return Err(Failure::no(format!(
            "terms or version of {} changed since you looked",
            args.id
        ))
        .check("as-shown")
        .hint(format!("look again with `provenome show {}`, then buy", args.id)));
    }
    let token = network.token(terms.token);
    let price = describe::price(&network, terms.token, terms.price);
    if let Some(most) = &args.max_price {
        let most = units("--max-price", most, token.map_or(0, |t| t.decimals))?;
        if terms.price > most {
            return Err(Failure::no(format!("the price is {price}"))
                .check("max-price")
                .hint("raise --max-price, or leave it out"));
        }
    }
    let held = session.chain()?.balances(session.address()?, terms.token)?.token;
    if held < U256::from(terms.price) {
        let held = describe::price(&network, terms.token, held.saturating_to());
        return Err(Failure::no(format!("the price is {price}, but the account has {held}"))
            .check("balance")
            .hint(format!(
                "send tokens to {}; on a local chain `provenome devnet fund`",
                session.address()?
            )));
    }
    let open = |grant: &Grant| {
        grant.order.dataset == dataset.dataset
            && grant.order.version == dataset.latest.number
            && matches!(
                grant.status,
                GrantStatus::Paid | GrantStatus::Delivered | GrantStatus::Settled
            )
    };
    let own = index.grants_of(session.address()?)?;
    match own.iter().find(|grant| open(grant)) {
        Some(grant) if !args.again => {
            Err(Failure::no(format!("you have grant:{} for this version already", grant.grant))
                .check("not-bought")
                .hint("pass --again to buy another"))
        }
        _ => Ok(()),
    }
}

fn manifest(dataset: &Dataset) -> Result<Manifest, Failure> {
    match &dataset.latest.metadata {
        Metadata::There(manifest) => Ok((**manifest).clone()),
        Metadata::Missing { .. } => Err(Failure::could_not("no store has the dataset's manifest")
            .hint("without it there is no key to encrypt the request to; name the provider's store with --store")),
        Metadata::Quarantined(why) => Err(Failure::no(format!("the dataset's manifest is refused: {why}"))
            .check("manifest")),
    }
}

/// The request of the order: the one under way, if the dataset is still as it was, or a new one.
fn request(
    session: &Session,
    vault: &Unlocked,
    dataset: &Dataset,
    manifest: &Manifest,
    note: &str,
) -> Result<UnderWay, Failure> {
    let seen = Seen::of(dataset);
    if let Some(under_way) = session.home().note::<UnderWay>(note)?
        && under_way.seen == seen
        && let cid = Cid::new(Codec::Raw, under_way.request)
        && let Some(request) = published::copy(session, cid)?
    {
        published::publish(session, cid, &request)?;
        return Ok(under_way);
    }
    let provider = XWingPublic::new(manifest.xwing.as_slice()).map_err(|e| {
        Failure::no(format!("the provider's key is refused: {e}")).check("manifest")
    })?;
    let request = NewRequest::new(vault.identity(), &provider)?;
    let cid = Cid::of(Codec::Raw, &request.block);
    published::publish(session, cid, &request.block)?;
    let answer_commit = request.answer_commit;
    let under_way = UnderWay { request: cid.digest(), answer_commit, seen };
    session.home().write_note(note, &under_way)?;
    Ok(under_way)
}

fn answer(session: &Session, grant: &Grant, transaction: Option<B256>) -> Result<Answer, Failure> {
    let network = session.network()?;
    let price = describe::price(&network, grant.order.token, grant.order.amount);
    let mut lines = Lines::default();
    lines
        .add(
            "bought",
            format!(
                "grant:{} for dataset:{} version {}",
                grant.grant, grant.order.dataset, grant.order.version
            ),
        )
        .add("in escrow", &price)
        .add("to be delivered by", clock::show(grant.deliver_by))
        .add("dispute window", span::show(grant.order.dispute_seconds.into()));
    match transaction {
        Some(transaction) => lines.add("transaction", transaction),
        None => lines.add("", "the order was on the chain already; nothing was sent"),
    };
    let json = json!({
        "id": format!("grant:{}", grant.grant),
        "dataset": format!("dataset:{}", grant.order.dataset),
        "version": grant.order.version,
        "deliver_by": grant.deliver_by,
        "transaction": transaction,
    });
    let paid = (grant.order.token, U256::from(grant.order.amount));
    let json = describe::with_amount(json, &network, paid);
    Ok(Answer::yes(lines.to_string(), json))
}
