//! Records of regions, by every kind of index and by none: as bcftools counts them, and as the whole
//! file has them whatever an index says.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

use cohort::{Access, Genotypes, Options, Region, Regions, allele_frequency, inspect};
use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::containers::{bgzf, gzip};
use crate::data;

const FILES: [(&str, &str); 6] = [
    ("regions.vcf.gz", "regions.vcf.gz.tbi"),
    ("regions.vcf.gz", "regions.vcf.gz.m9.csi"),
    ("regions.vcf.gz", "regions.vcf.gz.m14.csi"),
    ("regions.vcf.gz", "regions.vcf.gz.m20.csi"),
    ("regions.bcf", "regions.bcf.csi"),
    ("regions.bcf", "regions.bcf.m9.csi"),
];

/// All of them, the indexes not older than the files.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, index) in FILES {
        for name in [file, index] {
            let bytes = fs::read(data("genotypes/regions").join(name)).unwrap();
            fs::write(folder.path().join(name), bytes).unwrap();
        }
    }
    folder
}

fn regions(texts: &[&str]) -> Regions {
    texts.iter().map(|text| Region::parse(text).unwrap()).collect()
}

/// The result's text and how many records there were; and how they were found.
fn read(
    path: &Path,
    asked: &[&str],
    index: Option<&Path>,
) -> Result<(String, u64, Access), String> {
    let opened = Genotypes::open(path).and_then(|file| file.within(regions(asked), index));
    let (file, access) = opened.map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    let summary = allele_frequency(file, &Options::default(), &mut out, &mut |_| {});
    let summary = summary.map_err(|error| error.to_string())?;
    Ok((String::from_utf8(out).unwrap(), summary.records, access))
}

#[test]
fn every_index_gives_what_bcftools_gives() {
    let folder = folder();
    let truth = fs::read_to_string(data("genotypes/truth/regions.bcftools.tsv")).unwrap();
    let mut rows = 0;
    for row in truth.lines().filter(|line| !line.starts_with('#')) {
        rows += 1;
        let (asked, numbers) = row.split_once('\t').unwrap();
        let asked: Vec<&str> = asked.split(' ').collect();
        let expected: Vec<u64> = numbers.split('\t').map(|n| n.parse().unwrap()).collect();
        let mut first = None;
        for (file, index) in FILES {
            let index = folder.path().join(index);
            let (text, records, access) =
                read(&folder.path().join(file), &asked, Some(&index)).unwrap();
            assert!(matches!(access, Access::Index(used) if used == index));
            let mut counts = vec![records, 0, 0, 0];
            for line in text.lines().skip(1) {
                let fields: Vec<&str> = line.split('\t').collect();
                counts[1] += 1;
                counts[2] += fields[4].parse::<u64>().unwrap();
                counts[3] += fields[5].parse::<u64>().unwrap();
            }
            assert_eq!(counts, expected, "{file} {index:?} {asked:?}");
            assert_eq!(*first.get_or_insert(text.clone()), text, "{file} {asked:?}");
        }
        let (whole, records, access) =
            read(&folder.path().join("regions.bcf"), &asked, None).unwrap();
        assert!(matches!(access, Access::Index(_)), "beside the file");
        assert_eq!((Some(whole), records), (first, expected[0]));
    }
    assert_eq!(rows, 94);
}

#[test]
fn regions_that_part_a_contig_part_its_records() {
    let folder = folder();
    let path = folder.path().join("regions.vcf.gz");
    let (whole, records, _) = read(&path, &["20", "21", "22"], None).unwrap();
    let mut joined = (whole.lines().next().unwrap().to_owned() + "\n", 0);
    let mut parts = vec!["20".to_owned(), "21".to_owned()];
    let ends: Vec<u64> = (0..40).map(|i| 16_050_075 + i * 15_000).collect();
    parts.extend(ends.windows(2).map(|pair| format!("22:{}-{}", pair[0], pair[1] - 1)));
    parts.push(format!("22:0-{}", ends[0] - 1));
    parts.push(format!("22:{}-", ends[39]));
    for part in &parts {
        let (text, records, _) = read(&path, &[part], None).unwrap();
        joined.0 += text.split_once('\n').unwrap().1;
        joined.1 += records;
    }
    assert_eq!((joined.1, records), (10_688, 10_688));
    assert_eq!(joined.0, whole);
    let found = Genotypes::open(&path).unwrap().within(regions(&["21"]), None).unwrap().0;
    let found = inspect(found, 0, &mut |_| {}).unwrap();
    assert_eq!((found.records, found.contigs.len()), (314, 1));
}

