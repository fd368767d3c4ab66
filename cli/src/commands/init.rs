use crate::answer::{Answer, Lines};
use crate::failure::{Context as _, Failure};
use crate::home::{PublicIdentity, read_small};
use crate::session::Session;
use clap::Args;
use serde_json::json;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use store::UnnamedFile;
use vault::{Identity, Passphrase, Phrase, Vault, VaultError};
use zeroize::Zeroizing;

/// Make an identity: recovery phrase, keystore, account, reader key, log key.
///
/// The phrase of 24 words is shown once; with --phrase-out it goes into a file that only you can
/// read instead, and is never printed. Phrase and backup file (`provenome keys backup`) together
/// restore everything. The global options --network, --rpc and --store given here are remembered.
///
/// JSON: address, reader_key, xwing_key, log_key, home, phrase_out.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  provenome --home lab init --phrase-out lab.phrase\n  provenome --home lab-new init --restore --phrase-file lab.phrase"
)]
pub(crate) struct Init {
    /// Restore an identity from its phrase
    #[arg(long)]
    restore: bool,
    /// With --restore: read the phrase from this file instead of asking
    #[arg(long, value_name = "FILE", requires = "restore")]
    phrase_file: Option<PathBuf>,
    /// Write the new phrase into this file (mode 0600) instead of showing it
    #[arg(long, value_name = "FILE", conflicts_with = "restore")]
    phrase_out: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, args: &Init) -> Result<Answer, Failure> {
    let home = session.home();
    if home.has_identity() {
        return Err(Failure::could_not(format!(
            "{} has an identity already",
            home.path().display()
        ))
        .hint("name another folder with --home; an identity is never overwritten"));
    }
    if !matches!(Vault::address(home.vault()), Err(VaultError::None(_))) {
        return finish(session, args);
    }
    if let Some(path) = &args.phrase_out
        && path.exists()
    {
        return Err(Failure::could_not(format!("{} is there already", path.display())).hint(format!(
            "nothing is overwritten: name another file, or if an interrupted `init` wrote it, go on with `provenome init --restore --phrase-file {}`",
            path.display()
        )));
    }
    let shown_on_terminal = !args.restore && args.phrase_out.is_none();
    if shown_on_terminal && (session.json || !std::io::stderr().is_terminal()) {
        return Err(Failure::could_not("there is no terminal to show the recovery phrase on")
            .hint("have it written into a file with --phrase-out FILE"));
    }
    let phrase = if args.restore { read_phrase(args)? } else { Phrase::generate()? };
    let identity = Identity::from_phrase(&phrase)?;
    let passphrase = Passphrase::new(session.passphrase().read_new()?.to_string());

    home.create()?;
    // Before there is anything that only the phrase could bring back.
    if let Some(path) = &args.phrase_out {
        write_phrase(path, &phrase)?;
    }
    if shown_on_terminal {
        show_phrase(&phrase);
    }
    if let Err(error) = Vault::create(home.vault(), &identity, &passphrase) {
        // A phrase of nobody must not be kept as if it were the one of whoever lives here.
        if let Some(path) = &args.phrase_out
            && Vault::address(home.vault()).ok() != Some(identity.address())
        {
            let _ = std::fs::remove_file(path);
        }
        return Err(error.into());
    }
    publish(session, args, &identity)
}

/// What an `init` that was interrupted left undone; its phrase was given out before.
fn finish(session: &Session, args: &Init) -> Result<Answer, Failure> {
    let home = session.home();
    if args.restore {
        return Err(Failure::could_not(format!("{} has a vault already", home.path().display()))
            .hint("name another folder with --home; `provenome init` alone finishes this one"));
    }
    session
        .progress
        .tell("there is a vault already: no new identity is made, its own is completed");
    let passphrase = Passphrase::new(session.passphrase().read()?.to_string());
    let vault = Vault::open(home.vault(), &passphrase)?;
    publish(session, args, vault.identity())
}

/// Writes what anyone may know of the identity, and what the home remembers.
fn publish(session: &Session, args: &Init, identity: &Identity) -> Result<Answer, Failure> {
    let reader = identity.reader();
    let public = PublicIdentity {
        address: identity.address(),
        reader_key: hex::encode(reader.x25519.as_bytes()),
        xwing_key: hex::encode(reader.xwing.to_bytes()),
        log_key: hex::encode(identity.log_public().as_bytes()),
    };
    session.home().write_identity(&public)?;
    session.home().write_config(&session.given())?;
    Ok(describe(session, args, &public))
}

fn describe(session: &Session, args: &Init, public: &PublicIdentity) -> Answer {
    let home = session.home().path();
    let mut lines = Lines::default();
    lines
        .add("home", home.display())
        .add("address", public.address)
        .add("reader key", &public.reader_key)
        .add("log key", &public.log_key);
    let phrase_out = args.phrase_out.as_ref().filter(|path| path.exists());
    if let Some(path) = phrase_out {
        lines.add("recovery phrase", format!("in {}; move it to a safe place", path.display()));
    }
    let json = json!({
        "address": public.address,
        "reader_key": public.reader_key,
        "xwing_key": public.xwing_key,
        "log_key": public.log_key,
        "home": home,
        "phrase_out": phrase_out,
    });
    Answer::yes(lines.to_string(), json)
}

fn read_phrase(args: &Init) -> Result<Phrase, Failure> {
    let text = match &args.phrase_file {
        Some(path) => {
            let bytes = read_small(path, 4096)?.ok_or_else(|| {
                Failure::could_not(format!("there is no phrase file {}", path.display()))
            })?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Failure::could_not(format!("{} is not UTF-8", path.display())))?;
            Zeroizing::new(text)
        }
        None if std::io::stdin().is_terminal() => {
            let asked = rpassword::prompt_password("Recovery phrase: ");
            Zeroizing::new(asked.context("read the phrase from", Path::new("the terminal"))?)
        }
        None => {
            let mut line = Zeroizing::new(String::new());
            let read = std::io::stdin().lock().read_line(&mut line);
            read.context("read the phrase from", Path::new("standard input"))?;
            line
        }
    };
    Ok(Phrase::parse(&text)?)
}

fn joined(phrase: &Phrase) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(256));
    for (i, word) in phrase.words().enumerate() {
        if i > 0 {
            text.push(' ');
        }
        text.push_str(word);
    }
    text.push('\n');
    text
}

fn write_phrase(path: &Path, phrase: &Phrase) -> Result<(), Failure> {
    let mut file = UnnamedFile::create(path)?;
    file.fill(joined(phrase).as_bytes())?;
    // Never over another's: it may be the only way back to an identity.
    Ok(file.publish_new()?)
}

/// To the terminal itself, not to whatever collects the program's output.
fn show_phrase(phrase: &Phrase) {
    eprintln!("Recovery phrase. Write it down now: it is not shown again.\n");
    eprintln!("  {}", *joined(phrase));
}
