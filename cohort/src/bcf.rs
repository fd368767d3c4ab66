//! BCF 2.1 and 2.2: VCF in binary. Of a record only the site and GT are read; what is read is
//! checked against the record's own lengths, and nothing is taken from a length alone.
//! Specification: `docs/spec/genotypes.md`, "BCF"; VCF specification 4.5, chapter 6.

pub(crate) mod calls;
mod dictionary;
mod feed;
mod fixed;
mod value;

pub(crate) use dictionary::Dictionary;
pub(crate) use feed::{Cursor, Feed, LENGTHS, record_length, stated_length};
pub use value::BcfFault;

use std::sync::Arc;

use crate::front::Front;
use crate::header::{Header, HeaderFault};
use crate::read_error::ReadError;
use crate::source::Source;
use crate::vcf::{LONGEST_HEADER, without_end};

/// What every BCF 2 begins with, before its minor version.
pub(crate) const BEGINNING: &[u8] = b"BCF\x02";
const MINOR_VERSIONS: [u8; 2] = [1, 2];
/// Magic, minor version and the length of the text.
const PREFIX: usize = 9;

/// The records of a BCF file.
pub(crate) struct Bcf {
    source: Source,
    /// Bytes after the header that were read with it.
    begun: Vec<u8>,
    dictionary: Arc<Dictionary>,
}

impl Bcf {
    /// Reads the header.
    pub(crate) fn open(mut front: Front, name: &str) -> Result<(Header, Bcf), ReadError> {
        let fault = |fault| ReadError::source_fault(name, fault);
        let cut = || ReadError::CutHeader { name: name.to_owned() };
        let prefix: [u8; PREFIX] = match front.peek(PREFIX).map_err(fault)?.try_into() {
            Ok(prefix) => prefix,
            Err(_) => return Err(cut()),
        };
        let [_, _, _, _, minor, length @ ..] = prefix;
        if !MINOR_VERSIONS.contains(&minor) {
            let found = "it is BCF of another version than 2.1 and 2.2";
            return Err(ReadError::Unknown { name: name.to_owned(), found });
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST_HEADER {
            return Err(ReadError::header(name, 1, HeaderFault::TooLong));
        }
        front.take(PREFIX);
        if front.peek(length).map_err(fault)?.len() < length {
            return Err(cut());
        }
        let (mut header, dictionary) = read_text(front.take(length), name)?;
        header.fileformat = format!("BCFv2.{minor}");
        let (source, begun) = front.finish();
        Ok((header, Bcf { source, begun, dictionary: Arc::new(dictionary) }))
    }

    /// The records that follow; they are counted from here.
    pub(crate) fn at(front: Front, dictionary: Arc<Dictionary>) -> Bcf {
        let (source, begun) = front.finish();
        Bcf { source, begun, dictionary }
    }

    pub(crate) fn dictionary(&self) -> &Arc<Dictionary> {
        &self.dictionary
    }
}

/// The text is a VCF's header, ended by a zero or several.
fn read_text(text: &[u8], name: &str) -> Result<(Header, Dictionary), ReadError> {
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let (mut header, mut dictionary) = (Header::default(), Dictionary::default());
    let (mut lines, mut named) = (0, false);
    for line in text[..end].split_inclusive(|byte| *byte == b'\n') {
        lines += 1;
        let wrong = |fault| ReadError::header(name, lines, fault);
        let line = without_end(line);
        if named {
            return Err(wrong(HeaderFault::AfterColumnNames));
        }
        dictionary.take(line).map_err(wrong)?;
        named = header.take(line).map_err(wrong)?;
    }
    if !named {
        return Err(ReadError::header(name, lines + 1, HeaderFault::NoColumnNames));
    }
    Ok((header, dictionary))
}
