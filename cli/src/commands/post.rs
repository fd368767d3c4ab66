use crate::answer::{Answer, Lines};
use crate::commands::deliver::found;
use crate::commands::number;
use crate::commands::prove::CLAIM;
use crate::failure::Failure;
use crate::home::read_small;
use crate::logbook::SignedStep;
use crate::published::publish;
use crate::session::{Session, signer};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::{Index, VersionRow};
use ledger::chain::{ChainError, Posting};
use ledger::dataset::VersionName;
use ledger::hash::sha256;
use ledger::key::data_commit;
use ledger::market::{GrantStatus, Order};
use ledger::step::{Input, Kind, Origin, Output, config_hash};
use ledger::{Cid, Claim, Codec, Id, Record, Statement, Thing, field};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;
use vault::Unlocked;

/// Publish a proved result.
///
/// The contract computes the context from your account, takes the panel's root from the registry and
/// verifies the proof; what it refuses is not posted. Step, record and table go into the store, and
/// the step into your log. Run again after an interruption it goes on, and posts once.
///
/// JSON: id, dataset, version, step, record, transaction (null where it was posted before).
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome post result --grant grant:1")]
pub(crate) struct Post {
    /// The folder that `prove` wrote
    dir: PathBuf,
    /// Post under this grant [default: the dataset or grant of yours that has the claim's panel]
    #[arg(long, value_name = "ID")]
    grant: Option<Id>,
}

/// Under what the account posts.
struct Standing {
    row: VersionRow,
    grant: Option<(U256, Order, B256)>,
}

/// What is about to be posted; the step must be the same when the command runs again.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    step: String,
    salt: B256,
}

pub(crate) fn run(session: &Session, args: &Post) -> Result<Answer, Failure> {
    let path = args.dir.join(CLAIM);
    let bytes = read_small(&path, 1 << 20)?.ok_or_else(|| {
        Failure::could_not(format!("{} has no {CLAIM}", args.dir.display()))
            .hint("name the folder that `provenome prove` wrote")
    })?;
    let claim = Claim::decode(&bytes).map_err(|e| Failure::no(e).check("claim"))?;
    let statement = claim.statement().map_err(|e| Failure::no(e).check("statement"))?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let index = session.index()?;
    let standing = standing(session, &index, args, &claim)?;
    check_people(&claim, &standing)?;
    let name = name(session, &standing)?;
    let (me, query) = (session.address()?, field::to_word(statement.query));
    let note = format!("post-{}.json", hex::encode(sha256(&bytes)));

    let of = (name.dataset, name.version);
    let same = field::to_word(statement.result);
    let listed = standing.row.version.data_root == field::to_bytes(claim.data_root);
    let before = index.result_by(claim.circuit, of, query, me)?;
    let before = before.filter(|row| listed && row.posted.value == same);
    let prepared = prepare(session, &vault, (&claim, &statement), (&standing, name), &note)?;
    let (signed, record) = &prepared;
    if let Some(row) = before {
        let ours = row.posted.step == signed.step.id();
        let signed = if ours { signed.clone() } else { fetch_step(session, row.posted.record)? };
        session.logbook()?.append(&signed)?;
        session.home().remove_note(&note)?;
        return Ok(answer(row.posted.result, name, &signed, row.posted.record, None));
    }
    let posting = posting((&claim, &statement), &standing, name, &prepared);
    let chain = session.chain()?;
    chain.check_post(me, &posting).map_err(|e| explain(e, session, &claim, &standing, &note))?;
    publish(session, signed.cid(), &signed.step.encode())?;
    publish(session, record.result, claim.table().as_bytes())?;
    publish(session, record.cid(), &record.encode())?;
    let done = chain.post(&signer(&vault), &posting)?;
    session.logbook()?.append(signed)?;
    session.home().remove_note(&note)?;
    let row = session.index()?.result_by(claim.circuit, of, query, me)?.ok_or_else(|| {
        Failure::could_not("the result is on the chain, but the index does not have it")
            .hint("run the command again")
    })?;
    let transaction = Some(done.included.transaction);
    Ok(answer(row.posted.result, name, signed, row.posted.record, transaction))
}

