//! Typed values: a byte of type and length, then the values, little-endian.

use crate::record::RecordFault;

/// A fault in the field of this name.
pub(super) fn within(field: &'static str) -> impl Fn(BcfFault) -> RecordFault {
    move |fault| RecordFault::Bcf { field: Some(field), fault }
}

/// What is wrong with a record of a BCF file.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BcfFault {
    /// A length beyond that of the record.
    #[error("a value that reaches beyond the end of the record")]
    Short,
    /// A type that the standard does not know.
    #[error("a value of an unknown type")]
    Type,
    /// A number was expected.
    #[error("a value that is not one whole number, where one is expected")]
    Integer,
    /// A string was expected.
    #[error("an allele that is not text")]
    Text,
    /// A contig that the header does not have.
    #[error("a number that no contig of the header has")]
    Contig,
    /// No REF.
    #[error("the record has no alleles")]
    NoAlleles,
    /// Other samples than the header's.
    #[error("{found} samples, but the header names {expected}")]
    Samples {
        /// How many the record has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// GT of letters or fractions.
    #[error("the genotypes are not of whole numbers")]
    Genotypes,
    /// Bytes after the last value.
    #[error("bytes after the record's last value")]
    TrailingBytes,
}

/// A type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No values, whatever their number.
    Missing,
    Int8,
    Int16,
    Int32,
    Float,
    Text,
}

impl Kind {
    fn of(code: u8) -> Result<Kind, BcfFault> {
        Ok(match code {
            0 => Kind::Missing,
            1 => Kind::Int8,
            2 => Kind::Int16,
            3 => Kind::Int32,
            5 => Kind::Float,
            7 => Kind::Text,
            _ => return Err(BcfFault::Type),
        })
    }

    /// Bytes of one value.
    pub(super) fn width(self) -> usize {
        match self {
            Kind::Missing => 0,
            Kind::Int8 | Kind::Text => 1,
            Kind::Int16 => 2,
            Kind::Int32 | Kind::Float => 4,
        }
    }
}

/// Bytes of a record, taken from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a>(pub(super) &'a [u8]);

impl<'a> Values<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], BcfFault> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(BcfFault::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BcfFault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(BcfFault::Short)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// The type of what follows, and how many there are; 15 says that the number follows as a
    /// value of its own.
    pub(super) fn kind(&mut self) -> Result<(Kind, usize), BcfFault> {
        let [byte] = self.array()?;
        let kind = Kind::of(byte & 15)?;
        match usize::from(byte >> 4) {
            15 => {
                let length = usize::try_from(self.integer()?).map_err(|_| BcfFault::Short)?;
                Ok((kind, length))
            }
            length => Ok((kind, length)),
        }
    }

    /// One whole number.
    pub(super) fn integer(&mut self) -> Result<i32, BcfFault> {
        let [byte] = self.array()?;
        match (byte >> 4, Kind::of(byte & 15)?) {
            (1, Kind::Int8) => Ok(i32::from(i8::from_le_bytes(self.array()?))),
            (1, Kind::Int16) => Ok(i32::from(i16::from_le_bytes(self.array()?))),
            (1, Kind::Int32) => Ok(i32::from_le_bytes(self.array()?)),
            _ => Err(BcfFault::Integer),
        }
    }

    /// A string.
    pub(super) fn text(&mut self) -> Result<&'a [u8], BcfFault> {
        match self.kind()? {
            (Kind::Text, length) => self.take(length),
            _ => Err(BcfFault::Text),
        }
    }

    /// Passes a value of any type.
    pub(super) fn skip(&mut self) -> Result<(), BcfFault> {
        let (kind, length) = self.kind()?;
        self.take(kind.width().saturating_mul(length)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_to_their_ends() {
        let mut values = Values(
            b"\x17A\x11\xff\x12\x00\x01\x13\x00\x00\x00\x80\xf7\x11\x02CG\x00\x35\
            ............\xe0rest",
        );
        assert_eq!(values.text(), Ok(&b"A"[..]));
        assert_eq!([values.integer(), values.integer()], [Ok(-1), Ok(256)]);
        assert_eq!(values.integer(), Ok(i32::MIN));
        assert_eq!(values.text(), Ok(&b"CG"[..]));
        assert_eq!([values.skip(), values.skip(), values.skip()], [Ok(()); 3]);
        assert_eq!(values.0, b"rest");
    }

    #[test]
    fn wrong_values_are_refused() {
        for (bytes, fault) in [
            (&b""[..], BcfFault::Short),
            (b"\x27A", BcfFault::Short),
            (b"\xf7", BcfFault::Short),
            (b"\xf7\x11", BcfFault::Short),
            (b"\xf7\x11\xff", BcfFault::Short),
            (b"\xf7\x13\xff\xff\xff\x7fA", BcfFault::Short),
            (b"\xf3\x13\xff\xff\xff\x7fA", BcfFault::Short),
            (b"\xf7\x21\x01\x01", BcfFault::Integer),
            (b"\xf7\x17A", BcfFault::Integer),
            (b"\x14", BcfFault::Type),
            (b"\x1f", BcfFault::Type),
        ] {
            assert_eq!(Values(bytes).skip(), Err(fault), "{bytes:?}");
        }
        assert_eq!(Values(b"\x11A").text(), Err(BcfFault::Text));
    }
}
