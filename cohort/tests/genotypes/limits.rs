//! Lines and records at the edge of what is read: odd, long, many, or wrong in one place.

use cohort::{ColumnSet, EvaluateError, Options, allele_frequency, inspect};

use crate::{frequencies, lines_of, open, panel, text};

const S: [&str; 2] = ["A", "B"];

const CONTIG: &str = "not the name of a contig: expected printable ASCII without spaces, quotes, commas, backslashes and brackets, and no * or = in front; all of it may stand in <>, found ";
const REFERENCE: &str = "not an allele: expected A, C, G, T and N in either case, and for an ambiguous base the first of its bases, such as A for R, found ";
const ALTERNATES: &str = "not a list of alleles: expected '.' alone, or joined by commas bases (A, C, G, T, N and *), <ID>s and breakends such as A[22:5[, found ";

#[test]
fn odd_records_are_read() {
    for (record, expected) in [
        ("1\t0\t.\tN\tC\t.\t.\t.\tGT\t0/1\t1/1", &["1\t0\tN\tC\t3\t4"][..]),
        (
            "1\t7\t.\tA\tC,*,<DEL>\t.\t.\t.\tGT:DP\t1/2\t3|0:x",
            &["1\t7\tA\tC\t1\t4", "1\t7\tA\t*\t1\t4", "1\t7\tA\t<DEL>\t1\t4"],
        ),
        ("1\t7\t.\tA\t.\t.\t.\t.\tGT\t0/0\t0/0", &[]),
        ("1\t7\t.\ta\tc\t.\t.\t.\tDP:GT:AD\t3:0|1\t.", &["1\t7\ta\tc\t1\t2"]),
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT:AD:DP\t./.\t/0/1:3", &["1\t7\tA\tC\t1\t2"]),
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT\t|0|1\t/1", &["1\t7\tA\tC\t2\t3"]),
        ("1\t7\t.\tA\tC\tx\ty;z\tI=\0é\u{feff}\tGT\t0/1\t1/1", &["1\t7\tA\tC\t3\t4"]),
        (
            "1\t7\t.\tA\tC,G,T,AA,AC,AG,AT,CC,CG,CT,GC\t.\t.\t.\tGT\t10/11\t.",
            &[
                "1\t7\tA\tC\t0\t2",
                "1\t7\tA\tG\t0\t2",
                "1\t7\tA\tT\t0\t2",
                "1\t7\tA\tAA\t0\t2",
                "1\t7\tA\tAC\t0\t2",
                "1\t7\tA\tAG\t0\t2",
                "1\t7\tA\tAT\t0\t2",
                "1\t7\tA\tCC\t0\t2",
                "1\t7\tA\tCG\t0\t2",
                "1\t7\tA\tCT\t1\t2",
                "1\t7\tA\tGC\t1\t2",
            ],
        ),
    ] {
        assert_eq!(frequencies(text(&S, &[record])).unwrap(), expected, "{record:?}");
    }
    let twice = "2\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1";
    let unsorted = "1\t9\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/0";
    let lines = frequencies(text(&S, &[twice, twice, unsorted])).unwrap();
    assert_eq!(lines, ["2\t5\tA\tC\t3\t4", "2\t5\tA\tC\t3\t4", "1\t9\tA\tC\t1\t4"]);
    assert_eq!(frequencies(text(&S, &[])).unwrap(), [""; 0]);
}

#[test]
fn every_version_4_is_read_alike() {
    let text = text(&S, &["1\t7\t.\tA\tC,<*>\t.\t.\t.\tGT\t/0/1\t|1|1"]);
    for version in ["4.1", "4.2", "4.3", "4.4", "4.5"] {
        let lines = frequencies(text.replace("VCFv4.2", &format!("VCFv{version}"))).unwrap();
        assert_eq!(lines, ["1\t7\tA\tC\t3\t4", "1\t7\tA\t<*>\t0\t4"], "{version}");
    }
}

