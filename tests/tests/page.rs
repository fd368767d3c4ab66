//! The explorer in a real browser, over a real chain: `tests/page` looks at every view, on a phone's
//! and a desk's screen, in light and dark, by keyboard, and while things happen. This file makes what
//! there is to see, and does what the browser asks for. Screenshots: `target/debug/tmp/page`.

use ledger::chain::{Chain, PrivateKeySigner};
use ledger::dataset::Version;
use ledger::market::Terms;
use ledger::{Network, hash};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use tests::job;
use tests::scene::{Actor, Done, ROOT, Scene, built};
use tests::serving::Serving;

const TITLE: &str = "Whole-blood genotypes, chromosome 22";
const ABOUT: &str = "31 unrelated people of the 1000 Genomes Project, phase 3; phased.";
/// The local node's second account: its key is public.
const COPYCAT: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/// A title in markup, with characters that turn the text around, marks piled up, and no space.
fn hostile_title() -> String {
    let piled = "\u{301}".repeat(60);
    let long = "W".repeat(700);
    format!(
        "Invoice \u{202e}fdp.exe\u{2066} <img src=x onerror=alert(1)><b>bold</b> e{piled} {long}"
    )
}

/// 16 KiB.
fn hostile_description() -> String {
    let text = format!("<script>alert(1)</script> {{{{7*7}}}}\n\n{}\n", "M".repeat(8_000));
    let rest = "שלום lorem ".repeat((16_384 - text.len()) / "שלום lorem ".len());
    text + &rest
}

fn seal(by: &Actor<'_>, out: &str, title: &str, description: &str) {
    let words = ["--title", title, "--description", description, "--build", "GRCh37"];
    Done::of(by.command(["seal", "small.vcf", "--out", out]).args(words)).yes();
}

/// Four datasets, three grants, one result, two logs.
fn story<'a>(scene: &'a Scene) -> (Actor<'a>, Actor<'a>) {
    let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
    job::few_records(scene, "small.vcf");
    seal(&hospital, "first", TITLE, ABOUT);
    hospital.run(["list", "first", "--price", "250"]).yes();
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["deliver", "grant:1"]).yes();
    lab.run(["open", "grant:1", "--out", "genomes.vcf"]).yes();
    lab.run(["attest", "grant:1"]).yes();
    job::prove(&lab, "genomes.vcf", job::REGION, "result").yes();
    lab.run(["post", "result"]).yes();
    lab.run(["anchor"]).yes();
    hospital.run(["anchor"]).yes();

    seal(&hospital, "second", "Exome panel, cardiology", "");
    hospital.run(["list", "second", "--price", "12.5"]).yes();
    lab.run(["buy", "dataset:2"]).yes();
    hospital.run(["decline", "grant:2"]).yes();
    hospital.run(["pause", "dataset:2"]).yes();
    seal(&hospital, "third", &hostile_title(), &hostile_description());
    hospital.run(["list", "third", "--price", "0"]).yes();
    copy(scene, &lab.json(["show", "dataset:1"]));
    seal(&hospital, "again", &format!("{TITLE}, called again"), ABOUT);
    let version = ["--price", "300", "--version-of", "dataset:1", "--access", "30d"];
    Done::of(hospital.command(["list", "again"]).args(version)).yes();
    lab.run(["show", "dataset:1"]).yes();
    lab.run(["buy", "dataset:1"]).yes();
    hospital.run(["anchor"]).yes();
    seal(&hospital, "new", "Methylation, umbilical cord", "");
    (hospital, lab)
}

