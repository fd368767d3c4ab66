use crate::answer::{Answer, Lines};
use crate::commands::seal::commit_panel;
use crate::commands::{deliver::found, number};
use crate::delivery::binding;
use crate::describe::count;
use crate::failure::{Context as _, Exit, Failure};
use crate::session::Session;
use crate::unsealed::{Seen, Unpublished};
use alloy_primitives::{B256, U256};
use clap::Args;
use indexer::{Grant, Metadata, VersionRow};
use ledger::market::GrantStatus;
use ledger::{Cid, Codec, Id, Manifest, Thing, field};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::PathBuf;
use store::{FileReader, Stores, open_file};
use vault::{
    DataKey, Entry, Envelope, KeyRecord, OpenBody, OpenError, Origin, Secret, Unlocked, open_body,
};

/// Fetch, verify and decrypt what a grant gives.
///
/// Checks every block against its CID and the body against its content root, decrypts, recomputes
/// the panel and compares it with the listing. FILE appears only when all of that holds, readable by
/// you alone; whatever happens before, nothing stands under its name. The data key goes into the
/// vault, so that `prove` can use it.
///
/// A PLINK set was sealed as one archive: FILE is then a folder, and has the set's three files.
///
/// JSON: id, out, files, bytes, sha256, content_root, data_root, panel ("equal" or "different"),
/// build.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome open grant:1 --out genomes.vcf.gz")]
pub(crate) struct Open {
    /// The delivered grant
    id: Id,
    /// Where to write the file, or the folder of a PLINK set
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the file even if its panel is not the listed one (the exit code is 1 all the same)
    #[arg(long)]
    keep_different: bool,
    /// Replace FILE if it is there; a folder with other files than the set's is put aside
    #[arg(long)]
    force: bool,
}

/// What `open` found, for `attest`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Opened {
    /// The panel's root as recomputed.
    pub(crate) data_root: B256,
    /// Whether it is the listed one.
    pub(crate) equal: bool,
}

impl Opened {
    pub(crate) fn note(session: &Session, grant: U256) -> Result<String, Failure> {
        let market = session.network()?.contracts.market.address;
        Ok(format!("opened-{market:#x}-{grant}.json"))
    }
}

pub(crate) fn run(session: &Session, args: &Open) -> Result<Answer, Failure> {
    let number = number(args.id, Thing::Grant)?;
    if args.out.exists() && !args.force {
        return Err(Failure::could_not(format!("{} is there already", args.out.display()))
            .hint("name another file, or pass --force to replace it"));
    }
    let vault = session.unlock()?;
    let received = receive(session, &vault, number)?;
    let manifest = &received.manifest;

    let bar = session.progress.bytes("decrypting", manifest.size);
    let near = session.home().folder("fetching")?.join(manifest.body.cid.to_string());
    let body = body(session.stores_keeping(&near)?, manifest, &received.key)?;
    let (mut plain, mut length) = (Sha256::new(), 0_u64);
    let seen = Seen(body, |bytes: &[u8]| {
        plain.update(bytes);
        length += bytes.len() as u64;
        bar.set_position(length);
    });
    let out = Unpublished::write(seen, &args.out)?;
    bar.finish_and_clear();
    match fs::remove_dir_all(&near) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e).context("remove", &near)?,
        _ => {}
    }
    let sha256 = B256::new(plain.finalize().into());
    if length != manifest.size {
        return Err(Failure::no(format!(
            "the body holds {length} bytes, the manifest says {}",
            manifest.size
        ))
        .check("size"));
    }
    let data_root = recompute(session, &out, &received)?;
    let opened = Opened { data_root, equal: data_root == received.row.version.data_root };
    session.home().write_note(&Opened::note(session, number)?, &opened)?;
    if vault.find(received.row.version.key_commit)?.is_none() {
        vault.keep(&entry(&received, sha256, length)?)?;
    }
    if !opened.equal && !args.keep_different {
        return Err(different(&opened, &received).hint(format!(
            "say so on chain with `provenome attest {}`; --keep-different writes the file",
            args.id
        )));
    }
    let names = out.names();
    out.publish(&args.out, args.force, session.progress)?;
    Ok(answer(args, &received, &opened, (sha256, length), &names))
}

/// What a grant gives.
pub(crate) struct Received {
    pub(crate) grant: Grant,
    pub(crate) row: VersionRow,
    pub(crate) manifest: Manifest,
    pub(crate) key: DataKey,
}

