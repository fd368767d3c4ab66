//! The main job on small data, as far as a test needs it before it begins.

use crate::scene::{Actor, Done, Scene};
use std::path::{Path, PathBuf};

/// Three columns of the listed file, side by side.
pub const REGION: &str = "22:16050075-16050213";

/// Records of the listed file: few enough for the circuits of small panels that are shipped.
const RECORDS: usize = 100;

/// A hospital, and a lab that buys from it.
#[derive(Debug)]
pub struct Job<'a> {
    /// Has listed `small.vcf` as `dataset:1`.
    pub hospital: Actor<'a>,
    /// Has opened `grant:1` into `genomes.vcf`.
    pub lab: Actor<'a>,
}

impl<'a> Job<'a> {
    /// Listed, nothing more.
    pub fn listed(scene: &'a Scene) -> Self {
        let (hospital, lab) = (scene.actor("hospital"), scene.actor("lab"));
        few_records(scene, "small.vcf");
        seal(&hospital, "small.vcf", "sealed").yes();
        hospital.run(["list", "sealed", "--price", "250"]).yes();
        Self { hospital, lab }
    }

    /// Listed, bought, delivered and opened. Nothing is proved, no log is anchored.
    pub fn opened(scene: &'a Scene) -> Self {
        let job = Self::listed(scene);
        job.lab.run(["buy", "dataset:1"]).yes();
        job.hospital.run(["deliver", "grant:1"]).yes();
        job.lab.run(["open", "grant:1", "--out", "genomes.vcf"]).yes();
        job
    }

    /// The same, and the lab's proof over three columns in the folder `result`.
    pub fn proved(scene: &'a Scene) -> Self {
        let job = Self::opened(scene);
        prove(&job.lab, "genomes.vcf", REGION, "result").yes();
        job
    }

    /// The same, posted as `result:1`, and both logs anchored.
    pub fn posted(scene: &'a Scene) -> Self {
        let job = Self::proved(scene);
        job.lab.run(["post", "result"]).yes();
        job.lab.run(["anchor"]).yes();
        job.hospital.run(["anchor"]).yes();
        job
    }
}

/// The first records of the small VCF: 31 people.
pub fn few_records(scene: &Scene, name: &str) {
    let path = scene.small_vcf(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let header = text.lines().filter(|line| line.starts_with('#')).count();
    let lines: Vec<&str> = text.lines().take(header + RECORDS).collect();
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// Seals a file of build 37.
pub fn seal(by: &Actor<'_>, file: &str, out: &str) -> Done {
    by.run(["seal", file, "--out", out, "--title", "Small", "--build", "GRCh37"])
}

/// Proves allele frequencies of a file.
pub fn prove(by: &Actor<'_>, file: &str, columns: &str, out: &str) -> Done {
    let protocol = "allele-frequency";
    by.run([
        "prove",
        protocol,
        "--data",
        file,
        "--columns",
        columns,
        "--out",
        out,
        "--build",
        "GRCh37",
    ])
}

/// A copy of a folder, permissions included.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Where the scene's store has the block with this CID.
pub fn block(scene: &Scene, cid: &str) -> PathBuf {
    let shards = std::fs::read_dir(scene.path("blocks")).unwrap().map(Result::unwrap);
    let mut found = shards.map(|shard| shard.path().join(cid)).filter(|path| path.exists());
    found.next().unwrap_or_else(|| panic!("no block {cid}"))
}
