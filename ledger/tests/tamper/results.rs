use super::*;

/// Everything about one posted result.
pub(super) struct World {
    posted: Posted,
    version: Version,
    name: VersionName,
    record: Record,
    pub(super) step: Step,
    table: String,
    manifest: Manifest,
    right: Result<String, String>,
    policy: Policy,
}

impl World {
    pub(super) fn new() -> Self {
        let (claim, manifest) = (claim(), manifest());
        let version = Version {
            manifest: manifest.cid().digest(),
            data_root: field::to_bytes(claim.data_root),
            key_commit: manifest.key_commit,
            samples: 10,
            columns: 20,
        };
        let name =
            VersionName { chain: CHAIN, registry: contract(1), dataset: U256::from(3), version: 1 };
        let (table, salt) = (claim.table(), B256::repeat_byte(8));
        let statement = claim.statement().unwrap();
        let step = Step {
            kind: Kind::Result,
            inputs: vec![Input {
                name: "dataset".into(),
                origin: Origin::Dataset,
                commit: name.commit(&version),
            }],
            outputs: vec![
                Output {
                    name: "result.tsv".into(),
                    commit: data_commit(salt, table.len() as u64, sha256(&table)),
                },
                Output { name: "statement".into(), commit: statement.commit() },
            ],
            code: B256::repeat_byte(1),
            config: config_hash(&claim.config().unwrap()),
            env: B256::repeat_byte(2),
            parents: Vec::new(),
            actor: owner(),
            chain: CHAIN,
            log: log_id(CHAIN, contract(5), owner(), "log"),
            time: 1000,
        };
        let mut world = Self {
            posted: Posted {
                result: U256::from(1),
                dataset: name.dataset,
                poster: owner(),
                circuit: claim.circuit,
                version: 1,
                grant: U256::from(2),
                query: field::to_word(statement.query),
                value: field::to_word(statement.result),
                step: step.id(),
                record: B256::ZERO,
                time: 1010,
            },
            record: Record {
                name,
                version,
                step: step.cid(),
                signature: sign(&step),
                result: Cid::of(Codec::Raw, table.as_bytes()),
                result_salt: salt,
                claim,
            },
            version,
            name,
            step,
            table,
            manifest,
            right: Ok("held the grant".into()),
            policy: policy(),
        };
        world.posted.record = world.record.cid().digest();
        world
    }

    /// Signs the changed step and publishes the changed record, as a poster would who means it.
    fn publish(&mut self) {
        self.record.step = self.step.cid();
        self.record.signature = sign(&self.step);
        self.posted.step = self.step.id();
        self.posted.record = self.record.cid().digest();
    }

    fn verify(&self) -> (Vec<&'static str>, Evidence) {
        let blocks = ResultBlocks {
            record: Some(self.record.encode()),
            step: Some(self.step.encode()),
            table: Some(self.table.clone().into_bytes()),
            manifest: Some(self.manifest.clone()),
        };
        let verdict = verify_result(&self.facts(), &blocks, &pairing).0;
        (failing(&verdict.checks), verdict.evidence())
    }

    fn facts(&self) -> ResultFacts<'_> {
        ResultFacts {
            posted: &self.posted,
            name: self.name,
            listed: Some(self.version),
            ledger: contract(4),
            domain: domain(),
            right: self.right.clone(),
            policy: &self.policy,
        }
    }
}

#[test]
fn a_posted_result_is_proved_when_every_check_holds() {
    let world = World::new();
    assert_eq!(Record::decode(&world.record.encode()), Ok(world.record.clone()));
    assert_eq!(world.verify(), (vec![], Evidence::ProvedDevelopment));
}

