//! What parts the columns of a table, told from the table's beginning.
//! Specification: `docs/spec/tables.md`, "Separators".

use serde::{Deserialize, Serialize};

use super::grammar::{Grammar, Step};
use super::table_error::TableFault;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Rows that are looked at to choose a separator.
const LOOKED_AT: usize = 100;

/// What parts the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    const ALL: [Separator; 3] = [Separator::Comma, Separator::Semicolon, Separator::Tab];

    pub(super) const fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Separator::Comma => "comma",
            Separator::Semicolon => "semicolon",
            Separator::Tab => "tab",
        }
    }
}

/// Text of several columns that is no other format's.
pub(super) fn is_table(beginning: &[u8]) -> bool {
    let text = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    let is_text = match str::from_utf8(text) {
        Ok(_) => true,
        // The beginning may end inside a character.
        Err(error) => error.error_len().is_none(),
    };
    let is_other = text.contains(&0) || text.starts_with(b"#") || is_record(text);
    is_text && !is_other && separator(beginning).is_ok()
}

/// Whether the first line is a record of a VCF file that lost its header: eight columns, the second
/// of digits.
fn is_record(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut columns = line.split(|byte| *byte == b'\t');
    let pos = columns.nth(1).unwrap_or_default();
    !pos.is_empty() && pos.iter().all(u8::is_ascii_digit) && columns.count() >= 6
}

/// The one separator that parts the heading; of several the one by which all rows that are looked
/// at have as many columns as the heading.
pub(super) fn separator(beginning: &[u8]) -> Result<Separator, TableFault> {
    let text = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    let parts = |separator: &Separator| widths(text, *separator).first().is_some_and(|w| *w > 1);
    let parting: Vec<_> = Separator::ALL.into_iter().filter(parts).collect();
    match parting[..] {
        [] => Err(TableFault::OneColumn),
        [one] => Ok(one),
        _ => {
            let even = |separator: &&Separator| {
                let widths = widths(text, **separator);
                widths.len() > 1 && widths.iter().all(|width| *width == widths[0])
            };
            let even: Vec<_> = parting.iter().filter(even).collect();
            match even[..] {
                [one] => Ok(*one),
                _ => Err(TableFault::Separators),
            }
        }
    }
}

/// How many columns each of the first whole rows has.
fn widths(text: &[u8], separator: Separator) -> Vec<usize> {
    let mut grammar = Grammar::new(separator);
    let (mut widths, mut width) = (Vec::new(), 1);
    for byte in text {
        match grammar.take(*byte) {
            Ok(Step::Inside) => {}
            Ok(Step::Field) => width += 1,
            Ok(Step::Row) => {
                widths.push(width);
                width = 1;
            }
            Err(_) => break,
        }
        if widths.len() == LOOKED_AT {
            return widths;
        }
    }
    // A heading that is longer than what is looked at, or ends the file.
    if widths.is_empty() {
        widths.push(width);
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_apart() {
        use Separator::*;
        for (text, expected) in [
            ("a,b\n1,2\n", Some(Comma)),
            ("a;b\n1,5;2\n", Some(Semicolon)),
            ("a\tb\n", Some(Tab)),
            ("\u{feff}a,b\n", Some(Comma)),
            ("\"a,x\";b\n\"1\n,\";2\n", Some(Semicolon)),
            ("a;b,c\n1;2\n3;4\n", Some(Semicolon)),
            ("a;b,c\n1;2,2\n3;4,5,6\n", Some(Semicolon)),
            ("a;b,c\n1;2,3\n", None),
            ("a,b;c\n1,2\n", Some(Comma)),
            ("abc\n1,2\n", None),
            ("", None),
        ] {
            assert_eq!(separator(text.as_bytes()).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn only_text_of_columns_is_a_table() {
        for (text, table) in [
            (&b"22\t100\t.\tA\tG\t.\t.\t.\tGT\t0/1\n"[..], false),
            (b"id\t100\t.\tA\tG\t.\n", true),
            (&b"a,b\n"[..], true),
            ("\u{feff}a,b\n".as_bytes(), true),
            (b"a,\xc3", true),
            (b"hello\n", false),
            (b"#a,b\n", false),
            (b"a,b\n\0", false),
            (b"a,b\n\xff\xff\n", false),
        ] {
            assert_eq!(is_table(text), table, "{text:?}");
        }
    }
}
