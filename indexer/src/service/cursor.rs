//! Cursors: where a page ended, as text that is opaque to its reader and checked when it comes back.

use super::refusal::Refusal;
use crate::Mark;
use alloy_primitives::B256;

/// `id.block.hash`, hexadecimal.
pub(super) fn write(mark: &Mark) -> String {
    format!("{:x}.{:x}.{:x}", mark.id, mark.block, mark.hash)
}

/// Reads a mark back. What it names is held against the index when it is used.
pub(super) fn read(text: &str) -> Result<Mark, Refusal> {
    let parts = || {
        let mut parts = text.split('.');
        let (id, block, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let mark = Mark {
            id: i64::try_from(number(id)?).ok()?,
            block: number(block)?,
            hash: hash.parse::<B256>().ok()?,
        };
        (parts.next().is_none() && write(&mark) == text).then_some(mark)
    };
    parts().ok_or_else(|| Refusal::malformed("cursor", "it is none that this service gave"))
}

/// `skip` of a ranked search.
pub(super) fn write_skip(skip: usize) -> String {
    format!("s{skip:x}")
}

/// Reads it back.
pub(super) fn read_skip(text: &str) -> Result<usize, Refusal> {
    let skip = text.strip_prefix('s').and_then(number).and_then(|n| usize::try_from(n).ok());
    skip.ok_or_else(|| Refusal::malformed("cursor", "it is none that this service gave"))
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| u64::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_others_are_refused() {
        let mark = Mark { id: 300, block: u64::MAX, hash: B256::repeat_byte(0xab) };
        let text = write(&mark);
        assert_eq!(read(&text).unwrap(), mark);
        assert_eq!(read_skip(&write_skip(500)).unwrap(), 500);
        let hash = format!("{:x}", mark.hash);
        for text in [
            String::new(),
            "..".to_owned(),
            "1.2".to_owned(),
            "1.2.3".to_owned(),
            format!("{text}."),
            format!("+1.2.{hash}"),
            format!("01.2.{hash}"),
            format!("8000000000000000.2.{hash}"),
            format!("1.10000000000000000.{hash}"),
            text.to_uppercase(),
            "s5".to_owned(),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
        for text in ["", "s", "5", "s-1", "s10000000000000000"] {
            assert!(read_skip(text).is_err(), "{text}");
        }
    }
}