#[test]
fn each_false_thing_about_a_result_fails_the_check_of_its_name() {
    type Change = fn(&mut World);
    let changes: [(&str, Change); 22] = [
        ("poster", |w| w.right = Err("held no grant".into())),
        ("record", |w| w.posted.record = B256::ZERO),
        ("record-names-dataset", |w| w.name.dataset = U256::from(4)),
        ("record-names-dataset", |w| w.posted.circuit = CircuitId(B256::ZERO)),
        ("version", |w| w.version.columns = 21),
        ("table", |w| w.table = w.table.replace("\t3\t", "\t2\t")),
        ("circuit", |w| w.policy.circuits.clear()),
        ("proof", |w| w.policy.development_keys = false),
        ("posted-statement", |w| w.posted.query += U256::from(1)),
        ("posted-statement", |w| w.posted.value += U256::from(1)),
        ("posted-statement", |w| w.version.data_root = B256::with_last_byte(6)),
        ("posted-statement", |w| w.version.samples = 11),
        ("posted-statement", |w| w.posted.poster = contract(9)),
        ("release-rule", |w| w.manifest.rule.min_count = 5),
        ("release-rule", |w| w.manifest.rule.min_samples = 5),
        ("step", |w| w.posted.step = StepId(B256::ZERO)),
        ("signature", |w| {
            w.record.signature = sign(&Step { time: 1, ..w.step.clone() });
            w.posted.record = w.record.cid().digest();
        }),
        ("step-actor", |w| {
            w.step.actor = contract(9);
            w.publish();
        }),
        ("inputs", |w| {
            w.step.inputs[0].commit = B256::ZERO;
            w.publish();
        }),
        ("outputs", |w| {
            w.step.outputs[1].commit = B256::ZERO;
            w.publish();
        }),
        ("configuration", |w| {
            w.step.config = B256::ZERO;
            w.publish();
        }),
        ("time", |w| {
            w.step.time = w.posted.time + 1;
            w.publish();
        }),
    ];
    for (name, change) in changes {
        let mut world = World::new();
        change(&mut world);
        let (failed, evidence) = world.verify();
        assert!(failed.contains(&name), "{name}: {failed:?}");
        assert_eq!(evidence, Evidence::Invalid, "{name}");
    }
}

#[test]
fn what_no_store_has_is_unchecked_and_not_false() {
    let world = World::new();
    let all = || ResultBlocks {
        record: Some(world.record.encode()),
        step: Some(world.step.encode()),
        table: Some(world.table.clone().into_bytes()),
        manifest: Some(world.manifest.clone()),
    };
    let missing: [(&str, ResultBlocks); 4] = [
        ("record", ResultBlocks { record: None, ..all() }),
        ("step", ResultBlocks { step: None, ..all() }),
        ("table", ResultBlocks { table: None, ..all() }),
        ("release-rule", ResultBlocks { manifest: None, ..all() }),
    ];
    for (name, blocks) in missing {
        let verdict = verify_result(&world.facts(), &blocks, &pairing).0;
        let unchecked: Vec<_> =
            verdict.checks.iter().filter(|c| c.outcome == Outcome::Unchecked).collect();
        assert_eq!((unchecked.len(), unchecked[0].name), (1, name));
        assert_eq!(verdict.evidence(), Evidence::Unchecked);
    }
}

#[test]
fn a_list_step_is_signed_and_says_what_was_listed() {
    let (world, manifest) = (World::new(), manifest());
    let step = Step {
        kind: Kind::List,
        inputs: vec![Input {
            name: "file".into(),
            origin: Origin::External,
            commit: B256::repeat_byte(1),
        }],
        outputs: vec![Output { name: "dataset".into(), commit: world.name.commit(&world.version) }],
        config: config_hash(&list_config(&manifest)),
        ..world.step.clone()
    };
    let verify = |step: &Step, signature, manifest: &Manifest, listed_at| {
        let read = ReadStep { step: step.clone(), signature };
        let of = (world.name, &world.version);
        verify_list(&read, of, Some(manifest), owner(), &domain(), listed_at)
    };
    let good = verify(&step, sign(&step), &manifest, 1000);
    assert_eq!((failing(&good.checks), good.evidence()), (vec![], Evidence::Signed));
    assert_eq!(good.inputs[0].evidence, InputEvidence::Unattested);

    let other = Step {
        outputs: vec![Output { name: "dataset".into(), commit: B256::ZERO }],
        ..step.clone()
    };
    let foreign = Step { actor: contract(9), ..step.clone() };
    let build = Manifest { build: "GRCh38".into(), ..manifest.clone() };
    for (name, verdict) in [
        ("outputs", verify(&other, sign(&other), &manifest, 1000)),
        (
            "outputs",
            verify(&Step { kind: Kind::Result, ..step.clone() }, sign(&step), &manifest, 1000),
        ),
        ("step-actor", verify(&foreign, sign(&foreign), &manifest, 1000)),
        ("signature", verify(&step, sign(&other), &manifest, 1000)),
        ("configuration", verify(&step, sign(&step), &build, 1000)),
        ("time", verify(&step, sign(&step), &manifest, 1001)),
    ] {
        assert!(failing(&verdict.checks).contains(&name), "{name}: {:?}", verdict.checks);
        assert_eq!(verdict.evidence(), Evidence::Invalid, "{name}");
    }
}
