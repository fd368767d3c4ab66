//! Which field of a record an error is about, and what of its text the error may repeat.

use std::fmt;

/// A field of a record or of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The column, counted from 1; `None` where the file has no columns.
    pub column: Option<usize>,
    /// `POS` and the like, or whose genotype it is.
    pub name: String,
}

impl Field {
    pub(crate) fn new(column: usize, name: &str) -> Field {
        Field { column: Some(column), name: name.to_owned() }
    }

    pub(crate) fn format() -> Field {
        Field::new(FIRST_SAMPLE - 1, "FORMAT")
    }

    /// The genotype of the sample at this place, in the columns of a VCF.
    pub(crate) fn sample(place: usize, sample: &str) -> Field {
        Field::new(FIRST_SAMPLE + place, &format!("sample {sample}"))
    }

    /// The same field of a file without columns.
    pub(crate) fn without_column(self) -> Field {
        Field { column: None, ..self }
    }
}

/// A VCF's column of the first sample.
pub(crate) const FIRST_SAMPLE: usize = 10;

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "column {column} ({})", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A field as it goes between a place and a fault, `, column 2 (POS)`; nothing where there is none.
pub(crate) struct After<'a>(pub(crate) Option<&'a Field>);

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |field| write!(f, ", {field}"))
    }
}

/// What stands in a field instead of what was expected: escaped, its beginning where it is long, and
/// nothing of it where it may be a genotype, as in a line whose columns are shifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found(Option<String>);

impl Found {
    pub(crate) fn new(bytes: &[u8]) -> Found {
        if may_be_genotype(bytes) {
            return Found(None);
        }
        let shown = bytes.get(..MOST_SHOWN).unwrap_or(bytes).escape_ascii();
        let more = if bytes.len() > MOST_SHOWN { "…" } else { "" };
        Found(Some(format!("\"{shown}{more}\"")))
    }
}

/// Bytes of a field that an error repeats.
const MOST_SHOWN: usize = 40;

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |found| write!(f, ", found {found}"))
    }
}

/// Allele numbers of up to three digits or `.`, however joined, before the first colon.
fn may_be_genotype(field: &[u8]) -> bool {
    let genotype = field.split(|byte| *byte == b':').next().unwrap_or(field);
    let genotype = genotype.strip_prefix(b"/").or(genotype.strip_prefix(b"|")).unwrap_or(genotype);
    genotype.split(|byte| matches!(byte, b'/' | b'|')).all(|allele| {
        let number = allele.len() <= 3 && allele.iter().all(u8::is_ascii_digit);
        !allele.is_empty() && (allele == b"." || number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_with_their_columns() {
        assert_eq!(Field::new(2, "POS").to_string(), "column 2 (POS)");
        assert_eq!(Field::sample(1, "B").to_string(), "column 11 (sample B)");
        assert_eq!(Field::sample(1, "B").without_column().to_string(), "sample B");
        assert_eq!(After(None).to_string(), "");
    }

    #[test]
    fn what_was_found_is_escaped_cut_and_never_a_genotype() {
        for (field, shown) in [
            (&b"12a"[..], ", found \"12a\""),
            (b"", ", found \"\""),
            (b"-5", ", found \"-5\""),
            (b"a\x1b\"\xff", ", found \"a\\x1b\\\"\\xff\""),
            (&[b'9'; 41], ", found \"9999999999999999999999999999999999999999…\""),
            (b"0/1", ""),
            (b"|0|1", ""),
            (b"0", ""),
            (b".", ""),
            (b"./.:3:x", ""),
            (b"12/113|0", ""),
            (b"<DEL|1>", ", found \"<DEL|1>\""),
            (b"1.0", ", found \"1.0\""),
        ] {
            assert_eq!(Found::new(field).to_string(), shown);
        }
    }
}
