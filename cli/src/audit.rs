//! Audits: what the chain names is fetched from the stores and handed to the ledger's pure checks.
//! Nothing is decrypted. Specification: `docs/spec/audit.md`.

mod print;

use crate::failure::Failure;
use crate::pairing::pairing;
use crate::plain::plain;
use crate::session::{Followed, Session};
use crate::{clock, describe};
use alloy_primitives::{B256, U256};
use indexer::{LogRow, Metadata, Position, ShownGrant, VersionRow};
use ledger::chain::{At, Chain};
use ledger::dataset::VersionName;
use ledger::log::{EntriesBlock, Head, LogError, verify_log};
use ledger::posting::Posted;
use ledger::signature::Domain;
use ledger::verdict::{Check, Outcome, Report, StepVerdict};
use ledger::verify::{ReadStep, ResultBlocks, ResultFacts, verify_list, verify_result};
use ledger::{Cid, Codec, Record, Step, StepId};
use store::StoreError;
use store::several::Outcome as Answered;

pub(crate) use print::{headline, report_json, report_text};

/// Blocks of entries that one log may have; more is no log of ours.
const MOST_BLOCKS: usize = 4096;

/// A report, and the block whose state it is about.
pub(crate) struct Audited {
    pub(crate) report: Report,
    pub(crate) position: Position,
}

/// What an audit works with.
struct Auditor<'a> {
    session: &'a Session,
    chain: &'a Chain,
    index: Followed,
    position: Position,
    domain: Domain,
    report: Report,
}

impl<'a> Auditor<'a> {
    fn new(session: &'a Session) -> Result<Self, Failure> {
        let chain = session.chain()?;
        let index = session.index()?;
        let position = index.position;
        let network = chain.network();
        let domain = Domain { chain: network.chain, log: network.contracts.log.address };
        let mut auditor =
            Self { session, chain, index, position, domain, report: Report::default() };
        auditor.check_history()?;
        Ok(auditor)
    }

    /// Every event up to one named block, replayed against each contract's own accumulator.
    fn check_history(&mut self) -> Result<(), Failure> {
        let contracts = self.chain.network().contracts.all();
        let said = format!("chain, first block and the code of {} contracts", contracts.len());
        self.report.checks.push(Check::holds("network", said));
        let replayed = self.index.accumulators()?;
        let at = At::Hash(self.position.hash);
        let mut differing = Vec::new();
        for (name, contract) in contracts {
            let acc = replayed.iter().find(|(address, _)| *address == contract.address);
            if Some(self.chain.acc(contract.address, at)?) != acc.map(|(_, acc)| *acc) {
                differing.push(name);
            }
        }
        self.report.checks.push(if differing.is_empty() {
            let said = format!(
                "all events up to block {} give the accumulators of all contracts",
                self.position.block
            );
            Check::holds("history", said)
        } else {
            Check::fails(
                "history",
                format!("the events do not give those of {}", differing.join(", ")),
            )
        });
        self.report.trusted.extend([
            format!(
                "the node {} for the accumulators at block {} ({}) and for block times",
                self.chain.node().url(),
                self.position.block,
                self.position.hash
            ),
            "the network file: it says which contracts and circuits count".to_owned(),
            "that the listed panel is the sealed file: only readers who opened it can say so"
                .to_owned(),
        ]);
        Ok(())
    }

    fn finish(self) -> Audited {
        Audited { report: self.report, position: self.position }
    }

