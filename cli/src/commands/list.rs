use crate::answer::{Answer, Lines};
use crate::commands::seal::{BODY, LEAVES, MANIFEST, REFUSED};
use crate::commands::{number, units};
use crate::describe;
use crate::failure::{Context as _, Failure};
use crate::home::read_small;
use crate::logbook::SignedStep;
use crate::published::publish;
use crate::session::{Session, signer};
use crate::{span, upkeep};
use clap::Args;
use indexer::{Index, VersionRow};
use ledger::dataset::{Version, VersionName};
use ledger::key::data_commit;
use ledger::manifest::File as Described;
use ledger::market::Terms;
use ledger::step::{Input, Kind, Origin, Output, config_hash};
use ledger::verify::list_config;
use ledger::{Cid, Codec, Id, Manifest, Thing};
use prover::{Shape, shape_table};
use serde_json::json;
use std::fs::File;
use std::path::{Path, PathBuf};
use store::{BlockStore as _, write_file};

/// Offer a sealed dataset for a price.
///
/// Puts manifest, ciphertext and leaves into the store, mints the dataset's token, and records the
/// listing as a step in your log (`provenome anchor` puts the log's head on the chain). Run again
/// after an interruption it goes on where it stopped and never lists twice.
///
/// JSON: id, version, manifest, transaction (null where the chain had the listing already), step,
/// terms.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome list sealed --price 250 --dispute-window 24h")]
pub(crate) struct List {
    /// The folder that `seal` wrote
    dir: PathBuf,
    /// In the token's own decimals, such as 250 or 12.5; 0 is allowed
    #[arg(long, value_name = "AMOUNT")]
    price: String,
    /// Offer it as a new version of this dataset, under these terms from now on
    #[arg(long, value_name = "ID")]
    version_of: Option<Id>,
    /// How long delivery may take: 1h to 30d
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = span::parse)]
    delivery_window: u32,
    /// How long after delivery you are paid: 1h to 30d
    #[arg(long, value_name = "SPAN", default_value = "72h", value_parser = span::parse)]
    dispute_window: u32,
    /// How long a buyer may post results, counted from delivery
    #[arg(long, value_name = "SPAN", default_value = "365d", value_parser = span::parse)]
    access: u32,
}

pub(crate) fn run(session: &Session, args: &List) -> Result<Answer, Failure> {
    let manifest = read_manifest(&args.dir)?;
    let token = session.token()?;
    let terms = Terms {
        price: units("--price", &args.price, token.decimals)?,
        token: token.address,
        access_seconds: args.access,
        delivery_seconds: args.delivery_window,
        dispute_seconds: args.dispute_window,
    };
    let vault = session.unlock()?;
    let key = vault.find(manifest.key_commit)?.ok_or_else(|| {
        Failure::could_not("the data key of this folder is not in this home's vault")
            .hint("list from the home that sealed it, or `provenome keys restore` its backup")
    })?;
    put_all(session, &args.dir, &manifest)?;
    upkeep::note_folder(session, &manifest, &args.dir)?;

    let version = version_of(&manifest);
    // Storing takes as long as the file is large; others of this home need not wait for that.
    let _turn = session.turn()?;
    let index = session.index()?;
    let (row, transaction) = match listed(&index, session, &version)? {
        Some(row) => (row, None),
        None => {
            let transaction = mint(session, &vault, args, (version, terms))?;
            let row = listed(&*session.index()?, session, &version)?.ok_or_else(|| {
                Failure::could_not("the listing is on the chain, but the index does not have it")
                    .hint("run the command again")
            })?;
            (row, Some(transaction))
        }
    };
    verify_version(args, &row)?;
    let terms = agree_terms(session, &vault, args, (&row, terms))?;
    let step = record(session, &vault, (&row, &manifest), &key.record)?;
    tell_unregistered(session, &row)?;
    Ok(answer(session, args, (&row, terms), &step, transaction))
}

/// A folder that was listed before is a version of the dataset that was named, if one was.
fn verify_version(args: &List, row: &VersionRow) -> Result<(), Failure> {
    match args.version_of {
        Some(of) if number(of, Thing::Dataset)? != row.dataset => {
            let what = format!("dataset:{} version {}", row.dataset, row.number);
            Err(Failure::no(format!("this folder is {what} already, and so no version of {of}"))
                .check("version-of")
                .hint("seal the file again to list it elsewhere"))
        }
        _ => Ok(()),
    }
}

/// Says it now, where nobody could post a result over the dataset.
fn tell_unregistered(session: &Session, row: &VersionRow) -> Result<(), Failure> {
    let version = row.version;
    let circuits = session.network()?.policy.circuits;
    let known = |shape: &Shape| {
        shape_table::find(shape).is_some_and(|row| circuits.contains(&row.circuit_id))
    };
    if !Shape::of_panel(version.samples, version.columns).iter().all(known) {
        session.progress.tell(&format!(
            "the program ships no circuit for {} people and {} columns: before results over it can be posted, the network's operator has to run `provenome network register dataset:{}`, once for datasets of this size",
            version.samples, version.columns, row.dataset
        ));
    }
    Ok(())
}

/// The dataset's terms: those asked for, where this is a new version of it; else those that the
/// chain has, which only `terms` changes.
fn agree_terms(
    session: &Session,
    vault: &vault::Unlocked,
    args: &List,
    (row, asked): (&VersionRow, Terms),
) -> Result<Terms, Failure> {
    let dataset = super::show::dataset(&*session.index()?, row.dataset)?;
    if args.version_of.is_some() && dataset.terms != asked {
        session.chain()?.set_terms(&signer(vault), row.dataset, asked)?;
        return Ok(asked);
    }
    if dataset.terms != asked {
        session.progress.tell(&format!(
            "dataset:{} was listed before under other terms; `provenome terms` changes them",
            row.dataset
        ));
    }
    Ok(dataset.terms)
}

