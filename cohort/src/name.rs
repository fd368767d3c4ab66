//! Names of samples and contigs: text that can be printed, compared and hashed.
//! Specification: `docs/spec/genotypes.md`, "Names".

/// The longest name that the formats can hash behind its 16-bit length.
pub(crate) const LONGEST: usize = u16::MAX as usize;

/// Why bytes are not a name.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameFault {
    /// No bytes.
    #[error("is empty")]
    Empty,
    /// Other bytes than UTF-8.
    #[error("is not UTF-8")]
    NotUtf8,
    /// A control character, NUL among them.
    #[error("has a control character")]
    Control,
    /// More than 65,535 bytes.
    #[error("is longer than 65535 bytes")]
    TooLong,
}

pub(crate) fn name(bytes: &[u8]) -> Result<&str, NameFault> {
    if bytes.is_empty() {
        return Err(NameFault::Empty);
    }
    if bytes.len() > LONGEST {
        return Err(NameFault::TooLong);
    }
    let name = str::from_utf8(bytes).map_err(|_| NameFault::NotUtf8)?;
    if name.chars().any(char::is_control) {
        return Err(NameFault::Control);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_printable_text_is_a_name() {
        assert_eq!(name("HG00096 Zoë".as_bytes()), Ok("HG00096 Zoë"));
        for (bytes, fault) in [
            (&b""[..], NameFault::Empty),
            (b"a\xff", NameFault::NotUtf8),
            (b"a\0", NameFault::Control),
            (b"a\r", NameFault::Control),
            ("a\u{85}".as_bytes(), NameFault::Control),
            (&[b'a'; 65_536], NameFault::TooLong),
        ] {
            assert_eq!(name(bytes), Err(fault));
        }
        assert!(name(&[b'a'; 65_535]).is_ok());
    }
}
