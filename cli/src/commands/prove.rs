use crate::answer::{Answer, Lines};
use crate::commands::evaluate::column_set;
use crate::commands::open::{body, receive};
use crate::commands::seal::{build, commit_panel};
use crate::commands::{number, show};
use crate::exports;
use crate::failure::{Context as _, Failure};
use crate::given::Given;
use crate::session::Session;
use crate::staging::Staging;
use crate::unsealed;
use alloy_primitives::Address;
use clap::{ArgGroup, Args, ValueEnum};
use cohort::{ColumnSet, Genotypes, Variant};
use indexer::Metadata;
use ledger::column::Site;
use ledger::statement::{Context, ReleaseRule};
use ledger::{Claim, Id, Manifest, Thing, field};
use prover::panel::tree::Tree;
use prover::panel::{LeafList, Panel, samples_commit};
use prover::{
    KeyCache, Listed, MOST_COLUMNS, PrivateColumn, Proved, prove_allele_frequency, shape_table,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use store::open_file;
use vault::DataKey;
use zeroize::Zeroizing;

/// Names of the files in a result's folder.
pub(crate) const CLAIM: &str = "claim.cbor";
pub(crate) const TABLE: &str = "result.tsv";

/// A protocol that can be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// AC and AN of up to 16 columns
    AlleleFrequency,
}

/// Compute a protocol and prove it: the numbers are public, no genotype is.
///
/// DIR gets `result.tsv` (canonical columns in their order), `claim.cbor` (what was asked, what came
/// out, the proof), and `proof.json`, `public.json`, `verification_key.json` for snarkjs. The proof
/// speaks about the panel committed to in the listing and is worth something for your account alone.
/// Up to 16 columns for now.
///
/// --data FILE alone proves over the panel whose key the vault has for exactly this file; if it has
/// none, over a panel of its own that is listed nowhere: that can be verified, not posted. Without
/// --data the file is decrypted in memory, a PLINK set in files of the home that have no name.
///
/// JSON: out, circuit, data_root, query, result, columns: [{chrom, pos, ref, alt, ac, an}],
/// development, listed.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  provenome prove allele-frequency --data genomes.vcf.gz --columns columns.tsv --out result"
)]
#[command(group(ArgGroup::new("source").args(["data", "grant", "dataset"]).multiple(true)))]
pub(crate) struct Prove {
    /// What to prove
    #[arg(value_enum, required_unless_present = "prepare")]
    protocol: Option<Protocol>,
    /// The genotypes, in the clear on this machine
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The data of this grant, fetched and decrypted unless --data has it
    #[arg(long, value_name = "ID", conflicts_with = "dataset")]
    grant: Option<Id>,
    /// Your own dataset, from the store unless --data has it
    #[arg(long, value_name = "ID")]
    dataset: Option<Id>,
    /// A file of `chrom pos ref alt` lines, or a region such as 22:16050075-16060000
    #[arg(long, value_name = "FILE|REGION", required_unless_present = "prepare")]
    columns: Option<String>,
    /// The folder to write; an existing one is replaced at once
    #[arg(long, value_name = "DIR", required_unless_present = "prepare")]
    out: Option<PathBuf>,
    /// The reference build, where --data stands alone and the header does not state it
    #[arg(long)]
    build: Option<String>,
    /// Make the proving keys of the shipped circuits now, so that later proofs need not wait
    #[arg(long, conflicts_with_all = ["protocol", "source", "columns", "out"])]
    prepare: bool,
}

/// What is proved about.
struct Source {
    panel: Panel,
    leaves: LeafList,
    build: String,
    key: DataKey,
    columns: Vec<PrivateColumn>,
    listed: bool,
}

