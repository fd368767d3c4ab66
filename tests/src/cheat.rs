//! What a dishonest actor with a program of their own would do. The demo and the tests use it to
//! make forgeries, which the ordinary commands must catch. It breaks no cryptography: it changes
//! files that its user can write, and says on chain what its user's own key lets it say.

use alloy_primitives::B256;
use ledger::chain::{Anchoring, Chain, Node, PrivateKeySigner};
use ledger::checkpoint::Checkpoint;
use ledger::dag_cbor::Reader;
use ledger::log::{EntriesBlock, Listed, leaf, log_id};
use ledger::signature::Domain;
use ledger::step::Step;
use ledger::{Cid, Codec, Network, Signature, merkle};
use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{BlockStore as _, Stores, parse_place};
use vault::{Passphrase, Vault};

const USAGE: &str = "\
usage: cheat change-count TABLE           one AC of a result.tsv becomes one more
       cheat change-genotype IN.vcf.gz OUT.vcf   somebody's first genotype becomes another
       cheat drop-step HOME               the first step disappears from a home's log
       cheat hide-step HOME PASSPHRASE    anchor two more steps honestly, but list only one of them
                                          (PROVENOME_NETWORK, PROVENOME_RPC, PROVENOME_STORE)
       cheat flip-byte FOLDER             one bit of the largest block in a store's folder";

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["change-count", table] => change_count(Path::new(table)),
        ["change-genotype", from, to] => change_genotype(Path::new(from), Path::new(to)),
        ["drop-step", home] => drop_step(Path::new(home)),
        ["hide-step", home, passphrase] => hide_step(Path::new(home), Path::new(passphrase)),
        ["flip-byte", folder] => flip_byte(Path::new(folder)),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn change_count(table: &Path) -> Outcome {
    let text = fs::read_to_string(table)?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = lines.get_mut(3).ok_or("the table has no third row")?;
    let mut fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
    let ac: u64 = fields[4].parse()?;
    println!("row 3: AC {ac} becomes {}", ac + 1);
    fields[4] = (ac + 1).to_string();
    *line = fields.join("\t");
    Ok(fs::write(table, lines.join("\n") + "\n")?)
}

fn change_genotype(from: &Path, to: &Path) -> Outcome {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(from)?).read_to_string(&mut text)?;
    let records =
        text.find("\n#CHROM").and_then(|at| Some(at + 1 + text[at + 1..].find('\n')? + 1));
    let records = records.ok_or("no records")?;
    let at = records + text[records..].find("\t0|0").ok_or("no genotype 0|0")?;
    text.replace_range(at + 1..at + 4, "0|1");
    println!("one genotype 0|0 becomes 0|1");
    Ok(fs::File::create(to)?.write_all(text.as_bytes())?)
}

/// The steps of a home's only log, and its folder.
fn log_of(home: &Path) -> Outcome<(PathBuf, Vec<(Step, Signature)>)> {
    let folder = fs::read_dir(home.join("log"))?.next().ok_or("no log")??.path();
    let mut steps = Vec::new();
    while let Ok(bytes) = fs::read(folder.join(format!("{:08}", steps.len()))) {
        let mut map = Reader::decode("the logged step", &bytes)?;
        let step = Step::decode(&map.bytes("body")?)?;
        steps.push((step, Signature(map.array("signature")?)));
    }
    Ok((folder, steps))
}

fn drop_step(home: &Path) -> Outcome {
    let (folder, steps) = log_of(home)?;
    for number in 1..steps.len() {
        fs::rename(folder.join(format!("{number:08}")), folder.join(format!("{:08}", number - 1)))?;
    }
    if steps.len() == 1 {
        fs::remove_file(folder.join("00000000"))?;
    }
    println!("step 0 of {} is gone", steps.len());
    Ok(())
}

fn hide_step(home: &Path, passphrase: &Path) -> Outcome {
    let passphrase = fs::read_to_string(passphrase)?;
    let passphrase = Passphrase::new(passphrase.lines().next().unwrap_or_default().to_owned());
    let vault = Vault::open(home.join("vault"), &passphrase)?;
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let network = Network::parse(&fs::read_to_string(variable("PROVENOME_NETWORK")?)?)?;
    let chain = Chain::connect(network.clone(), vec![Node::new(&variable("PROVENOME_RPC")?)?])?;
    let stores = Stores::new(vec![parse_place(&variable("PROVENOME_STORE")?)?]);

    let (_, mut steps) = log_of(home)?;
    let old_size = steps.len();
    let owner = vault.identity().address();
    let domain = Domain { chain: network.chain, log: network.contracts.log.address };
    let last = steps.last().ok_or("no steps")?.0.clone();
    for later in 1..=2 {
        let step = Step { time: last.time + later, ..last.clone() };
        let signature = vault.identity().sign_step(&domain, step.id());
        steps.push((step, signature));
    }
    let leaves: Vec<B256> = steps
        .iter()
        .map(|(step, signature)| merkle::leaf_hash(&leaf(step.id(), owner, signature)))
        .collect();
    let origin = format!("provenome/eip155-{}/{:#x}/{owner:#x}", network.chain, domain.log);
    let root = merkle::root(&leaves);
    let checkpoint = Checkpoint { origin: origin.clone(), size: leaves.len() as u64, root };
    let (shown, signature) = &steps[old_size + 1];
    stores.put(shown.cid(), &shown.encode())?;
    let block = EntriesBlock {
        checkpoint: checkpoint.sign(&vault.identity().log_key()),
        entries: vec![Listed { body: shown.cid(), signature: *signature }],
        previous: None,
    }
    .encode();
    let cid = Cid::of(Codec::DagCbor, &block);
    stores.put(cid, &block)?;
    let signer = PrivateKeySigner::from_slice(vault.identity().ethereum_secret().expose())?;
    chain.anchor(
        &signer,
        &Anchoring {
            log: log_id(network.chain, domain.log, owner, &origin),
            old_size: old_size as u64,
            size: leaves.len() as u64,
            root,
            entries: cid.digest(),
            proof: merkle::consistency_proof(&leaves, old_size),
        },
    )?;
    println!("{} steps are anchored, the published blocks list 1", leaves.len());
    Ok(())
}

fn flip_byte(folder: &Path) -> Outcome {
    let largest = files(folder)?.into_iter().max_by_key(|(size, _)| *size).ok_or("no blocks")?.1;
    let mut bytes = fs::read(&largest)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    println!("one bit of {} is flipped", largest.file_name().unwrap_or_default().to_string_lossy());
    Ok(fs::write(&largest, bytes)?)
}

fn files(folder: &Path) -> Outcome<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push((entry.metadata()?.len(), entry.path()));
        }
    }
    Ok(found)
}
