//! Lines and records at the edge of what is read: odd, long, many, or wrong in one place.

use cohort::{ColumnSet, EvaluateError, Options, allele_frequency};

use crate::{frequencies, lines_of, open, panel, text};

const S: [&str; 2] = ["A", "B"];

#[test]
fn odd_records_are_read() {
    for (record, expected) in [
        ("1\t0\t.\tN\tC\t.\t.\t.\tGT\t0/1\t1/1", &["1\t0\tN\tC\t3\t4"][..]),
        (
            "1\t7\t.\tA\tC,*,<DEL>\t.\t.\t.\tGT\t1/2\t3|0:x",
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
    assert_eq!(frequencies(contig), Err("x.vcf, line 3: CHROM is not UTF-8".into()));
    let sample = text(&S, &[]).replace("\tB", "\t\u{0}");
    assert_eq!(
        frequencies(sample),
        Err("x.vcf, line 2: the name of sample 2 has a control character".into())
    );
}

#[test]
fn wrong_records_are_refused_by_line_and_sample() {
    let first = "1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1";
    for (record, error) in [
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1", "10 columns, but the header names 11"),
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1\t0/1", "12 columns, but the header names 11"),
        ("1\t7\t.\tA\tC\t.\t.\t.", "8 columns, but the header names 11"),
        ("1\t7\t.\tA\tC\t.\t.\t.\tDP\t1", "10 columns, but the header names 11"),
        ("1\t7", "2 columns, but the header names 11"),
        ("\n1\t7", "an empty line among the records"),
        ("#1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1", "a header line among the records"),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/2\t0/1",
            "sample A: an allele index beyond the record's ALTs",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t-1/0",
            "sample B: the genotype is malformed: expected allele numbers or '.', joined by '/' or '|'",
        ),
        ("1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t", "sample B: the genotype is empty"),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/.",
            "sample B: a half call, of which some alleles were called and some not; say whether to read it as haploid, missing or reference",
        ),
        (
            "1\t7\t.\tA\tC\t.\t.\t.\tDP\t1\t1",
            "the record has no genotypes: FORMAT does not name GT",
        ),
        (
            "1\tx\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1",
            "POS is not a whole number from 0 to 9223372036854775807",
        ),
    ] {
        let error = format!("x.vcf, line 4: {error}");
        assert_eq!(frequencies(text(&S, &[first, record])), Err(error), "{record:?}");
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
        Err("x.vcf, line 3: sample A: an allele index beyond the record's ALTs".into())
    );
    let contig = format!("{}\t7\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1", &long[..65_536]);
    let refused = "x.vcf, line 3: CHROM is longer than 65535 bytes";
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
    let error = "x.vcf, line 3: 100000 ALTs are more than are read at this many samples and this length of REF";
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
    let error = "x.vcf, line 55558: sample B: an allele index beyond the record's ALTs";
    assert_eq!(frequencies(text(&S, &wrong)), Err(error.into()));
    assert_eq!(panel(text(&S, &wrong)), Err(error.into()));
}
