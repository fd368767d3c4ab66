//! Identities and keys: made once, unlocked by their passphrase alone, lost and brought back.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tests::scene::{Actor, Done, Scene};

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

/// Everything below a folder, by path.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(contents(&entry.path())),
            false => found.push((entry.path(), bytes(&entry.path()))),
        }
    }
    found.sort();
    found
}

/// The command with another passphrase file, or none.
fn with_passphrase(actor: &Actor<'_>, file: &str, words: &[&str]) -> Done {
    let mut command = actor.command(["--passphrase-file", file]);
    Done::of(command.args(words).env_remove("PROVENOME_PASSPHRASE_FILE"))
}

fn restored<'a>(scene: &'a Scene, name: &str, phrase: &str) -> Actor<'a> {
    let actor = scene.stranger(name);
    actor.run(["init", "--restore", "--phrase-file", phrase]).yes();
    actor
}

#[test]
fn an_identity_is_made_once_and_comes_back_from_its_phrase() {
    let scene = Scene::new();
    let lab = scene.actor("lab");
    let before = contents(&lab.home());
    let phrase = fs::metadata(scene.path("lab.phrase")).unwrap();
    assert_eq!(phrase.permissions().mode() & 0o777, 0o600);
    lab.run(["init", "--phrase-out", "other.phrase"]).could_not("lab has an identity already");
    lab.run(["init", "--restore", "--phrase-file", "lab.phrase"]).could_not("never overwritten");
    assert!(contents(&lab.home()) == before && !scene.path("other.phrase").exists());

    let again = restored(&scene, "again", "lab.phrase");
    assert_eq!(again.address(), lab.address());
    let keys = |actor: &Actor<'_>| actor.json(["account", "--offline"])["reader_key"].clone();
    assert_eq!(keys(&again), keys(&lab));

    let words = fs::read_to_string(scene.path("lab.phrase")).unwrap();
    let first = words.split(' ').next().unwrap();
    let other = if first == "abandon" { "ability" } else { "abandon" };
    let fewer = words.split(' ').skip(1).collect::<Vec<_>>().join(" ");
    let wrong = scene.stranger("wrong");
    for (text, why) in [
        (words.replacen(first, other, 1), "checksum is wrong"),
        (words.replacen(first, "genome", 1), "word 1 is not in the English list"),
        (fewer, "not 23"),
        (String::new(), "not 0"),
    ] {
        fs::write(scene.path("wrong.phrase"), text).unwrap();
        let refused = wrong.run(["init", "--restore", "--phrase-file", "wrong.phrase"]);
        let told = refused.could_not(why);
        assert!(!told.err.contains("genome") && !wrong.home().exists(), "{told:?}");
    }
    wrong.run(["init", "--restore", "--phrase-file", "gone"]).could_not("no phrase file gone");
    wrong.run(["init"]).could_not("no terminal to show the recovery phrase").says("--phrase-out");
    wrong.run(["init", "--phrase-out", "lab.phrase"]).could_not("lab.phrase is there already");
    assert_eq!(fs::read_to_string(scene.path("lab.phrase")).unwrap(), words);
    assert!(!wrong.home().exists());
    wrong.run(["account"]).could_not("there is no identity in wrong").says("provenome init");
}

#[test]
fn an_interrupted_init_is_finished_and_a_mixed_home_refused() {
    let scene = Scene::new();
    let (lab, other) = (scene.actor("lab"), scene.actor("other"));
    let (address, public) = (lab.address(), lab.home().join("identity.json"));
    fs::remove_file(&public).unwrap();
    lab.run(["withdraw"]).could_not("there is no identity in lab").says("provenome init");
    lab.run(["init", "--restore", "--phrase-file", "other.phrase"])
        .could_not("lab has a vault already");
    with_passphrase(&lab, "other.pass", &["init"]).could_not("the passphrase is wrong");
    assert!(!public.exists());
    lab.run(["init", "--phrase-out", "lab.phrase"]).yes();
    assert_eq!(lab.address(), address);
    lab.run(["withdraw"]).yes();

    fs::copy(other.home().join("identity.json"), &public).unwrap();
    let refused = lab.run(["withdraw"]).could_not("lab/identity.json names 0x");
    refused.says("the vault is of 0x").says("`provenome init` makes it again");
    fs::write(&public, "{").unwrap();
    lab.run(["account"]).could_not("lab/identity.json is damaged");
}

