//! The grammar of RFC 4180, byte by byte, with its limits: what the csv crate would read leniently
//! is found here, before it is read. Specification: `docs/spec/tables.md`, "Rows".

use std::io::{self, Read};

use super::dialect::{BYTE_ORDER_MARK, Separator};

/// The longest field, the longest row and the most columns.
const LONGEST_FIELD: usize = 1 << 20;
const LONGEST_ROW: usize = 1 << 26;
pub(super) const MOST_COLUMNS: usize = 100_000;

/// What a byte ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Inside,
    Field,
    Row,
}

/// What the text contradicts.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrammarFault {
    /// NUL.
    #[error("a NUL character, expected text")]
    Nul,
    /// CR without LF.
    #[error("a carriage return that no line feed follows; quote it")]
    CarriageReturn,
    /// A line without text, and later one with.
    #[error("an empty line among the rows")]
    EmptyLine,
    /// `"` in a field that does not begin with it.
    #[error("a quote inside a field without quotes; quote the field and double the quote")]
    Quote,
    /// Text after a closing quote.
    #[error("text after a closing quote, expected the end of the field")]
    AfterQuote,
    /// The end of the file in a quoted field.
    #[error("the file ends inside a quoted field that began here")]
    OpenQuote,
    /// A long field.
    #[error("a field is longer than 1 MiB")]
    LongField,
    /// A long row.
    #[error("a row is longer than 64 MiB")]
    LongRow,
    /// Many columns.
    #[error("more than 100000 columns")]
    Columns,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    RowStart,
    FieldStart,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted field: its end, or the first of two.
    QuoteInQuoted,
    CarriageReturn,
}

/// A fault, and where it is, counted from 1; `None` where it is of no one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Misplaced {
    pub(super) line: u64,
    pub(super) column: Option<usize>,
    pub(super) fault: GrammarFault,
}

pub(super) struct Grammar {
    separator: u8,
    place: Place,
    line: u64,
    /// Where the field began.
    began: u64,
    field: usize,
    row: usize,
    columns: usize,
    /// An empty line was seen, after which no row may come.
    empty: Option<u64>,
}

impl Grammar {
    pub(super) fn new(separator: Separator) -> Grammar {
        let place = Place::RowStart;
        let separator = separator.byte();
        Grammar { separator, place, line: 1, began: 1, field: 0, row: 0, columns: 1, empty: None }
    }

    pub(super) fn take(&mut self, byte: u8) -> Result<Step, Misplaced> {
        self.step(byte).map_err(|fault| self.misplaced(fault))
    }

    /// The end of the text.
    pub(super) fn finish(&self) -> Result<(), Misplaced> {
        match self.place {
            Place::Quoted => Err(self.misplaced(GrammarFault::OpenQuote)),
            Place::CarriageReturn => Err(self.misplaced(GrammarFault::CarriageReturn)),
            _ => Ok(()),
        }
    }

    fn misplaced(&self, fault: GrammarFault) -> Misplaced {
        let (line, column) = match (fault, self.empty) {
            (GrammarFault::EmptyLine, Some(line)) => (line, None),
            (GrammarFault::OpenQuote, _) => (self.began, Some(self.columns)),
            (GrammarFault::LongRow | GrammarFault::Columns, _) => (self.line, None),
            _ => (self.line, Some(self.columns)),
        };
        Misplaced { line, column, fault }
    }

    fn step(&mut self, byte: u8) -> Result<Step, GrammarFault> {
        use Place::*;
        self.field += 1;
        self.row += 1;
        if self.field > LONGEST_FIELD {
            return Err(GrammarFault::LongField);
        }
        if self.row > LONGEST_ROW {
            return Err(GrammarFault::LongRow);
        }
        if byte == 0 {
            return Err(GrammarFault::Nul);
        }
        if self.place == CarriageReturn && byte != b'\n' {
            return Err(GrammarFault::CarriageReturn);
        }
        if self.place == RowStart && self.empty.is_some() && !matches!(byte, b'\r' | b'\n') {
            return Err(GrammarFault::EmptyLine);
        }
        if self.place == Quoted {
            match byte {
                b'"' => self.place = QuoteInQuoted,
                b'\n' => self.line += 1,
                _ => {}
            }
            return Ok(Step::Inside);
        }
        match byte {
            b'\n' => Ok(self.end_row()),
            b'\r' => {
                // An empty line is still one after its CR.
                self.row -= usize::from(self.place == RowStart);
                self.place = CarriageReturn;
                Ok(Step::Inside)
            }
            byte if byte == self.separator => {
                self.place = FieldStart;
                (self.field, self.began) = (0, self.line);
                self.columns += 1;
                match self.columns > MOST_COLUMNS {
                    true => Err(GrammarFault::Columns),
                    false => Ok(Step::Field),
                }
            }
            b'"' => {
                self.place = match self.place {
                    Unquoted => return Err(GrammarFault::Quote),
                    _ => Quoted,
                };
                Ok(Step::Inside)
            }
            _ if self.place == QuoteInQuoted => Err(GrammarFault::AfterQuote),
            _ => {
                self.place = Unquoted;
                Ok(Step::Inside)
            }
        }
    }

