//! PLINK 2 sets: real ones against their VCFs, and every way in which one can be wrong.

use std::fs;
use std::path::Path;

use cohort::{Genotypes, HalfCall, Options, ReadError, allele_frequency, columns};
use tempfile::TempDir;

use crate::{data, lines_of};

/// What is read of a file but for its name.
fn all(file: &str) -> (Vec<String>, Vec<cohort::Column>) {
    let open = || Genotypes::open(&data(&format!("genotypes/{file}"))).unwrap();
    let lines = lines_of(allele_frequency, open(), &Options::default()).unwrap();
    (lines, columns(open(), None).flat_map(Result::unwrap).collect())
}

/// Every compression of the first track, and the second track, as PLINK 2 wrote them.
#[test]
fn a_pgen_reads_as_its_vcf() {
    for name in ["kgp3_1126_chr20", "prs_chr22"] {
        let (pgen, vcf) = (all(&format!("plink/{name}.pgen")), all(&format!("{name}.vcf.gz")));
        assert!(pgen.0 == vcf.0, "{name}");
        assert!(pgen.1 == vcf.1, "{name}");
    }
}

/// As PLINK 2 wrote it by `--make-bpgen`.
#[test]
fn a_bim_and_a_fam_stand_for_pvar_and_psam() {
    assert!(all("formats/bpgen") == all("formats/split.bed"));
    let folder = tempfile::tempdir().unwrap();
    for name in ["pgen", "bim", "fam"] {
        let file = data(&format!("genotypes/formats/bpgen.{name}"));
        fs::copy(file, folder.path().join("x").with_extension(name)).unwrap();
    }
    let opened = |name: &str| {
        let path = folder.path().join(name);
        Genotypes::open(&path).map(|set| {
            let files = set.files().unwrap().clone();
            files.map(|file| file.extension().unwrap().to_str().unwrap().to_owned()).join(" ")
        })
    };
    for name in ["x", "x.pgen", "x.bim", "x.fam"] {
        assert_eq!(opened(name).unwrap(), "pgen bim fam", "{name}");
    }
    // What belongs to a bed may have REF and ALT the other way round.
    fs::write(folder.path().join("x.bed"), []).unwrap();
    assert!(matches!(opened("x.pgen"), Err(ReadError::Beside { .. })));
    assert!(matches!(opened("x.bim"), Err(ReadError::Empty { .. })));
    fs::remove_file(folder.path().join("x.bed")).unwrap();
    for other in ["x.pvar", "x.psam"] {
        fs::write(folder.path().join(other), PVAR).unwrap();
        assert!(matches!(opened("x.pgen"), Err(ReadError::Beside { .. })), "{other}");
        assert!(matches!(opened("x.bim"), Err(ReadError::NoGenotypes { .. })), "{other}");
        fs::remove_file(folder.path().join(other)).unwrap();
    }
    assert_eq!(opened("x.bim").unwrap(), "pgen bim fam");
}

const PSAM: &str = "#FID\tIID\tSID\n0 A 0\n0 B 0\n0 C 0\n0 D 0\n0 E 0\n";
const PVAR: &str = "##fileformat=PVARv1.0\n##contig=<ID=7,length=159138663>\n\
    #CHROM\tPOS\tID\tREF\tALT\n7\t5\t.\tA\tC\n7\t6\t.\tG\tT,<DEL>\n";
/// Of A to E: 0/1, 1/1, missing, 0/0, 0/1; then 0/2, 1/2, 0/0, 0/0, 0/1.
const RECORDS: [&[u8]; 2] = [&[0b0011_1001, 0b01], &[0b0000_1001, 0b01, 0x00, 0b01, 0b1, 0b0]];

fn set(pgen: &[u8], pvar: &str, psam: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("pgen", pgen), ("pvar", pvar.as_bytes()), ("psam", psam.as_bytes())] {
        std::fs::write(folder.path().join("x").with_extension(name), bytes).unwrap();
    }
    folder
}

