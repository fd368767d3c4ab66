//! Verification of claims, posted results and list steps: pure, from bytes and chain facts to named
//! checks. The pairing is handed in, so that this crate stays without one.
//! Specification: `docs/spec/audit.md`.

use crate::claim::{Claim, ProofWords};
use crate::dag_cbor::Value;
use crate::dataset::{Version, VersionName};
use crate::hash::sha256;
use crate::key::data_commit;
use crate::log::leaf;
use crate::manifest::PROFILE;
use crate::network::Policy;
use crate::posting::Posted;
use crate::signature::Domain;
use crate::step::{Input, Kind, Origin, config_hash};
use crate::verdict::{Check, Evidence, InputEvidence, InputVerdict, StepVerdict};
use crate::{Cid, CircuitId, Manifest, Record, Signature, Statement, Step, StepId, field};
use alloy_primitives::{Address, B256};

/// What the pairing says of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// It holds.
    Valid {
        /// Under a key with which anyone can make proofs.
        development: bool,
    },
    /// It does not, and why.
    Invalid(String),
    /// The program has no key of this circuit.
    UnknownCircuit,
}

/// The pairing check of the prover.
pub type Verifier<'a> = &'a dyn Fn(CircuitId, &Statement, &ProofWords) -> Pairing;

/// Checks a claim and its table offline, and says what speaks for it. `policy` is the network's,
/// if one is known.
pub fn verify_claim(
    claim: &Claim,
    table: Option<&[u8]>,
    policy: Option<&Policy>,
    pairing: Verifier<'_>,
) -> (Vec<Check>, Evidence) {
    let mut checks = Vec::new();
    if let Some(table) = table {
        checks.push(check_table(claim, table));
    }
    let statement = match claim.statement() {
        Ok(statement) => statement,
        Err(why) => {
            checks.push(Check::fails("statement", why));
            return (checks, Evidence::Invalid);
        }
    };
    let columns = claim.sites.len();
    checks.push(Check::holds(
        "statement",
        format!("query and result recomputed from {columns} columns and their values"),
    ));
    let (proof, evidence) = check_proof(claim, &statement, policy, pairing);
    checks.extend(proof);
    (checks, evidence)
}

/// `result.tsv` against the claim, with the first line that differs.
fn check_table(claim: &Claim, table: &[u8]) -> Check {
    const NAME: &str = "table";
    let expected = claim.table();
    if table == expected.as_bytes() {
        return Check::holds(NAME, format!("result.tsv = the claim's {} rows", claim.sites.len()));
    }
    let found: Vec<&[u8]> = table.split(|b| *b == b'\n').collect();
    let lines: Vec<&str> = expected.split('\n').collect();
    let at = lines.iter().zip(&found).position(|(line, found)| line.as_bytes() != *found);
    let at = at.unwrap_or(lines.len().min(found.len()));
    let site = at.checked_sub(1).and_then(|row| claim.sites.get(row));
    let place = site.map_or(String::new(), |site| format!(" ({site})"));
    Check::fails(NAME, format!("line {} of result.tsv{place} is not what was proved", at + 1))
}

fn check_proof(
    claim: &Claim,
    statement: &Statement,
    policy: Option<&Policy>,
    pairing: Verifier<'_>,
) -> (Vec<Check>, Evidence) {
    let mut checks = Vec::new();
    if let Some(policy) = policy {
        checks.push(if policy.circuits.contains(&claim.circuit) {
            Check::holds("circuit", format!("{} is named by the policy", claim.circuit))
        } else {
            Check::fails("circuit", format!("the policy does not name {}", claim.circuit))
        });
    }
    let (check, evidence) = match pairing(claim.circuit, statement, &claim.proof) {
        Pairing::Valid { development } => {
            let allowed = policy.is_none_or(|policy| policy.development_keys);
            if development && !allowed {
                let why = "the key is a development key, which the policy refuses";
                (Check::fails("proof", why), Evidence::Invalid)
            } else if development {
                let compared = "the pairing holds over the recomputed statement (development key)";
                (Check::holds("proof", compared), Evidence::ProvedDevelopment)
            } else {
                let compared = "the pairing holds over the recomputed statement";
                (Check::holds("proof", compared), Evidence::Proved)
            }
        }
        Pairing::Invalid(why) => (Check::fails("proof", why), Evidence::Invalid),
        Pairing::UnknownCircuit => {
            let why = format!("this program has no verifying key of circuit {}", claim.circuit);
            (Check::unchecked("proof", why), Evidence::Unchecked)
        }
    };
    checks.push(check);
    (checks, evidence)
}

