use crate::answer::{Answer, Lines};
use crate::failure::Failure;
use crate::session::Session;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// Back up the data keys, or restore them.
///
/// Data keys are random: the phrase alone does not bring them back. The backup file is encrypted
/// under the identity, so that phrase and backup together restore everything.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write all data keys, encrypted, into a new file
    ///
    /// JSON: file, keys.
    #[command(after_long_help = "Example:\n  provenome keys backup data-keys.backup")]
    Backup {
        /// The file; it must not be there yet
        file: PathBuf,
    },
    /// Take the data keys of a backup into this home
    ///
    /// JSON: file, keys, new, differing.
    #[command(after_long_help = "Example:\n  provenome keys restore data-keys.backup")]
    Restore {
        /// The backup
        file: PathBuf,
    },
}

pub(crate) fn run(session: &Session, args: &Keys) -> Result<Answer, Failure> {
    let vault = session.unlock()?;
    let mut lines = Lines::default();
    let json = match &args.command {
        Command::Backup { file } => {
            let keys = vault.backup(file)?;
            lines.add("data keys", keys).add("written", file.display());
            json!({ "file": file, "keys": keys })
        }
        Command::Restore { file } => {
            let restored = vault.restore(file)?;
            let keys = restored.added + restored.unchanged + restored.differing;
            lines.add("data keys", keys).add("new here", restored.added);
            if restored.differing > 0 {
                let kept = format!("{}: kept as this home has them", restored.differing);
                lines.add("with another record here", kept);
            }
            json!({ "file": file, "keys": keys, "new": restored.added, "differing": restored.differing })
        }
    };
    Ok(Answer::yes(lines.to_string(), json))
}
