//! A VCF file that was opened: its header read, its records not yet.
//! Specification: `docs/spec/genotypes.md`, "Files" and "Header".

pub(crate) mod line;
pub(crate) mod lines;

use crate::front::Front;
use crate::header::{Header, HeaderFault};
use crate::read_error::ReadError;
use crate::source::Source;

/// How much header is read.
pub(crate) const LONGEST_HEADER: usize = 256 << 20;
/// What every VCF file begins with.
pub(crate) const BEGINNING: &[u8] = b"##fileformat=VCFv";

/// The records of a VCF file.
pub(crate) struct Vcf {
    source: Source,
    /// Text after the header that was read with it.
    begun: Vec<u8>,
    /// Lines of the header.
    lines: u64,
}

impl Vcf {
    /// Reads the header.
    pub(crate) fn open(mut front: Front, name: &str) -> Result<(Header, Vcf), ReadError> {
        let mut header = Header::default();
        let mut lines = 0;
        loop {
            lines += 1;
            let end = front.line(LONGEST_HEADER);
            let end = end.map_err(|fault| ReadError::source_fault(name, fault))?;
            let taken = match end {
                _ if front.total > LONGEST_HEADER => Err(HeaderFault::TooLong),
                None => Err(HeaderFault::NoColumnNames),
                Some(end) => header.take(without_end(front.take(end))),
            };
            match taken {
                Err(fault) => return Err(ReadError::header(name, lines, fault)),
                Ok(true) => break,
                Ok(false) => {}
            }
        }
        let (source, begun) = front.finish();
        Ok((header, Vcf { source, begun, lines }))
    }

    /// The records that follow; lines are counted from here.
    pub(crate) fn at(front: Front) -> Vcf {
        let (source, begun) = front.finish();
        Vcf { source, begun, lines: 0 }
    }
}

/// A line without `\n` or `\r\n`.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

    fn open(text: &str) -> (Header, Vcf) {
        let source = Source::open(Box::new(std::io::Cursor::new(text.to_owned())));
        let source = source.ok().flatten().unwrap();
        Vcf::open(Front::new(source), "x.vcf").unwrap()
    }

    #[test]
    fn header_ends_at_the_column_names() {
        for end in ["\n", "\r\n", ""] {
            let text = format!(
                "##fileformat=VCFv4.2{0}{NAMES}\tFORMAT\tS{end}",
                if end.is_empty() { "\n" } else { end }
            );
            let (header, vcf) = open(&text);
            assert_eq!(
                (header.fileformat.as_str(), &header.samples[..]),
                ("VCFv4.2", &["S".to_owned()][..])
            );
            assert_eq!((vcf.lines, vcf.begun.len()), (2, 0));
        }
        let long = format!("##fileformat=VCFv4.2\n##a={}\n{NAMES}\nrest", "x".repeat(200_000));
        assert_eq!(open(&long).1.begun, b"rest");
    }
}