/// What the chain says about a posting and around it.
pub struct ResultFacts<'a> {
    /// The posting.
    pub posted: &'a Posted,
    /// The version's full name.
    pub name: VersionName,
    /// The version that the registry lists under that name.
    pub listed: Option<Version>,
    /// The result ledger.
    pub ledger: Address,
    /// The signing domain.
    pub domain: Domain,
    /// Why the poster might post, or why not.
    pub right: Result<String, String>,
    /// The network's policy.
    pub policy: &'a Policy,
}

/// What the stores gave about a posting; none where none had it.
#[derive(Default)]
pub struct ResultBlocks {
    /// The record.
    pub record: Option<Vec<u8>>,
    /// The step's body.
    pub step: Option<Vec<u8>>,
    /// The table.
    pub table: Option<Vec<u8>>,
    /// The dataset's manifest.
    pub manifest: Option<Manifest>,
}

/// A step that was read, with what its log lists.
pub struct ReadStep {
    /// The step.
    pub step: Step,
    /// Its signature.
    pub signature: Signature,
}

impl ReadStep {
    /// Its leaf's bytes.
    pub fn leaf(&self) -> Vec<u8> {
        leaf(self.step.id(), self.step.actor, &self.signature)
    }
}

/// Checks everything about a posted result but its log.
pub fn verify_result(
    facts: &ResultFacts<'_>,
    blocks: &ResultBlocks,
    pairing: Verifier<'_>,
) -> (StepVerdict, Option<ReadStep>) {
    let mut verdict = StepVerdict {
        step: facts.posted.step,
        kind: Kind::Result,
        claimed: Evidence::Unchecked,
        anchored: false,
        inputs: Vec::new(),
        checks: Vec::new(),
    };
    verdict.checks.push(match &facts.right {
        Ok(right) => Check::holds("poster", right.clone()),
        Err(why) => Check::fails("poster", why),
    });
    let Some(bytes) = &blocks.record else {
        verdict.checks.push(Check::unchecked("record", "no store has the record"));
        return (verdict, None);
    };
    let digest = sha256(bytes);
    verdict.checks.push(Check::equal(
        "record",
        ("the record's digest", digest),
        ("the one on chain", facts.posted.record),
    ));
    if digest != facts.posted.record {
        return (verdict, None);
    }
    let record = match Record::decode(bytes) {
        Ok(record) => record,
        Err(why) => {
            verdict.checks.push(Check::fails("record", why));
            return (verdict, None);
        }
    };
    verdict.claimed = check_record(facts, &record, blocks, pairing, &mut verdict.checks);
    let read = check_step(facts, &record, blocks.step.as_deref(), &mut verdict.checks);
    if let Some(read) = &read {
        verdict.inputs = inputs(&read.step, InputEvidence::Listed);
    }
    (verdict, read)
}

