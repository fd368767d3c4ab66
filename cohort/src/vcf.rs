//! A VCF file that was opened: its header read, its records not yet.
//! Specification: `docs/spec/genotypes.md`, "Files" and "Header".

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::header::{Header, HeaderFault};
use crate::read_error::ReadError;
use crate::source::Source;

/// How much header is read.
const LONGEST_HEADER: usize = 256 << 20;
const STEP: usize = 64 * 1024;
const BEGINNING: &[u8] = b"##fileformat=VCFv";

/// A streaming reader of one VCF file: plain text, gzip of one member or many, or BGZF.
pub struct Vcf {
    pub(crate) name: String,
    pub(crate) header: Header,
    pub(crate) source: Source,
    /// Text after the header that was read with it.
    pub(crate) begun: Vec<u8>,
    /// Lines of the header.
    pub(crate) lines: u64,
}

impl Vcf {
    /// Opens a file and reads its header. What the file is, is read from its content.
    ///
    /// # Errors
    /// A file that cannot be read, is a directory, empty, cut or corrupt, or not a VCF 4 file.
    pub fn open(path: &Path) -> Result<Vcf, ReadError> {
        let name = path.display().to_string();
        let open = || {
            let file = File::open(path)?;
            Ok((file.metadata()?.is_dir(), file))
        };
        match open() {
            Err(source) => Err(ReadError::Io { name, source }),
            Ok((true, _)) => Err(ReadError::Directory { name }),
            Ok((false, file)) => Vcf::from_reader(file, &name),
        }
    }

    /// Reads a header from any reader; `name` stands for it in errors.
    ///
    /// # Errors
    /// As [`Vcf::open`].
    pub fn from_reader(reader: impl Read + Send + 'static, name: &str) -> Result<Vcf, ReadError> {
        let name = name.to_owned();
        let source = Source::open(Box::new(reader));
        let source = source.map_err(|fault| ReadError::source_fault(&name, fault))?;
        let Some(source) = source else { return Err(ReadError::Empty { name }) };
        let mut text = Text { source, bytes: Vec::new(), start: 0, total: 0 };
        let beginning = text.peek(BEGINNING.len());
        let beginning = beginning.map_err(|fault| ReadError::source_fault(&name, fault))?;
        if beginning != BEGINNING {
            return Err(ReadError::NotVcf { name, found: describe(beginning) });
        }
        let mut header = Header::default();
        let mut lines = 0;
        loop {
            lines += 1;
            let end = text.line().map_err(|fault| ReadError::source_fault(&name, fault))?;
            let taken = match end {
                _ if text.total > LONGEST_HEADER => Err(HeaderFault::TooLong),
                None => Err(HeaderFault::NoColumnNames),
                Some(end) => header.take(text.take(end)),
            };
            match taken {
                Err(fault) => return Err(ReadError::Header { name, line: lines, fault }),
                Ok(true) => break,
                Ok(false) => {}
            }
        }
        let begun = text.bytes.split_off(text.start);
        Ok(Vcf { name, header, source: text.source, begun, lines })
    }

    /// What the lines beginning with `#` say.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The name that errors give to the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Text read line by line, before the batches begin.
struct Text {
    source: Source,
    bytes: Vec<u8>,
    start: usize,
    total: usize,
}

impl Text {
    /// Returns false at the end of the text.
    fn more(&mut self) -> Result<bool, crate::source::SourceFault> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let length = self.bytes.len();
        self.bytes.resize(length + STEP, 0);
        let read = self.source.read(&mut self.bytes[length..]);
        self.bytes.truncate(length + *read.as_ref().unwrap_or(&0));
        let read = read?;
        self.total += read;
        Ok(read > 0)
    }

    fn peek(&mut self, count: usize) -> Result<&[u8], crate::source::SourceFault> {
        while self.bytes.len() < count && self.more()? {}
        Ok(&self.bytes[..count.min(self.bytes.len())])
    }

