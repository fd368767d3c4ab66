//! Lines that are wrong, each told with its number; and lines that are odd and right.

use crate::desk::{Desk, META, NAMES, record, vcf, whole, with};

#[test]
fn a_wrong_line_is_refused_with_its_number_by_every_command() {
    let desk = Desk::with_identity();
    let after = |line: &str| vcf(&[record(100), line.to_owned()]);
    let text = whole();
    for (name, text, why) in [
        (
            "cut.vcf",
            text[..text.len() - 6].to_owned(),
            "line 7: 11 columns, but the header names 12",
        ),
        (
            "cut-in-a-call.vcf",
            text[..text.len() - 2].to_owned(),
            "line 7, column 12 (sample Cleo): the genotype is malformed",
        ),
        ("few.vcf", after(&with("A", "G", 9, "0/0\t0/1")), "line 6: 11 columns"),
        ("many.vcf", after(&with("A", "G", 9, "0/0\t0/1\t0/0\t0/0")), "line 6: 13 columns"),
        ("gap.vcf", after(&format!("\n{}", record(9))), "line 6: an empty line"),
        ("header-below.vcf", after("##late=1\n"), "line 6: a header line"),
        (
            "negative.vcf",
            after(&record(-5)),
            "line 6, column 2 (POS): not a whole number from 0 to 9223372036854775807, found \"-5\"",
        ),
        (
            "huge.vcf",
            after(&record("99999999999999999999")),
            "line 6, column 2 (POS): not a whole number",
        ),
        (
            "no-alt.vcf",
            after(&with("A", "", 9, "0/0\t0/1\t1/1")),
            "line 6, column 5 (ALT): not a list",
        ),
        (
            "code.vcf",
            after(&with("R", "G", 9, "0/0\t0/1\t1/1")),
            "line 6, column 4 (REF): not an allele",
        ),
        (
            "letter.vcf",
            after(&with("A", "G,D", 9, "0/0\t0/1\t1/1")),
            "breakends such as A[22:5[, found \"D\"",
        ),
        (
            "parts.vcf",
            after(&with("A", "G", 9, "0/0\t0/1:7\t1/1")),
            "line 6, column 11 (sample Bob): 2 parts between colons, but FORMAT names 1",
        ),
        (
            "comma.vcf",
            after(&record(9).replacen("22", "2,2", 1)),
            "line 6, column 1 (CHROM): not the name of a contig",
        ),
        (
            "beyond.vcf",
            after(&with("A", "G", 9, "0/0\t0/2\t1/1")),
            "line 6, column 11 (sample Bob): an allele index beyond the record's ALTs: expected 1 at most",
        ),
        (
            "index.vcf",
            after(&with("A", "G", 9, "0/0\t0/99999999999999999999\t1/1")),
            "line 6, column 11 (sample Bob): an allele index beyond the record's ALTs: expected 1 at most",
        ),
        (
            "nul.vcf",
            after(&record(9).replace("22", "2\0")),
            "line 6, column 1 (CHROM): not the name of a contig",
        ),
        (
            "nul-call.vcf",
            after(&with("A", "G", 9, "0/0\t0/\0\t1/1")),
            "line 6, column 11 (sample Bob): the genotype is malformed",
        ),
        (
            "escape.vcf",
            after(&record(9).replace("22", "2\x1b[31m2")),
            "no * or = in front; all of it may stand in <>, found \"2\\x1b[31m2\"",
        ),
        (
            "escape-alt.vcf",
            after(&with("A", "<\x1b[31m>", 9, "0/0\t0/1\t1/1")),
            "line 6, column 5 (ALT): not a list",
        ),
        (
            "twice.vcf",
            text.replace("\tBob", "\tAda"),
            "line 4, column 11 (sample 2): two samples are named \"Ada\"",
        ),
        (
            "unnamed.vcf",
            text.replace("\tBob\t", "\t\t"),
            "line 4, column 11 (sample 2): the name is empty",
        ),
        (
            "named-by-escape.vcf",
            text.replace("\tBob\t", "\tB\x1b[31mob\t"),
            "line 4, column 11 (sample 2): the name has a control character",
        ),
        (
            "spaces.vcf",
            text.replace('\t', " "),
            "line 4, column 1 (#CHROM): expected the name of the column",
        ),
    ] {
        desk.put(name, text).unreadable(name, why);
    }
    let latin = [vcf(&[]).as_bytes(), b"2\xff", &record(9).as_bytes()[2..]].concat();
    desk.put("latin.vcf", latin)
        .unreadable("latin.vcf", "line 5, column 1 (CHROM): not the name of a contig");
}

