//! Records of VCF. An input that is no VCF file is records alone, and gets a header of as many
//! samples as its first byte says, so that changes reach the genotypes.
#![no_main]

use cohort::HalfCall;
use fuzz::frequency::{allele_frequency, half};
use fuzz::opened::{alone, bytes, slowly};
use fuzz::{check, container, lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: alone(), |input: &[u8]| {
    let mut text = text(input);
    let cut = (!text.ends_with(b"\n")).then(|| allele_frequency(&|| bytes(&text), &half(HalfCall::Haploid)));
    if cut.is_some() {
        text.push(b'\n');
    }
    let answer = check(&|| bytes(&text));
    // Text that ends without a line's end may have lost some of it.
    assert!(cut.is_none_or(|cut| cut.is_err() || cut == answer));
    let Ok(opened) = bytes(&text) else { return };
    let samples = opened.header().samples.len();
    drop(opened);
    let rows = answer.as_ref().ok().map(|table| table.rows.clone());
    assert_eq!(rows, lines::rows(&text, samples), "counted otherwise: {answer:?}");
    let block = 1 + text.len() % 61;
    let other = match text.len() % 3 {
        0 => check(&|| bytes(&container::bgzf(&text, block))),
        1 => check(&|| bytes(&container::gzip(&text))),
        _ => check(&|| slowly(&text, block)),
    };
    assert_eq!(answer, other);
});

fn text(input: &[u8]) -> Vec<u8> {
    let Some((samples, records)) = input.split_first().filter(|_| !input.starts_with(b"##")) else {
        return input.to_vec();
    };
    let mut text =
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT".to_vec();
    for sample in 0..samples % 24 {
        text.extend_from_slice(format!("\tS{sample}").as_bytes());
    }
    text.push(b'\n');
    text.extend_from_slice(records);
    text
}