/// Kinds and lengths of a byte each, no counts of alleles.
pub(crate) fn pgen(samples: usize, records: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let counts = [records.len() as u32, samples as u32].map(u32::to_le_bytes).concat();
    let place = (20 + 3 * records.len() as u64).to_le_bytes();
    let kinds: Vec<u8> = records.iter().map(|(kind, _)| *kind).collect();
    let lengths = records.iter().flat_map(|(_, bytes)| (bytes.len() as u16).to_le_bytes());
    let bodies: Vec<u8> = records.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let place: &[u8] = if records.is_empty() { &[] } else { &place };
    [
        &[0x6c, 0x1b, 0x10],
        &counts[..],
        &[0x45],
        place,
        &kinds,
        &lengths.collect::<Vec<_>>(),
        &bodies,
    ]
    .concat()
}

fn valid() -> Vec<u8> {
    pgen(5, &[(0, RECORDS[0].to_vec()), (8, RECORDS[1].to_vec())])
}

fn count(path: &Path) -> Result<Vec<String>, String> {
    let folder = format!("{}/", path.parent().unwrap().display());
    let options = Options { half_call: HalfCall::Refuse, ..Options::default() };
    let counted = Genotypes::open(path).map_err(|error| error.to_string());
    let counted = counted.and_then(|set| lines_of(allele_frequency, set, &options));
    counted.map_err(|error| error.replace(&folder, ""))
}

#[test]
fn a_set_is_read_by_any_of_its_names() {
    let folder = set(&valid(), PVAR, PSAM);
    let lines = ["7\t5\tA\tC\t4\t8", "7\t6\tG\tT\t2\t10", "7\t6\tG\t<DEL>\t2\t10"];
    for name in ["x", "x.pgen", "x.pvar", "x.psam"] {
        assert_eq!(count(&folder.path().join(name)).unwrap(), lines, "{name}");
    }
    let evidence = Genotypes::open(&folder.path().join("x")).unwrap().header().build_evidence();
    assert_eq!((evidence.lengths_grch37, evidence.build), (1, Some(cohort::Build::Grch37)));
    let biallelic = "7 . 5 C A\n";
    let fam = PSAM.split_once('\n').unwrap().1.replace(" 0\n", " 0 0 0\n");
    for (pgen, name) in [
        ([&[0x6c, 0x1b, 1][..], &[0b0110_0010, 0b10]].concat(), "a bed"),
        ([&[0x6c, 0x1b, 2, 1, 0, 0, 0, 5, 0, 0, 0, 0x40][..], RECORDS[0]].concat(), "fixed"),
        ([&[0x6c, 0x1b, 2, 1, 0, 0, 0, 5, 0, 0, 0, 0xc0, 1][..], RECORDS[0]].concat(), "flags"),
    ] {
        let folder = set(&pgen, biallelic, &fam);
        let expected = if name == "a bed" { "7\t5\tA\tC\t6\t10" } else { lines[0] };
        let counted = count(&folder.path().join("x"));
        assert!(counted.is_ok(), "{name}: {counted:?}");
        if name != "a bed" {
            assert_eq!(counted.unwrap(), [expected], "{name}");
        }
    }
}

