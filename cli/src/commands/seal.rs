use crate::answer::{Answer, Lines};
use crate::describe::count;
use crate::failure::{Context as _, Failure};
use crate::given::Given;
use crate::session::Session;
use crate::staging::Staging;
use alloy_primitives::B256;
use clap::Args;
use cohort::Genotypes;
use ledger::field;
use ledger::manifest::{File as Described, Manifest, PanelDescription};
use ledger::statement::ReleaseRule;
use prover::panel::{Committed, Committer};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use store::file_cid;
use vault::{DataKey, Entry, KeyRecord, Origin, SealError, SealedBody, Secret, seal_body};

/// Names of the files in a sealed folder.
pub(crate) const MANIFEST: &str = "manifest.cbor";
pub(crate) const BODY: &str = "body.c4gh";
pub(crate) const LEAVES: &str = "leaves.bin";
pub(crate) const REFUSED: &str = "refused.tsv";

/// Encrypt a file and commit to its panel.
///
/// DIR becomes public: ciphertext (Crypt4GH data section), manifest, salted leaves, and the list of
/// ALTs that cannot be proved. The data key stays in the home's vault; without it or a backup of it
/// nobody can ever be served. The file itself is not changed. An existing DIR is replaced at once.
///
/// A PLINK set is sealed as one CAR of its three files, and `open` gives the three back.
///
/// JSON: out, manifest, data_root, key_commit, content_root, samples, columns, refused, build.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  provenome seal chr22.vcf.gz --out sealed --title \"Chromosome 22\" --build GRCh37\n  provenome seal cohort.pgen --out sealed --build GRCh38"
)]
pub(crate) struct Seal {
    /// The genotypes: VCF, BCF, or any file of a PLINK 1 or 2 set; recognised by content
    file: PathBuf,
    /// The public folder to write
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The title that buyers see [default: the file's name]
    #[arg(long)]
    title: Option<String>,
    /// A longer description
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// The reference build, such as GRCh37; needed where the header does not state it
    #[arg(long)]
    build: Option<String>,
}

pub(crate) fn run(session: &Session, args: &Seal) -> Result<Answer, Failure> {
    let given = Given::of(&args.file, session.progress)?;
    let (genotypes, read) = given.open()?;
    let build = build(args.build.as_deref(), &genotypes)?;
    let title = title(args)?;
    let vault = session.unlock()?;
    let (key, format) = (DataKey::random()?, genotypes.format());
    let staging = Staging::beside(&args.out)?;

    let committed = commit(session, genotypes, &build, &key, (&given, staging.path()))?;
    refuse_empty(session, &args.file, &committed)?;
    let body = staging.path().join(BODY);
    let sealed = seal(session, &given, &body, &key)?;
    if let Some(read) = read
        && read.digest()? != sealed.plain_sha256
    {
        return Err(given.changed());
    }
    let manifest =
        describe(&committed, &sealed, &staging, &vault, (&key, title, args, (format, build)))?;
    write(&staging, MANIFEST, &manifest.encode())?;

    let record = KeyRecord {
        title: manifest.title.clone(),
        sha256: sealed.plain_sha256,
        length: sealed.plain_len,
        salt: Secret::random()?,
        build: manifest.build.clone(),
        origin: Origin::Sealed,
    };
    vault.keep(&Entry { key, record })?;
    staging.publish(&args.out, session.progress)?;
    Ok(answer(args, &manifest))
}

/// The build that the header states, or the one given; never guessed, never both.
pub(crate) fn build(given: Option<&str>, genotypes: &Genotypes) -> Result<String, Failure> {
    let stated = genotypes.header().build_evidence().build.map(|build| build.as_str());
    match (given, stated) {
        (Some(given), Some(stated)) if given != stated => Err(Failure::no(format!(
            "--build says {given}, but the header of {} says {stated}",
            genotypes.name()
        ))
        .check("build")
        .hint("columns are named by build and position: find out which is right")),
        (Some(given), _) if given.is_empty() || given.len() > 255 => {
            Err(Failure::could_not("a build has 1 to 255 bytes"))
        }
        (Some(given), _) => Ok(given.to_owned()),
        (None, Some(stated)) => Ok(stated.to_owned()),
        (None, None) => Err(Failure::could_not(format!(
            "the header of {} does not state the reference build",
            genotypes.name()
        ))
        .hint("name it, for example --build GRCh37 or --build GRCh38; it is never guessed")),
    }
}

fn title(args: &Seal) -> Result<String, Failure> {
    let title = match &args.title {
        Some(title) => title.clone(),
        None => args.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    if title.is_empty() || title.len() > 1000 || args.description.len() > 100_000 {
        return Err(Failure::could_not(
            "a title has 1 to 1,000 bytes, a description at most 100,000",
        ));
    }
    Ok(title)
}

fn commit(
    session: &Session,
    genotypes: Genotypes,
    build: &str,
    key: &DataKey,
    (given, scratch): (&Given, &Path),
) -> Result<Committed, Failure> {
    let size = genotypes.size().map_or_else(|| given.size(), Ok)?;
    let bar = session.progress.bytes("committing the panel", size);
    let committed = commit_panel(genotypes, build, key, scratch, |used| bar.set_position(used))?;
    bar.finish_and_clear();
    Ok(committed)
}

/// Commits to every provable column of a file.
pub(crate) fn commit_panel(
    genotypes: Genotypes,
    build: &str,
    key: &DataKey,
    scratch: &Path,
    mut progress: impl FnMut(u64),
) -> Result<Committed, Failure> {
    let names = genotypes.header().samples.clone();
    if names.is_empty() {
        return Err(Failure::could_not(format!(
            "{} has no samples, so there is no panel",
            genotypes.name()
        )));
    }
    let mut committer = Committer::new(build, &names, key.expose(), scratch);
    let mut columns = cohort::columns(genotypes, None);
    while let Some(batch) = columns.next() {
        committer.push(&batch?)?;
        progress(columns.consumed());
    }
    Ok(committer.finish()?)
}

/// A file without a single ALT is most likely the wrong one.
fn refuse_empty(session: &Session, file: &Path, committed: &Committed) -> Result<(), Failure> {
    let refused: u64 = committed.refused.counts.values().sum();
    if committed.panel.columns == 0 && refused == 0 {
        return Err(Failure::could_not(format!(
            "{} has no record with an ALT: there is nothing to list",
            file.display()
        ))
        .hint(format!("look at it with `provenome inspect {}`", file.display())));
    }
    if committed.panel.columns == 0 {
        session.progress.tell(&format!(
            "WARNING: none of the {refused} ALTs can be a panel column: nothing can be proved over this dataset"
        ));
    }
    Ok(())
}

fn seal(
    session: &Session,
    given: &Given,
    body: &Path,
    key: &DataKey,
) -> Result<SealedBody, Failure> {
    let bar = session.progress.bytes("encrypting", given.size()?);
    let input = given.bytes()?;
    let mut output = BufWriter::new(File::create(body).context("write", body)?);
    let sealed = match seal_body(input, &mut output, key, |done| bar.set_position(done)) {
        Err(SealError::Output(e)) => Err(e).context("write", body)?,
        Err(SealError::Input(e)) => return Err(given.unread(e)),
        sealed => sealed?,
    };
    output.flush().context("write", body)?;
    bar.finish_and_clear();
    Ok(sealed)
}

fn describe(
    committed: &Committed,
    sealed: &SealedBody,
    staging: &Staging,
    vault: &vault::Unlocked,
    (key, title, args, (format, build)): (&DataKey, String, &Seal, (&str, String)),
) -> Result<Manifest, Failure> {
    let panel = &committed.panel;
    let leaves = staging.path().join(LEAVES);
    let mut leaves_sha256 = Sha256::new();
    let mut file = BufWriter::new(File::create(&leaves).context("write", &leaves)?);
    for batch in committed.leaves.batches(4096) {
        for leaf in batch? {
            let bytes = field::to_bytes(leaf);
            leaves_sha256.update(bytes);
            file.write_all(bytes.as_slice()).context("write", &leaves)?;
        }
    }
    file.flush().context("write", &leaves)?;
    let refused = staging.path().join(REFUSED);
    let mut rows = &committed.refused.rows;
    rows.rewind().context("read the list for", &refused)?;
    let mut out = File::create(&refused).context("write", &refused)?;
    io::copy(&mut rows, &mut out).context("write", &refused)?;

    let counts = committed.refused.counts.iter();
    Ok(Manifest {
        title,
        description: args.description.clone(),
        format: format.to_owned(),
        build,
        size: sealed.plain_len,
        body: described(&staging.path().join(BODY))?,
        content_root: sealed.content_root,
        key_commit: key.commit(),
        panel: PanelDescription {
            samples: panel.samples,
            columns: panel.columns,
            depth: panel.depth() as u8,
            data_root: field::to_bytes(panel.data_root()),
            leaves: described(&leaves)?,
            leaves_sha256: B256::new(leaves_sha256.finalize().into()),
            refused: counts.map(|(reason, n)| (reason.as_str().to_owned(), *n)).collect(),
            refused_list: described(&refused)?,
        },
        xwing: Box::new(vault.identity().reader().xwing.to_bytes()),
        rule: ReleaseRule::default(),
    })
}

/// A file as the manifest names it.
fn described(path: &Path) -> Result<Described, Failure> {
    let file = file_cid(File::open(path).context("read", path)?)?;
    Ok(Described { cid: file.cid, size: file.size })
}

fn write(staging: &Staging, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = staging.path().join(name);
    std::fs::write(&path, bytes).context("write", &path)
}

fn answer(args: &Seal, manifest: &Manifest) -> Answer {
    let mut lines = Lines::default();
    crate::describe::manifest(&mut lines, manifest);
    lines.add("public folder", args.out.display());
    let refused: u64 = manifest.panel.refused.iter().map(|(_, n)| n).sum();
    let text = format!(
        "{lines}The data key is in the vault. Back it up: provenome keys backup FILE ({} columns depend on it)\n",
        count(manifest.panel.columns)
    );
    let json = json!({
        "out": args.out,
        "manifest": manifest.cid().to_string(),
        "data_root": manifest.panel.data_root,
        "key_commit": manifest.key_commit,
        "content_root": manifest.content_root,
        "samples": manifest.panel.samples,
        "columns": manifest.panel.columns,
        "refused": refused,
        "build": manifest.build,
    });
    Answer::yes(text, json)
}