    /// A block, if some store has it. A store that has other bytes, or fails, is told in the report.
    fn fetch(&mut self, cid: Cid) -> Result<Option<Vec<u8>>, Failure> {
        match self.session.stores()?.fetch(cid) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StoreError::Missing { tried, .. })
                if tried.iter().all(|attempt| attempt.outcome == Answered::Missing) =>
            {
                Ok(None)
            }
            Err(error) => {
                self.report.checks.push(Check::unchecked("blocks", error));
                Ok(None)
            }
        }
    }

    /// Asks the stores for a manifest that the index does not have, so that the report says which of
    /// them has other bytes in its stead.
    fn look_for_manifest(&mut self, row: &VersionRow) -> Result<(), Failure> {
        if matches!(row.metadata, Metadata::Missing { .. }) {
            self.fetch(Cid::new(Codec::DagCbor, row.version.manifest))?;
        }
        Ok(())
    }

    fn name(&self, dataset: U256, version: u64) -> VersionName {
        let network = self.chain.network();
        let registry = network.contracts.registry.address;
        VersionName { chain: network.chain, registry, dataset, version }
    }

    /// The provider's list step of a version, out of the provider's anchored logs.
    fn audit_listing(&mut self, row: &VersionRow) -> Result<(), Failure> {
        let provider = self.index.owner_at(row.dataset, row.added.block)?.unwrap_or_default();
        let name = self.name(row.dataset, row.number);
        let commit = name.commit(&row.version);
        let mut log_failed = None;
        for log in self.index.logs_of(provider)? {
            let read = match read_log(self.session, &log) {
                Ok(read) => read,
                Err(failure) => {
                    log_failed = Some(failure);
                    continue;
                }
            };
            let of_version =
                |read: &&ReadStep| read.step.outputs.iter().any(|o| o.commit == commit);
            let Some(step) = read.steps.iter().find(of_version) else { continue };
            let manifest = row.metadata.manifest();
            let mut verdict = verify_list(
                step,
                (name, &row.version),
                manifest,
                provider,
                &self.domain,
                row.added.time,
            );
            verdict.checks.extend(read.checks);
            self.report.steps.push(verdict);
            return Ok(());
        }
        let id = format!("dataset:{} version {}", row.dataset, row.number);
        match log_failed {
            Some(failure) => {
                let check = log_check(&failure, &format!("the log of {provider}"));
                self.report.checks.push(check);
            }
            None => self.report.trusted.push(format!(
                "how {id} came about: its provider has anchored no step that says so (the listing itself is on chain)"
            )),
        }
        Ok(())
    }

    /// Whether the step is in its actor's anchored log, and that log is whole.
    fn audit_log(
        &self,
        posted: &Posted,
        read: Option<&ReadStep>,
        verdict: &mut StepVerdict,
    ) -> Result<(), Failure> {
        let Some(read) = read else { return Ok(()) };
        let logs = self.index.logs_of(posted.poster)?;
        let row = logs.iter().find(|log| log.log == read.step.log);
        let Some(row) = row.filter(|log| log.head.is_some()) else {
            let why = "the poster's log is not anchored";
            self.unanchored(verdict, why);
            return Ok(());
        };
        match read_log(self.session, row) {
            Err(failure) => verdict.checks.push(log_check(&failure, "the poster's log")),
            Ok(log) => {
                verdict.checks.extend(log.checks);
                let leaf = read.leaf();
                if log.steps.iter().any(|step| step.leaf() == leaf) {
                    verdict.anchored = true;
                    verdict
                        .checks
                        .push(Check::holds("log-entry", "the step's leaf is in the anchored log"));
                } else {
                    self.unanchored(verdict, "the step is not in the anchored log");
                }
            }
        }
        Ok(())
    }

    fn unanchored(&self, verdict: &mut StepVerdict, why: &str) {
        verdict.anchored = false;
        if self.chain.network().policy.require_anchored {
            verdict
                .checks
                .push(Check::fails("log-entry", format!("{why}, and the policy demands it")));
        }
    }

    /// Why the poster might post at that block, or why not.
    fn right(&self, posted: &Posted, block: u64) -> Result<Result<String, String>, Failure> {
        if posted.grant == U256::ZERO {
            let owners = self.index.owners(posted.dataset)?;
            let owned = owners.iter().any(|span| {
                span.owner == posted.poster
                    && span.from <= block
                    && span.to.is_none_or(|to| to >= block)
            });
            return Ok(if owned {
                Ok(format!("{} owned the dataset at block {block}", posted.poster))
            } else {
                Err(format!("{} did not own the dataset at block {block}", posted.poster))
            });
        }
        let Some(grant) = self.index.grant(posted.grant)? else {
            return Ok(Err(format!("there is no grant:{}", posted.grant)));
        };
        let for_version =
            grant.order.dataset == posted.dataset && grant.order.version == posted.version;
        if grant.buyer != posted.poster || !for_version {
            return Ok(Err(format!("grant:{} is of another reader or version", posted.grant)));
        }
        let active = grant.delivered.as_ref().is_some_and(|delivery| {
            delivery.at.block <= block && posted.time < delivery.expires_at
        }) && grant.ended.is_none_or(|ended| ended.block >= block);
        Ok(if active {
            Ok(format!("{} held grant:{}, active at block {block}", posted.poster, posted.grant))
        } else {
            Err(format!("grant:{} was not active at block {block}", posted.grant))
        })
    }
}

