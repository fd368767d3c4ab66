//! The same text in every container, under any name; and every way to cut or damage one.

use std::io::{Read, Write};

use cohort::{Genotypes, ReadError};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bgzf::{END, block};
use crate::{frequencies, lines_of, open, text};

const LINES: [&str; 2] = ["1\t5\tA\tC\t3\t6", "1\t6\tA\tT\t0\t5"];

fn small() -> String {
    text(
        &["S1", "S2", "S3"],
        &["1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1|1\t0/0", "1\t6\t.\tA\tT\t.\t.\t.\tGT\t0\t0/0\t0|0"],
    )
}

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn bgzf(text: &[u8], each: usize) -> Vec<u8> {
    let blocks: Vec<u8> = text.chunks(each).flat_map(block).collect();
    [&blocks, END].concat()
}

#[test]
fn every_container_gives_the_same_lines() {
    let text = small();
    let text = text.as_bytes();
    let (front, back) = text.split_at(text.len() / 2);
    let mut named = Vec::new();
    flate2::GzBuilder::new()
        .filename("x.vcf")
        .comment("a comment")
        .extra(*b"XY\x01\0z")
        .buf_read(text, Compression::best())
        .read_to_end(&mut named)
        .unwrap();
    for (container, bytes) in [
        ("plain", text.to_vec()),
        ("gzip", gzip(text)),
        ("named gzip", named),
        ("two members", [gzip(front), gzip(back)].concat()),
        ("empty members", [gzip(b""), gzip(text), gzip(b"")].concat()),
        ("a member for each byte", text.chunks(1).flat_map(gzip).collect()),
        ("bgzf", bgzf(text, 60_000)),
        ("bgzf of small blocks", bgzf(text, 7)),
        ("bgzf, empty block within", [bgzf(front, 50), bgzf(back, 50)].concat()),
        ("gzip, then bgzf", [gzip(front), bgzf(back, 50)].concat()),
        ("bgzf, then gzip", [block(front), gzip(back)].concat()),
        ("without last line end", gzip(&text[..text.len() - 1])),
        ("empty lines at the end", gzip(&[text, b"\n\r\n\n"].concat())),
        ("crlf", small().replace('\n', "\r\n").into_bytes()),
    ] {
        assert_eq!(frequencies(bytes).as_deref(), Ok(&LINES.map(str::to_owned)[..]), "{container}");
    }
}

#[test]
fn names_of_files_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = small().into_bytes();
    for (name, bytes) in [
        ("plain.vcf.gz", text.clone()),
        ("gzip.vcf", gzip(&text)),
        ("gzip.vcf.bgz", gzip(&text)),
        ("bgzf.txt", bgzf(&text, 99)),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut used = 0;
        let mut out = Vec::new();
        let vcf = Genotypes::open(&path).unwrap();
        cohort::allele_frequency(vcf, &Default::default(), &mut out, &mut |bytes| used = bytes)
            .unwrap();
        assert_eq!(used, path.metadata().unwrap().len(), "{name}");
        let lines = lines_of(
            cohort::allele_frequency,
            Genotypes::open(&path).unwrap(),
            &Default::default(),
        );
        assert_eq!(lines.as_deref(), Ok(&LINES.map(str::to_owned)[..]), "{name}");
    }
}

#[test]
fn every_cut_of_a_compressed_file_is_an_error() {
    let text = small().into_bytes();
    for (container, bytes) in [("gzip", gzip(&text)), ("bgzf", bgzf(&text, 40))] {
        let mut at_block_ends = 0;
        for cut in 0..bytes.len() {
            let error = frequencies(&bytes[..cut]).expect_err("a cut file");
            let expected = match cut {
                0 => "x.vcf is empty, expected genotypes",
                1 => {
                    "x.vcf is not a genotype file: it begins otherwise, expected VCF, BCF or a PLINK set"
                }
                _ if error.contains("end-of-file") => {
                    at_block_ends += 1;
                    "x.vcf is truncated: it ends without the BGZF end-of-file marker"
                }
                _ => "x.vcf is truncated: it ends inside its compressed data",
            };
            assert_eq!(error, expected, "{container} of {cut} bytes");
        }
        let blocks = if container == "bgzf" { text.len().div_ceil(40) } else { 0 };
        assert_eq!(at_block_ends, blocks, "{container}");
    }
}