pub(crate) fn run(session: &Session, args: &Prove) -> Result<Answer, Failure> {
    let cache = KeyCache::new(session.cache()?);
    let mut progress = |step: prover::Progress| session.progress.tell(&step.to_string());
    if args.prepare {
        for row in shape_table::shipped() {
            cache.prepare(&row.shape, &mut progress)?;
        }
        let count = shape_table::shipped().len();
        let text = format!("{count} proving keys are in {}\n", session.cache()?.display());
        return Ok(Answer::yes(text, json!({ "keys": count })));
    }
    let (Some(columns), Some(out)) = (&args.columns, &args.out) else {
        return Err(Failure::could_not("name --columns and --out"));
    };
    if args.data.is_none() && args.grant.is_none() && args.dataset.is_none() {
        return Err(Failure::could_not("no data is named")
            .hint("name --data FILE, --grant ID or --dataset ID"));
    }
    let given = args.data.as_ref().map(|file| Given::of(file, session.progress)).transpose()?;
    let columns = column_set(columns)?;
    if let Some(named) = columns.named()
        && named > MOST_COLUMNS
    {
        return Err(too_many(named));
    }
    let staging = Staging::beside(out)?;
    let source = source(session, (args, given.as_ref()), columns, &staging)?;
    let context = context(session)?;
    let listed = Listed {
        panel: source.panel,
        leaves: &source.leaves,
        build: &source.build,
        data_key: source.key.expose(),
    };
    let proved =
        prove_allele_frequency(&listed, source.columns, context.element(), &cache, &mut progress)?;
    let claim = claim(&proved, context, &source.panel, source.build);
    write(&staging, &claim)?;
    staging.publish(out, session.progress)?;
    warn_unknown(session, &claim)?;
    Ok(answer(out, &claim, &proved, source.listed))
}

/// Says it now, where the network's contracts would refuse the proof.
fn warn_unknown(session: &Session, claim: &Claim) -> Result<(), Failure> {
    if session.network_path().is_ok()
        && !session.network()?.policy.circuits.contains(&claim.circuit)
    {
        session.progress.tell(
            "the network names no circuit of this size: the proof can be verified, and posted once the network's operator has run `provenome network register DATASET`",
        );
    }
    Ok(())
}

fn too_many(columns: usize) -> Failure {
    Failure::could_not(format!(
        "{columns} columns are asked for: prove takes up to {MOST_COLUMNS} columns for now"
    ))
    .hint("ask for fewer, in several proofs; `provenome evaluate` has no limit")
}

/// Who may post, and where; nobody and nowhere without identity or network.
fn context(session: &Session) -> Result<Context, Failure> {
    let poster = match session.home().has_identity() {
        true => session.address()?,
        false => Address::ZERO,
    };
    let (chain, ledger) = match session.network_path() {
        Ok(_) => {
            let network = session.network()?;
            (network.chain, network.contracts.ledger.address)
        }
        Err(_) => (0, Address::ZERO),
    };
    if chain == 0 || poster == Address::ZERO {
        session.progress.tell("without an identity and a network file the proof is for nobody to post; it can be verified");
    }
    Ok(Context { chain, ledger, poster })
}

fn source(
    session: &Session,
    (args, given): (&Prove, Option<&Given>),
    columns: ColumnSet,
    staging: &Staging,
) -> Result<Source, Failure> {
    let listed = match (args.grant, args.dataset) {
        (Some(id), _) => {
            let vault = session.unlock()?;
            let received = receive(session, &vault, number(id, Thing::Grant)?)?;
            Some((received.manifest, received.key))
        }
        (None, Some(id)) => Some(own_dataset(session, id)?),
        (None, None) => None,
    };
    match (listed, given) {
        (Some((manifest, key)), None) => from_store(session, manifest, key, columns),
        (Some((manifest, key)), Some(given)) => {
            let source =
                from_file(session, given, (key, manifest.build.clone(), true), columns, staging)?;
            let root = field::to_bytes(source.panel.data_root());
            if root != manifest.panel.data_root {
                return Err(Failure::no(format!(
                    "the panel of {} has the root {root}, the listing says {}",
                    given.path().display(),
                    manifest.panel.data_root
                ))
                .check("panel"));
            }
            Ok(source)
        }
        (None, Some(given)) => {
            let key = key_of_file(session, args, given)?;
            from_file(session, given, key, columns, staging)
        }
        (None, None) => Err(Failure::could_not("no data is named")),
    }
}