#[test]
fn a_header_without_records_is_whole_and_has_nothing_to_prove() {
    let desk = Desk::with_identity();
    desk.put("header.vcf", vcf(&[]));
    desk.run(&["inspect", "header.vcf"]).yes().says("records                      0");
    assert!(desk.table(&["allele-frequency", "--data", "header.vcf"]).is_empty());
    let words = ["prove", "allele-frequency", "--data", "header.vcf", "--columns", "22:1-9"];
    desk.run(&[&words[..], &["--build", "GRCh37", "--out", "out"]].concat())
        .no("has no columns there");
    desk.run(&["seal", "header.vcf", "--build", "GRCh37", "--out", "out"])
        .could_not("header.vcf has no record with an ALT");
    assert!(!desk.path("out").exists());
    let sites =
        format!("{META}{}\n22\t1\t.\tA\tG\t.\t.\t.\n", NAMES.split("\tFORMAT").next().unwrap());
    desk.put("sites.vcf", sites);
    desk.run(&["inspect", "sites.vcf"]).yes();
    let count = ["evaluate", "allele-frequency", "--data", "sites.vcf", "--out", "out"];
    desk.run(&count).could_not("sites.vcf has no samples");
    let seal = ["seal", "sites.vcf", "--build", "GRCh37", "--out", "out"];
    desk.run(&seal).could_not("sites.vcf has no samples");
    assert!(!desk.path("out").exists());
}

#[test]
fn fields_of_a_million_characters_and_a_million_samples_are_read() {
    let desk = Desk::with_identity();
    let long = "A".repeat(1_000_000);
    let records = [
        with(&long, "A", 1, "0/0\t0/1\t1/1"),
        record(2).replace("\t.\tA", &format!("\t{long}\tA")),
    ];
    desk.put("long.vcf", vcf(&records));
    let rows = desk.table(&["allele-frequency", "--data", "long.vcf"]);
    assert_eq!(rows, [format!("22 1 {long} A 3 6"), "22 2 A G 3 6".to_owned()]);
    let sealed = desk.run(&["seal", "long.vcf", "--out", "sealed", "--build", "GRCh37", "--json"]);
    let sealed = sealed.yes().json();
    assert_eq!((&sealed["columns"], &sealed["refused"]), (&1.into(), &1.into()), "{sealed:#}");

    let names: String = (0..1_000_000).map(|n| format!("\tS{n}")).collect();
    let calls = "\t0/1".repeat(1_000_000);
    let wide = vcf(&[]).replace("\tAda\tBob\tCleo", &names);
    desk.put("wide.vcf", format!("{wide}22\t1\t.\tA\tG\t.\t.\t.\tGT{calls}\n"));
    assert_eq!(
        desk.table(&["allele-frequency", "--data", "wide.vcf"]),
        ["22 1 A G 1000000 2000000"]
    );
    let one_short = format!("{wide}22\t1\t.\tA\tG\t.\t.\t.\tGT{}\n", &calls[4..]);
    desk.put("short.vcf", one_short);
    let why = "short.vcf, line 5: 1000008 columns, but the header names 1000009";
    desk.run(&["inspect", "short.vcf"]).could_not(why);
}

#[test]
fn records_without_genotypes_are_sealed_and_never_counted() {
    let desk = Desk::with_identity();
    let bare = "22\t200\t.\tA\tG\t.\t.\t.\tDP\t1\t2\t3\n".to_owned();
    desk.put("bare.vcf", vcf(&[record(100), bare]));
    let count = ["evaluate", "allele-frequency", "--data", "bare.vcf", "--out", "out"];
    desk.run(&count).could_not("bare.vcf, line 6, column 9 (FORMAT): the record has no genotypes");
    assert!(!desk.path("out").exists());
    let sealed = desk.run(&["seal", "bare.vcf", "--out", "sealed", "--build", "GRCh37", "--json"]);
    let sealed = sealed.yes().json();
    assert_eq!((&sealed["columns"], &sealed["refused"]), (&1.into(), &1.into()));
    let prove = ["prove", "allele-frequency", "--data", "bare.vcf", "--out", "out"];
    desk.run(&[&prove[..], &["--columns", "22:200-200"]].concat()).no("is not provable");
    assert!(!desk.path("out").exists());
}

#[test]
fn the_reference_build_is_never_guessed() {
    let desk = Desk::with_identity();
    desk.put("unstated.vcf", whole().replace("length=51304566", "length=1"));
    let seal = ["seal", "unstated.vcf", "--out", "out"];
    desk.run(&seal).could_not("does not state the reference build").says("--build GRCh37");
    desk.put("stated.vcf", whole());
    let seal = ["seal", "stated.vcf", "--out", "out", "--build", "GRCh38"];
    desk.run(&seal).no("--build says GRCh38, but the header of stated.vcf says GRCh37");
    assert!(!desk.path("out").exists());
}