#[test]
fn wrong_sets_are_refused() {
    let with = |at: usize, byte: u8| {
        let mut bytes = valid();
        bytes[at] = byte;
        bytes
    };
    let records =
        |kind: u8, bytes: &[u8]| pgen(5, &[(0, RECORDS[0].to_vec()), (kind, bytes.to_vec())]);
    let not = |found: &str| {
        format!("x.pgen is not a genotype file: {found}, expected VCF, BCF or a PLINK set")
    };
    for (pgen, error) in [
        (with(2, 3), not("it is a PLINK 2 file of fixed-width dosages, which PLINK 2 rewrites by --make-pgen")),
        (with(2, 17), not("it is a PLINK 2 file of another mode than 1, 2 and 16")),
        (with(2, 2), "x.pgen: the header is of an unknown kind".into()),
        (with(7, 4), "x.pgen: the header says 4 samples, but psam or fam has 5".into()),
        (with(11, 0x4f), "x.pgen: the header is of an unknown kind".into()),
        (with(12, 27), "x.pgen: the header says that records lie where the file has none".into()),
        (with(22, 3), "x.pgen: the header says that records lie where the file has none".into()),
        (with(3, 1), "x.pgen: the header says that records lie where the file has none".into()),
        (with(3, 0), "x.pgen has 0 records, but x.pvar has more".into()),
        (with(5, 1), "x.pgen is truncated: it ends inside its header".into()),
        (valid()[..11].to_vec(), "x.pgen is truncated: it ends inside its header".into()),
        (valid()[..19].to_vec(), "x.pgen is truncated: it ends inside its header".into()),
        (valid()[..30].to_vec(), "x.pgen: the header says that records lie where the file has none".into()),
        ([&[0x6c, 0x1b, 2, 1, 0, 0, 0, 5, 0, 0, 0, 0x40][..], &[0; 3]].concat(), "x.pgen: the file has 15 bytes, but its header announces 14".into()),
        ([&[0x6c, 0x1b, 2, 2, 0, 0, 0, 5, 0, 0, 0, 0x40][..], &[0; 4]].concat(), "x.pgen, record 2: several ALTs, but a file of this format has one for each record".into()),
        (records(5, &[0]), "x.pgen, record 2: genotypes compressed in an unknown way".into()),
        (records(4, &[1]), "x.pgen, record 2: genotypes that reach beyond the end of the record".into()),
        (records(4, &[1, 5, 0]), "x.pgen, record 2: a list of samples that is out of order or names others than there are".into()),
        (records(4, &[0, 0]), "x.pgen, record 2: bytes after the record's last genotype".into()),
        (records(8, &[0, 0, 0xf2]), "x.pgen, record 2: genotypes compressed in an unknown way".into()),
        (pgen(5, &[(2, vec![0]), (0, RECORDS[0].to_vec())]), "x.pgen, record 1: differences from a record before, where there is none".into()),
        (pgen(5, &[(8, vec![0, 0, 0xff]), (0, RECORDS[0].to_vec())]), "x.pgen, record 1: alleles beyond the ALTs that pvar or bim has".into()),
        (pgen(5, &[(0, RECORDS[0].to_vec())]), "x.pgen has 1 records, but x.pvar has more".into()),
        (pgen(5, &[(4, vec![0]), (4, vec![0]), (4, vec![0])]), "x.pgen has more than the 2 records of x.pvar".into()),
    ] {
        let folder = set(&pgen, PVAR, PSAM);
        assert_eq!(count(&folder.path().join("x.pgen")), Err(error));
    }
    for (pvar, psam, error) in [
        (
            PVAR.replace("\tREF", ""),
            PSAM.to_owned(),
            "x.pvar, line 3: the line of column names must name REF once",
        ),
        (
            PVAR.replace("#CHROM", "#CHR"),
            PSAM.to_owned(),
            "x.pvar, line 3, column 1 (#CHROM): expected the name of the column, and tabs between the columns, found \"#CHR\"",
        ),
        (PVAR.replace("\tC\n", "\n"), PSAM.to_owned(), "x.pvar, line 4: 4 columns, expected 5"),
        (
            PVAR.replace("\tC\n", "\tC\t.\n"),
            PSAM.to_owned(),
            "x.pvar, line 4: 6 columns, expected 5",
        ),
        (
            PVAR.replace("\tC\n", "\tC,\n"),
            PSAM.to_owned(),
            "x.pvar, line 4, column 5 (ALT): not a list of alleles: expected '.' alone, or alleles of printable ASCII characters joined by commas, found \"\"",
        ),
        (PVAR.to_owned(), PSAM.replace("0 E 0", "0 E"), "x.psam, line 6: 2 columns, expected 3"),
        (
            PVAR.to_owned(),
            PSAM.replace("\tIID", ""),
            "x.psam, line 1, column 2 (IID): expected the name of the column, and tabs between the columns, found \"SID\"",
        ),
    ] {
        let folder = set(&valid(), &pvar, &psam);
        assert_eq!(count(&folder.path().join("x.pgen")), Err(error.to_owned()));
    }
}