/// The key that the vault has for exactly this file, or a fresh one for a panel listed nowhere.
fn key_of_file(
    session: &Session,
    args: &Prove,
    given: &Given,
) -> Result<(DataKey, String, bool), Failure> {
    if session.home().has_identity() {
        let vault = session.unlock()?;
        if let Some(entry) = vault.find_file(given.sha256()?)?.pop() {
            return Ok((entry.key, entry.record.build, true));
        }
    }
    let genotypes = Genotypes::open(given.path())?;
    session
        .progress
        .tell("the vault has no key for this file: proving over a panel that is listed nowhere");
    Ok((DataKey::random()?, build(args.build.as_deref(), &genotypes)?, false))
}

fn own_dataset(session: &Session, id: Id) -> Result<(Manifest, DataKey), Failure> {
    let vault = session.unlock()?;
    let dataset = show::dataset(&*session.index()?, number(id, Thing::Dataset)?)?;
    let entry = vault.find(dataset.latest.version.key_commit)?.ok_or_else(|| {
        Failure::could_not(format!("the vault has no data key of {id}")).hint(
            "prove over a grant with --grant, or restore the keys with `provenome keys restore`",
        )
    })?;
    match dataset.latest.metadata {
        Metadata::There(manifest) => Ok((*manifest, entry.key)),
        Metadata::Missing { .. } => Err(Failure::could_not("no store has the dataset's manifest")),
        Metadata::Quarantined(why) => {
            Err(Failure::no(format!("the manifest is refused: {why}")).check("manifest"))
        }
    }
}

/// Everything from the store: leaves as they are listed, genotypes decrypted as they are read.
fn from_store(
    session: &Session,
    manifest: Manifest,
    key: DataKey,
    columns: ColumnSet,
) -> Result<Source, Failure> {
    let scratch = session.home().folder("scratch")?;
    let mut file = tempfile::tempfile_in(&scratch).context("write in", &scratch)?;
    let mut list = open_file(session.stores()?, manifest.panel.leaves.cid)?;
    io::copy(&mut list, &mut file).context("fetch the leaf list into", &scratch)?;
    let leaves = LeafList::new(file)?;
    let body = body(session.stores()?, &manifest, &key)?;
    let (genotypes, _kept) = unsealed::genotypes(body, &scratch)?;
    let panel = Panel {
        samples: genotypes.header().samples.len() as u64,
        columns: leaves.columns(),
        samples_commit: samples_commit(key.expose(), &genotypes.header().samples)?,
        tree_root: Tree::root(&leaves)?,
    };
    let root = field::to_bytes(panel.data_root());
    if root != manifest.panel.data_root {
        return Err(Failure::no(format!(
            "leaves and sample names give the panel root {root}, the listing says {}",
            manifest.panel.data_root
        ))
        .check("panel"));
    }
    let columns = select(genotypes, columns)?;
    Ok(Source { panel, leaves, build: manifest.build, key, columns, listed: true })
}

fn from_file(
    session: &Session,
    given: &Given,
    (key, build, listed): (DataKey, String, bool),
    columns: ColumnSet,
    staging: &Staging,
) -> Result<Source, Failure> {
    let columns = select(Genotypes::open(given.path())?, columns)?;
    let genotypes = Genotypes::open(given.path())?;
    let bar = session.progress.bytes("committing the panel", genotypes.size().unwrap_or_default());
    let done = |used| bar.set_position(used);
    let committed = commit_panel(genotypes, &build, &key, staging.path(), done)?;
    bar.finish_and_clear();
    Ok(Source { panel: committed.panel, leaves: committed.leaves, build, key, columns, listed })
}