#[test]
fn every_changed_byte_is_an_error_or_no_matter() {
    let text = small().into_bytes();
    for (container, bytes) in [("gzip", gzip(&text)), ("bgzf", bgzf(&text, 40))] {
        for at in 0..bytes.len() {
            for change in [1, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                if let Ok(lines) = frequencies(changed) {
                    assert_eq!(lines, LINES, "{container}, byte {at}");
                }
            }
        }
    }
}

/// Blocks of a byte each, of which the first says that it ends where the second does. Both are of the
/// same byte, so that the checksum at that end is the first one's too.
fn swallowing(text: &[u8]) -> Vec<u8> {
    assert_eq!(text[..2], *b"##");
    let [mut first, second] = [block(&text[..1]), block(&text[1..2])];
    let size = (first.len() + second.len() - 1) as u16;
    first[16..18].copy_from_slice(&size.to_le_bytes());
    [first, second, bgzf(&text[2..], 99)].concat()
}

#[test]
fn damage_is_named() {
    let text = small().into_bytes();
    let with = |bytes: Vec<u8>, from_end: usize, value: u8| {
        let mut bytes = bytes;
        let at = bytes.len() - from_end;
        bytes[at] ^= value;
        bytes
    };
    let checksum =
        "x.vcf is corrupt: the decompressed data does not have the checksum that the file states";
    let trailing = "x.vcf has bytes after its compressed data that are not compressed data";
    for (damage, bytes, error) in [
        ("checksum of gzip", with(gzip(&text), 8, 1), checksum),
        ("checksum of bgzf", [with(block(&text), 8, 1), END.to_vec()].concat(), checksum),
        (
            "length of gzip",
            with(gzip(&text), 1, 1),
            "x.vcf is corrupt: a gzip member has not the length that it states",
        ),
        (
            "length of bgzf",
            [with(block(&text), 4, 1), END.to_vec()].concat(),
            "x.vcf is corrupt: a BGZF block does not decompress to its length",
        ),
        (
            "huge length of bgzf",
            [with(block(&text), 1, 0x7f), END.to_vec()].concat(),
            "x.vcf is corrupt: a BGZF block claims more than 64 KiB",
        ),
        (
            "block size",
            [&END[..16], &[3, 0], &END[18..]].concat(),
            "x.vcf is corrupt: a BGZF block is shorter than its header",
        ),
        (
            "a block that ends behind the next, of the same text",
            swallowing(&text),
            "x.vcf is corrupt: a BGZF block claims to end behind the next one",
        ),
        ("garbage after gzip", [gzip(&text), b"garbage".to_vec()].concat(), trailing),
        ("zeros after gzip", [gzip(&text), vec![0; 512]].concat(), trailing),
        ("garbage after bgzf", [bgzf(&text, 99), b"\n".to_vec()].concat(), trailing),
        (
            "method",
            [&[0x1f, 0x8b, 7], &gzip(&text)[3..]].concat(),
            "x.vcf is corrupt: a gzip header names an unknown method or flag",
        ),
        (
            "deflate",
            [&gzip(&text)[..10], &[0xff; 40]].concat(),
            "x.vcf is corrupt: the gzip data does not decompress",
        ),
        (
            "nothing",
            gzip(b""),
            "x.vcf is not a genotype file: it decompresses to nothing, expected VCF, BCF or a PLINK set",
        ),
        (
            "compressed twice",
            gzip(&gzip(&text)),
            "x.vcf is not a genotype file: it is compressed twice, expected VCF, BCF or a PLINK set",
        ),
    ] {
        assert_eq!(frequencies(bytes), Err(error.to_owned()), "{damage}");
    }
}

/// A reader that fails is an error of the system, and is not taken for the end.
#[test]
fn a_failing_reader_is_an_error() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let text = small();
            let left = &text.as_bytes()[self.0..];
            if left.len() < 20 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            into[0] = left[0];
            self.0 += 1;
            Ok(1)
        }
    }
    let vcf = Genotypes::from_reader(Failing(0), "x.vcf").unwrap();
    let error = lines_of(cohort::allele_frequency, vcf, &Default::default()).unwrap_err();
    assert_eq!(error, "x.vcf: cannot be read");
    assert!(matches!(open(""), Err(ReadError::Empty { .. })));
}
