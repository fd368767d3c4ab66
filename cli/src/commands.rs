//! One command a file: its arguments, whose documentation is the help, then one function.

pub(crate) mod account;
pub(crate) mod anchor;
pub(crate) mod attest;
pub(crate) mod audit;
pub(crate) mod buy;
pub(crate) mod decline;
pub(crate) mod deliver;
pub(crate) mod devnet;
pub(crate) mod evaluate;
pub(crate) mod grants;
pub(crate) mod index;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod network;
pub(crate) mod open;
pub(crate) mod post;
pub(crate) mod prove;
pub(crate) mod refund;
pub(crate) mod revoke;
pub(crate) mod sale;
pub(crate) mod seal;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod settle;
pub(crate) mod show;
pub(crate) mod terms;
pub(crate) mod verify;
pub(crate) mod withdraw;

use crate::answer::Answer;
use crate::args::{Cli, with_footer};
use crate::failure::Failure;
use crate::session::Session;
use alloy_primitives::{Address, U256};
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, FromArgMatches, Subcommand};
use ledger::{Id, Thing, amount};

/// The commands: the name of each, its words, and what runs it. The words are put together when the
/// command is named: those of all would be a tenth of what starting the program costs.
macro_rules! commands {
    ($($name:literal $command:ident($words:ty) $run:path;)*) => {
        #[derive(Debug)]
        pub(crate) enum Command {
            $($command($words),)*
        }

        impl Command {
            fn run(&self, session: &Session) -> Result<Answer, Failure> {
                match self {
                    $(Self::$command(words) => $run(session, words),)*
                }
            }
        }

        impl Subcommand for Command {
            fn augment_subcommands(program: clap::Command) -> clap::Command {
                program$(.subcommand(clap::Command::new($name).defer(words::<$words>)))*
            }

            fn augment_subcommands_for_update(program: clap::Command) -> clap::Command {
                Self::augment_subcommands(program)
            }

            fn has_subcommand(name: &str) -> bool {
                [$($name),*].contains(&name)
            }
        }

        impl FromArgMatches for Command {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some(($name, words)) => <$words>::from_arg_matches(words).map(Self::$command),)*
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

commands! {
    "init" Init(init::Init) init::run;
    "keys" Keys(keys::Keys) keys::run;
    "account" Account(account::Account) account::run;
    "inspect" Inspect(inspect::Inspect) inspect::run;
    "evaluate" Evaluate(evaluate::Evaluate) evaluate::run;
    "log" Log(log::Log) log::run;
    "anchor" Anchor(anchor::Anchor) anchor::run;
    "seal" Seal(seal::Seal) seal::run;
    "list" List(list::List) list::run;
    "terms" Terms(terms::Terms) terms::run;
    "pause" Pause(sale::Pause) sale::pause;
    "resume" Resume(sale::Resume) sale::resume;
    "serve" Serve(serve::Serve) serve::run;
    "deliver" Deliver(deliver::Deliver) deliver::run;
    "decline" Decline(decline::Decline) decline::run;
    "settle" Settle(settle::Settle) settle::run;
    "revoke" Revoke(revoke::Revoke) revoke::run;
    "withdraw" Withdraw(withdraw::Withdraw) withdraw::run;
    "search" Search(search::Search) search::run;
    "show" Show(show::Show) show::run;
    "buy" Buy(buy::Buy) buy::run;
    "grants" Grants(grants::Grants) grants::run;
    "open" Open(open::Open) open::run;
    "attest" Attest(attest::Attest) attest::run;
    "refund" Refund(refund::Refund) refund::run;
    "prove" Prove(prove::Prove) prove::run;
    "verify" Verify(verify::Verify) verify::run;
    "post" Post(post::Post) post::run;
    "audit" Audit(audit::Audit) audit::run;
    "index" Index(index::IndexCommand) index::run;
    "network" Network(network::Network) network::run;
    "devnet" Devnet(devnet::Devnet) devnet::run;
}

fn words<W: Args>(command: clap::Command) -> clap::Command {
    with_footer(W::augment_args(command))
}

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Result<Answer, Failure> {
    if let Some(threads) = cli.globals.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
        pool.build_global()
            .map_err(|e| Failure::could_not(format_args!("cannot start {threads} threads: {e}")))?;
    }
    let session = Session::new(cli.globals)?;
    cli.command.run(&session)
}

/// The amount that an option gives, in smallest units.
pub(crate) fn units(option: &str, text: &str, decimals: u8) -> Result<u128, Failure> {
    amount::parse(text, decimals)
        .map_err(|why| Failure::could_not(format!("{option} {text:?} cannot be read: {why}")))
}

/// An account's address.
pub(crate) fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|_| "an account is written 0x and 40 hexadecimal digits".to_owned())
}

/// The number of an id that must name a `thing`.
pub(crate) fn number(id: Id, thing: Thing) -> Result<U256, Failure> {
    if id.thing == thing {
        return Ok(id.number);
    }
    Err(Failure::could_not(format!("{id} is no {thing}"))
        .hint(format!("this command takes {thing}:N")))
}
