use crate::answer::{Answer, Lines};
use crate::clock;
use crate::commands::{address, units};
use crate::failure::Failure;
use crate::session::Session;
use alloy_primitives::{Address, U256};
use clap::{Args, Subcommand};
use ledger::amount;
use ledger::chain::{Chain, Node, PrivateKeySigner};
use serde_json::json;
use std::os::unix::process::CommandExt as _;
use std::process::Command as Process;

/// A local chain for trying things; nothing on it is worth anything.
#[derive(Debug, Args)]
pub(crate) struct Devnet {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Start(Start),
    Fund(Fund),
    Warp(Warp),
}

/// Start a local chain (anvil) and stay in the foreground until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome devnet start --port 8545")]
struct Start {
    /// The port to listen on, on this machine only
    #[arg(long, default_value_t = 8545)]
    port: u16,
    /// The anvil program
    #[arg(long, value_name = "PROGRAM", default_value = "anvil", env = "PROVENOME_ANVIL")]
    anvil: String,
}

/// Give an account coin for fees and, where there is a network with one, test tokens.
///
/// JSON: address, coin, amount and symbol (null where there is no test token).
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  provenome devnet fund 0x90F79bf6EB2c4f870365E785982E1f101E93b906"
)]
struct Fund {
    /// The account
    #[arg(value_parser = address)]
    address: Address,
    /// Whole coins
    #[arg(long, default_value_t = 10)]
    coin: u64,
    /// Test tokens
    #[arg(long, value_name = "AMOUNT", default_value = "1000")]
    token: String,
}

/// Move the chain's clock forward and make a block.
///
/// JSON: block, time.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome devnet warp 90000")]
struct Warp {
    /// By how many seconds
    seconds: u32,
}

pub(crate) fn run(session: &Session, args: &Devnet) -> Result<Answer, Failure> {
    match &args.command {
        Command::Start(args) => start(args),
        Command::Fund(args) => fund(session, args),
        Command::Warp(args) => warp(session, args),
    }
}

fn start(args: &Start) -> Result<Answer, Failure> {
    let port = args.port.to_string();
    let error = Process::new(&args.anvil)
        .args(["--hardfork", "prague", "--host", "127.0.0.1", "--port", &port])
        .exec();
    Err(Failure::could_not(format!("cannot start {}: {error}", args.anvil)).hint(
        "`scripts/contracts setup` installs it under contracts/node_modules/.bin; put that on PATH or name it with --anvil",
    ))
}

fn fund(session: &Session, args: &Fund) -> Result<Answer, Failure> {
    let node = session.nodes()?.remove(0);
    let wei = U256::from(args.coin) * U256::from(10).pow(U256::from(18));
    let balance = node.balance(args.address)?;
    set_balance(&node, args.address, balance + wei)?;
    let mut lines = Lines::default();
    lines.add("account", args.address).add("coin", format!("{} more", args.coin));
    let minted = match session.network_path() {
        // Fees come first: whoever deploys the network has no file of it yet.
        Ok(path) if path.exists() => mint(session.chain()?, args)?,
        _ => None,
    };
    if let Some((symbol, amount)) = &minted {
        lines.add("test token", format!("{amount} {symbol} more"));
    }
    let mut json = json!({ "address": args.address, "coin": args.coin.to_string() });
    json["amount"] = json!(minted.as_ref().map(|(_, amount)| amount));
    json["symbol"] = json!(minted.map(|(symbol, _)| symbol));
    Ok(Answer::yes(lines.to_string(), json))
}

/// Mints the network's test token, if it has one, from an account made for the occasion.
fn mint(chain: &Chain, args: &Fund) -> Result<Option<(String, String)>, Failure> {
    let Some(token) = chain.network().tokens.iter().find(|token| token.test) else {
        return Ok(None);
    };
    let units = units("--token", &args.token, token.decimals)?;
    let minter = PrivateKeySigner::random();
    set_balance(chain.node(), minter.address(), U256::from(10).pow(U256::from(18)))?;
    chain.mint_test_token(&minter, token.address, args.address, U256::from(units))?;
    let amount = amount::show(U256::from(units), token.decimals);
    Ok(Some((token.symbol.clone(), amount)))
}

fn set_balance(node: &Node, account: Address, wei: U256) -> Result<(), Failure> {
    development(node, "anvil_setBalance", json!([account, wei]))?;
    Ok(())
}

fn warp(session: &Session, args: &Warp) -> Result<Answer, Failure> {
    let node = session.nodes()?.remove(0);
    development(&node, "evm_increaseTime", json!([args.seconds]))?;
    development(&node, "evm_mine", json!([]))?;
    let head = node.head()?;
    let mut lines = Lines::default();
    lines.add("block", head.number).add("the chain's clock", clock::show(head.time));
    let json = json!({ "block": head.number, "time": head.time });
    Ok(Answer::yes(lines.to_string(), json))
}

fn development(
    node: &Node,
    method: &'static str,
    parameters: serde_json::Value,
) -> Result<serde_json::Value, Failure> {
    node.development(method, parameters).map_err(|e| {
        Failure::from(e)
            .hint("`devnet` works on a local development chain alone; see `provenome devnet start`")
    })
}
