//! Headers, alone and as the text of a BCF.
#![no_main]

use cohort::{Genotypes, Header, ReadError};
use fuzz::container;
use fuzz::opened::{alone, bytes, check_header, refusal, slowly};
use libfuzzer_sys::fuzz_target;

const FIRST: &[u8] = b"##fileformat=VCFv4.3\n";

fuzz_target!(init: alone(), |input: &[u8]| {
    let text = if input.starts_with(b"##fileformat") { input.to_vec() } else { [FIRST, input].concat() };
    let header = read(bytes(&text));
    if let Ok(header) = &header {
        check_header(header);
    }
    assert_eq!(read(slowly(&text, 5)), header);
    assert_eq!(read(bytes(&container::bgzf(&text, 50))), header);
    if !text.contains(&b'\r') && header.is_ok() {
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        assert_eq!(read(bytes(&lines.join(&b"\r\n"[..]))), header);
    }
    let length = (text.len() as u32).to_le_bytes();
    let bcf = read(bytes(&[b"BCF\x02\x02", &length[..], &text].concat()));
    match (bcf, header) {
        (Ok(bcf), Ok(header)) => {
            assert_eq!((&bcf.samples, &bcf.contigs), (&header.samples, &header.contigs));
            assert_eq!(bcf.references, header.references);
            assert_eq!(bcf.build_evidence(), header.build_evidence());
        }
        // A BCF's header must number its names, and ends with its text.
        (Err(why), Ok(_)) => {
            const OWN: [&str; 3] = ["IDX is not", "the number by which", "text after"];
            assert!(OWN.iter().any(|words| why.contains(words)), "{why}");
        }
        // It need not say a version, and zeros may follow it.
        (Ok(_), Err(why)) => {
            assert!(!text.starts_with(b"##fileformat=VCFv") || text.contains(&0), "{why}");
        }
        (Err(_), Err(_)) => {}
    }
});

fn read(opened: Result<Genotypes, ReadError>) -> Result<Header, String> {
    opened.map(|genotypes| genotypes.header().clone()).map_err(refusal)
}
