//! PLINK sets: what opens one, what each value means, and every way in which one can be wrong.

use std::path::{Path, PathBuf};

use cohort::{Genotypes, Options, Reason, allele_frequency, cohort_count, inspect};
use tempfile::TempDir;

use crate::lines_of;

const FAM: &str = "F A 0 0 1 -9\nF B 0 0 2 -9\nF\tC 0 0 0 -9\nG D 0 0 0 1\nG E 0 0 0 1\n";
const BIM: &str = "7\trs1\t0\t5\tC\tA\nchr8 rs2 0.1 6 0 G\n";
/// Of A to E: two ALTs, one, none, missing, one; then none but for C, who is missing.
const BED: &[u8] = b"\x6c\x1b\x01\x78\x02\xdf\x03";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn set(bed: &[u8], bim: &str, fam: &str) -> TempDir {
    folder(&[("x.bed", bed), ("x.bim", bim.as_bytes()), ("x.fam", fam.as_bytes())])
}

/// The lines of `cohort-count`, or the error without the folder's name.
fn count(path: &Path) -> Result<Vec<String>, String> {
    let folder = format!("{}/", path.parent().unwrap().display());
    let counted = Genotypes::open(path).map_err(|error| error.to_string());
    let counted = counted.and_then(|set| lines_of(cohort_count, set, &Options::default()));
    counted.map_err(|error| error.replace(&folder, ""))
}

#[test]
fn any_file_of_a_set_and_its_prefix_open_it() {
    let folder = set(BED, BIM, FAM);
    for name in ["x.bed", "x.bim", "x.fam", "x"] {
        let lines = count(&folder.path().join(name)).unwrap();
        assert_eq!(lines, ["7\t5\tA\tC\t4\t8\t1\t2\t1\t1"], "{name}");
    }
    let set = Genotypes::open(&folder.path().join("x")).unwrap();
    assert_eq!((set.header().samples.join(" "), set.size()), ("A B C D E".into(), Some(7)));
    let files = ["x.bed", "x.bim", "x.fam"].map(|name| folder.path().join(name));
    assert_eq!((set.format(), set.files()), ("plink", Some(&files)));
    let pgen = Genotypes::open(&crate::data("genotypes/formats/slice")).unwrap();
    let files = ["slice.pgen", "slice.pvar", "slice.psam"];
    let files = files.map(|name| crate::data("genotypes/formats").join(name));
    assert_eq!((pgen.format(), pgen.files()), ("plink2", Some(&files)));
    let vcf = Genotypes::open(&crate::data("genotypes/formats/slice.vcf.gz")).unwrap();
    assert_eq!((vcf.format(), vcf.files()), ("vcf", None));
    let mut used = 0;
    allele_frequency(set, &Options::default(), &mut Vec::new(), &mut |bytes| used = bytes).unwrap();
    assert_eq!(used, 7);
}

#[test]
fn a_set_is_inspected_and_gives_columns() {
    let folder = set(BED, BIM, FAM);
    let open = || Genotypes::open(&folder.path().join("x")).unwrap();
    let found = inspect(open(), 1, &mut |_| {}).unwrap();
    assert_eq!((found.fileformat.as_str(), found.records, found.columns), ("PLINK 1", 2, 1));
    assert_eq!((found.genotypes.total, found.genotypes.missing), (10, 2));
    assert_eq!((found.without_alternate, found.panel_columns), (1, 1));
    let columns: Vec<_> = cohort::columns(open(), None).flat_map(Result::unwrap).collect();
    assert_eq!(columns.len(), 1);
    assert_eq!(columns[0].genotypes, Ok(vec![2, 1, 0, 3, 1]));
}

#[test]
fn lines_may_end_in_any_way_and_spaces_part_columns() {
    let bim = "7\trs1\t5\tC\tA\r\n8   rs2 6\t. G";
    let fam = FAM.replace('\n', "\r\n") + "\n\n";
    let folder = set(BED, bim, &fam);
    assert_eq!(count(&folder.path().join("x")).unwrap(), ["7\t5\tA\tC\t4\t8\t1\t2\t1\t1"]);
}

