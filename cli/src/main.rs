//! `provenome`: the one program. Words for humans; everything else is in the crates below it.

mod answer;
mod args;
mod audit;
mod build;
mod clock;
mod commands;
mod delivery;
mod describe;
mod exports;
mod failure;
mod given;
mod home;
mod logbook;
mod pairing;
mod passphrase;
mod plain;
mod progress;
mod proof;
mod published;
mod reading;
mod session;
mod span;
mod staging;
mod unsealed;
mod upkeep;
mod within;

use std::process::ExitCode;

fn main() -> ExitCode {
    match args::parse() {
        Ok(cli) => {
            let json = cli.globals.json;
            answer::print(commands::run(cli), json)
        }
        Err(error) => answer::print_usage(&error),
    }
}
