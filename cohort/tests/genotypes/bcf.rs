//! BCF: every way in which a file can be wrong, with the exact error.

use std::io::Read;

use cohort::{Genotypes, HalfCall, Options, allele_frequency, inspect};

use crate::written::{bcf_file, int8, text_value};
use crate::{data, frequencies, lines_of, open};

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=7>\n##FORMAT=<ID=DP>\n##FORMAT=<ID=GT>\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\n";
/// The numbers of DP and GT in that header.
const DP: u8 = 1;
const GT: u8 = 2;

/// A record whose parts can be replaced one by one.
#[derive(Clone)]
struct Parts {
    contig: i32,
    pos: i32,
    alleles: Vec<Vec<u8>>,
    allele_count: u32,
    samples: u32,
    formats: Vec<Vec<u8>>,
    format_count: u32,
    tail: Vec<u8>,
}

fn parts() -> Parts {
    Parts {
        contig: 0,
        pos: 4,
        alleles: vec![text_value(b"A"), text_value(b"C")],
        allele_count: 2,
        samples: 2,
        formats: vec![gt(&[2, 4, 5, 4])],
        format_count: 1,
        tail: Vec::new(),
    }
}

/// GT of two bytes for each of two samples.
fn gt(values: &[u8]) -> Vec<u8> {
    [&int8(GT)[..], &[((values.len() / 2) << 4) as u8 | 1], values].concat()
}

impl Parts {
    fn bytes(&self) -> Vec<u8> {
        let mut shared = Vec::new();
        for number in [self.contig, self.pos, 1, 0x7f80_0001] {
            shared.extend(number.to_le_bytes());
        }
        shared.extend((self.allele_count << 16).to_le_bytes());
        shared.extend((self.format_count << 24 | self.samples).to_le_bytes());
        shared.push(7);
        shared.extend(self.alleles.concat());
        shared.push(0);
        let each = [self.formats.concat(), self.tail.clone()].concat();
        let lengths = [shared.len() as u32, each.len() as u32].map(u32::to_le_bytes).concat();
        [lengths, shared, each].concat()
    }
}

/// One record, after changing its parts.
fn one(change: impl Fn(&mut Parts)) -> Result<Vec<String>, String> {
    let mut parts = parts();
    change(&mut parts);
    frequencies(bcf_file(HEADER, &parts.bytes()))
}

#[test]
fn records_are_read() {
    let line = |counts: &str| Ok(vec![format!("7\t5\tA\tC\t{counts}")]);
    assert_eq!(one(|_| ()), line("3\t4"));
    assert_eq!(one(|parts| parts.formats[0] = gt(&[2, 0x81, 0, 0x81])), line("0\t1"));
    assert_eq!(one(|parts| parts.formats[0] = gt(&[0x80, 0x81, 4, 4])), line("2\t2"));
    assert_eq!(one(|parts| parts.formats[0] = [&int8(GT)[..], &[0]].concat()), line("0\t0"));
    assert_eq!(one(|parts| parts.pos = -1), Ok(vec!["7\t0\tA\tC\t3\t4".into()]));
    let wide = |parts: &mut Parts| {
        parts.formats[0] = [&int8(GT)[..], &[0x22, 2, 0, 4, 0, 4, 0, 5, 0]].concat();
    };
    assert_eq!(one(wide), line("3\t4"));
    let wider = |parts: &mut Parts| {
        let values = [2, 4, 4, i32::MIN + 1].map(i32::to_le_bytes).concat();
        parts.formats[0] = [&int8(GT)[..], &[0x23], &values].concat();
    };
    assert_eq!(one(wider), line("2\t3"));
    let second = |parts: &mut Parts| {
        parts.formats.insert(0, [&int8(DP)[..], &[0x11, 7, 9]].concat());
        parts.format_count = 2;
    };
    assert_eq!(one(second), line("3\t4"));
    let none =
        |parts: &mut Parts| (parts.alleles, parts.allele_count) = (vec![text_value(b"A")], 1);
    assert_eq!(one(none), Ok(Vec::new()));
}

