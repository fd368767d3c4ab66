//! BCF, its header and records. An input that is no BCF file is assembled to one, so that changes
//! do not break the lengths: the header's text, a byte of 0, then records that are parted by
//! `RECORD`, their two parts by `SAMPLES`.
#![no_main]

use std::borrow::Cow;

use fuzz::opened::{alone, bytes, slowly};
use fuzz::{check, container};
use libfuzzer_sys::fuzz_target;
use memchr::memmem::{find, find_iter};

const RECORD: &[u8] = b"\xfa\xfbRE";
const SAMPLES: &[u8] = b"\xfa\xfbSA";

fuzz_target!(init: alone(), |input: &[u8]| {
    let file = file(input);
    let answer = check(&|| bytes(&file));
    if bytes(&file).is_err() {
        return;
    }
    let block = 1 + file.len() % 61;
    let other = match file.len() % 3 {
        0 => check(&|| bytes(&container::bgzf(&file, block))),
        1 => check(&|| bytes(&container::gzip(&file))),
        _ => check(&|| slowly(&file, block)),
    };
    assert_eq!(answer, other);
    check_header(&file);
});

fn file(input: &[u8]) -> Cow<'_, [u8]> {
    if input.starts_with(b"BCF") {
        return Cow::Borrowed(input);
    }
    let end = memchr::memchr(0, input).unwrap_or(input.len());
    let (text, records) = input.split_at(end);
    let mut file = b"BCF\x02\x02".to_vec();
    file.extend_from_slice(&(text.len() as u32 + 1).to_le_bytes());
    file.extend_from_slice(text);
    file.push(0);
    let records = records.get(1..).unwrap_or_default();
    let ends = find_iter(records, RECORD).chain([records.len()]);
    let mut begin = 0;
    for end in ends {
        if end > begin {
            push(&mut file, &records[begin..end]);
        }
        begin = end + RECORD.len();
    }
    Cow::Owned(file)
}

fn push(file: &mut Vec<u8>, record: &[u8]) {
    let (shared, each) = match find(record, SAMPLES) {
        Some(end) => (&record[..end], &record[end + SAMPLES.len()..]),
        None => (record, &[][..]),
    };
    for part in [shared, each] {
        file.extend_from_slice(&(part.len() as u32).to_le_bytes());
    }
    file.extend_from_slice(shared);
    file.extend_from_slice(each);
}

/// The text of a BCF that opens is a VCF's header, and says the same.
fn check_header(file: &[u8]) {
    let length = u32::from_le_bytes([file[5], file[6], file[7], file[8]]) as usize;
    let text = &file[9..9 + length];
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let Ok(vcf) = bytes(&text[..end]) else { return };
    let bcf = bytes(file).expect("was opened");
    let (bcf, vcf) = (bcf.header(), vcf.header());
    assert_eq!(
        (&bcf.samples, &bcf.contigs, &bcf.references),
        (&vcf.samples, &vcf.contigs, &vcf.references)
    );
    assert_eq!(bcf.genotypes_declared, vcf.genotypes_declared);
    assert!(bcf.fileformat.starts_with("BCFv2."));
}
