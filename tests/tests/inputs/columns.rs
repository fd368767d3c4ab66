//! Columns files and regions.

use crate::desk::{Desk, record, vcf, with};

fn desk() -> Desk {
    let desk = Desk::with_identity();
    let mut records: Vec<String> = (1..=20).map(|n| record(n * 10)).collect();
    records.push(with("ACC", "AC", 300, "0/0\t0/1\t1/1"));
    desk.put("a.vcf", vcf(&records));
    desk
}

#[test]
fn a_malformed_list_of_columns_is_refused_with_its_line() {
    let desk = desk();
    let before = desk.names("");
    for (list, why) in [
        ("22 10 A G\n22 x A G\n", "list, line 2: the position is not a whole number"),
        ("22 10 A G\n22 -1 A G\n", "list, line 2: the position is not a whole number"),
        ("22 10 A\n", "list, line 1: 3 fields, expected four: chrom pos ref alt"),
        ("22 10 A G 5\n", "list, line 1: 5 fields, expected four: chrom pos ref alt"),
        ("22 10 A G,T\n", "list, line 1: expected one ALT"),
        ("22 10 A .\n", "list, line 1: expected one ALT"),
        ("22 10 A G\n\n22 10 A G\n", "list, line 3: the same column as line 1"),
        ("22 300 ACC AC\n22 300 AC A\n", "list, line 2: the same column as line 1"),
        ("", "list names no column"),
        ("chrom pos ref alt\n# nothing\n", "list names no column"),
    ] {
        desk.put("list", list);
        for command in ["evaluate", "prove"] {
            let words = [command, "allele-frequency", "--data", "a.vcf", "--columns", "list"];
            desk.run(&[&words[..], &["--out", "out"]].concat()).could_not(why);
        }
    }
    desk.put("list", b"\xff\xfe2\x002\x00");
    let words = ["evaluate", "allele-frequency", "--data", "a.vcf", "--columns", "list"];
    desk.run(&words).could_not("list, line 1: not UTF-8");
    std::fs::remove_file(desk.path("list")).unwrap();
    assert_eq!(desk.names(""), before);
}

#[test]
fn a_column_that_is_not_there_is_a_no() {
    let desk = desk();
    desk.put("list", "22 10 A G\n22 10 A T\n22 11 A G\n");
    for command in ["evaluate", "prove"] {
        let words = [command, "allele-frequency", "--data", "a.vcf", "--columns", "list"];
        let done = desk.run(&[&words[..], &["--out", "out"]].concat());
        done.no("2 of the columns asked for are not in").says("22 10 A T");
    }
    assert!(!desk.path("out").exists());
}

#[test]
fn columns_are_found_in_the_files_spelling_and_trimmed() {
    let desk = desk();
    for (list, row) in [
        ("22\t300\tACC\tAC\r\n", "22 300 ACC AC 3 6"),
        ("chrom pos ref alt\n22 300 AC A\n", "22 300 ACC AC 3 6"),
        ("22 10 A G", "22 10 A G 3 6"),
    ] {
        desk.put("list", list);
        let rows = desk.table(&["allele-frequency", "--data", "a.vcf", "--columns", "list"]);
        assert_eq!(rows, [row], "{list:?}");
    }
}

#[test]
fn seventeen_columns_are_too_many_to_prove_and_none_too_few() {
    let desk = desk();
    let list: String = (1..=17).map(|n| format!("22 {} A G\n", n * 10)).collect();
    desk.put("list", list);
    let prove = |columns| {
        desk.run(&[
            "prove",
            "allele-frequency",
            "--data",
            "a.vcf",
            "--columns",
            columns,
            "--out",
            "out",
        ])
    };
    prove("list")
        .could_not("17 columns are asked for: prove takes up to 16 columns for now")
        .says("`provenome evaluate` has no limit");
    prove("22:10-170").could_not("17 columns are asked for");
    prove("22:11-19").no("a.vcf has no columns there");
    assert!(!desk.path("out").exists() && !desk.path(".out.partial").exists());
    assert_eq!(desk.table(&["allele-frequency", "--data", "a.vcf", "--columns", "list"]).len(), 17);
}

#[test]
fn a_region_is_contig_first_and_last() {
    let desk = desk();
    let rows = |region| desk.table(&["allele-frequency", "--data", "a.vcf", "--columns", region]);
    assert_eq!(rows("22:10-10"), ["22 10 A G 3 6"]);
    assert_eq!(rows("22:11-29"), ["22 20 A G 3 6"]);
    assert!(rows("22:11-19").is_empty() && rows("21:10-10").is_empty());
    for region in [
        "22",
        "22:",
        "22:10",
        "22:x-y",
        "22:20-10",
        "22:-5-10",
        ":1-2",
        "22:0-99999999999999999999",
        "",
    ] {
        for command in ["evaluate", "prove"] {
            let words = [command, "allele-frequency", "--data", "a.vcf", "--columns", region];
            let done = desk.run(&[&words[..], &["--out", "out"]].concat());
            done.could_not("is neither a file nor a region").says("CONTIG:FIRST-LAST");
        }
    }
    desk.run(&["evaluate", "allele-frequency", "--data", "a.vcf", "--columns", "home"])
        .could_not("home: cannot be read");
    desk.run(&["evaluate", "allele-count", "--data", "a.vcf"])
        .could_not("possible values: allele-frequency, cohort-count");
    assert!(!desk.path("out").exists());
}