#[test]
fn wrong_records_are_refused_by_record_and_sample() {
    type Change = fn(&mut Parts);
    let beyond = "REF: a value that reaches beyond the end of the record";
    let reserved = "sample B: the genotype is malformed: a number that BCF reserves, or one after the genotype's end";
    let in_format = "FORMAT: a value that reaches beyond the end of the record";
    let changes: &[(Change, &str)] = &[
        (|p| p.contig = 1, "CHROM: a number that no contig of the header has"),
        (|p| p.contig = -1, "CHROM: a number that no contig of the header has"),
        (|p| p.pos = -2, "POS: not a whole number from 0 to 9223372036854775807, found \"-1\""),
        (|p| p.allele_count = 0, "the record has no alleles"),
        (|p| p.allele_count = 4, "ALT: an allele that is not text"),
        (|p| p.alleles[0] = vec![0xf7, 0x12, 0xff, 0x7f], beyond),
        (|p| p.alleles[0] = vec![0xf7, 0x13, 0xff, 0xff, 0xff, 0xff], beyond),
        (|p| p.alleles[0] = vec![0x11, 7], "REF: an allele that is not text"),
        (|p| p.alleles[0] = vec![0x14, 7], "REF: a value of an unknown type"),
        (
            |p| p.alleles[0] = text_value(b""),
            "REF: not an allele: expected A, C, G, T and N in either case, and for an ambiguous base the first of its bases, such as A for R, found \"\"",
        ),
        (
            |p| p.alleles[0] = text_value(b"R"),
            "REF: not an allele: expected A, C, G, T and N in either case, and for an ambiguous base the first of its bases, such as A for R, found \"R\"",
        ),
        (
            |p| p.alleles[1] = text_value(b"C,G"),
            "ALT: not a list of alleles: expected '.' alone, or joined by commas bases (A, C, G, T, N and *), <ID>s and breakends such as A[22:5[, found \"C,G\"",
        ),
        (
            |p| p.alleles[1] = text_value(b"<DEL"),
            "ALT: not a list of alleles: expected '.' alone, or joined by commas bases (A, C, G, T, N and *), <ID>s and breakends such as A[22:5[, found \"<DEL\"",
        ),
        (
            |p| {
                p.alleles.push(text_value(b"R"));
                p.allele_count = 3;
            },
            "ALT: not a list of alleles: expected '.' alone, or joined by commas bases (A, C, G, T, N and *), <ID>s and breakends such as A[22:5[, found \"R\"",
        ),
        (|p| p.samples = 3, "3 samples, but the header names 2"),
        (|p| p.samples = 0, "0 samples, but the header names 2"),
        (|p| p.format_count = 2, in_format),
        (|p| p.format_count = 0, "bytes after the record's last value"),
        (|p| p.tail = vec![0], "bytes after the record's last value"),
        (|p| p.formats[0][1] = 7, "FORMAT: the record has no genotypes: FORMAT does not name GT"),
        (
            |p| p.formats[0][0] = 0x21,
            "FORMAT: a value that is not one whole number, where one is expected",
        ),
        (|p| p.formats[0][2] = 0x25, in_format),
        (
            |p| p.formats[0] = [&int8(GT)[..], b"\x27A/CC/C"].concat()[..7].to_vec(),
            "GT: the genotypes are not of whole numbers",
        ),
        (
            |p| p.formats[0] = [&int8(GT)[..], &[0xf1, 0x13, 0xff, 0xff, 0xff, 0x7f]].concat(),
            in_format,
        ),
        (
            |p| {
                p.formats = vec![gt(&[2, 2, 2, 2]); 2];
                p.format_count = 2;
            },
            "FORMAT: GT is named twice",
        ),
        (
            |p| p.formats[0] = gt(&[2, 2, 2, 6]),
            "sample B: an allele index beyond the record's ALTs: expected 1 at most",
        ),
        (
            |p| p.formats[0] = gt(&[2, 2, 0x81, 0x81]),
            "sample B: the genotype is empty: expected allele numbers, or '.' where it is missing",
        ),
        (|p| p.formats[0] = gt(&[2, 2, 2, 0x82]), reserved),
        (|p| p.formats[0] = gt(&[2, 2, 2, 0xff]), reserved),
        (
            |p| p.formats[0] = gt(&[2, 2, 0, 4]),
            "sample B: a half call, of which some alleles were called and some not; say whether to read it as haploid, missing or reference",
        ),
    ];
    for (i, (change, error)) in changes.iter().enumerate() {
        let between =
            if error.starts_with(|c: char| c.is_uppercase() || c == 's') { "," } else { ":" };
        assert_eq!(one(change), Err(format!("x.vcf, record 1{between} {error}")), "{i}");
    }
}

