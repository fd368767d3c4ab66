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
use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::session::Session;
use alloy_primitives::{Address, U256};
use ledger::{Id, Thing, amount};

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Result<Answer, Failure> {
    if let Some(threads) = cli.globals.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
        pool.build_global()
            .map_err(|e| Failure::could_not(format_args!("cannot start {threads} threads: {e}")))?;
    }
    let session = Session::new(cli.globals)?;
    match cli.command {
        Command::Init(args) => init::run(&session, &args),
        Command::Keys(args) => keys::run(&session, &args),
        Command::Account(args) => account::run(&session, &args),
        Command::Inspect(args) => inspect::run(&session, &args),
        Command::Evaluate(args) => evaluate::run(&session, &args),
        Command::Log(args) => log::run(&session, &args),
        Command::Anchor(args) => anchor::run(&session, &args),
        Command::Seal(args) => seal::run(&session, &args),
        Command::List(args) => list::run(&session, &args),
        Command::Terms(args) => terms::run(&session, &args),
        Command::Pause(args) => sale::pause(&session, &args),
        Command::Resume(args) => sale::resume(&session, &args),
        Command::Serve(args) => serve::run(&session, &args),
        Command::Deliver(args) => deliver::run(&session, &args),
        Command::Decline(args) => decline::run(&session, &args),
        Command::Settle(args) => settle::run(&session, &args),
        Command::Revoke(args) => revoke::run(&session, &args),
        Command::Withdraw(args) => withdraw::run(&session, &args),
        Command::Search(args) => search::run(&session, &args),
        Command::Show(args) => show::run(&session, &args),
        Command::Buy(args) => buy::run(&session, &args),
        Command::Grants(args) => grants::run(&session, &args),
        Command::Open(args) => open::run(&session, &args),
        Command::Attest(args) => attest::run(&session, &args),
        Command::Refund(args) => refund::run(&session, &args),
        Command::Prove(args) => prove::run(&session, &args),
        Command::Verify(args) => verify::run(&session, &args),
        Command::Post(args) => post::run(&session, &args),
        Command::Audit(args) => audit::run(&session, &args),
        Command::Index(args) => index::run(&session, &args),
        Command::Network(args) => network::run(&session, &args),
        Command::Devnet(args) => devnet::run(&session, &args),
    }
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