/// The grant that is named, or what of this account has the claim's panel.
fn standing(
    session: &Session,
    index: &Index,
    args: &Post,
    claim: &Claim,
) -> Result<Standing, Failure> {
    let me = session.address()?;
    let root = field::to_bytes(claim.data_root);
    let with_version = |grant: &indexer::Grant| -> Result<Standing, Failure> {
        let row = index.version(grant.order.dataset, grant.order.version)?.ok_or_else(|| {
            Failure::could_not("the index does not have the version that the grant is for")
        })?;
        let envelope = grant.delivered.as_ref().map(|d| d.envelope).unwrap_or_default();
        Ok(Standing { row, grant: Some((grant.grant, grant.order, envelope)) })
    };
    if let Some(id) = args.grant {
        return with_version(&found(index, number(id, Thing::Grant)?)?);
    }
    for dataset in index.datasets()?.iter().filter(|dataset| dataset.owner == me) {
        let versions = index.versions(dataset.dataset)?;
        if let Some(row) = versions.into_iter().rev().find(|row| row.version.data_root == root) {
            return Ok(Standing { row, grant: None });
        }
    }
    for grant in index.grants_of(me)?.iter().rev() {
        let active = matches!(grant.status, GrantStatus::Delivered | GrantStatus::Settled);
        let standing = with_version(grant)?;
        if active && standing.row.version.data_root == root {
            return Ok(standing);
        }
    }
    Err(Failure::no(format!("no dataset and no active grant of {me} has the claim's panel {root}"))
        .check("panel")
        .hint("name the grant with --grant; a claim over a panel that is listed nowhere cannot be posted"))
}

/// The proof says nothing about how many people the panel has, so no contract refuses another number;
/// but no audit of it could ever hold.
fn check_people(claim: &Claim, standing: &Standing) -> Result<(), Failure> {
    let listed = &standing.row.version;
    if listed.data_root != field::to_bytes(claim.data_root) || listed.samples == claim.samples {
        return Ok(());
    }
    Err(Failure::no(format!(
        "the claim says {} people, the listing {}",
        claim.samples, listed.samples
    ))
    .check("panel")
    .hint("the folder was changed: prove again"))
}

fn name(session: &Session, standing: &Standing) -> Result<VersionName, Failure> {
    let network = session.network()?;
    Ok(VersionName {
        chain: network.chain,
        registry: network.contracts.registry.address,
        dataset: standing.row.dataset,
        version: standing.row.number,
    })
}

/// The step and the record: those under way, or new ones, noted before anything is sent.
fn prepare(
    session: &Session,
    vault: &Unlocked,
    (claim, statement): (&Claim, &Statement),
    (standing, name): (&Standing, VersionName),
    note: &str,
) -> Result<(SignedStep, Record), Failure> {
    let table = claim.table();
    let noted = session.home().note::<UnderWay>(note)?.and_then(|under_way| {
        let bytes = hex::decode(&under_way.step).ok()?;
        Some((SignedStep::decode(&bytes).ok()?, under_way.salt))
    });
    let dataset = name.commit(&standing.row.version);
    let (signed, salt) = match noted {
        Some((signed, salt)) if signed.step.inputs.iter().any(|i| i.commit == dataset) => {
            (signed, salt)
        }
        _ => {
            let mut salt = B256::ZERO;
            getrandom::fill(salt.as_mut_slice())
                .map_err(|e| Failure::could_not(format!("no randomness: {e}")))?;
            let input =
                Input { name: "dataset".to_owned(), origin: Origin::Dataset, commit: dataset };
            let commit = data_commit(salt, table.len() as u64, sha256(&table));
            let outputs = vec![
                Output { name: "result.tsv".to_owned(), commit },
                Output { name: "statement".to_owned(), commit: statement.commit() },
            ];
            let logbook = session.logbook()?;
            let config = claim.config().map_err(Failure::no)?;
            let time = session.chain()?.node().head()?.time;
            let inputs_outputs = (vec![input], outputs);
            let step = logbook.step(Kind::Result, inputs_outputs, config_hash(&config), time);
            let signature = vault.identity().sign_step(logbook.domain(), step.id());
            let signed = SignedStep { step, signature };
            let under_way = UnderWay { step: hex::encode(signed.encode()), salt };
            session.home().write_note(note, &under_way)?;
            (signed, salt)
        }
    };
    let record = Record {
        claim: claim.clone(),
        name,
        version: standing.row.version,
        step: signed.cid(),
        signature: signed.signature,
        result: Cid::of(Codec::Raw, table.as_bytes()),
        result_salt: salt,
    };
    Ok((signed, record))
}