/// A genotype of one allele is written as one of two: it is read by sex, or not at all.
#[test]
fn sex_chromosomes_and_the_mitochondrion_are_counted_by_sex_alone() {
    let frequency = |contig: &str, pos: u64, bed: &[u8], fam: &str| {
        let folder =
            set(bed, &BIM.replace("7\trs1\t0\t5", &format!("{contig}\trs1\t0\t{pos}")), fam);
        let set = Genotypes::open(&folder.path().join("x")).unwrap();
        let columns: Vec<_> = cohort::columns(set, None).flat_map(Result::unwrap).collect();
        let expected = if contig == "XY" { Ok(()) } else { Err(Reason::MixedPloidy) };
        assert_eq!(columns[0].genotypes.as_ref().map(|_| ()).map_err(|why| *why), expected);
        let set = Genotypes::open(&folder.path().join("x")).unwrap();
        let lines = lines_of(allele_frequency, set, &Options::default());
        lines.map_err(|error| error.replace(&format!("{}/", folder.path().display()), ""))
    };
    const PAIR: &str = "x.bed, record 1: X and Y may pair here, where males have two alleles, and a PLINK file does not say so; split such records off by PLINK's --split-par or --split-x, or ask for the genotypes as VCF or BCF";
    for (contig, pos) in [("X", 2_781_479), ("23", 154_584_238), ("chrY", 5), ("y", 56_887_903)] {
        assert_eq!(frequency(contig, pos, BED, FAM), Err(PAIR.into()), "{contig}:{pos}");
    }
    // A, male, has two ALTs, B, female, one; C, D and E, of unknown sex: none, missing, one.
    let no_sex = |sample: &str| {
        Err(format!(
            "x.bed, record 1, sample {sample}: its sex is not known, so neither how many alleles it has here; state it in the fam or psam, or ask for the genotypes as VCF or BCF"
        ))
    };
    let not_of_sex = Err("x.bed, record 1: a genotype that does not fit its sample's sex: two different alleles where there is one, or an allele of Y where there is none; PLINK's --set-hh-missing or --set-invalid-haploid-missing removes such genotypes".to_owned());
    let males = FAM.replace(" 0 0 0 ", " 0 0 1 ");
    let females = FAM
        .replace(" 0 0 0 ", " 0 0 2 ")
        .replace("0 0 1 -9", "0 0 2 -9")
        .replace("E 0 0 0 1", "E 0 0 2 1");
    let split = |fam: &str| fam.replace("C 0 0 0", "C 0 0 1").replace("E 0 0 0", "E 0 0 2");
    for contig in ["X", "chrX", "23", "x"] {
        assert_eq!(frequency(contig, 2_781_480, BED, FAM), no_sex("C"));
        assert_eq!(
            frequency(contig, 3_000_000, BED, &split(FAM)),
            Ok(vec![format!("{contig}\t3000000\tA\tC\t3\t6")])
        );
        assert_eq!(
            frequency(contig, 3_000_000, BED, &females.replace("B 0 0 2", "B 0 0 1")),
            not_of_sex
        );
    }
    for contig in ["Y", "24", "chrY"] {
        assert_eq!(frequency(contig, 3_000_000, BED, &males), not_of_sex, "a female's");
        assert_eq!(
            frequency(contig, 3_000_000, &[0x6c, 0x1b, 1, 0x74, 1, 0xff, 3], FAM),
            no_sex("C")
        );
    }
    assert_eq!(frequency("MT", 5, BED, FAM), not_of_sex, "B's two alleles");
    let whole = [0x6c, 0x1b, 1, 0x7c, 3, 0xff, 3];
    for contig in ["MT", "chrM", "26", "m"] {
        assert_eq!(frequency(contig, 5, &whole, FAM), Ok(vec![format!("{contig}\t5\tA\tC\t1\t4")]));
    }
    for contig in ["25", "XY", "PAR1", "0", "chr22"] {
        let folder = set(BED, &BIM.replace("7\t", &format!("{contig}\t")), FAM);
        assert_eq!(count(&folder.path().join("x.bed")).unwrap().len(), 1, "{contig}");
    }
    let folder = set(&whole, &BIM.replace("7\t", "MT\t"), FAM);
    let refused = count(&folder.path().join("x.bed")).unwrap_err();
    assert!(
        refused.starts_with("x.bed, record 1, sample A: a genotype that is not diploid"),
        "{refused}"
    );
}