/// `audit result:N`.
pub(crate) fn result(session: &Session, number: U256) -> Result<Audited, Failure> {
    let mut auditor = Auditor::new(session)?;
    let row =
        auditor.index.result(number)?.ok_or_else(|| crate::commands::show::no_result(number))?;
    let posted = row.posted;
    let version = auditor.index.version(posted.dataset, posted.version)?;
    if let Some(version) = &version {
        auditor.look_for_manifest(version)?;
        auditor.audit_listing(version)?;
    }
    let record_bytes = auditor.fetch(Cid::new(Codec::DagCbor, posted.record))?;
    let record = record_bytes.as_deref().and_then(|bytes| Record::decode(bytes).ok());
    let (mut step, mut table) = (None, None);
    if let Some(record) = &record {
        step = auditor.fetch(record.step)?;
        table = auditor.fetch(record.result)?;
    }
    let blocks = ResultBlocks {
        record: record_bytes,
        step,
        table,
        manifest: version.as_ref().and_then(|row| row.metadata.manifest().cloned()),
    };
    let network = auditor.chain.network();
    let facts = ResultFacts {
        posted: &posted,
        name: auditor.name(posted.dataset, posted.version),
        listed: version.as_ref().map(|row| row.version),
        ledger: network.contracts.ledger.address,
        domain: auditor.domain,
        right: auditor.right(&posted, row.at.block)?,
        policy: &network.policy,
    };
    let claim = record.as_ref().map(|record| &record.claim);
    let verifier = |circuit, statement: &_, words: &_| pairing(claim, circuit, statement, words);
    let (mut verdict, read) = verify_result(&facts, &blocks, &verifier);
    auditor.audit_log(&posted, read.as_ref(), &mut verdict)?;
    auditor.report.steps.push(verdict);
    Ok(auditor.finish())
}

/// `audit dataset:N`.
pub(crate) fn dataset(session: &Session, number: U256) -> Result<Audited, Failure> {
    let mut auditor = Auditor::new(session)?;
    let versions = auditor.index.versions(number)?;
    if versions.is_empty() {
        return Err(
            Failure::no(format!("there is no dataset:{number}")).hint("see `provenome search`")
        );
    }
    for row in &versions {
        let id = format!("version {}", row.number);
        auditor.look_for_manifest(row)?;
        auditor.report.checks.push(match &row.metadata {
            Metadata::There(_) => Check::holds(
                "manifest",
                format!("{id}: its block has the digest on chain and says the same"),
            ),
            Metadata::Missing { .. } => {
                Check::unchecked("manifest", format!("{id}: no store has it"))
            }
            Metadata::Quarantined(why) => Check::fails("manifest", format!("{id}: {}", plain(why))),
        });
        auditor.audit_listing(row)?;
    }
    let attestations = auditor.index.attestations(number)?;
    let differ = attestations.iter().filter(|a| !a.attested.equal).count();
    auditor.report.trusted.push(format!(
        "panels of this dataset that readers recomputed: {}, of which {differ} were different",
        attestations.len()
    ));
    Ok(auditor.finish())
}

/// `audit grant:N`.
pub(crate) fn grant(session: &Session, number: U256) -> Result<Audited, Failure> {
    let mut auditor = Auditor::new(session)?;
    let grant = super::commands::deliver::found(&auditor.index, number)?;
    let network = auditor.chain.network();
    let shown = ShownGrant::of(network, &grant, auditor.position.time);
    let state = describe::grant_state(&shown);
    auditor.report.checks.push(Check::holds(
        "order",
        format!("bought {} by {}: {state}", clock::show(grant.bought.time), grant.buyer),
    ));
    let request = Cid::new(Codec::Raw, grant.order.request);
    let has = auditor.fetch(request)?.is_some();
    auditor.report.checks.push(if has {
        Check::holds("request", "the store has the request that the order names")
    } else {
        Check::unchecked("request", "no store has the request that the order names")
    });
    if let Some(delivery) = &grant.delivered {
        let envelope = Cid::new(Codec::Raw, delivery.envelope);
        let has = auditor.fetch(envelope)?.is_some();
        auditor.report.checks.push(if has {
            Check::holds(
                "envelope",
                "the store has the envelope that was delivered; only its reader can open it",
            )
        } else {
            Check::unchecked("envelope", "no store has the envelope that was named")
        });
    }
    Ok(auditor.finish())
}

