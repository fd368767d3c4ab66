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

/// A genotype of one allele is written as one of two: no number is right.
#[test]
fn sex_chromosomes_and_the_mitochondrion_are_not_counted() {
    for contig in ["X", "chrY", "MT", "chrM", "23", "24", "26", "x"] {
        let folder = set(BED, &BIM.replace("7\t", &format!("{contig}\t")), FAM);
        let refused = count(&folder.path().join("x.bed")).unwrap_err();
        let error = "x.bed, record 1: a PLINK file does not say how many alleles a genotype of X, Y or the mitochondrion has; ask for other columns, or for the genotypes as VCF or BCF";
        assert_eq!(refused, error, "{contig}");
        let set = Genotypes::open(&folder.path().join("x")).unwrap();
        let columns: Vec<_> = cohort::columns(set, None).flat_map(Result::unwrap).collect();
        assert_eq!(columns[0].genotypes, Err(Reason::MixedPloidy));
    }
    for contig in ["25", "XY", "PAR1", "0", "chr22"] {
        let folder = set(BED, &BIM.replace("7\t", &format!("{contig}\t")), FAM);
        assert_eq!(count(&folder.path().join("x.bed")).unwrap().len(), 1, "{contig}");
    }
}

#[test]
fn wrong_sets_are_refused_by_file_and_line() {
    let position = "x.bim, line 1: POS is not a whole number from 0 to 9223372036854775807";
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
        (line("\t5", "\t-5"), position.into()),
        (line("\t5", "\tx"), position.into()),
        (line("\tA", ""), "x.bim, line 2: 6 columns, expected 5".into()),
        (line("\tA", "\tA\tA"), "x.bim, line 1: 7 columns, expected 6".into()),
        (
            line("\tC", "\tC,G"),
            "x.bed, record 1: several ALTs, but a file of this format has one for each record"
                .into(),
        ),
        (line("\n", "\n\n"), "x.bim, line 2: an empty line among the records".into()),
        (line("8", "\u{1}"), "x.bim, line 2: CHROM has a control character".into()),
        (fam(""), "x.fam is empty, expected genotypes".into()),
        (fam("\n\n"), "x.fam, line 2: the file names no sample".into()),
        (fam("F A 0 0 1\n"), "x.fam, line 1: 5 columns, expected 6".into()),
        (fam("F\n"), "x.fam, line 1: 1 columns, expected 6".into()),
        (fam(&FAM.replace("E", "A")), "x.fam, line 5: two samples are named \"A\"".into()),
        (
            fam(&FAM.replacen('\n', "\n\n", 1)),
            "x.fam, line 2: an empty line among the samples".into(),
        ),
        (
            fam(&FAM.replace("E", "E\u{7}")),
            "x.fam, line 5: the name of sample 5 has a control character".into(),
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
        (&["x.bim", "x.fam"], "x.fam", "x.bed: cannot be read"),
        (&["x.bim", "x.fam"], "x", "x: cannot be read"),
    ] {
        let all = [("x.bed", BED), ("x.bim", BIM.as_bytes()), ("x.fam", FAM.as_bytes())];
        let some: Vec<_> = all.into_iter().filter(|(name, _)| files.contains(name)).collect();
        assert_eq!(count(&folder(&some).path().join(name)), Err(error.into()), "{files:?}");
    }
    let folder = folder(&[("x.bed", BED), ("x.fam", FAM.as_bytes()), ("x.bim.zst", b"(\xb5")]);
    let error = "x.bim.zst is compressed by zstd, which is not read; decompress it beside itself";
    assert_eq!(count(&folder.path().join("x.bed")), Err(error.into()));
    let reader = std::io::Cursor::new(BED);
    let error = Genotypes::from_reader(reader, "x.bed").err().unwrap().to_string();
    assert_eq!(
        error,
        "x.bed is not a genotype file: it is one file of a PLINK set, and sets cannot be sealed or proved yet, expected VCF, BCF or a PLINK set"
    );
    let none = PathBuf::from("no/such");
    assert_eq!(Genotypes::open(&none).err().unwrap().to_string(), "no/such: cannot be read");
}
