use super::*;

#[test]
fn a_claim_reads_back_and_any_change_fails_its_check() {
    let good = claim();
    assert_eq!(Claim::decode(&good.encode()), Ok(good.clone()));
    let table = good.table();
    let (checks, evidence) = verify_claim(&good, Some(table.as_bytes()), Some(&policy()), &pairing);
    assert_eq!((failing(&checks), evidence), (vec![], Evidence::ProvedDevelopment));
    assert_eq!(worst(&checks), Outcome::Holds);

    type Change = fn(&mut Claim);
    let changes: [(&str, Change); 11] = [
        ("a count", |c| c.values[0].0 = 4),
        ("a number", |c| c.values[1].1 = 20),
        ("a position", |c| c.sites[2].pos = 10),
        ("an allele", |c| c.sites[2].alternate = "TT".into()),
        ("the build", |c| c.build = "GRCh38".into()),
        ("the panel", |c| c.data_root = Fr::from(6_u64)),
        ("the poster", |c| c.context.poster = contract(9)),
        ("the ledger", |c| c.context.ledger = contract(9)),
        ("the chain", |c| c.context.chain = 1),
        ("the places", |c| c.places = 17),
        ("the proof", |c| c.proof[0] = U256::from(2)),
    ];
    for (what, change) in changes {
        let mut bad = good.clone();
        change(&mut bad);
        let bad = Claim::decode(&bad.encode()).unwrap();
        let (checks, evidence) = verify_claim(&bad, None, Some(&policy()), &pairing);
        assert_eq!((failing(&checks), evidence), (vec!["proof"], Evidence::Invalid), "{what}");
    }
    let rule = Claim { rule: ReleaseRule { min_samples: 1, min_count: 0 }, ..good };
    assert_eq!(verify_claim(&rule, None, None, &pairing).1, Evidence::Invalid);
}

#[test]
fn a_table_that_differs_in_a_byte_is_named_by_its_line() {
    let good = claim();
    for (from, to, said) in [
        ("\t3\t20", "\t4\t20", "line 2 of result.tsv (22:5 A>C)"),
        ("\t20\t20", "\t20\t19", "line 4 of result.tsv (22:9 A>T)"),
        ("chrom", "chr", "line 1 of result.tsv "),
    ] {
        let table = good.table().replacen(from, to, 1);
        let (checks, _) = verify_claim(&good, Some(table.as_bytes()), None, &pairing);
        assert_eq!(failing(&checks), ["table"]);
        assert!(checks[0].compared.contains(said), "{}", checks[0].compared);
    }
    for table in
        [good.table() + "22\t10\tA\tC\t1\t2\n", String::new(), good.table().replace('\n', "\r\n")]
    {
        let (checks, _) = verify_claim(&good, Some(table.as_bytes()), None, &pairing);
        assert_eq!(failing(&checks), ["table"], "{table:?}");
    }
}

#[test]
fn a_policy_decides_which_circuits_and_keys_count() {
    let verified = |policy: &Policy| {
        let (checks, evidence) = verify_claim(&claim(), None, Some(policy), &pairing);
        (failing(&checks), evidence)
    };
    let none = Policy { circuits: Vec::new(), ..policy() };
    assert_eq!(verified(&none).0, ["circuit"]);
    let production = Policy { development_keys: false, ..policy() };
    assert_eq!(verified(&production), (vec!["proof"], Evidence::Invalid));
    let unknown = Claim { circuit: CircuitId(B256::ZERO), ..claim() };
    let (checks, evidence) = verify_claim(&unknown, None, None, &pairing);
    assert_eq!((worst(&checks), evidence), (Outcome::Unchecked, Evidence::Unchecked));
}

#[test]
fn claims_that_no_prover_makes_do_not_decode() {
    let impossible =
        |values: Vec<(u64, u64)>| Claim::decode(&Claim { values, ..claim() }.encode()).unwrap_err();
    for values in [
        vec![(3, 20), (19, 18), (20, 20)],
        vec![(3, 21), (0, 18), (20, 20)],
        vec![(3, SUPPRESSED), (0, 18), (20, 20)],
    ] {
        assert!(matches!(impossible(values), ClaimError::Impossible { .. }));
    }
    let suppressed = vec![(SUPPRESSED, 20), (SUPPRESSED, SUPPRESSED), (20, 20)];
    assert!(Claim::decode(&Claim { values: suppressed, ..claim() }.encode()).is_ok());
    assert_eq!(impossible(vec![(3, 20)]), ClaimError::Count(3, 1));
    let (mut twice, mut swapped) = (claim(), claim());
    twice.sites[1] = twice.sites[0].clone();
    swapped.sites.swap(1, 2);
    for bad in [twice, swapped] {
        assert!(matches!(Claim::decode(&bad.encode()), Err(ClaimError::Order(_))));
    }
    let few = Claim { places: 2, ..claim() };
    assert!(matches!(few.statement(), Err(ClaimError::Places(_))));
    let huge = Claim { places: u64::MAX, ..claim() };
    assert!(matches!(huge.statement(), Err(ClaimError::Places(_))));
    let none = Claim { sites: Vec::new(), values: Vec::new(), ..claim() };
    assert_eq!(Claim::decode(&none.encode()), Err(ClaimError::Count(0, 0)));
}

#[test]
fn a_manifest_reads_back_and_contradictions_are_refused() {
    let good = manifest();
    assert_eq!(Manifest::decode(&good.encode()), Ok(good.clone()));
    let changes: [fn(&mut Manifest); 3] =
        [|m| m.panel.columns = 21, |m| m.panel.depth = 1, |m| m.panel.leaves.size = 641];
    for change in changes {
        let mut bad = good.clone();
        change(&mut bad);
        let said = Manifest::decode(&bad.encode()).unwrap_err().to_string();
        assert_eq!(said, "the panel's columns, depth and leaves disagree");
    }
    let mut block = good;
    block.body.cid = Cid::new(Codec::DagCbor, B256::ZERO);
    assert!(Manifest::decode(&block.encode()).is_err());
}