/// What is not asked for is read up to ALT, whatever stands after it.
#[test]
fn only_columns_asked_for_are_read() {
    let records = [
        "1\t5\t.\tCA\tC,CG,T\t.\t.\t.\tGT\t1/2\t2/3",
        "1\t6\t.\tA\tC\t.\t.\t.\tGT\tx",
        "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t.",
    ];
    let set = ColumnSet::read(&b"1 7 A C\n1 6 A G\n2 7 A C\n1 5 CA T\n"[..], "list").unwrap();
    let mut options = Options { columns: Some(set), ..Options::default() };
    let lines = lines_of(allele_frequency, open(text(&S, &records)).unwrap(), &options).unwrap();
    assert_eq!(lines, ["1\t5\tCA\tCG\t2\t4", "1\t5\tCA\tT\t1\t4", "1\t7\tA\tC\t1\t2"]);
    let vcf = open(text(&S, &records)).unwrap();
    let summary = allele_frequency(vcf, &options, &mut Vec::new(), &mut |_| {}).unwrap();
    let never: Vec<_> = summary.never_seen.iter().map(ToString::to_string).collect();
    assert_eq!((summary.records, summary.columns, &never[..]), (3, 3, &["2 7 A C".to_owned()][..]));
    options.columns = Some(ColumnSet::region("1:6-7").unwrap());
    let refused = lines_of(allele_frequency, open(text(&S, &records)).unwrap(), &options);
    assert_eq!(refused, Err("x.vcf, line 4: 10 columns, but the header names 11".into()));
}

#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let vcf = open(text(&S, &["1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t."])).unwrap();
    let mut full = [0; 30];
    let written = allele_frequency(vcf, &Options::default(), &mut &mut full[..], &mut |_| {});
    assert!(matches!(written, Err(EvaluateError::Write(_))));
}

#[test]
fn other_bytes_than_utf8_matter_in_names_alone() {
    let bytes = |record: &[u8]| [text(&S, &[]).as_bytes(), record, b"\n"].concat();
    let info = bytes(b"1\t7\t\xff\tA\tC\t\xff\t\xff\t\xff\xfe\tGT\t0/1\t0/0");
    assert_eq!(frequencies(info).unwrap(), ["1\t7\tA\tC\t1\t4"]);
    let contig = bytes(b"\xff\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/0");
    assert_eq!(
        frequencies(contig),
        Err(format!("x.vcf, line 3, column 1 (CHROM): {CONTIG}\"\\xff\""))
    );
    let sample = text(&S, &[]).replace("\tB", "\t\u{0}");
    assert_eq!(
        frequencies(sample),
        Err("x.vcf, line 2, column 11 (sample 2): the name has a control character".into())
    );
}

#[test]
fn wrong_records_are_refused_by_line_and_sample() {
    let first = "1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1";
    for (record, error) in [
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1", ": 10 columns, but the header names 11"),
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1\t0/1", ": 12 columns, but the header names 11"),
        ("1\t7\t.\tA\tC\t.\t.\t.", ": 8 columns, but the header names 11"),
        ("1\t7\t.\tA\tC\t.\t.\t.\tDP\t1", ": 10 columns, but the header names 11"),
        ("1\t7", ": 2 columns, but the header names 11"),
        // The rest of a line that was broken: its genotypes are not told as a contig and a position.
        ("0/1\t1/1", ": 2 columns, but the header names 11"),
        ("\n1\t7", ": an empty line among the records"),
        ("#1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1", ": a header line among the records"),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/2\t0/1",
            ", column 10 (sample A): an allele index beyond the record's ALTs: expected 1 at most",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t-1/0",
            ", column 11 (sample B): the genotype is malformed: expected allele numbers or '.', joined by '/' or '|'",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t",
            ", column 11 (sample B): the genotype is empty: expected allele numbers, or '.' where it is missing",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1:7",
            ", column 11 (sample B): 2 parts between colons, but FORMAT names 1",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT:DP:GQ\t0/1:7:9:\t0/1:7",
            ", column 10 (sample A): 4 parts between colons, but FORMAT names 3",
        ),
        (
            "1\t7\t.\tA\tC,G\t.\t.\t.\tDP:GT\t7:0/1\t7:0/2:1",
            ", column 11 (sample B): 3 parts between colons, but FORMAT names 2",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT:DP:GT\t0/1:7:0/1\t.",
            ", column 9 (FORMAT): GT is named twice",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/.",
            ", column 11 (sample B): a half call, of which some alleles were called and some not; say whether to read it as haploid, missing or reference",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tDP\t1\t1",
            ", column 9 (FORMAT): the record has no genotypes: FORMAT does not name GT",
        ),
        (
            "1\tx\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1",
            ", column 2 (POS): not a whole number from 0 to 9223372036854775807, found \"x\"",
        ),
    ] {
        let error = format!("x.vcf, line 4{error}");
        assert_eq!(frequencies(text(&S, &[first, record])), Err(error), "{record:?}");
    }
}