/// Both sets, the second with its sites compressed by zstd.
#[test]
fn counts_by_sex_equal_plink2() {
    let truth = std::fs::read_to_string(crate::data("genotypes/truth/sex.plink2.acount")).unwrap();
    for (file, most) in [("sex.bed", 1), ("sex.pgen", 2), ("sex.pvar.zst", 2)] {
        let mut expected = Vec::new();
        for row in truth.lines().skip(1) {
            let [id, reference, alternates, copies, all] = row.split('\t').collect::<Vec<_>>()[..]
            else {
                panic!("{row}")
            };
            let site = id.replace(':', "\t");
            if alternates.split(',').count() <= most {
                for (alternate, copies) in alternates.split(',').zip(copies.split(',')) {
                    expected.push(format!("{site}\t{reference}\t{alternate}\t{copies}\t{all}"));
                }
            }
        }
        let set = Genotypes::open(&crate::data(&format!("genotypes/plink/{file}"))).unwrap();
        let mut out = Vec::new();
        let summary = allele_frequency(set, &Options::default(), &mut out, &mut |_| {}).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.lines().skip(1).collect::<Vec<_>>(), expected, "{file}");
        let records = if most == 1 { (200, 206) } else { (240, 250) };
        assert_eq!((summary.by_sex, summary.records), records);
    }
}

/// Frames of zstd, one after the other, and everything that can be wrong with one.
#[test]
fn sites_compressed_by_zstd_are_read() {
    let compress = |text: &str| {
        ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        )
    };
    let lines = ["7\t5\tC\tA\n", "7\t6\t0\tG\n"];
    let long = "##".to_owned() + &"x".repeat(3_000_000) + "\n";
    let header = "#CHROM\tPOS\tALT\tREF\n";
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let frames =
        [compress(&(long + header + lines[0])), skipped, compress(""), compress(lines[1])].concat();
    let fam = "S1\nS2\n".replace("S1", "#IID\nA");
    let pgen =
        [&[0x6c, 0x1b, 2][..], &2u32.to_le_bytes(), &2u32.to_le_bytes(), &[0, 0b0110, 0]].concat();
    let read = |sites: &[u8]| {
        let folder =
            folder(&[("x.pgen", &pgen), ("x.psam", fam.as_bytes()), ("x.pvar.zst", sites)]);
        let set = Genotypes::open(&folder.path().join("x.pvar.zst")).map_err(|e| e.to_string())?;
        lines_of(allele_frequency, set, &Options::default())
            .map_err(|error| error.replace(&format!("{}/", folder.path().display()), ""))
    };
    assert_eq!(read(&frames), Ok(vec!["7\t5\tA\tC\t3\t4".to_owned()]));
    for cut in (0..frames.len()).step_by(97) {
        assert!(read(&frames[..cut]).is_err(), "{cut}");
    }
    for at in 0..frames.len() {
        let mut changed = frames.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(lines) = read(&changed) {
            assert_eq!(lines, ["7\t5\tA\tC\t3\t4"], "byte {at}");
        }
    }
    let wide = [0x28, 0xb5, 0x2f, 0xfd, 0, 0xf8, 1, 0, 0];
    assert!(read(&wide).unwrap_err().ends_with("x.pvar.zst: cannot be read"));
}