fn check_record(
    facts: &ResultFacts<'_>,
    record: &Record,
    blocks: &ResultBlocks,
    pairing: Verifier<'_>,
    checks: &mut Vec<Check>,
) -> Evidence {
    let posted = facts.posted;
    checks.push(if record.name == facts.name && record.claim.circuit == posted.circuit {
        let VersionName { dataset, version, .. } = facts.name;
        Check::holds("record-names-dataset", format!("dataset:{dataset} version {version}"))
    } else {
        let why = "the record names another dataset, version or circuit than the posting";
        Check::fails("record-names-dataset", why)
    });
    checks.push(match facts.listed {
        Some(listed) => Check::equal(
            "version",
            ("the record's version", record.version.commit()),
            ("the one listed", listed.commit()),
        ),
        None => Check::fails("version", "the registry lists no such version"),
    });
    let (claimed, evidence) =
        verify_claim(&record.claim, blocks.table.as_deref(), Some(facts.policy), pairing);
    if blocks.table.is_none() {
        checks.push(Check::unchecked("table", "no store has result.tsv"));
    }
    checks.extend(claimed);
    checks.push(check_statement(facts, record));
    checks.push(match &blocks.manifest {
        None => Check::unchecked("release-rule", "no store has the dataset's manifest"),
        Some(manifest) => {
            let (asked, least) = (record.claim.rule, manifest.rule);
            let rule = |r: crate::statement::ReleaseRule| (r.min_samples, r.min_count);
            let said = format!("the query's {:?}, the manifest's {:?}", rule(asked), rule(least));
            if asked.min_samples >= least.min_samples && asked.min_count >= least.min_count {
                Check::holds("release-rule", said)
            } else {
                Check::fails("release-rule", format!("weaker than the dataset's: {said}"))
            }
        }
    });
    evidence
}

/// The recomputed statement against the posting, the listing and the poster.
fn check_statement(facts: &ResultFacts<'_>, record: &Record) -> Check {
    const NAME: &str = "posted-statement";
    let Ok(statement) = record.claim.statement() else {
        return Check::fails(NAME, "no statement can be recomputed from the record");
    };
    let (posted, context) = (facts.posted, record.claim.context);
    let listed_root = facts.listed.map(|version| version.data_root);
    let differs = if field::to_word(statement.query) != posted.query {
        "the recomputed query is not the posted one"
    } else if field::to_word(statement.result) != posted.value {
        "the recomputed result is not the posted one"
    } else if Some(field::to_bytes(statement.data)) != listed_root {
        "the claim's panel root is not the listed one"
    } else if context.poster != posted.poster
        || context.ledger != facts.ledger
        || context.chain != facts.name.chain
    {
        "the claim's context is not the poster's on this ledger"
    } else if facts.listed.is_some_and(|version| version.samples != record.claim.samples) {
        "the claim's number of people is not the listed one"
    } else {
        return Check::holds(
            NAME,
            "query and result as posted, panel as listed, context the poster's",
        );
    };
    Check::fails(NAME, differs)
}

fn check_step(
    facts: &ResultFacts<'_>,
    record: &Record,
    body: Option<&[u8]>,
    checks: &mut Vec<Check>,
) -> Option<ReadStep> {
    let posted = facts.posted;
    let step = read_step(record.step, posted.step, body, checks)?;
    checks.push(check_actor(&step, posted.poster, &facts.domain));
    let signed = record.signature.verify(&facts.domain, step.id(), posted.poster);
    checks.push(Check::of("signature", signed, format!("by {}", posted.poster)));
    let expected = vec![Input {
        name: "dataset".to_owned(),
        origin: Origin::Dataset,
        commit: facts.name.commit(&record.version),
    }];
    checks.push(if step.kind == Kind::Result && step.inputs == expected {
        Check::holds("inputs", "the listed dataset, by its commitment")
    } else {
        Check::fails("inputs", "the step's input is not the listed dataset alone")
    });
    checks.push(check_outputs(&step, record));
    let config = record.claim.config().map(|config| config_hash(&config)).unwrap_or_default();
    checks.push(Check::equal(
        "configuration",
        ("recomputed from the claim", config),
        ("the step's", step.config),
    ));
    checks.push(check_time(&step, posted.time));
    Some(ReadStep { step, signature: record.signature })
}

/// Reads a step's body and holds its CID and id against those named.
fn read_step(cid: Cid, id: StepId, body: Option<&[u8]>, checks: &mut Vec<Check>) -> Option<Step> {
    let Some(body) = body else {
        checks.push(Check::unchecked("step", format!("no store has the step's body {cid}")));
        return None;
    };
    match Step::decode(body) {
        Err(why) => {
            checks.push(Check::fails("step", why));
            None
        }
        Ok(step) => {
            let named = ("the one named", id);
            checks.push(Check::equal(
                "step",
                ("the id recomputed from the body", step.id()),
                named,
            ));
            (cid.is_of(body) && step.id() == id).then_some(step)
        }
    }
}