pub(crate) fn read_manifest(dir: &Path) -> Result<Manifest, Failure> {
    let path = dir.join(MANIFEST);
    let bytes = read_small(&path, 1 << 20)?.ok_or_else(|| {
        Failure::could_not(format!("{} has no {MANIFEST}", dir.display()))
            .hint("name the folder that `provenome seal` wrote")
    })?;
    Manifest::decode(&bytes)
        .map_err(|e| Failure::no(format!("{}: {e}", path.display())).check("manifest"))
}

pub(crate) fn version_of(manifest: &Manifest) -> Version {
    Version {
        manifest: manifest.cid().digest(),
        data_root: manifest.panel.data_root,
        key_commit: manifest.key_commit,
        samples: manifest.panel.samples,
        columns: manifest.panel.columns,
    }
}

/// Puts the manifest and the files it names into the stores, each held against its CID, and pins
/// them there.
pub(crate) fn put_all(session: &Session, dir: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let panel = &manifest.panel;
    put_file(session, &dir.join(BODY), manifest.body)?;
    put_file(session, &dir.join(LEAVES), panel.leaves)?;
    put_file(session, &dir.join(REFUSED), panel.refused_list)?;
    Ok(session.stores()?.keep(manifest.cid(), &manifest.encode())?)
}

fn put_file(session: &Session, path: &Path, described: Described) -> Result<(), Failure> {
    let file = File::open(path).context("read", path)?;
    let bar = session.progress.bytes("storing", described.size);
    let put = write_file(session.stores()?, file, |done| bar.set_position(done))?;
    bar.finish_and_clear();
    if put.cid == described.cid && put.size == described.size {
        return Ok(session.stores()?.pin(put.cid)?);
    }
    Err(Failure::no(format!("{} is not the file that the manifest names", path.display()))
        .check("content-id")
        .hint("seal again: the folder was changed"))
}

/// The listing of exactly this version by this account, if the chain has one.
fn listed(
    index: &Index,
    session: &Session,
    version: &Version,
) -> Result<Option<VersionRow>, Failure> {
    let me = session.address()?;
    for dataset in index.datasets()? {
        if dataset.owner != me {
            continue;
        }
        let versions = index.versions(dataset.dataset)?;
        if let Some(row) = versions.into_iter().find(|row| row.version == *version) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

fn mint(
    session: &Session,
    vault: &vault::Unlocked,
    args: &List,
    (version, terms): (Version, Terms),
) -> Result<alloy_primitives::B256, Failure> {
    let (chain, by) = (session.chain()?, signer(vault));
    let Some(of) = args.version_of else {
        return Ok(chain.list(&by, version, terms)?.included.transaction);
    };
    let dataset = number(of, Thing::Dataset)?;
    Ok(chain.new_version(&by, dataset, version)?.included.transaction)
}

/// Records the listing as a step, unless the log has it.
fn record(
    session: &Session,
    vault: &vault::Unlocked,
    (row, manifest): (&VersionRow, &Manifest),
    sealed: &vault::KeyRecord,
) -> Result<SignedStep, Failure> {
    let (chain, logbook) = (session.chain()?, session.logbook()?);
    let name = VersionName {
        chain: chain.network().chain,
        registry: chain.network().contracts.registry.address,
        dataset: row.dataset,
        version: row.number,
    };
    let commit = name.commit(&row.version);
    let known = logbook.steps()?.into_iter().find(|signed| {
        signed.step.kind == Kind::List && signed.step.outputs.iter().any(|o| o.commit == commit)
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let salt = (*sealed.salt.expose()).into();
    let input = Input {
        name: "file".to_owned(),
        origin: Origin::External,
        commit: data_commit(salt, sealed.length, sealed.sha256),
    };
    let output = Output { name: "dataset".to_owned(), commit };
    let config = config_hash(&list_config(manifest));
    let time = chain.node().head()?.time;
    let step = logbook.step(Kind::List, (vec![input], vec![output]), config, time);
    let signature = vault.identity().sign_step(logbook.domain(), step.id());
    let signed = SignedStep { step, signature };
    publish(session, signed.cid(), &signed.step.encode())?;
    logbook.append(&signed)?;
    Ok(signed)
}

fn answer(
    session: &Session,
    args: &List,
    (row, terms): (&VersionRow, Terms),
    signed: &SignedStep,
    transaction: Option<alloy_primitives::B256>,
) -> Answer {
    let network = session.network().ok();
    let id = format!("dataset:{}", row.dataset);
    let manifest = Cid::new(Codec::DagCbor, row.version.manifest);
    let mut lines = Lines::default();
    lines.add("listed", format!("{id} version {}", row.number));
    if transaction.is_none() {
        lines.add("", "the chain had this listing already; nothing was sent");
    }
    if let Some(network) = &network {
        describe::terms(&mut lines, network, &terms);
    }
    lines
        .add("manifest", manifest)
        .add("step", signed.step.id())
        .add("sealed folder", args.dir.display());
    let json = json!({
        "id": id,
        "version": row.number,
        "manifest": manifest.to_string(),
        "transaction": transaction,
        "step": signed.step.id(),
        "terms": network.map(|network| describe::terms_json(&network, &terms)),
    });
    Answer::yes(lines.to_string(), json)
}
