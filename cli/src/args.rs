//! The words of the program: global options and the commands, grouped by who uses them.

use crate::commands::Command;
use crate::passphrase::Source;
use clap::value_parser;
use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser};
use std::path::PathBuf;

const HELP: &str = "\
{about}

Usage: {usage}

Everyone:
  init       Make an identity: recovery phrase, keystore, account, reader key, log key
  keys       Back up the data keys, or restore them
  account    Show address, keys and balances
  inspect    Say what a file of genotypes or a table holds, and what of it could be proved
  evaluate   Compute a protocol in the open: no chain, no keys
  log        Show the own log of steps
  anchor     Put the own log's head on the chain

Providers:
  seal       Encrypt a file and commit to its panel
  list       Offer a sealed dataset for a price
  terms      Show or change a dataset's terms
  pause      Stop selling a dataset
  resume     Sell it again
  serve      Watch for orders and deliver keys
  deliver    Deliver one order by hand
  decline    Refuse an order: the buyer is refunded
  settle     Be paid for delivered orders whose dispute window has passed
  revoke     End a grant
  withdraw   Take out payments that could not be pushed

Researchers:
  search     Find datasets
  show       Show a dataset, a grant or a result
  buy        Buy a grant: the money goes into escrow
  grants     List the own grants
  open       Fetch, verify and decrypt what a grant gives
  attest     Say on chain whether what came is what was listed
  refund     Take the price back where nothing was delivered in time
  prove      Compute a protocol and prove it
  verify     Check a proved result offline, or the proof of an event
  post       Publish a proved result

Auditors:
  audit      Check everything that can be checked, without any data

Operators:
  network    Put the contracts onto a chain, or show a network file
  index      Serve the index over HTTP, with a page to look at
  devnet     A local chain for trying things

Options:
{options}{after-help}";

const AFTER: &str = "\
Exit codes: 0 yes, 1 no (checked and false, or refused by a contract), 2 could not.
Each command explains itself, with an example: provenome COMMAND --help
JSON keys, files and words are explained in docs/cli.md";

/// What stands at the end of every command's help, in place of the options that all have.
const GLOBALS: &str = "\
Every command also takes --home, --network, --rpc, --store, --passphrase-file, --threads, --json
and --quiet: see provenome --help";

/// A verifiable provenance ledger and marketplace for biomedical data.
#[derive(Debug, Parser)]
#[command(name = "provenome", version, help_template = HELP, after_help = AFTER)]
#[command(disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The program's words as they were typed, or what is wrong with them.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches()?)
}

fn command() -> clap::Command {
    // What an environment variable holds now is nobody's business on a shared screen.
    let hide = |arg: Arg| {
        // Said once, in the program's own help, which is the short one whatever is asked for.
        let everywhere = arg.is_global_set();
        arg.hide_env_values(true).hide_long_help(everywhere)
    };
    Cli::command().mut_args(hide).disable_help_flag(true).arg(help(ArgAction::HelpShort))
}

/// The command among the words that were typed, where there is one.
pub(crate) fn named_command() -> Option<String> {
    let known = command();
    let words = std::env::args_os().skip(1);
    words
        .filter_map(|word| known.find_subcommand(&word).map(|sub| sub.get_name().to_owned()))
        .next()
}

pub(crate) fn with_footer(command: clap::Command) -> clap::Command {
    let command = command.mut_subcommands(with_footer).mut_args(|arg| arg.hide_env_values(true));
    let footer = match command.get_after_long_help() {
        Some(example) => format!("{example}\n\n{GLOBALS}"),
        None => GLOBALS.to_owned(),
    };
    command.after_long_help(footer).arg(help(ArgAction::Help))
}

/// The flag that asks for help. The program's own help is the short one; a command's `--help` has
/// more than its `-h`.
fn help(action: ArgAction) -> Arg {
    Arg::new("help").short('h').long("help").action(action).help("Print help")
}

/// Options that every command has. They are in the help of the program and, briefly, in `-h`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Globals {
    /// The actor's folder: identity, vault, log, index [default: ~/.provenome]
    #[arg(long, global = true, value_name = "DIR", env = "PROVENOME_HOME")]
    pub(crate) home: Option<PathBuf>,

    /// The network file: chain, contracts, policy; the root of trust
    #[arg(long, global = true, value_name = "FILE", env = "PROVENOME_NETWORK")]
    pub(crate) network: Option<PathBuf>,

    /// A node of the chain; several must agree before money or keys move
    #[arg(long, global = true, value_name = "URL", env = "PROVENOME_RPC", value_delimiter = ',')]
    pub(crate) rpc: Vec<String>,

    /// A block store: dir:PATH or kubo:URL; several are all written, and asked in turn
    #[arg(
        long,
        global = true,
        value_name = "STORE",
        env = "PROVENOME_STORE",
        value_delimiter = ','
    )]
    pub(crate) store: Vec<String>,

    /// Read the passphrase from the first line of this file instead of asking
    #[arg(long, global = true, value_name = "FILE", env = "PROVENOME_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,

    /// Read the passphrase from this file descriptor, whatever file is named
    #[arg(long, global = true, value_name = "N")]
    pub(crate) passphrase_fd: Option<i32>,

    /// Threads that compute [default: one for each core]
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "PROVENOME_THREADS",
        value_parser = value_parser!(u16).range(1..=1024)
    )]
    pub(crate) threads: Option<u16>,

    /// Print one JSON object with stable keys
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// No progress, no remarks
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

impl Globals {
    pub(crate) fn passphrase(&self) -> Source {
        match (&self.passphrase_file, self.passphrase_fd) {
            (_, Some(fd)) => Source::Descriptor(fd),
            (Some(path), None) => Source::File(path.clone()),
            (None, None) => Source::Prompt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent_and_the_grouped_help_names_every_command() {
        let command = command();
        command.clone().debug_assert();
        for sub in command.get_subcommands() {
            let line = format!("\n  {} ", sub.get_name());
            assert_eq!(HELP.matches(&line).count(), 1, "{}", sub.get_name());
        }
    }
}