#[test]
fn wrong_sets_are_refused_by_file_and_line() {
    let position = |found: &str| {
        let expected = "not a whole number from 0 to 9223372036854775807";
        format!("x.bim, line 1, column 4 (position): {expected}, found {found:?}")
    };
    let not = |found: &str| {
        format!("x.bed is not a genotype file: {found}, expected VCF, BCF or a PLINK set")
    };
    let line = |old: &str, new: &str| (BED, BIM.replacen(old, new, 1), FAM.to_owned());
    let fam = |fam: &str| (BED, BIM.to_owned(), fam.to_owned());
    let bed = |bed: &'static [u8]| (bed, BIM.to_owned(), FAM.to_owned());
    for ((bed, bim, fam), error) in [
        (bed(b"\x6c\x1b"), not("it is a PLINK file that ends after its first two bytes")),
        (
            bed(b"\x6c\x1b\x00\x78\x02"),
            not(
                "it is a PLINK 1 file in the order of samples, which PLINK brings into the order of variants by --make-bed",
            ),
        ),
        (bed(b"\x6c\x1c\x01\x78\x02"), not("it begins otherwise")),
        (bed(b"\x6c\x1b\x01"), "x.bed has 0 records, but x.bim has more".into()),
        (bed(b"\x6c\x1b\x01\x78"), "x.bed is truncated: it ends inside record 1".into()),
        (bed(b"\x6c\x1b\x01\x78\x02\xdf"), "x.bed is truncated: it ends inside record 2".into()),
        (bed(b"\x6c\x1b\x01\x78\x02"), "x.bed has 1 records, but x.bim has more".into()),
        (
            bed(b"\x6c\x1b\x01\x78\x02\xdf\x03\x00"),
            "x.bed has more than the 2 records of x.bim".into(),
        ),
        (line("\t5", "\t-5"), position("-5")),
        (line("\t5", "\tx"), position("x")),
        (line("\tA", ""), "x.bim, line 2: 6 columns, expected 5".into()),
        (line("\tA", "\tA\tA"), "x.bim, line 1: 7 columns, expected 6".into()),
        (
            line("\tC", "\tC,G"),
            "x.bed, record 1: several ALTs, but a file of this format has one for each record"
                .into(),
        ),
        (line("\n", "\n\n"), "x.bim, line 2: an empty line among the records".into()),
        (
            line("8", "\u{1}"),
            "x.bim, line 2, column 1 (chromosome): not the name of a contig: expected printable ASCII without spaces, quotes, commas, backslashes and brackets, and no * or = in front; all of it may stand in <>, found \"chr\\x01\"".into(),
        ),
        (
            line("\tC", "\t\u{1}"),
            "x.bim, line 1, column 5 (A1): not a list of alleles: expected '.' alone, or alleles of printable ASCII characters joined by commas, found \"\\x01\"".into(),
        ),
        (
            line("\tA", "\tA,C"),
            "x.bim, line 1, column 6 (A2): not an allele: expected printable ASCII characters, no comma, found \"A,C\"".into(),
        ),
        (fam(""), "x.fam is empty, expected genotypes".into()),
        (fam("\n\n"), "x.fam, line 2: the file names no sample".into()),
        (fam("F A 0 0 1\n"), "x.fam, line 1: 5 columns, expected 6".into()),
        (fam("F\n"), "x.fam, line 1: 1 columns, expected 6".into()),
        (fam(&FAM.replace("E", "A")), "x.fam, line 5, column 2 (sample 5): two samples are named \"A\"".into()),
        (
            fam(&FAM.replacen('\n', "\n\n", 1)),
            "x.fam, line 2: an empty line among the samples".into(),
        ),
        (
            fam(&FAM.replace("E", "E\u{7}")),
            "x.fam, line 5, column 2 (sample 5): the name has a control character".into(),
        ),
    ] {
        let folder = set(bed, &bim, &fam);
        assert_eq!(count(&folder.path().join("x.bed")), Err(error));
    }
}

#[test]
fn missing_and_compressed_neighbours_are_named() {
    for (files, name, error) in [
        (&["x.bed", "x.fam"][..], "x", "x.bim: cannot be read, and x.bed needs it"),
        (&["x.bed", "x.bim"], "x.bim", "x.fam: cannot be read, and x.bed needs it"),
        (
            &["x.bim", "x.fam"],
            "x.fam",
            "x.fam belongs to a PLINK set, but has no genotypes beside it: x.bed is not there",
        ),
        (&["x.bim", "x.fam"], "x", "x: cannot be read"),
    ] {
        let all = [("x.bed", BED), ("x.bim", BIM.as_bytes()), ("x.fam", FAM.as_bytes())];
        let some: Vec<_> = all.into_iter().filter(|(name, _)| files.contains(name)).collect();
        assert_eq!(count(&folder(&some).path().join(name)), Err(error.into()), "{files:?}");
    }
    let folder = folder(&[("x.bed", BED), ("x.fam", FAM.as_bytes()), ("x.bim.zst", b"(\xb5")]);
    assert_eq!(count(&folder.path().join("x.bed")), Err("x.bim.zst: cannot be read".into()));
    let reader = std::io::Cursor::new(BED);
    let error = Genotypes::from_reader(reader, "x.bed").err().unwrap().to_string();
    assert_eq!(
        error,
        "x.bed is not a genotype file: it is one file of a PLINK set, without the two that belong to it, expected VCF, BCF or a PLINK set"
    );
    let none = PathBuf::from("no/such");
    assert_eq!(Genotypes::open(&none).err().unwrap().to_string(), "no/such: cannot be read");
}