    /// The length of the next line with its end; `None` at the end of the text, or where the
    /// header has grown too long.
    fn line(&mut self) -> Result<Option<usize>, crate::source::SourceFault> {
        let mut searched = 0;
        loop {
            let rest = &self.bytes[self.start..];
            if let Some(end) = memchr::memchr(b'\n', &rest[searched..]) {
                return Ok(Some(searched + end + 1));
            }
            searched = rest.len();
            if self.total > LONGEST_HEADER || !self.more()? {
                return Ok((searched > 0).then_some(searched));
            }
        }
    }

    /// Takes a line of this length, and returns it without its end.
    fn take(&mut self, length: usize) -> &[u8] {
        let line = &self.bytes[self.start..self.start + length];
        self.start += length;
        without_end(line)
    }
}

/// A line without `\n` or `\r\n`.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn describe(beginning: &[u8]) -> &'static str {
    match beginning {
        [] => "it decompresses to nothing",
        [b'B', b'C', b'F', ..] => "it is BCF, which is to be converted first",
        [0x1f, 0x8b, ..] => "it is compressed twice",
        [0xef, 0xbb, 0xbf, ..] => "it begins with a byte order mark",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16 text",
        [0x6c, 0x1b, ..] => "it is a PLINK file",
        [b'P', b'K', 3, 4, ..] => "it is a zip archive",
        [b'B', b'Z', b'h', ..] => "it is compressed by bzip2",
        [0xfd, b'7', b'z', b'X', b'Z', ..] => "it is compressed by xz",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "it is compressed by zstd",
        [b'c', b'r', b'y', b'p', b't', b'4', b'g', b'h', ..] => "it is sealed by Crypt4GH",
        [b'#', ..] => "it begins with another header line",
        _ => "it begins otherwise",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

    fn open(text: &[u8]) -> Result<Vcf, String> {
        let reader = std::io::Cursor::new(text.to_vec());
        Vcf::from_reader(reader, "x.vcf").map_err(|error| error.to_string())
    }

    #[test]
    fn header_ends_at_the_column_names() {
        for end in ["\n", "\r\n", ""] {
            let text = format!(
                "##fileformat=VCFv4.2{0}{NAMES}\tFORMAT\tS{end}",
                if end.is_empty() { "\n" } else { end }
            );
            let vcf = open(text.as_bytes()).unwrap();
            assert_eq!(
                (vcf.header().fileformat.as_str(), &vcf.header().samples[..]),
                ("VCFv4.2", &["S".to_owned()][..])
            );
            assert_eq!((vcf.lines, vcf.begun.len()), (2, 0));
        }
        let long = format!("##fileformat=VCFv4.2\n##a={}\n{NAMES}\nrest", "x".repeat(200_000));
        assert_eq!(open(long.as_bytes()).unwrap().begun, b"rest");
    }

    #[test]
    fn other_files_are_refused_by_what_they_are() {
        let not = |found| {
            format!(
                "x.vcf is not a VCF file: {found}, expected ##fileformat=VCFv4 at its beginning"
            )
        };
        for (text, error) in [
            (&b""[..], "x.vcf is empty, expected a VCF file".to_owned()),
            (b"BCF\x02\x02", not("it is BCF, which is to be converted first")),
            (b"#CHROM\tPOS", not("it begins with another header line")),
            (b"##fileformat=VCF", not("it begins with another header line")),
            (b"hello", not("it begins otherwise")),
            (b"##fileformat=VCFv3.3\n", "x.vcf, line 1: the file says that it is \"VCFv3.3\", expected VCFv4 and a minor version".into()),
            (b"##fileformat=VCFv4.2\n", "x.vcf, line 2: expected a line beginning with ## or the line of column names, #CHROM".into()),
            (b"##fileformat=VCFv4.2\n1\t1", "x.vcf, line 2: expected a line beginning with ## or the line of column names, #CHROM".into()),
        ] {
            assert_eq!(open(text).err(), Some(error));
        }
        let directory = Vcf::open(Path::new(".")).err().unwrap().to_string();
        assert_eq!(directory, ". is a directory, expected a VCF file");
        let none = Vcf::open(Path::new("no/such.vcf")).err().unwrap().to_string();
        assert_eq!(none, "no/such.vcf: cannot be read");
    }
}
