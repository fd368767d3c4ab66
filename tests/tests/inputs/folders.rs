//! Where results go: a folder is replaced at once, and nothing of somebody else's is lost.

use crate::desk::{Desk, record, vcf, whole};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

const COUNT: [&str; 6] = ["evaluate", "allele-frequency", "--data", "a.vcf", "--out", "out"];

#[test]
fn a_folder_is_replaced_whole_and_read_whole_at_every_moment() {
    let desk = Desk::new();
    let tables = [vcf(&[record(1)]), whole()].map(|text| {
        desk.put("a.vcf", text).run(&COUNT).yes();
        fs::read_to_string(desk.path("out/result.tsv")).unwrap()
    });
    let (table, stop) = (desk.path("out/result.tsv"), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                let read = fs::read_to_string(&table).unwrap();
                assert!(tables.contains(&read), "neither the old table nor the new one: {read}");
            }
        });
        for n in 0..20 {
            desk.put("a.vcf", if n % 2 == 0 { vcf(&[record(1)]) } else { whole() });
            desk.run(&COUNT).yes();
        }
        stop.store(true, Ordering::SeqCst);
        reader.join().unwrap();
    });
    assert_eq!(desk.names(""), ["a.vcf", "out", "pass"]);
}

#[test]
fn what_fails_leaves_the_folder_before_it() {
    let desk = Desk::with_identity();
    desk.put("a.vcf", whole()).run(&COUNT).yes();
    let before = fs::read(desk.path("out/result.tsv")).unwrap();
    desk.put("a.vcf", whole() + &record("x"));
    let seal = ["seal", "a.vcf", "--out", "out"];
    let prove =
        ["prove", "allele-frequency", "--data", "a.vcf", "--columns", "22:1-900", "--out", "out"];
    for words in [&COUNT[..], &seal, &prove] {
        desk.run(words).could_not("a.vcf, line 8, column 2 (POS): not a whole number");
        assert_eq!(fs::read(desk.path("out/result.tsv")).unwrap(), before);
        assert_eq!(desk.names("out"), ["result.tsv"]);
    }
    assert_eq!(desk.names(""), ["a.vcf", "home", "out", "pass", "phrase"]);
}

#[test]
fn a_folder_with_files_of_others_is_put_aside_and_not_removed() {
    let desk = Desk::with_identity();
    fs::create_dir_all(desk.path("out/deep")).unwrap();
    desk.put("out/deep/thesis.txt", "ten years").put("out/a.vcf", whole());
    let seal = ["seal", "out/a.vcf", "--out", "out/"];
    let said = "out/ had files that this program did not write: they are in out.before now";
    desk.run(&seal).yes().says(said);
    assert_eq!(desk.names("out"), ["body.c4gh", "leaves.bin", "manifest.cbor", "refused.tsv"]);
    assert_eq!(fs::read_to_string(desk.path("out.before/deep/thesis.txt")).unwrap(), "ten years");
    assert_eq!(fs::read_to_string(desk.path("out.before/a.vcf")).unwrap(), whole());

    desk.put("out/notes.txt", "more").put("a.vcf", whole());
    desk.run(&COUNT).yes().says("they are in out.before-2 now");
    assert_eq!(desk.names("out"), ["result.tsv"]);
    assert_eq!(fs::read_to_string(desk.path("out.before-2/notes.txt")).unwrap(), "more");
    desk.run(&COUNT).yes();
    let names = ["a.vcf", "home", "out", "out.before", "out.before-2", "pass", "phrase"];
    assert_eq!(desk.names(""), names);
}

#[test]
fn a_home_named_as_the_folder_is_not_lost() {
    let desk = Desk::with_identity();
    desk.put("a.vcf", whole()).run(&["seal", "a.vcf", "--out", "home"]).yes();
    fs::rename(desk.path("home"), desk.path("sealed")).unwrap();
    fs::rename(desk.path("home.before"), desk.path("home")).unwrap();
    desk.run(&["keys", "backup", "keys.bin"]).yes().says("data keys  1");
}

#[test]
fn what_is_no_folder_is_not_replaced() {
    let desk = Desk::with_identity();
    fs::create_dir(desk.path("kept")).unwrap();
    std::os::unix::fs::symlink("kept", desk.path("link")).unwrap();
    desk.put("a.vcf", whole()).put("file", "mine");
    for (out, why) in [
        ("file", "file is no folder"),
        ("link", "link is no folder"),
        ("file/out", "cannot make the folder file"),
        ("/proc/out", "cannot make the folder /proc/.out.partial"),
        ("/", "/ names no folder"),
        ("..", ".. names no folder"),
    ] {
        desk.run(&["evaluate", "allele-frequency", "--data", "a.vcf", "--out", out]).could_not(why);
        desk.run(&["seal", "a.vcf", "--out", out]).could_not(why);
    }
    assert_eq!(fs::read_to_string(desk.path("file")).unwrap(), "mine");
    assert!(desk.names("kept").is_empty() && desk.path("link").is_symlink());
    std::os::unix::fs::symlink("kept", desk.path(".out.partial")).unwrap();
    desk.run(&COUNT).could_not(".out.partial is in the way");
    assert!(desk.names("kept").is_empty() && !desk.path("out").exists());

    desk.run(&["evaluate", "allele-frequency", "--data", "a.vcf", "--out", "new/deep/out"]).yes();
    assert_eq!(desk.names("new/deep"), ["out"]);
}

#[test]
fn a_folder_being_written_by_one_command_is_not_taken_by_another() {
    let desk = Desk::new();
    desk.put("a.vcf", whole());
    fs::create_dir(desk.path(".out.partial")).unwrap();
    desk.put(".out.partial/result.tsv", "half");
    let running = fs::File::open(desk.path(".out.partial")).unwrap();
    running.lock().unwrap();
    desk.run(&COUNT).could_not("another command is writing out now").says("wait for its end");
    assert_eq!(fs::read_to_string(desk.path(".out.partial/result.tsv")).unwrap(), "half");
    drop(running);
    desk.run(&COUNT).yes();
    assert_eq!(desk.names(""), ["a.vcf", "out", "pass"]);
}
