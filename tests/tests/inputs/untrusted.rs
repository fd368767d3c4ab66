//! Words of others: titles, names, headers. What a terminal would obey is not printed.

use crate::desk::{Desk, record, vcf, with};
use tests::scene::{Done, Scene};

/// Red, a C1 sequence, right-to-left, a bell, an invisible space, a line break.
const EVIL: &str = "a\u{1b}[31mb\u{9b}2Jc\u{202e}d\u{7}e\u{200b}f\ng";

#[track_caller]
fn harmless(done: &Done) {
    let evil = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}'..='\u{200f}')
    };
    for text in [&done.out, &done.err] {
        assert!(!text.contains(evil), "a terminal would obey {text:?}");
    }
}

#[test]
fn a_title_and_a_description_are_stored_and_shown_harmless() {
    let scene = Scene::new();
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    scene.small_vcf("small.vcf");
    let seal = ["seal", "small.vcf", "--out", "sealed", "--build", "GRCh37"];
    let sealed =
        Done::of(hospital.command(seal).args(["--title", EVIL, "--description", EVIL])).yes();
    let listed = hospital.run(["list", "sealed", "--price", "250"]).yes();
    let texts = [
        sealed,
        listed,
        lab.run(["search"]).yes().says("a\u{fffd}[31mb\u{fffd}2Jc\u{fffd}d"),
        lab.run(["search", EVIL]),
        lab.run(["show", "dataset:1"]).yes().says("a\u{fffd}[31mb"),
        lab.run(["buy", "dataset:1"]).yes(),
        lab.run(["grants"]).yes(),
        lab.run(["search", "--json"]).yes().says(r"a\u001b[31mb\u009b2Jc\u202ed"),
        lab.run(["show", "dataset:1", "--json"]).yes().says(r"a\u001b[31mb\u009b2Jc\u202ed"),
        lab.run(["show", "grant:1"]).yes(),
    ];
    texts.iter().for_each(harmless);
    let shown = lab.json(["show", "dataset:1"]);
    assert_eq!((&shown["title"], &shown["description"]), (&EVIL.into(), &EVIL.into()));
}

#[test]
fn names_in_a_file_are_shown_harmless() {
    let desk = Desk::new();
    let text =
        vcf(&[record(1), with("A", "G", 2, "0/0\t./1\t1/1"), with("A", "<X>", 3, "0\t0\t0")]);
    let text = text
        .replace("##contig", &format!("##reference={}\n##contig", EVIL.replace('\n', "")))
        .replace("\tBob\t", "\tB\u{202e}ob\t");
    desk.put("evil\u{202e}\u{1b}[31m.vcf", &text);
    let file = "evil\u{202e}\u{1b}[31m.vcf";
    for words in [&["inspect", file][..], &["inspect", file, "--json"]] {
        harmless(&desk.run(words).yes());
    }
    desk.run(&["inspect", file]).says("contig 22").says("header says").says("a\u{fffd}[31mb");
    let count = ["evaluate", "allele-frequency", "--data", file, "--out", "out"];
    let done = desk.run(&count).could_not("line 7, column 11 (sample B\u{fffd}ob): a half call");
    harmless(&done);
    harmless(&desk.run(&[&count[..], &["--json"]].concat()).could_not("half call"));
    harmless(&desk.run(&[&count[..], &["--half-call", "missing"]].concat()).yes());
    let contig = text.replace("\n22\t", "\n2\u{202e}2\t");
    let done = desk.put("contig.vcf", contig).run(&["inspect", "contig.vcf"]);
    harmless(&done.could_not("found \"2\\xe2\\x80\\xae2\""));
    for file in ["none\u{1b}[31m.vcf", "none\u{202e}.vcf"] {
        harmless(&desk.run(&["inspect", file]).could_not("cannot be read"));
        let columns = ["--data", file, "--columns", "\u{1b}[31m"];
        harmless(
            &desk.run(&[&["evaluate", "allele-frequency"], &columns[..]].concat()).could_not(""),
        );
    }
    harmless(&desk.run(&["show", "dataset:\u{1b}[31m"]).could_not(""));
    harmless(&desk.run(&["evaluate", "\u{1b}[31m\u{202e}", "--data", "x"]).could_not(""));
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let desk = Desk::new();
    desk.put("a.vcf", vcf(&[record(1)]));
    for words in [
        &["inspect", "a.vcf"][..],
        &["inspect", "a.vcf", "--json"],
        &["evaluate", "allele-frequency", "--data", "a.vcf"],
    ] {
        let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
        let run = |out: std::process::Stdio, err: std::process::Stdio| {
            desk.command(words).stdout(out).stderr(err).output().unwrap()
        };
        let done = run(full().into(), std::process::Stdio::piped());
        assert_eq!(done.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8(done.stderr).unwrap().contains("No space left on device"));
        let done = run(full().into(), full().into());
        assert_eq!(done.status.code(), Some(2), "{words:?}");
    }
}