/// The columns asked for, each provable and there once.
fn select(genotypes: Genotypes, set: ColumnSet) -> Result<Vec<PrivateColumn>, Failure> {
    let name = genotypes.name().to_owned();
    let mut found: BTreeMap<Variant, PrivateColumn> = BTreeMap::new();
    let mut columns = cohort::columns(genotypes, Some(set));
    for batch in columns.by_ref() {
        for column in batch? {
            let variant = column.variant;
            let not = |why: &str| {
                Failure::no(format!("{variant} is not provable: {why}")).check("provable")
                    .hint("`provenome inspect` lists what is not; `provenome evaluate` computes it in the open")
            };
            let dosages = column.genotypes.map_err(|reason| not(reason.as_str()))?;
            let private =
                PrivateColumn { variant: variant.clone(), dosages: Zeroizing::new(dosages) };
            if found.insert(variant.clone(), private).is_some() {
                return Err(not("duplicate-key"));
            }
            if found.len() > MOST_COLUMNS {
                return Err(too_many(found.len()));
            }
        }
    }
    let missing = columns.never_seen();
    if let Some(first) = missing.first() {
        return Err(Failure::no(format!(
            "{} of the columns asked for are not in {name}, the first is {first}",
            missing.len()
        ))
        .check("columns")
        .hint("give position and alleles as the file spells them, or trimmed"));
    }
    if found.is_empty() {
        return Err(Failure::no(format!("{name} has no columns there"))
            .check("columns")
            .hint("`provenome inspect` says which contigs it has"));
    }
    Ok(found.into_values().collect())
}

fn claim(proved: &Proved, context: Context, panel: &Panel, build: String) -> Claim {
    let site = |variant: &Variant| Site {
        contig: variant.contig.clone(),
        pos: variant.pos,
        reference: variant.reference.clone(),
        alternate: variant.alternate.clone(),
    };
    Claim {
        circuit: proved.circuit,
        context,
        data_root: panel.data_root(),
        samples: panel.samples,
        build,
        rule: ReleaseRule::default(),
        places: proved.shape.places as u64,
        nodes: proved.shape.nodes.iter().map(|n| *n as u64).collect(),
        sites: proved.variants.iter().map(site).collect(),
        values: proved.values.clone(),
        proof: proved.proof.words(),
    }
}

fn write(staging: &Staging, claim: &Claim) -> Result<(), Failure> {
    let put = |name: &str, bytes: &[u8]| {
        let path = staging.path().join(name);
        std::fs::write(&path, bytes).context("write", &path)
    };
    put(TABLE, claim.table().as_bytes())?;
    put(CLAIM, &claim.encode())?;
    let exported = exports::of(claim).expect("the claim is of a proof that was just made");
    exported.iter().try_for_each(|(name, text)| put(name, text.as_bytes()))
}

fn answer(out: &std::path::Path, claim: &Claim, proved: &Proved, listed: bool) -> Answer {
    let development = shape_table::find_circuit(proved.circuit).is_none_or(|row| row.development);
    let mut lines = Lines::default();
    lines
        .add(
            "proved",
            format!(
                "{} columns over the panel {}",
                claim.sites.len(),
                field::to_bytes(claim.data_root)
            ),
        )
        .add("circuit", format!("{} ({})", proved.circuit, proved.shape))
        .add(
            "key",
            if development {
                "development: anyone can forge with it, and verdicts say so"
            } else {
                "made in a ceremony"
            },
        )
        .add(
            "panel",
            if listed {
                "known to this home's vault"
            } else {
                "listed nowhere: this can be verified, not posted"
            },
        )
        .add("written", out.display());
    let columns: Vec<_> = claim
        .sites
        .iter()
        .zip(&claim.values)
        .map(|(site, (ac, an))| {
            json!({
                "chrom": site.contig, "pos": site.pos, "ref": site.reference, "alt": site.alternate,
                "ac": ac, "an": an,
            })
        })
        .collect();
    let json = json!({
        "out": out,
        "circuit": proved.circuit,
        "data_root": field::to_bytes(claim.data_root),
        "query": field::to_bytes(proved.statement.query),
        "result": field::to_bytes(proved.statement.result),
        "columns": columns,
        "development": development,
        "listed": listed,
    });
    Answer::yes(format!("{lines}\n{}", claim.table()), json)
}