/// What stands in a `.gz` file.
fn decompressed(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn without_an_index_the_whole_file_is_read_and_the_reason_is_named() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let text = decompressed(&path("regions.vcf.gz"));
    fs::write(path("plain.vcf"), &text).unwrap();
    fs::write(path("gzip.vcf.gz"), gzip(&text)).unwrap();
    fs::write(path("alone.vcf.gz"), bgzf(&text, 60_000)).unwrap();
    fs::write(path("older.vcf.gz"), bgzf(&text, 60_000)).unwrap();
    fs::copy(path("regions.vcf.gz.tbi"), path("older.vcf.gz.tbi")).unwrap();
    let index = fs::File::options().append(true).open(path("older.vcf.gz.tbi")).unwrap();
    index.set_modified(SystemTime::now() - Duration::from_secs(100)).unwrap();
    fs::write(path("damaged.vcf.gz"), bgzf(&text, 60_000)).unwrap();
    fs::write(path("damaged.vcf.gz.csi"), b"no index").unwrap();
    let asked = ["22:16100000-16200000", "20:1-100000000"];
    let (expected, records, _) = read(&path("regions.bcf"), &asked, None).unwrap();
    for (file, why) in [
        (
            "plain.vcf",
            "plain.vcf is not compressed in blocks; `bgzip` and then `tabix -p vcf` would make regions of it faster to read",
        ),
        (
            "gzip.vcf.gz",
            "gzip.vcf.gz is not compressed in blocks; `bgzip` and then `tabix -p vcf` would make regions of it faster to read",
        ),
        (
            "alone.vcf.gz",
            "alone.vcf.gz has no index beside it; `tabix -p vcf alone.vcf.gz` for VCF or `bcftools index alone.vcf.gz` would make this faster",
        ),
        (
            "older.vcf.gz",
            "older.vcf.gz.tbi is not used, for it is older than the file; make the index again",
        ),
        (
            "damaged.vcf.gz",
            "damaged.vcf.gz.csi is not used, for it is no TBI or CSI index; make the index again",
        ),
    ] {
        let (text, found, access) = read(&path(file), &asked, None).unwrap();
        let Access::Whole(whole) = access else { panic!("{file}: by an index") };
        assert_eq!(whole.to_string().replace(&format!("{}/", folder.path().display()), ""), why);
        assert!(text == expected && found == records, "{file}");
    }
    let (text, found, access) = read(&path("regions.bcf"), &["X", "21:5-6"], None).unwrap();
    assert_eq!((text.lines().count(), found), (1, 0));
    let Access::Whole(whole) = access else { panic!("by an index") };
    assert!(whole.to_string().ends_with("regions.bcf.csi knows no records of contig \"X\""));
}

#[test]
fn a_set_is_restricted_too() {
    let eur = data("genotypes/plink/eur.bed");
    let (whole, records, _) = read(&eur, &["1:1-1500000"], None).unwrap();
    let bim = fs::read_to_string(data("genotypes/plink/eur.bim")).unwrap();
    let inside = bim.lines().filter(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        fields[0] == "1" && fields[3].parse::<u64>().unwrap() <= 1_500_000
    });
    assert_eq!((inside.count() as u64, whole.lines().count() as u64), (records, records + 1));
    let error = read(&eur, &["chr1:1-1500000"], None).unwrap_err();
    assert!(error.contains("eur.bed has no contig \"chr1\"; it has 1"), "{error}");
}

#[test]
fn contigs_that_are_not_there_are_named() {
    let folder = folder();
    for file in ["regions.vcf.gz", "regions.bcf"] {
        let path = folder.path().join(file);
        let error = read(&path, &["22:1-5", "chr22:16100000-16200000"], None).unwrap_err();
        let expected = format!("{} has no contig \"chr22\"; it has 20, 21, 22, X", path.display());
        assert_eq!(error, expected);
    }
}

