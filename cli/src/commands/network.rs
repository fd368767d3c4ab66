use crate::answer::{Answer, Lines};
use crate::commands::{address, number, show};
use crate::failure::Failure;
use crate::plain::plain;
use crate::session::{Session, signer};
use alloy_primitives::Address;
use clap::{Args, Subcommand};
use ledger::chain::{ChainError, Circuit, Deployment, deploy};
use ledger::network::{Finality, Policy};
use ledger::statement::ALLELE_FREQUENCY;
use ledger::{CircuitId, Id, Thing};
use prover::{Shape, development_circuit, shape_table};
use serde_json::json;
use std::path::{Path, PathBuf};
use store::UnnamedFile;

/// The chain id of local development nodes.
const LOCAL_CHAIN: u64 = 31337;

/// Put the contracts onto a chain, register more circuits, or show a network file.
#[derive(Debug, Args)]
pub(crate) struct Network {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Deploy(Deploy),
    Register(Register),
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

/// Register the circuits for a dataset of another size, so that results over it can be posted.
///
/// A circuit is for one number of people (in steps of 126) and one size of panel. `deploy` registers
/// those that ship with the program; for a dataset of another size the administrator's home
/// registers the others with this command, and the network file is replaced by one whose policy
/// names them: give it to everybody again, because a verdict counts only circuits that it names.
///
/// JSON: id, network, circuits (those that were added).
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome --home operator network register dataset:2")]
struct Register {
    /// The dataset
    id: Id,
}

pub(crate) fn run(session: &Session, args: &Network) -> Result<Answer, Failure> {
    match &args.command {
        Command::Deploy(args) => deploy_contracts(session, args),
        Command::Register(args) => register(session, args),
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
    write(&args.out, network)?;
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

fn register(session: &Session, args: &Register) -> Result<Answer, Failure> {
    // Before the network file is read: two that write it must not lose each other's circuits.
    let _turn = session.turn()?;
    let dataset = show::dataset(&*session.index()?, number(args.id, Thing::Dataset)?)?;
    let version = dataset.latest.version;
    let shapes = Shape::of_panel(version.samples, version.columns);
    if shapes.iter().any(|shape| !shape.is_made()) {
        return Err(Failure::could_not(format!(
            "{} has {} people and {} columns: no circuit is made for so many",
            args.id, version.samples, version.columns
        )));
    }
    let vault = session.unlock()?;
    let (chain, mut network) = (session.chain()?, session.network()?);
    if !network.policy.development_keys {
        return Err(Failure::no(
            "the network's policy refuses development keys, and there are no others",
        )
        .check("policy"));
    }
    let mut registered: Vec<CircuitId> = Vec::new();
    for shape in shapes {
        session.progress.tell(&format!("making the key of the circuit for {shape}"));
        let (circuit, key) = development_circuit(&shape);
        if network.policy.circuits.contains(&circuit) {
            continue;
        }
        let done = chain.register(
            &signer(&vault),
            &Circuit {
                protocol: ALLELE_FREQUENCY.to_owned(),
                fingerprint: shape.fingerprint(),
                key: key.words(),
            },
        );
        match done {
            Ok(_) => {}
            // By a run that ended before the file was written.
            Err(ChainError::Refused(refusal)) if refusal.name == "AlreadyRegistered" => {}
            Err(error) => return Err(error.into()),
        }
        network.policy.circuits.push(circuit);
        registered.push(circuit);
    }
    let path = session.network_path()?;
    if !registered.is_empty() {
        write(&path, &network)?;
    }
    let mut lines = Lines::default();
    lines.add("dataset", args.id);
    for circuit in &registered {
        lines.add("registered", circuit);
    }
    if registered.is_empty() {
        lines.add("", "the network names every circuit for it already; nothing was sent");
    } else {
        lines.add("written", format!("{}; give it to everybody again", path.display()));
    }
    let json = json!({ "id": args.id.to_string(), "network": path, "circuits": registered });
    Ok(Answer::yes(lines.to_string(), json))
}

/// Writes a network file, which everybody may read, whole or not at all.
fn write(path: &Path, network: &ledger::Network) -> Result<(), Failure> {
    let mut file = UnnamedFile::with_mode(path, 0o644)?;
    file.fill(network.to_text().as_bytes())?;
    Ok(file.publish()?)
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