fn check_actor(step: &Step, expected: Address, domain: &Domain) -> Check {
    if step.actor == expected && step.chain == domain.chain {
        Check::holds("step-actor", format!("{expected} on chain {}", step.chain))
    } else {
        let why = format!("the step is of {} on chain {}", step.actor, step.chain);
        Check::fails("step-actor", why)
    }
}

fn check_outputs(step: &Step, record: &Record) -> Check {
    let table = record.claim.table();
    let table = data_commit(record.result_salt, table.len() as u64, sha256(&table));
    let statement = record.claim.statement().map(|s| s.commit()).unwrap_or_default();
    let found: Vec<(&str, B256)> =
        step.outputs.iter().map(|o| (o.name.as_str(), o.commit)).collect();
    let linked = record.result.is_of(record.claim.table().as_bytes());
    if linked && found == [("result.tsv", table), ("statement", statement)] {
        Check::holds("outputs", "result.tsv (opened) and the statement")
    } else {
        Check::fails("outputs", "the step's outputs are not this table and this statement")
    }
}

fn check_time(step: &Step, latest: u64) -> Check {
    let said = format!("the step's {} and the block's {latest}", step.time);
    if step.time <= latest {
        Check::holds("time", said)
    } else {
        Check::fails("time", format!("the step is later than the block that names it: {said}"))
    }
}

fn inputs(step: &Step, dataset: InputEvidence) -> Vec<InputVerdict> {
    let verdict = |input: &Input| InputVerdict {
        name: input.name.clone(),
        evidence: match input.origin {
            Origin::Dataset => dataset,
            Origin::Parent { .. } => InputEvidence::Linked,
            Origin::External => InputEvidence::Unattested,
        },
        opened: false,
    };
    step.inputs.iter().map(verdict).collect()
}

/// The configuration of a `list` step.
pub fn list_config(manifest: &Manifest) -> Value {
    Value::map([
        ("build", Value::from(manifest.build.as_str())),
        ("profile", PROFILE.into()),
        ("rule", Value::list([manifest.rule.min_samples, manifest.rule.min_count])),
    ])
}

/// Checks the provider's `list` step of a version. `listed_at` is the time of its listing's block;
/// a list step is recorded after it.
pub fn verify_list(
    read: &ReadStep,
    (name, version): (VersionName, &Version),
    manifest: Option<&Manifest>,
    provider: Address,
    domain: &Domain,
    listed_at: u64,
) -> StepVerdict {
    let step = &read.step;
    let mut checks = vec![check_actor(step, provider, domain)];
    let signed = read.signature.verify(domain, step.id(), provider);
    checks.push(Check::of("signature", signed, format!("by {provider}")));
    let commit = name.commit(version);
    let outputs: Vec<B256> = step.outputs.iter().map(|output| output.commit).collect();
    checks.push(if step.kind == Kind::List && outputs == [commit] {
        Check::holds("outputs", "the listed version, by its commitment")
    } else {
        Check::fails("outputs", "the step's output is not the listed version alone")
    });
    checks.push(match manifest {
        None => Check::unchecked("configuration", "no store has the dataset's manifest"),
        Some(manifest) => Check::equal(
            "configuration",
            ("recomputed from the manifest", config_hash(&list_config(manifest))),
            ("the step's", step.config),
        ),
    });
    checks.push(if step.time >= listed_at {
        Check::holds("time", format!("the step's {} after the listing's {listed_at}", step.time))
    } else {
        let why = format!("the step's {} is before the listing's {listed_at}", step.time);
        Check::fails("time", why)
    });
    StepVerdict {
        step: step.id(),
        kind: Kind::List,
        claimed: Evidence::Signed,
        anchored: true,
        inputs: inputs(step, InputEvidence::Listed),
        checks,
    }
}