/// An index that was given is used or refused.
#[test]
fn an_index_of_another_file_is_refused() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let text = String::from_utf8(decompressed(&path("regions.vcf.gz"))).unwrap();
    let renamed =
        text.replace("contig=<ID=20,", "contig=<ID=chr20,").replace("\n20\t", "\nchr20\t");
    fs::write(path("renamed.vcf.gz"), bgzf(renamed.as_bytes(), 60_000)).unwrap();
    fs::write(path("short.vcf.gz"), bgzf(&text.as_bytes()[..60_000], 60_000)).unwrap();
    fs::write(path("blocks.vcf.gz"), bgzf(text.as_bytes(), 50_000)).unwrap();
    fs::write(path("cut.csi"), gzip(&decompressed(&path("regions.vcf.gz.m9.csi"))[..999])).unwrap();
    let mut bam = decompressed(&path("regions.vcf.gz.tbi"));
    bam[8] = 1;
    fs::write(path("sam.tbi"), gzip(&bam)).unwrap();
    for (_, index) in FILES {
        let index = fs::File::options().append(true).open(path(index)).unwrap();
        index.set_modified(SystemTime::now() + Duration::from_secs(100)).unwrap();
    }
    for (file, index, fault) in [
        ("regions.bcf", "regions.vcf.gz.tbi", "it is TBI, but BCF has indexes of CSI"),
        ("regions.vcf.gz", "regions.bcf.csi", "it is no index of VCF or BCF"),
        ("regions.vcf.gz", "sam.tbi", "it is no index of VCF or BCF"),
        ("regions.vcf.gz", "regions.vcf.gz", "it is no TBI or CSI index"),
        ("regions.vcf.gz", "cut.csi", "it ends inside its data"),
        (
            "renamed.vcf.gz",
            "regions.vcf.gz.tbi",
            "it names contig \"20\", which the file's header does not",
        ),
        ("short.vcf.gz", "regions.vcf.gz.tbi", "it points at byte "),
        ("blocks.vcf.gz", "regions.vcf.gz.tbi", "it points at byte "),
    ] {
        let error = read(&path(file), &["22:16300000-16400000"], Some(&path(index))).unwrap_err();
        let begin = format!(
            "{} is not an index of {}: {fault}",
            path(index).display(),
            path(file).display()
        );
        assert!(error.starts_with(&begin), "{error}");
    }
    let missing = read(&path("regions.bcf"), &["22"], Some(&path("none.csi"))).unwrap_err();
    assert!(
        missing.ends_with("none.csi: cannot be read; make it again, or read without it"),
        "{missing}"
    );
}

/// Xorshift64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

fn texts(random: &mut Random) -> Vec<String> {
    let count = 1 + random.below(3);
    let mut texts = Vec::new();
    for _ in 0..count {
        let contig = ["20", "21", "22", "22"][random.below(4)];
        let first = match contig {
            "22" => 16_050_000 + random.below(595_000),
            _ => random.below(48_000_000),
        };
        let last = first + [0, 5_000, 40_000, 3_000_000][random.below(4)];
        texts.push(format!("{contig}:{first}-{last}"));
    }
    texts
}