fn posting(
    (claim, statement): (&Claim, &Statement),
    standing: &Standing,
    name: VersionName,
    (signed, record): &(SignedStep, Record),
) -> Posting {
    Posting {
        circuit: claim.circuit,
        name,
        version: standing.row.version,
        grant: standing.grant,
        query: field::to_word(statement.query),
        result: field::to_word(statement.result),
        step: signed.step.id(),
        record: record.cid().digest(),
        proof: claim.proof,
    }
}

/// The contract's refusal, with what can be seen of its cause from here.
fn explain(
    error: ChainError,
    session: &Session,
    claim: &Claim,
    standing: &Standing,
    note: &str,
) -> Failure {
    if !error.is_no() {
        return error.into();
    }
    // What the contract refuses is not under way.
    let _ = session.home().remove_note(note);
    let mut causes = Vec::new();
    let (found, listed) = (field::to_bytes(claim.data_root), standing.row.version.data_root);
    if found != listed {
        causes.push(format!("the claim is over the panel {found}, the registry has {listed}"));
    }
    if let Ok(me) = session.address()
        && me != claim.context.poster
    {
        causes.push(format!("the claim was made for {}, the sender is {me}", claim.context.poster));
    }
    if let Ok(network) = session.network() {
        let (chain, ledger) = (network.chain, network.contracts.ledger.address);
        if (chain, ledger) != (claim.context.chain, claim.context.ledger) {
            causes.push(format!(
                "the claim was made for the ledger {} on chain {}, this is {ledger} on chain {chain}",
                claim.context.ledger, claim.context.chain
            ));
        }
    }
    let failure = Failure::from(error);
    if causes.is_empty() { failure } else { failure.because(&causes.join("; ")) }
}

/// The step of a result that was posted before, out of the store.
fn fetch_step(session: &Session, record: B256) -> Result<SignedStep, Failure> {
    let stores = session.stores()?;
    let record = stores.fetch(Cid::new(Codec::DagCbor, record))?;
    let record = Record::decode(&record).map_err(|e| Failure::no(e).check("record"))?;
    let step = ledger::Step::decode(&stores.fetch(record.step)?)
        .map_err(|e| Failure::no(e).check("step"))?;
    Ok(SignedStep { step, signature: record.signature })
}

fn answer(
    result: U256,
    name: VersionName,
    signed: &SignedStep,
    record: B256,
    transaction: Option<B256>,
) -> Answer {
    let id = format!("result:{result}");
    let mut lines = Lines::default();
    lines
        .add("posted", &id)
        .add("of", format!("dataset:{} version {}", name.dataset, name.version))
        .add("step", signed.step.id())
        .add("record", Cid::new(Codec::DagCbor, record));
    match transaction {
        Some(transaction) => lines.add("transaction", transaction),
        None => lines.add("", "it was posted before; nothing was sent"),
    };
    let json = json!({
        "id": id,
        "dataset": format!("dataset:{}", name.dataset),
        "version": name.version,
        "step": signed.step.id(),
        "record": Cid::new(Codec::DagCbor, record).to_string(),
        "transaction": transaction,
    });
    Answer::yes(lines.to_string(), json)
}