/// Fetches envelope and manifest, opens the one and holds the key against the other.
pub(crate) fn receive(
    session: &Session,
    vault: &Unlocked,
    number: U256,
) -> Result<Received, Failure> {
    let index = session.index()?;
    let grant = found(&index, number)?;
    if grant.buyer != session.address()? {
        return Err(Failure::no(format!("grant:{number} is of {}", grant.buyer))
            .check("reader")
            .hint("open it from the home of the account that bought it"));
    }
    let delivery = grant.delivered.ok_or_else(|| {
        Failure::no(format!("grant:{number} was not delivered: it is {}", grant.status.word()))
            .check("delivered")
            .hint(match grant.status {
                GrantStatus::Paid => {
                    "wait with `provenome grants --wait`, or after the deadline `provenome refund`"
                }
                _ => "the price came back; buy another with `provenome buy`",
            })
    })?;
    let row = index.version(grant.order.dataset, grant.order.version)?.ok_or_else(|| {
        Failure::could_not("the index does not have the version that the grant is for")
    })?;
    let manifest = match &row.metadata {
        Metadata::There(manifest) => (**manifest).clone(),
        Metadata::Missing { .. } => {
            // Says per store what is wrong with the block.
            let cid = Cid::new(Codec::DagCbor, row.version.manifest);
            session.stores()?.fetch(cid)?;
            return Err(Failure::could_not("the manifest has just come; run the command again"));
        }
        Metadata::Quarantined(why) => {
            return Err(Failure::no(format!("the manifest is refused: {why}")).check("manifest"));
        }
    };
    let envelope = session.stores()?.fetch(Cid::new(Codec::Raw, delivery.envelope))?;
    let binding = binding(session, &grant, row.version.manifest)?;
    let key = Envelope::open(&envelope, vault.identity(), &binding, row.version.key_commit)
        .map_err(|e| Failure::no(e).check("envelope").hint(USELESS))?;
    Ok(Received { grant, row, manifest, key })
}

const USELESS: &str = "the provider delivered something useless; before disputes exist you can only say so in public (docs/market.md)";

/// The plain file behind a manifest, decrypted as it is read.
pub(crate) fn body(
    stores: &'static Stores,
    manifest: &Manifest,
    key: &DataKey,
) -> Result<OpenBody<FileReader<'static>>, Failure> {
    let file = open_file(stores, manifest.body.cid)?;
    if file.size() != manifest.body.size {
        return Err(Failure::no(format!(
            "the body has {} bytes, the manifest says {}",
            file.size(),
            manifest.body.size
        ))
        .check("size"));
    }
    Ok(open_body(file, key, manifest.content_root))
}

/// What stopped the reading of a body: blocks that no store has, or has wrong, or what is in them.
pub(crate) fn refused(error: io::Error) -> Failure {
    if let Some(reason) = OpenError::of(&error) {
        return Failure::no(reason).check("content-root");
    }
    match error.into_inner().map(|inner| inner.downcast::<store::UnixfsError>()) {
        Some(Ok(inner)) => Failure::from(*inner),
        Some(Err(other)) => Failure::could_not(other),
        None => Failure::could_not("the body cannot be read"),
    }
}

/// Reads what was decrypted back and commits to its panel again.
fn recompute(session: &Session, out: &Unpublished, received: &Received) -> Result<B256, Failure> {
    let genotypes = out.genotypes()?;
    let size = genotypes.size().unwrap_or(received.manifest.size);
    let bar = session.progress.bytes("recomputing the panel", size);
    let scratch = session.home().folder("scratch")?;
    let build = &received.manifest.build;
    let committed =
        commit_panel(genotypes, build, &received.key, &scratch, |used| bar.set_position(used))?;
    bar.finish_and_clear();
    Ok(field::to_bytes(committed.panel.data_root()))
}

fn entry(received: &Received, sha256: B256, length: u64) -> Result<Entry, Failure> {
    let record = KeyRecord {
        title: received.manifest.title.clone(),
        sha256,
        length,
        salt: Secret::random()?,
        build: received.manifest.build.clone(),
        origin: Origin::Grant(received.grant.grant),
    };
    Ok(Entry { key: received.key.clone(), record })
}

fn different(opened: &Opened, received: &Received) -> Failure {
    Failure::no(format!(
        "the file's panel has the root {}, the listing says {}",
        opened.data_root, received.row.version.data_root
    ))
    .check("panel")
}

fn answer(
    args: &Open,
    received: &Received,
    opened: &Opened,
    (sha256, length): (B256, u64),
    names: &[String],
) -> Answer {
    let manifest = &received.manifest;
    let mut lines = Lines::default();
    lines
        .add("opened", args.id)
        .add("blocks", "every one has its CID")
        .add("body", format!("has the listed content root {}", manifest.content_root))
        .add("key", "is the one that the listing commits to")
        .add(
            "panel",
            if opened.equal {
                format!("recomputed: root {} as listed", opened.data_root)
            } else {
                different(opened, received).text()
            },
        )
        .add("written", format!("{} ({} bytes)", args.out.display(), count(length)));
    if !names.is_empty() {
        lines.add("  a PLINK set", names.join(", "));
    }
    let ended = matches!(received.grant.status, GrantStatus::Withdrawn | GrantStatus::Revoked);
    let next = if ended {
        "The provider ended this grant: nothing can be attested or posted under it.".to_owned()
    } else {
        format!("Say on chain what you found, so that others know: provenome attest {}", args.id)
    };
    let text = format!("{lines}{next}\n");
    let json = json!({
        "id": args.id.to_string(),
        "out": args.out,
        "files": names,
        "bytes": length,
        "sha256": sha256,
        "content_root": manifest.content_root,
        "data_root": opened.data_root,
        "panel": if opened.equal { "equal" } else { "different" },
        "build": manifest.build,
    });
    let exit = if opened.equal { Exit::Yes } else { Exit::No };
    Answer::with_exit(text, json, exit)
}
