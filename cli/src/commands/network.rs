use crate::answer::{Answer, Lines};
use crate::commands::address;
use crate::failure::Failure;
use crate::home::write_file;
use crate::plain::plain;
use crate::session::{Session, signer};
use alloy_primitives::Address;
use clap::{Args, Subcommand};
use ledger::chain::{Circuit, Deployment, deploy};
use ledger::network::{Finality, Policy};
use prover::shape_table;
use serde_json::json;
use std::path::PathBuf;

/// The chain id of local development nodes.
const LOCAL_CHAIN: u64 = 31337;

/// Put the contracts onto a chain, or show a network file.
#[derive(Debug, Args)]
pub(crate) struct Network {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Deploy(Deploy),
    /// Show the network file and hold it against the chain
    ///
    /// JSON: the network file itself, and `node`.
    #[command(after_long_help = "Example:\n  provenome --network network.json network show")]
    Show,
}

/// Create the contracts, register the circuits, and write the network file with its policy.
///
/// The account of this home pays and becomes the administrator: it lists tokens, registers
/// circuits and may pause new sales, nothing more. On a local chain (31337) a worthless test token
/// is created and development keys are accepted; elsewhere name a token, and know that the
/// circuits shipped today have development keys, with which anyone can forge.
///
/// JSON: out, name, chain, contracts.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome network deploy --out network.json")]
struct Deploy {
    /// Where to write the network file
    #[arg(long, value_name = "FILE", default_value = "network.json")]
    out: PathBuf,
    /// The network's name
    #[arg(long, default_value = "local")]
    name: String,
    /// An ERC-20 with permits that prices may be in
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    token: Vec<Address>,
    /// Accept proofs under development keys, which anyone can forge (always so on a local chain)
    #[arg(long)]
    development_keys: bool,
}

pub(crate) fn run(session: &Session, args: &Network) -> Result<Answer, Failure> {
    match &args.command {
        Command::Deploy(args) => deploy_contracts(session, args),
        Command::Show => show(session),
    }
}

fn deploy_contracts(session: &Session, args: &Deploy) -> Result<Answer, Failure> {
    let node = session.nodes()?.remove(0);
    let chain_id = node.chain_id()?;
    let local = chain_id == LOCAL_CHAIN;
    if args.token.is_empty() && !local {
        return Err(Failure::could_not(format!(
            "chain {chain_id} is no local chain, so no test token is made"
        ))
        .hint("name the token that prices are in with --token ADDRESS"));
    }
    if args.out.exists() {
        return Err(Failure::could_not(format!("{} is there already", args.out.display()))
            .hint("a network file is a root of trust: name another with --out, or move it away"));
    }
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let circuits = shape_table::shipped().iter().map(|row| Circuit {
        protocol: row.protocol.clone(),
        fingerprint: row.fingerprint,
        key: row.verifying_key.iter().map(|word| (*word).into()).collect(),
    });
    let plan = Deployment {
        name: args.name.clone(),
        tokens: args.token.clone(),
        circuits: circuits.collect(),
        policy: Policy {
            circuits: Vec::new(),
            development_keys: local || args.development_keys,
            require_anchored: false,
            finality: if local { Finality::Head } else { Finality::Finalized },
        },
    };
    let chain = deploy(node, &signer(&vault), plan, |step| session.progress.tell(step))?;
    let network = chain.network();
    write_file(&args.out, network.to_text().as_bytes())?;
    let mut lines = describe(network);
    lines.add("written", args.out.display());
    let json = json!({
        "out": args.out,
        "name": network.name,
        "chain": network.chain,
        "contracts": network.contracts,
    });
    Ok(Answer::yes(lines.to_string(), json))
}

fn show(session: &Session) -> Result<Answer, Failure> {
    let chain = session.chain()?;
    let network = chain.network();
    let mut lines = describe(network);
    lines.add("node", format!("{}: chain, first block and code agree", chain.node().url()));
    let mut json = serde_json::to_value(network).expect("a network is plain data");
    json["node"] = json!(chain.node().url());
    Ok(Answer::yes(lines.to_string(), json))
}

fn describe(network: &ledger::Network) -> Lines {
    let mut lines = Lines::default();
    lines.add("network", plain(&network.name)).add("chain", network.chain);
    for (name, contract) in network.contracts.all() {
        lines.add(name, contract.address);
    }
    for token in &network.tokens {
        let worth = if token.test { " (worthless: anyone may mint it)" } else { "" };
        lines.add("token", format!("{} {}{worth}", plain(&token.symbol), token.address));
    }
    let keys = if network.policy.development_keys {
        "accepted, and marked: anyone can forge with them"
    } else {
        "refused"
    };
    lines.add("circuits that count", network.policy.circuits.len()).add("development keys", keys);
    lines
}