#[test]
fn nothing_is_unlocked_by_a_wrong_passphrase() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    hospital.sell_small();
    let lab = scene.actor("lab");
    hospital.run(["buy", "dataset:1"]).yes();
    let before = contents(&hospital.home().join("vault"));
    for words in [
        &["seal", "small.vcf", "--out", "second", "--build", "GRCh37"][..],
        &["list", "sealed", "--price", "1"],
        &["terms", "dataset:1", "--price", "1"],
        &["pause", "dataset:1"],
        &["resume", "dataset:1"],
        &["serve", "--once"],
        &["deliver", "grant:1"],
        &["decline", "grant:1"],
        &["settle"],
        &["refund"],
        &["revoke", "grant:1"],
        &["withdraw"],
        &["buy", "dataset:1", "--again"],
        &["open", "grant:1", "--out", "opened.vcf"],
        &["anchor"],
        &["keys", "backup", "keys.bak"],
        &["keys", "restore", "keys.bak"],
        &["network", "deploy", "--out", "second.json"],
    ] {
        with_passphrase(&hospital, "lab.pass", words)
            .could_not("the passphrase is wrong")
            .says("recovery phrase");
    }
    assert!(contents(&hospital.home().join("vault")) == before);
    for file in ["second", "opened.vcf", "keys.bak", "second.json"] {
        assert!(!scene.path(file).exists(), "{file} was written");
    }
    let grants = lab.json(["show", "grant:1"]);
    assert_eq!((&grants["status"], hospital.tokens()), (&"paid".into(), 750.0));
    assert_eq!(lab.json(["show", "dataset:1"])["terms"]["price"], "250");
}

#[test]
fn a_passphrase_comes_from_a_file_a_descriptor_or_a_terminal_and_is_never_waited_for() {
    let scene = Scene::new();
    let lab = scene.actor("lab");
    fs::write(scene.path("empty"), "\nsecond line\n").unwrap();
    fs::write(scene.path("crlf"), "the passphrase of lab\r\nmore\n").unwrap();
    fs::write(scene.path("binary"), [0xff, 0xfe, b'\n']).unwrap();
    fs::write(scene.path("long"), "x".repeat(2000)).unwrap();
    for (file, why) in [
        ("gone", "cannot read the passphrase file gone"),
        ("lab", "Is a directory"),
        ("empty", "the first line of empty is empty"),
        ("binary", "not UTF-8"),
        ("long", "more than 1024 bytes"),
    ] {
        with_passphrase(&lab, file, &["withdraw"]).could_not(why);
    }
    with_passphrase(&lab, "crlf", &["withdraw"]).yes();

    // In a session of its own there is no terminal, even where the test has one.
    let shell = |line: &str| {
        scene.shell(&[], &line.replace("PROVENOME", "setsid --wait provenome --home lab"))
    };
    shell("PROVENOME withdraw --passphrase-fd 3 3<lab.pass").yes();
    shell("cat lab.pass | PROVENOME withdraw --passphrase-fd 0").yes();
    shell("PROVENOME withdraw --passphrase-fd 9").could_not("descriptor 9");
    shell("PROVENOME withdraw --passphrase-fd 3 3</dev/null").could_not("the passphrase is empty");
    let asked = shell("PROVENOME withdraw").could_not("cannot ask for the passphrase");
    asked.says("--passphrase-file or --passphrase-fd");
    let new = scene.shell(&[], "setsid --wait provenome --home new init --phrase-out new.phrase");
    new.could_not("cannot ask for the passphrase");
    assert!(!scene.path("new").exists() && !scene.path("new.phrase").exists());
    // The descriptor wins over a file that the environment names.
    let mut both = lab.command(["withdraw", "--passphrase-fd", "0"]);
    both.env("PROVENOME_PASSPHRASE_FILE", "gone").stdin(fs::File::open(lab.passphrase()).unwrap());
    let done = both.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn who_lost_the_vault_delivers_and_opens_again_with_phrase_and_backup() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    hospital.sell_small();
    let lab = scene.actor("lab");
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["keys", "backup", "hospital.bak"]).yes();
    let mode = fs::metadata(scene.path("hospital.bak")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let backup = bytes(&scene.path("hospital.bak"));
    let taken = hospital.run(["keys", "backup", "hospital.bak"]);
    taken.could_not("hospital.bak is there already").says("nothing is overwritten");
    assert!(bytes(&scene.path("hospital.bak")) == backup);

    fs::remove_dir_all(hospital.home()).unwrap();
    let hospital = restored(&scene, "hospital", "hospital.phrase");
    hospital
        .run(["deliver", "grant:1"])
        .could_not("the data key of dataset:1 is not in the vault")
        .says("provenome keys restore");
    hospital.run(["serve", "--once"]).could_not("not done: grant:1");
    assert_eq!(lab.json(["show", "grant:1"])["status"], "paid");
    let back = hospital.json(["keys", "restore", "hospital.bak"]);
    assert_eq!((&back["keys"], &back["new"]), (&1.into(), &1.into()));
    assert_eq!(hospital.json(["keys", "restore", "hospital.bak"])["new"], 0);
    hospital.run(["serve", "--once"]).yes().says("delivered");

    // The buyer needs the phrase alone: the key comes from the envelope again.
    fs::remove_dir_all(lab.home()).unwrap();
    let lab = restored(&scene, "lab", "lab.phrase");
    lab.run(["open", "grant:1", "--out", "opened.vcf"]).yes();
    assert!(bytes(&scene.path("opened.vcf")) == bytes(&scene.path("small.vcf")));
}