/// An index with bytes changed, or of a file whose records are others by now: the answer is that of
/// the whole file, or an error.
#[test]
fn no_index_is_believed() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let text = String::from_utf8(decompressed(&path("regions.vcf.gz"))).unwrap();
    let (mut wrong, mut right) = (0, 0);
    for seed in 1..=160u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (file, index) = FILES[random.below(FILES.len())];
        let mut file = path(file);
        let mut bytes = decompressed(&path(index));
        match random.below(4) {
            0 if file.ends_with("regions.vcf.gz") => {
                // The file is written again: other records, other blocks.
                let keep = 2 + random.below(20);
                let lines = text.split_inclusive('\n').enumerate();
                let lines = lines.filter(|(i, line)| line.starts_with('#') || i % keep != 1);
                let lines: String = lines.map(|(_, line)| line).collect();
                file = path("again.vcf.gz");
                let each = [65_280, 60_000, 64_000][random.below(3)];
                fs::write(&file, bgzf(lines.as_bytes(), each)).unwrap();
            }
            1 => {
                // A number of 8 bytes, such as an offset, becomes another of the index.
                for _ in 0..=random.below(3) {
                    let [from, to] = [(); 2].map(|()| 36 + random.below(bytes.len() - 44));
                    let number: [u8; 8] = bytes[from..from + 8].try_into().unwrap();
                    bytes[to..to + 8].copy_from_slice(&number);
                }
            }
            _ => {
                for _ in 0..=random.below(6) {
                    let at = random.below(bytes.len());
                    bytes[at] = [bytes[at] ^ (1 << random.below(8)), 0, 0xff][random.below(3)];
                }
            }
        }
        let changed = path("changed.index");
        fs::write(&changed, gzip(&bytes)).unwrap();
        let asked = texts(&mut random);
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        let whole = fs::read(&file).unwrap();
        let whole = Genotypes::from_reader(std::io::Cursor::new(whole), "whole").unwrap();
        let whole = whole.within(regions(&asked), None).unwrap().0;
        let mut expected = Vec::new();
        allele_frequency(whole, &Options::default(), &mut expected, &mut |_| {}).unwrap();
        match read(&file, &asked, Some(&changed)) {
            Err(_) => wrong += 1,
            Ok((text, _, _)) => {
                assert!(text.as_bytes() == expected, "seed {seed}: {file:?} {index} {asked:?}");
                right += 1;
            }
        }
    }
    assert!(wrong > 20 && right > 20, "{wrong} {right}");
}

/// `CONTIG:POS` is a position, as bcftools has it, but where the header has a contig of that name.
#[test]
fn a_position_is_meant_unless_the_header_has_a_contig_of_the_whole_name() {
    let records = ["22\t5", "22\t6", "22:5\t9", "HLA*01:01\t1"];
    let line = |site: &&str| format!("{site}\t.\tA\tC\t.\t.\t.\tGT\t0/1");
    let records: Vec<String> = records.iter().map(line).collect();
    let text = crate::text(&["A"], &records.iter().map(String::as_str).collect::<Vec<_>>());
    let declared = text.replacen('\n', "\n##contig=<ID=22>\n##contig=<ID=22:5>\n", 1);
    let sites = |file: &str, asked: &str| -> Result<Vec<String>, String> {
        let file = crate::open(file).unwrap().within(regions(&[asked]), None).unwrap().0;
        let lines = crate::lines_of(allele_frequency, file, &Options::default())?;
        Ok(lines
            .iter()
            .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(" "))
            .collect())
    };
    for (asked, undeclared, declared_so) in [
        ("22:5", &["22 5"][..], &["22:5 9"][..]),
        ("22:5-5", &["22 5"], &["22 5"]),
        ("22:5-", &["22 5", "22 6"], &["22 5", "22 6"]),
        ("22:5:9", &["22:5 9"], &["22:5 9"]),
        ("22:5:0-", &["22:5 9"], &["22:5 9"]),
        ("HLA*01:01:0-", &["HLA*01:01 1"], &["HLA*01:01 1"]),
    ] {
        assert_eq!(sites(&text, asked).unwrap(), undeclared, "{asked}");
        assert_eq!(sites(&declared, asked).unwrap(), declared_so, "{asked}");
    }
    let error = sites(&text, "HLA*01:01").unwrap_err();
    assert_eq!(error, "x.vcf has no contig \"HLA*01\"; it has 22, 22:5, HLA*01:01");
}

#[test]
fn a_region_of_a_stream_is_read_whole() {
    let text = crate::text(
        &["A"],
        &["1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1", "1\t6\t.\tA\tC\t.\t.\t.\tGT\t1/1"],
    );
    let (file, access) =
        crate::open(text).unwrap().within(regions(&["1:6-6", "1:6-9"]), None).unwrap();
    assert!(matches!(access, Access::Whole(_)));
    let mut out = Vec::new();
    let summary = allele_frequency(file, &Options::default(), &mut out, &mut |_| {}).unwrap();
    assert_eq!((summary.records, &out[24..]), (1, &b"1\t6\tA\tC\t2\t2\n"[..]));
}