/// Somebody lists the same panel under a manifest that no store has.
fn copy(scene: &Scene, shown: &Value) {
    let network = std::fs::read_to_string(scene.path("network.json")).unwrap();
    let network = Network::parse(&network).unwrap();
    let token = network.tokens[0].address;
    let chain = Chain::connect(network, vec![scene.chain.node()]).unwrap();
    let copycat: PrivateKeySigner = COPYCAT.parse().unwrap();
    let version = Version {
        manifest: hash::sha256(b"no store has this"),
        data_root: shown["data_root"].as_str().unwrap().parse().unwrap(),
        key_commit: shown["key_commit"].as_str().unwrap().parse().unwrap(),
        samples: shown["samples"].as_u64().unwrap(),
        columns: shown["columns"].as_u64().unwrap(),
    };
    let terms = Terms {
        price: 1,
        token,
        access_seconds: 86_400,
        delivery_seconds: 3_600,
        dispute_seconds: 3_600,
    };
    chain.list(&copycat, version, terms).unwrap();
}

/// The index as served: by the network's policy, by one that names no circuit, and without a store.
fn serve(scene: &Scene) -> [Serving; 3] {
    let network = std::fs::read_to_string(scene.path("network.json")).unwrap();
    let mut doubting: Value = serde_json::from_str(&network).unwrap();
    doubting["policy"]["circuits"] = json!([]);
    std::fs::write(scene.path("doubting.json"), doubting.to_string()).unwrap();
    std::fs::create_dir(scene.path("empty")).unwrap();
    let command =
        |name: &str| scene.stranger(name).command(["index", "serve", "--listen", "127.0.0.1:0"]);
    let nowhere = format!("dir:{}", scene.path("empty").display());
    [
        Serving::start(&mut command("indexer")),
        Serving::start(command("doubter").env("PROVENOME_NETWORK", scene.path("doubting.json"))),
        Serving::start(command("stranger").env("PROVENOME_STORE", nowhere)),
    ]
}

/// The program of `tests/page`, killed with the test. The browser ends when its pipe closes.
struct Browser {
    child: Child,
    asked: ChildStdin,
}

impl Browser {
    fn start(pictures: &Path, urls: &[&str; 3]) -> Self {
        let folder = Path::new(ROOT).join("tests/page");
        assert!(
            folder.join("node_modules/playwright-core").exists(),
            "{} has no node_modules: `scripts/test` installs them",
            folder.display()
        );
        let chromium = std::env::var_os("PROVENOME_CHROMIUM")
            .map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from);
        assert!(
            chromium.exists(),
            "there is no {}: install Chromium (Debian: apt-get install chromium), or name a browser \
             in PROVENOME_CHROMIUM",
            chromium.display()
        );
        let mut child = Command::new("node")
            .args([&folder.join("main.mjs"), &chromium, pictures])
            .args(urls)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { asked: child.stdin.take().unwrap(), child }
    }

    /// Does what it asks for until it ends.
    fn run(mut self, mut act: impl FnMut(&str)) {
        let lines = BufReader::new(self.child.stdout.take().unwrap()).lines();
        for line in lines.map_while(Result::ok) {
            match line.strip_prefix("do ") {
                Some(deed) => {
                    act(deed);
                    writeln!(self.asked, "done").unwrap();
                }
                None => println!("{line}"),
            }
        }
        let status = self.child.wait().unwrap();
        assert!(status.success(), "the page is not as it shall be ({status}): see above");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_view_is_right_in_a_real_browser() {
    let scene = Scene::new();
    let (hospital, _lab) = story(&scene);
    let [honest, doubting, bare] = serve(&scene);
    let pictures = built("provenome").with_file_name("tmp/page");
    std::fs::create_dir_all(&pictures).unwrap();
    let address = honest.address().to_owned();
    let browser = Browser::start(&pictures, &[&honest.url, &doubting.url, &bare.url]);
    let mut honest = Some(honest);
    browser.run(|deed| match deed {
        "list" => drop(hospital.run(["list", "new", "--price", "80"]).yes()),
        "end" => assert_eq!(honest.take().unwrap().end(), Some(0)),
        "begin" => {
            let words = ["index", "serve", "--listen", &address];
            honest = Some(Serving::start(&mut scene.stranger("indexer").command(words)));
        }
        other => panic!("the browser asks for {other:?}"),
    });
}