#[test]
fn a_backup_that_is_not_ones_own_or_was_changed_restores_nothing() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    hospital.sell_small();
    let lab = scene.actor("lab");
    hospital.run(["keys", "backup", "keys.bak"]).yes();
    let backup = bytes(&scene.path("keys.bak"));
    let fresh = restored(&scene, "fresh", "hospital.phrase");
    let empty = contents(&fresh.home().join("vault"));

    lab.run(["keys", "restore", "keys.bak"])
        .could_not("the backup is of 0x")
        .says("restore the identity of the backup first");
    let mut flipped = backup.clone();
    flipped[80] ^= 1;
    let mut renamed = backup.clone();
    renamed[..4].copy_from_slice(b"PVB2");
    let longer = [backup.as_slice(), b"x"].concat();
    for (bad, why) in [
        (flipped.as_slice(), "it was changed or cut off"),
        (&renamed, "it does not begin like one"),
        (&longer, "it was changed or cut off"),
        (&backup[..backup.len() - 1], "it was changed or cut off"),
        (&backup[..30], "it is cut off"),
        (&[], "it does not begin like one"),
    ] {
        fs::write(scene.path("bad.bak"), bad).unwrap();
        let refused = fresh.run(["keys", "restore", "bad.bak"]);
        refused.could_not("bad.bak is no backup of a vault").says(why).says("nothing was restored");
    }
    fresh.run(["keys", "restore", "gone.bak"]).could_not("No such file");
    fresh.run(["keys", "restore", "blocks"]).could_not("no plain file");
    assert!(contents(&fresh.home().join("vault")) == empty);
    fresh.run(["keys", "backup", "nowhere/keys.bak"]).could_not("nowhere");
    fresh.run(["keys", "restore", "keys.bak"]).yes();
}

#[test]
fn damage_to_a_vault_is_told_with_the_way_back() {
    let scene = Scene::new();
    let hospital = scene.actor("hospital");
    hospital.sell_small();
    hospital.run(["keys", "backup", "keys.bak"]).yes();
    let vault = hospital.home().join("vault");
    let keystore = vault.join("identity.json");
    let whole = fs::read_to_string(&keystore).unwrap();
    let at = whole.find("ciphertext").unwrap() + 20;
    let digit = if &whole[at..=at] == "0" { "1" } else { "0" };
    let flipped = [&whole[..at], digit, &whole[at + 1..]].concat();
    for bad in [flipped.as_str(), &whole[..whole.len() / 2], "", "{}"] {
        fs::write(&keystore, bad).unwrap();
        hospital
            .run(["pause", "dataset:1"])
            .could_not("the keystore is damaged")
            .says("init --restore");
    }
    fs::remove_file(&keystore).unwrap();
    hospital.run(["pause", "dataset:1"]).could_not("there is no vault at").says("init --restore");
    fs::write(&keystore, &whole).unwrap();
    let mode = |mode| fs::set_permissions(&vault, Permissions::from_mode(mode)).unwrap();
    mode(0o755);
    hospital.run(["pause", "dataset:1"]).could_not("others may read the vault").says("make it 700");
    mode(0o700);

    let key = fs::read_dir(vault.join("keys")).unwrap().next().unwrap().unwrap().path();
    fs::write(&key, "PVK1 and nonsense").unwrap();
    let lab = scene.actor("lab");
    lab.run(["buy", "dataset:1"]).yes();
    for words in [&["deliver", "grant:1"][..], &["keys", "backup", "second.bak"]] {
        let refused = Done::of(hospital.command([]).args(words)).could_not("does not open");
        refused.says("provenome keys restore");
    }
    assert!(!scene.path("second.bak").exists());
    assert_eq!(lab.json(["show", "grant:1"])["status"], "paid");
    assert_eq!(hospital.json(["keys", "restore", "keys.bak"])["new"], 1);
    hospital.run(["deliver", "grant:1"]).yes();
}
