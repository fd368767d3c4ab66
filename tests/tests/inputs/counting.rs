//! What is counted of genotypes that are odd, and what is refused.

use crate::desk::{Desk, record, vcf, with};

fn half(desk: &Desk) {
    desk.put("half.vcf", vcf(&[record(100), with("A", "G", 200, "0/0\t./1\t1/1")]));
}

#[test]
fn a_half_call_is_refused_with_line_and_sample_until_a_rule_is_named() {
    let desk = Desk::new();
    half(&desk);
    for protocol in ["allele-frequency", "cohort-count"] {
        let done = desk.run(&["evaluate", protocol, "--data", "half.vcf", "--out", "out"]);
        done.could_not("half.vcf, line 6, column 11 (sample Bob): a half call")
            .says("--half-call haploid");
    }
    assert_eq!(desk.names(""), ["half.vcf", "pass"]);
    for (rule, row) in [
        ("haploid", "22 200 A G 3 5"),
        ("missing", "22 200 A G 2 4"),
        ("reference", "22 200 A G 3 6"),
    ] {
        let rows = desk.table(&["allele-frequency", "--data", "half.vcf", "--half-call", rule]);
        assert_eq!(rows, ["22 100 A G 3 6", row], "{rule}");
    }
    desk.run(&["evaluate", "allele-frequency", "--data", "half.vcf", "--half-call", "guess"])
        .could_not("invalid value 'guess'");
}

#[test]
fn cohort_count_refuses_what_is_not_diploid() {
    let desk = Desk::new();
    half(&desk);
    let count = |rule| desk.table(&["cohort-count", "--data", "half.vcf", "--half-call", rule]);
    assert_eq!(count("missing"), ["22 100 A G 3 6 1 1 1 0", "22 200 A G 2 4 1 0 1 1"]);
    assert_eq!(count("reference"), ["22 100 A G 3 6 1 1 1 0", "22 200 A G 3 6 1 1 1 0"]);
    desk.run(&["evaluate", "cohort-count", "--data", "half.vcf", "--half-call", "haploid"])
        .could_not("half.vcf, line 6, column 11 (sample Bob): a genotype that is not diploid");
    for (name, genotypes, counted) in [
        ("one.vcf", "0/0\t1\t1/1", "22 200 A G 3 5"),
        ("three.vcf", "0/0\t0/1/1\t1/1", "22 200 A G 4 7"),
    ] {
        desk.put(name, vcf(&[record(100), with("A", "G", 200, genotypes)]));
        let words = ["evaluate", "cohort-count", "--data", name, "--out", "out"];
        desk.run(&words).could_not(&format!(
            "{name}, line 6, column 11 (sample Bob): a genotype that is not diploid"
        ));
        assert!(!desk.path("out").exists());
        assert_eq!(desk.table(&["allele-frequency", "--data", name])[1], counted);
    }
}

#[test]
fn a_region_may_be_one_position() {
    let desk = Desk::new();
    desk.put("a.vcf", vcf(&[record(100), record(200), record(300)]));
    for (region, rows) in [
        ("22:200", &["22 200 A G 3 6"][..]),
        ("22:200-", &["22 200 A G 3 6", "22 300 A G 3 6"]),
        ("22:201", &[]),
    ] {
        assert_eq!(desk.table(&["allele-frequency", "--data", "a.vcf", "--region", region]), rows);
    }
    let words = ["evaluate", "allele-frequency", "--data", "a.vcf", "--out", "out", "--region"];
    desk.run(&[&words[..], &["22:x"]].concat()).could_not("has no contig \"22:x\"; it has 22");
    desk.run(&[&words[..], &["22:9-5"]].concat())
        .could_not("expected CONTIG, CONTIG:POS, CONTIG:FIRST-LAST or CONTIG:FIRST-");
}

#[test]
fn odd_records_are_counted_in_the_files_order_and_spelling() {
    let desk = Desk::new();
    let records = [
        with("A", "G", 300, "0|0\t0|1\t.|."),
        with("A", "T", 100, "0|0\t0|1\t1|1"),
        with("A", "T", 100, "0|0\t0|0\t0|1"),
        with("A", "G,T", 100, "0|0\t1|2\t2|2"),
        with("ACG", "A,<DEL>,*", 150, "0|1\t2|3\t."),
        with("C", ".", 160, "0|0\t0|0\t0|0"),
    ];
    desk.put("odd.vcf", vcf(&records));
    assert_eq!(
        desk.table(&["allele-frequency", "--data", "odd.vcf"]),
        [
            "22 300 A G 1 4",
            "22 100 A T 3 6",
            "22 100 A T 1 6",
            "22 100 A G 1 6",
            "22 100 A T 3 6",
            "22 150 ACG A 1 4",
            "22 150 ACG <DEL> 1 4",
            "22 150 ACG * 1 4",
        ]
    );
    let inspected = desk.run(&["inspect", "odd.vcf", "--json"]).yes().json();
    let counted = ["records", "columns", "unsorted", "multi_allelic", "without_alternate"];
    assert_eq!(counted.map(|key| inspected[key].as_u64().unwrap()), [6, 8, 1, 2, 1]);
}

#[test]
fn samples_are_those_named_and_nobody_else() {
    let desk = Desk::new();
    desk.put("a.vcf", vcf(&[record(100)]));
    let counted = |list: &str| {
        desk.put("list", list);
        desk.table(&["allele-frequency", "--data", "a.vcf", "--samples", "list"])
    };
    assert_eq!(counted("Cleo\r\nBob\r\n"), ["22 100 A G 3 4"]);
    assert_eq!(counted("Bob"), ["22 100 A G 1 2"]);
    for (list, why) in [
        ("Ada\nZoe\n", "list, line 2: there is no sample Zoe in the genotypes"),
        ("Ada\nAda\n", "list, line 2: sample Ada stands in line 1 already"),
        ("", "list names no sample"),
        ("A\x1b[31mda\n", "list, line 1: the sample's name has a control character"),
    ] {
        desk.put("list", list);
        let words = ["evaluate", "allele-frequency", "--data", "a.vcf", "--samples", "list"];
        desk.run(&[&words[..], &["--out", "out"]].concat()).could_not(why);
    }
    let words = ["evaluate", "allele-frequency", "--data", "a.vcf", "--samples"];
    desk.run(&[&words[..], &["none"]].concat()).could_not("none: cannot be read");
    assert_eq!(desk.names(""), ["a.vcf", "list", "pass"]);
}
