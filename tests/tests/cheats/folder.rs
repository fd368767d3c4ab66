//! A proved folder in which one file was changed, cut, taken away or replaced.

use crate::line;
use std::fs;
use tests::job::{Job, copy};
use tests::scene::Scene;

/// Each file, and the check that is about it.
const FILES: [(&str, &str); 5] = [
    ("claim.cbor", "claim"),
    ("result.tsv", "table"),
    ("proof.json", "snarkjs"),
    ("public.json", "snarkjs"),
    ("verification_key.json", "snarkjs"),
];

type Change = fn(&str) -> String;

/// Every way to touch a table of three rows.
const TABLES: [(&str, Change); 15] = [
    ("another AC", |text| cell(text, 1, 4, "62")),
    ("another AN", |text| cell(text, 1, 5, "61")),
    ("another position", |text| cell(text, 2, 1, "16050116")),
    ("another REF", |text| cell(text, 3, 2, "G")),
    ("another ALT", |text| cell(text, 3, 3, "A")),
    ("another contig", |text| cell(text, 1, 0, "chr22")),
    ("a row dropped", |text| rows(text, &[0, 1, 3])),
    ("the last row dropped", |text| rows(text, &[0, 1, 2])),
    ("a row twice", |text| rows(text, &[0, 1, 1, 2, 3])),
    ("a row more", |text| text.to_owned() + "22\t16050319\tC\tT\t0\t62\n"),
    ("rows swapped", |text| rows(text, &[0, 2, 1, 3])),
    ("no head", |text| rows(text, &[1, 2, 3])),
    ("no last line end", |text| text.trim_end().to_owned()),
    ("other line ends", |text| text.replace('\n', "\r\n")),
    ("spaces for tabs", |text| text.replace('\t', " ")),
];

fn cell(text: &str, row: usize, column: usize, value: &str) -> String {
    let mut lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_ne!(lines[row][column], value);
    lines[row][column] = value;
    lines.iter().map(|line| line.join("\t") + "\n").collect()
}

fn rows(text: &str, kept: &[usize]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    kept.iter().map(|row| lines[*row].to_owned() + "\n").collect()
}

#[test]
fn each_file_of_a_result_is_held_against_the_claim() {
    let scene = Scene::new();
    let lab = Job::proved(&scene).lab;
    let forged = scene.path("forged");
    let fresh = || {
        let _ = fs::remove_dir_all(&forged);
        copy(&scene.path("result"), &forged);
    };
    lab.run(["verify", "result"]).yes().says("ok    snarkjs");

    for (what, change) in TABLES {
        fresh();
        let table = forged.join("result.tsv");
        fs::write(&table, change(&fs::read_to_string(&table).unwrap())).unwrap();
        let done = lab.run(["verify", "forged"]).no("forged: invalid");
        assert!(line(&done, "table").starts_with("FAIL"), "{what}: {done:#?}");
        assert!(line(&done, "proof").starts_with("ok"), "{what}: {done:#?}");
    }

    for (name, check) in FILES {
        let path = forged.join(name);
        let whole = fs::read(scene.path("result").join(name)).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        let longer = [&*whole, b"\n"].concat();
        for bytes in [&flipped, &whole[..whole.len() / 2], &whole[..0], &longer] {
            fresh();
            fs::write(&path, bytes).unwrap();
            let done = lab.run(["verify", "forged"]).no("forged: invalid");
            assert!(done.out.contains("\nFAIL"), "{done:#?}");
            if bytes != flipped {
                assert!(line(&done, check).starts_with("FAIL"), "{name}: {done:#?}");
            }
        }
        fresh();
        fs::remove_file(&path).unwrap();
        lab.run(["verify", "forged"]).could_not(&format!("no {name}"));
        fs::create_dir(&path).unwrap();
        lab.run(["verify", "forged"]).could_not("is no file");
    }
    lab.run(["audit", "forged"]).could_not("is no file");
    fs::remove_dir_all(&forged).unwrap();
    copy(&scene.path("result"), &forged);
    lab.run(["audit", "forged"]).yes().says("nothing is false");
    fs::remove_file(forged.join("result.tsv")).unwrap();
    lab.run(["audit", "forged"]).could_not("there is no result.tsv").says("something is unchecked");
    fs::write(forged.join("result.tsv"), "").unwrap();
    lab.run(["audit", "forged"]).no("FAIL  table").says("something is FALSE");
    lab.run(["verify", "nowhere"]).could_not("nowhere");
    lab.run(["verify", "sealed"]).could_not("sealed has no claim.cbor").says("hint: ");
}