    fn end_row(&mut self) -> Step {
        let empty = self.row == 1;
        if empty && self.empty.is_none() {
            self.empty = Some(self.line);
        }
        self.line += 1;
        self.place = Place::RowStart;
        (self.field, self.row, self.columns, self.began) = (0, 0, 1, self.line);
        if empty { Step::Inside } else { Step::Row }
    }
}

/// A reader that hands on what is grammatical. The line and the fault of what is not are kept, for
/// the csv crate knows neither.
pub(super) struct Checked<R> {
    pub(super) reader: R,
    grammar: Grammar,
    mark: Vec<u8>,
    begun: bool,
    pub(super) fault: Option<Misplaced>,
}

impl<R: Read> Checked<R> {
    pub(super) fn new(reader: R, separator: Separator) -> Checked<R> {
        let grammar = Grammar::new(separator);
        Checked { reader, grammar, mark: Vec::new(), begun: false, fault: None }
    }

    /// A byte order mark says nothing.
    fn begin(&mut self) -> io::Result<()> {
        self.begun = true;
        let wanted = BYTE_ORDER_MARK.len() as u64;
        (&mut self.reader).take(wanted).read_to_end(&mut self.mark)?;
        if self.mark == BYTE_ORDER_MARK {
            self.mark.clear();
        }
        Ok(())
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.begin()?;
        }
        let count = match self.mark.is_empty() {
            false => {
                let count = self.mark.len().min(into.len());
                into[..count].copy_from_slice(&self.mark[..count]);
                self.mark.drain(..count);
                count
            }
            true => self.reader.read(into)?,
        };
        let checked = match (count, into.is_empty()) {
            (0, false) => self.grammar.finish(),
            _ => into[..count].iter().try_for_each(|byte| self.grammar.take(*byte).map(|_| ())),
        };
        checked.map(|()| count).map_err(|misplaced| {
            self.fault = Some(misplaced);
            io::Error::new(io::ErrorKind::InvalidData, misplaced.fault)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8]) -> Result<(), Misplaced> {
        let mut checked = Checked::new(text, Separator::Comma);
        match io::copy(&mut checked, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(_) => Err(checked.fault.unwrap()),
        }
    }

    #[test]
    fn what_rfc_4180_has_is_taken() {
        for text in [
            "",
            "a",
            "a,b\r\nc,d\r\n",
            "a,b\nc,d",
            "\"a\",\"b \"\"c\"\"\"\n",
            "\"a\r\n\rb\",c\n",
            "a,b\n\n\r\n",
            "\u{feff}\"a\",b\n",
            ",\n,\n",
            "\"\"\n\"\"",
        ] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn what_it_has_not_is_refused_by_line_and_column() {
        use GrammarFault::*;
        let long = [&b"a,\""[..], &vec![b'x'; LONGEST_FIELD]].concat();
        for (text, line, column, fault) in [
            (&b"a,b\nc,\0"[..], 2, Some(2), Nul),
            (b"a,b\rc", 1, Some(2), CarriageReturn),
            (b"a\r", 1, Some(1), CarriageReturn),
            (b"a,b\n\nc,d\n", 2, None, EmptyLine),
            (b"a,b\r\n\r\n\r\nc,d\n", 2, None, EmptyLine),
            (b"\na,b\n", 1, None, EmptyLine),
            (b"a,5\"\n", 1, Some(2), Quote),
            (b"a,\"b\"c\n", 1, Some(2), AfterQuote),
            (b"a,b\nx,\"y\n\nz\n", 2, Some(2), OpenQuote),
            (&long, 1, Some(2), LongField),
            (&vec![b','; MOST_COLUMNS], 1, None, Columns),
        ] {
            let wrong = Misplaced { line, column, fault };
            assert_eq!(check(text), Err(wrong), "{:?}", &text[..text.len().min(20)]);
        }
    }
}
