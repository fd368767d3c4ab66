//! Where words go: data to stdout, all else to stderr, progress to terminals alone, one object with
//! `--json`; and no panic where nobody listens.

use serde_json::Value;
use std::path::Path;
use tests::scene::{Done, data};
use tests::shell::bash;
use tests::transcript::Transcript;

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let vcf = data("genotypes/chr22_10k.vcf.gz").display().to_string();
    for (command, code) in [
        (format!("evaluate allele-frequency --data {vcf}"), 0),
        (format!("inspect {vcf}"), 0),
        (format!("--json inspect {vcf}"), 0),
        ("--help".to_owned(), 0),
        ("show dataset:1".to_owned(), 2),
        ("shew".to_owned(), 2),
        ("--json shew".to_owned(), 2),
    ] {
        for end in ["2>&1 | true", "2>&1 | head -n 1 >first", ">&- 2>&-"] {
            let line = format!("provenome {command} {end}; exit ${{PIPESTATUS[0]}}");
            let done = run(folder.path(), &line);
            // A closed stdout is no reader that went away: what cannot be written is said.
            let expected = if end.starts_with('>') && code == 0 { [0, 2] } else { [code, code] };
            assert!(expected.contains(&done.code.unwrap_or(-1)), "{line}: {done:?}");
            assert!(!done.err.contains("panicked"), "{line}: {done:?}");
        }
    }
}

#[test]
fn progress_is_drawn_on_a_terminal_alone() {
    let folder = tempfile::tempdir().unwrap();
    let vcf = data("genotypes/chr22_10k.vcf.gz").display().to_string();
    let on_terminal = |words: &str| {
        let line =
            format!("script -qec 'provenome {words} inspect {vcf}' typescript >seen; cat seen");
        let done = run(folder.path(), &line);
        assert!(done.out.contains("2,504") || done.out.contains("2504"), "{done:?}");
        done.out.contains("inspecting")
    };
    assert!(on_terminal(""), "no progress on a terminal");
    assert!(!on_terminal("--quiet") && !on_terminal("--json"), "progress that nobody wanted");
    let piped = run(folder.path(), &format!("provenome inspect {vcf}"));
    assert_eq!((piped.code, piped.err.as_str()), (Some(0), ""));
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let folder = tempfile::tempdir().unwrap();
    let help = |before: &str| {
        let line = format!("{before} script -qec 'provenome seal --help' typescript");
        run(folder.path(), &line).out
    };
    assert!(help("TERM=xterm").contains("\u{1b}["));
    assert!(!help("TERM=xterm NO_COLOR=1").contains("\u{1b}["));
    assert!(!run(folder.path(), "provenome seal --help").out.contains('\u{1b}'));
}

#[test]
fn every_answer_in_json_is_one_object_that_says_whether_it_is_a_yes() {
    let mut answers = 0;
    for said in Transcript::read("json.txt").said() {
        if !said.line.contains("--json") || said.line.contains(" serve") {
            continue;
        }
        let code = said.text.lines().next().and_then(|line| line.strip_prefix("? "));
        let lines = said.text.lines().filter(|l| !l.starts_with("2> ") && !l.starts_with("? "));
        let object: Value = serde_json::from_str(&lines.collect::<String>())
            .unwrap_or_else(|e| panic!("{}: {e}", said.line));
        assert_eq!(object["ok"], code.is_none(), "{}", said.line);
        let failed = object.get("error").is_some();
        assert!(!failed || object["error"].is_string() && object.get("hint").is_some());
        answers += 1;
    }
    assert!(answers > 40, "only {answers} answers");
}

fn run(folder: &Path, line: &str) -> Done {
    Done::of(&mut bash(folder, line))
}