#[test]
fn wrong_headers_are_refused() {
    let cut = "x.vcf is truncated: it ends inside its header";
    let record = parts().bytes();
    let whole = bcf_file(HEADER, &record);
    let header = 9 + HEADER.len() + 1;
    for (bytes, error) in [
        (whole[..5].to_vec(), cut.to_owned()),
        (whole[..header - 1].to_vec(), cut.into()),
        ([b"BCF\x02\x01", &whole[5..]].concat(), String::new()),
        ([b"BCF\x02\x03", &whole[5..]].concat(), "x.vcf is not a genotype file: it is BCF of another version than 2.1 and 2.2, expected VCF, BCF or a PLINK set".into()),
        (b"BCF\x04....".to_vec(), "x.vcf is not a genotype file: it is BCF of another version than 2.1 and 2.2, expected VCF, BCF or a PLINK set".into()),
        ([b"BCF\x02\x02", &[0xff; 4][..]].concat(), "x.vcf, line 1: the header is longer than 256 MiB".into()),
        ([b"BCF\x02\x02", &[0; 4][..]].concat(), "x.vcf, line 1: expected a line beginning with ## or the line of column names, #CHROM".into()),
        (bcf_file(&format!("{HEADER}7"), &[]), "x.vcf, line 6: text after the line of column names".into()),
        (bcf_file(&HEADER.replace("=DP", "=DP,IDX=0"), &[]), "x.vcf, line 3: the number by which BCF records know this line is another's, or it has two".into()),
        (bcf_file(&HEADER.replace("=DP", "=DP,IDX=x"), &[]), "x.vcf, line 3: IDX is not a whole number from 0 to 4294967294".into()),
        (bcf_file(&HEADER.replace("\tB", "\tA"), &[]), "x.vcf, line 5, column 11 (sample 2): two samples are named \"A\"".into()),
        (bcf_file(&HEADER.replace("\tFORMAT\tA\tB", ""), &[]), "x.vcf has no samples, so there are no genotypes to count".into()),
    ] {
        assert_eq!(frequencies(bytes).err().unwrap_or_default(), error);
    }
    for cut in header + 1..whole.len() {
        let error = "x.vcf is truncated: it ends inside record 1";
        assert_eq!(frequencies(&whole[..cut]), Err(error.into()), "{cut}");
    }
    assert_eq!(frequencies(&whole[..header]), Ok(Vec::new()));
}

/// The same file, as VCF and BCF, but for what the file says that it is.
#[test]
fn a_bcf_is_inspected_as_its_vcf_is() {
    for name in ["sample", "1kg_2020_chrM"] {
        let look = |end: &str| {
            let file = Genotypes::open(&data(&format!("genotypes/edge/{name}.{end}"))).unwrap();
            inspect(file, 3, &mut |_| {}).unwrap()
        };
        let (vcf, mut bcf) = (look("vcf.gz"), look("bcf"));
        assert_eq!(std::mem::replace(&mut bcf.fileformat, vcf.fileformat.clone()), "BCFv2.2");
        assert_eq!(vcf, bcf);
    }
}

/// The container says nothing of the content.
#[test]
fn a_bcf_may_be_plain() {
    let path = data("genotypes/edge/sample.bcf");
    let mut plain = Vec::new();
    let file = std::fs::File::open(&path).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut plain).unwrap();
    let options = Options { half_call: HalfCall::Haploid, ..Options::default() };
    let lines = |file| lines_of(allele_frequency, file, &options);
    assert_eq!(lines(open(plain).unwrap()), lines(Genotypes::open(&path).unwrap()));
}