/// What the standard forbids where a column's key is made of it, by everything that reads records.
#[test]
fn forbidden_contigs_and_alleles_are_refused_by_column() {
    for (contig, reference, alternates, error) in [
        ("chr,1", "A", "C", format!("column 1 (CHROM): {CONTIG}\"chr,1\"")),
        ("<1", "A", "C", format!("column 1 (CHROM): {CONTIG}\"<1\"")),
        ("1 2", "A", "C", format!("column 1 (CHROM): {CONTIG}\"1 2\"")),
        ("a(b)", "A", "C", format!("column 1 (CHROM): {CONTIG}\"a(b)\"")),
        ("\u{1b}[31m", "A", "C", format!("column 1 (CHROM): {CONTIG}\"\\x1b[31m\"")),
        ("1", "R", "C", format!("column 4 (REF): {REFERENCE}\"R\"")),
        ("1", "A5", "C", format!("column 4 (REF): {REFERENCE}\"A5\"")),
        ("1", "<DEL>", "C", format!("column 4 (REF): {REFERENCE}\"<DEL>\"")),
        ("1", "A", "C,R", format!("column 5 (ALT): {ALTERNATES}\"R\"")),
        ("1", "A", "I", format!("column 5 (ALT): {ALTERNATES}\"I\"")),
        ("1", "A", "<INS>BLAH>", format!("column 5 (ALT): {ALTERNATES}\"<INS>BLAH>\"")),
        ("1", "A", "[1:100[", format!("column 5 (ALT): {ALTERNATES}\"[1:100[\"")),
        ("1", "A", "C,", format!("column 5 (ALT): {ALTERNATES}\"\"")),
        // What may be a genotype, since columns may be shifted, is not repeated.
        ("1", "A", "0|1", format!("column 5 (ALT): {}", ALTERNATES.trim_end_matches(", found "))),
    ] {
        let record = format!("{contig}\t7\t.\t{reference}\t{alternates}\t.\t.\t.\tGT\t0/1\t0/0");
        let file = text(&S, &[&record]);
        let error = format!("x.vcf, line 3, {error}");
        assert_eq!(frequencies(file.as_str()), Err(error.clone()), "{record:?}");
        assert_eq!(panel(file.as_str()), Err(error.clone()), "{record:?}");
        let inspected = inspect(open(file).unwrap(), 3, &mut |_| {});
        assert_eq!(inspected.unwrap_err().to_string(), error);
    }
    let long = format!("1\t{}\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/0", "9".repeat(1_000_000));
    let shown = format!("found \"{}…\"", "9".repeat(40));
    assert!(frequencies(text(&S, &[&long])).unwrap_err().ends_with(&shown));
}

/// Names and alleles that look odd and are allowed, in a VCF of any version.
#[test]
fn odd_contigs_and_alleles_that_are_allowed_are_read() {
    for (contig, alternate) in [
        ("HLA-A*01:01:01:01", "C"),
        ("<ctg1>", "C"),
        ("GL000192.1", "<INS:ME:ALU>"),
        ("1", "A<ctg1>"),
        ("1", "A[<ctg1>:7["),
        ("1", "]HLA-A*01:01:01:01:5]A"),
        ("1", ".[13:123457["),
        ("1", ".A"),
        ("1", "<NON_REF>"),
        ("1", "acgtn"),
    ] {
        let record = format!("{contig}\t7\t.\tA\t{alternate}\t.\t.\t.\tGT\t0/1\t1/1");
        let line = format!("{contig}\t7\tA\t{alternate}\t3\t4");
        assert_eq!(frequencies(text(&S, &[&record])).unwrap(), [line]);
    }
}

