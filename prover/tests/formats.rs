//! The same genotypes give the same panel whatever file they are read from, and other genotypes
//! another one. The files were made by peers: `tests/data/genotypes/SOURCES.md`.

use cohort::{Genotypes, columns};
use prover::panel::{Committer, Panel};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const KEY: [u8; 32] = [7; 32];
const SET: [&str; 3] = ["bed", "bim", "fam"];

fn data(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../tests/data/genotypes", name].iter().collect()
}

/// All that is committed to, and the public lists.
type Committed = (Panel, Vec<u8>, String);

fn commit(genotypes: Genotypes, build: &str, key: &[u8; 32]) -> Committed {
    let scratch = tempfile::tempdir().unwrap();
    let mut committer = Committer::new(build, &genotypes.header().samples, key, scratch.path());
    columns(genotypes, None).for_each(|batch| committer.push(&batch.unwrap()).unwrap());
    let mut committed = committer.finish().unwrap();
    let (mut leaves, mut refused) = (Vec::new(), String::new());
    committed.leaves.reader().read_to_end(&mut leaves).unwrap();
    committed.refused.rows.read_to_string(&mut refused).unwrap();
    (committed.panel, leaves, refused)
}

fn panel(path: &Path) -> Committed {
    commit(Genotypes::open(path).unwrap(), "GRCh37", &KEY)
}

fn text(path: &Path) -> Vec<u8> {
    let mut text = Vec::new();
    let file = File::open(path).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut text).unwrap();
    text
}

#[test]
fn every_format_of_one_cohort_has_one_root() {
    let vcf = data("formats/slice.vcf.gz");
    let expected = panel(&vcf);
    assert_eq!((expected.0.samples, expected.0.columns), (120, 225));
    let plain = text(&vcf);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &plain).unwrap();
    for bytes in [plain, gzip.finish().unwrap()] {
        let genotypes = Genotypes::from_reader(std::io::Cursor::new(bytes), "slice.vcf").unwrap();
        assert!(commit(genotypes, "GRCh37", &KEY) == expected);
    }
    for name in
        ["slice.bcf", "slice.pgen", "slice.psam", "slice.pvar", "slice", "split.bed", "split"]
    {
        assert!(panel(&data(&format!("formats/{name}"))) == expected, "{name}");
    }
}

/// Of more people and records, some genotypes missing or of several ALTs. The VCF of `prs_chr22` names
/// its people `FID_IID`, its publisher's pgen by IID: the same leaves, of other people.
#[test]
fn a_pgen_of_peers_has_the_leaves_of_its_vcf() {
    for (name, same_names) in [("kgp3_1126_chr20", true), ("prs_chr22", false)] {
        let vcf = panel(&data(&format!("{name}.vcf.gz")));
        let pgen = panel(&data(&format!("plink/{name}.pgen")));
        assert!(vcf.0.columns > 800, "{name}");
        assert!((&pgen.1, &pgen.2) == (&vcf.1, &vcf.2), "{name}");
        assert_eq!(pgen.0 == vcf.0, same_names, "{name}");
        let named = Panel { samples_commit: vcf.0.samples_commit, ..pgen.0 };
        assert_eq!(named, vcf.0, "{name}");
    }
}

/// A copy of the split set in which `change` changes the file that ends so.
fn changed(end: &str, change: impl Fn(&mut Vec<u8>)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for other in SET {
        let mut bytes = fs::read(data(&format!("formats/split.{other}"))).unwrap();
        if other == end {
            change(&mut bytes);
        }
        fs::write(folder.path().join("split").with_extension(other), bytes).unwrap();
    }
    let bed = folder.path().join("split.bed");
    (folder, bed)
}

fn lines(bytes: &mut Vec<u8>, change: impl Fn(&mut Vec<&str>)) {
    let text = String::from_utf8(std::mem::take(bytes)).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    change(&mut lines);
    *bytes = (lines.join("\n") + "\n").into_bytes();
}

#[test]
fn another_root_is_of_another_panel() {
    let of = |(_folder, bed): (TempDir, PathBuf)| panel(&bed).0.data_root();
    let root = of(changed("", |_| ()));
    // A bed says genotypes of one more ALT by a bit, from the fourth byte on.
    let bit = of(changed("bed", |bed| bed[3] ^= 2));
    let sites = of(changed("bim", |bim| lines(bim, |lines| lines.swap(0, 2))));
    let alleles = of(changed("bim", |bim| {
        let text = String::from_utf8(bim.clone()).unwrap();
        *bim = text.replacen("\tG\tA\n", "\tA\tG\n", 1).into_bytes();
    }));
    let contig = of(changed("bim", |bim| {
        let text = String::from_utf8(bim.clone()).unwrap();
        *bim = text.replacen("22\t", "chr22\t", 1).into_bytes();
    }));
    let people = of(changed("fam", |fam| lines(fam, |lines| lines.swap(0, 1))));
    let names = of(changed("fam", |fam| {
        let text = String::from_utf8(fam.clone()).unwrap();
        *fam = text.replace(" HG00096 ", " HG00096_HG00096 ").into_bytes();
    }));
    let families = of(changed("fam", |fam| {
        let text = String::from_utf8(fam.clone()).unwrap();
        *fam = text.replace("HG00096 HG00096 ", "0 HG00096 ").into_bytes();
    }));
    assert_eq!(families, root, "a family's name is no part of a sample's");
    let open = || Genotypes::open(&data("formats/split.bed")).unwrap();
    let build = commit(open(), "GRCh38", &KEY).0.data_root();
    let key = commit(open(), "GRCh37", &[8; 32]).0.data_root();
    let all = [root, bit, sites, alleles, contig, people, names, build, key];
    for (n, one) in all.iter().enumerate() {
        assert!(!all[..n].contains(one), "{n} has the root of one before it");
    }
}

/// Records in another order are the same columns.
#[test]
fn the_order_of_records_does_not_matter() {
    let row = 120_usize.div_ceil(4);
    let (folder, bed) = changed("bed", |bed| {
        let rows: Vec<Vec<u8>> = bed[3..].chunks(row).rev().map(<[u8]>::to_vec).collect();
        *bed = [bed[..3].to_vec(), rows.concat()].concat();
    });
    let bim = folder.path().join("split.bim");
    let mut reversed = fs::read(&bim).unwrap();
    lines(&mut reversed, |lines| lines.reverse());
    fs::write(bim, reversed).unwrap();
    assert!(panel(&bed) == panel(&data("formats/split.bed")));
}