/// A log as its blocks list it, held against its anchored head.
pub(crate) struct ReadLog {
    pub(crate) steps: Vec<ReadStep>,
    pub(crate) checks: Vec<Check>,
}

/// Fetches every block and step of an anchored log and verifies that they are all of it.
///
/// What is false is in the checks; a failure is what could not be fetched.
pub(crate) fn read_log(session: &Session, row: &LogRow) -> Result<ReadLog, Failure> {
    let Some(anchor) = row.head else {
        return Err(Failure::could_not(format!("the log {} was never anchored", row.log)));
    };
    let stores = session.stores()?;
    let mut blocks = Vec::new();
    let mut next: Option<B256> = Some(anchor.entries);
    while let Some(digest) = next {
        let bytes = stores.fetch(Cid::new(Codec::DagCbor, digest))?;
        let block = EntriesBlock::decode(&bytes).map_err(|e| Failure::no(e).check("log"))?;
        next = block.previous;
        blocks.push(block);
        if blocks.len() > MOST_BLOCKS {
            return Err(
                Failure::no(format!("the log lists more than {MOST_BLOCKS} blocks")).check("log")
            );
        }
    }
    blocks.reverse();
    let mut steps = Vec::new();
    for listed in blocks.iter().flat_map(|block| &block.entries) {
        let step =
            Step::decode(&stores.fetch(listed.body)?).map_err(|e| Failure::no(e).check("log"))?;
        steps.push(ReadStep { step, signature: listed.signature });
    }
    let head = Head {
        id: row.log,
        owner: row.owner,
        origin: row.origin.clone(),
        key: row.key,
        size: anchor.size,
        root: anchor.root,
    };
    let domain =
        Domain { chain: session.network()?.chain, log: session.network()?.contracts.log.address };
    let mut checks = vec![check_log(&head, &blocks, &steps)];
    checks.extend(steps.iter().filter_map(|read| foreign(&head, &domain, read)));
    Ok(ReadLog { steps, checks })
}

fn check_log(head: &Head, blocks: &[EntriesBlock], steps: &[ReadStep]) -> Check {
    let leaves: Vec<Vec<u8>> = steps.iter().map(ReadStep::leaf).collect();
    let verified: Result<(), LogError> = verify_log(head, blocks, &leaves);
    let said = format!(
        "the root over {} = the anchored one; {} signed",
        describe::counted(steps.len() as u64, "step"),
        describe::counted(blocks.len() as u64, "checkpoint")
    );
    Check::of("log", verified, said)
}

/// A step in a log that is not its owner's, or not signed by the owner.
fn foreign(head: &Head, domain: &Domain, read: &ReadStep) -> Option<Check> {
    let id: StepId = read.step.id();
    if read.step.actor != head.owner || read.step.log != head.id {
        return Some(Check::fails("log", format!("the step {id} is of another actor or log")));
    }
    let signed = read.signature.verify(domain, id, head.owner);
    signed.err().map(|why| Check::fails("log", format!("the step {id}: {why}")))
}

/// A log that could not be read, or is false. A store that has other bytes under a block's name
/// says nothing about the log.
fn log_check(failure: &Failure, what: &str) -> Check {
    let said = format!("{what}: {}", failure.message());
    match failure.exit {
        crate::failure::Exit::No if failure.check != Some("blocks") => Check::fails("log", said),
        _ => Check::unchecked("log", said),
    }
}

/// The worst outcome in words.
pub(crate) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "nothing is false",
        Outcome::Unchecked => "something is unchecked",
        Outcome::Fails => "something is FALSE",
    }
}