#[test]
fn long_fields_take_no_longer_than_they_are() {
    let long = "ACGT".repeat(250_000);
    let info = format!("1\t7\t{long}\tA\tC\t.\t.\t{long}\tGT:X\t0/1:{long}\t1/1");
    assert_eq!(frequencies(text(&S, &[&info])).unwrap(), ["1\t7\tA\tC\t3\t4"]);
    let alleles = format!("1\t7\t.\t{long}\t{long}A\t.\t.\t.\tGT\t0/1\t1/1");
    let read = panel(text(&S, &[&alleles])).unwrap();
    assert_eq!(
        (read[0].variant.reference.as_str(), read[0].variant.alternate.as_str()),
        ("T", "TA")
    );
    let ploidy = format!("1\t7\t.\tA\tC\t.\t.\t.\tGT\t0{}\t1/1", "/1".repeat(500_000));
    assert_eq!(frequencies(text(&S, &[&ploidy])).unwrap(), ["1\t7\tA\tC\t500002\t500003"]);
    let digits = format!("1\t7\t.\tA\tC\t.\t.\t.\tGT\t{}\t1/1", "9".repeat(1_000_000));
    assert_eq!(
        frequencies(text(&S, &[&digits])),
        Err("x.vcf, line 3, column 10 (sample A): an allele index beyond the record's ALTs: expected 1 at most".into())
    );
    let contig = format!("{}\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1", &long[..65_536]);
    let refused = "x.vcf, line 3, column 1 (CHROM): the contig's name is longer than 65535 bytes";
    assert_eq!(frequencies(text(&S, &[&contig])), Err(refused.into()));
}

/// Results that would be as large as the square of their line are refused, not begun.
#[test]
fn many_alternates_are_read_and_too_many_refused() {
    let record = |alternates: usize, reference: &str| {
        let alternates = vec!["C"; alternates].join(",");
        format!("1\t7\t.\t{reference}\t{alternates}\t.\t.\t.\tGT\t0/1\t1/1")
    };
    let lines = frequencies(text(&S, &[&record(100_000, "A")])).unwrap();
    assert_eq!(
        (lines.len(), &lines[0][..], &lines[99_999][..]),
        (100_000, "1\t7\tA\tC\t3\t4", "1\t7\tA\tC\t0\t4")
    );
    let wide = record(100_000, &"A".repeat(100_000));
    let error = "x.vcf, line 3, column 5 (ALT): 100000 ALTs are more than are read at this many samples and this length of REF";
    assert_eq!(frequencies(text(&S, &[&wide])), Err(error.into()));
    assert_eq!(panel(text(&S, &[&wide])), Err(error.into()));
}

/// Batches are a mebibyte: lines and columns keep their order across them.
#[test]
fn order_holds_across_batches() {
    let records: Vec<String> = (0..60_000u32)
        .map(|pos| {
            format!(
                "1\t{pos}\t.\tA\tC,G\t.\t.\t{}\tGT\t0/1\t{}/2",
                "x".repeat(pos as usize % 97),
                pos % 3
            )
        })
        .collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let lines = frequencies(text(&S, &records)).unwrap();
    let columns = panel(text(&S, &records)).unwrap();
    assert_eq!((lines.len(), columns.len()), (120_000, 120_000));
    for (pos, (pair, columns)) in lines.chunks(2).zip(columns.chunks(2)).enumerate() {
        let (c, g) = ([1, 2, 1][pos % 3], [1, 1, 2][pos % 3]);
        assert_eq!(pair, [format!("1\t{pos}\tA\tC\t{c}\t4"), format!("1\t{pos}\tA\tG\t{g}\t4")]);
        let dosages: Vec<_> =
            columns.iter().map(|column| column.genotypes.clone().unwrap()).collect();
        assert_eq!(dosages, [vec![1, u8::from(pos % 3 == 1)], vec![0, 1 + u8::from(pos % 3 == 2)]]);
    }
    let mut wrong = records.clone();
    wrong[55_555] = "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/9";
    let error = "x.vcf, line 55558, column 11 (sample B): an allele index beyond the record's ALTs: expected 1 at most";
    assert_eq!(frequencies(text(&S, &wrong)), Err(error.into()));
    assert_eq!(panel(text(&S, &wrong)), Err(error.into()));
}
