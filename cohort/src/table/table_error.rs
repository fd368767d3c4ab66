//! Why a table cannot be read. Texts name file, line and column, and repeat no value: it is a
//! person's.

use std::fmt;
use std::io;

use super::grammar::GrammarFault;
use crate::name::NameFault;

/// Why a table cannot be read.
#[derive(Debug)]
pub struct TableError {
    /// The file.
    pub name: String,
    /// Where the row begins, counted from 1.
    pub line: Option<u64>,
    /// Why.
    pub fault: TableFault,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.name, self.fault),
            None => write!(f, "{}: {}", self.name, self.fault),
        }
    }
}

impl std::error::Error for TableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            TableFault::Io(source) | TableFault::Write(source) => Some(source),
            _ => None,
        }
    }
}

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableFault {
    /// The system refuses the file.
    #[error("cannot be read")]
    Io(io::Error),
    /// A pipe or a directory.
    #[error("is no file that can be read twice, expected a table")]
    NotAFile,
    /// Compressed data that is cut or contradicts itself.
    #[error("{0}")]
    Damaged(&'static str),
    /// No bytes.
    #[error("is empty, expected a heading and rows")]
    Empty,
    /// Text without separators.
    #[error(
        "the first line has one column, expected several, parted by commas, semicolons or tabs"
    )]
    OneColumn,
    /// Text in which several separators stand.
    #[error("several of comma, semicolon and tab could part the columns; say which in a schema")]
    Separators,
    /// Text that is no table's.
    #[error("{}{fault}", column.map_or(String::new(), |column| format!("column {column}: ")))]
    Grammar {
        /// Counted from 1, where it is of one column.
        column: Option<usize>,
        /// Why.
        fault: GrammarFault,
    },
    /// A column's name.
    #[error("the name of column {column} {fault}")]
    Heading {
        /// Counted from 1.
        column: usize,
        /// Why.
        fault: NameFault,
    },
    /// Two columns of one name, which is not repeated: it may be a value.
    #[error(
        "columns {first} and {second} have the same name; if the first line is no heading, say `heading = false` in a schema"
    )]
    ColumnTwice {
        /// Counted from 1.
        first: usize,
        /// Counted from 1.
        second: usize,
    },
    /// A row of another length than the heading.
    #[error("{found} columns, expected {expected} as in the heading")]
    Columns {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// No rows.
    #[error("has a heading and no rows")]
    NoRows,
    /// Bytes that are no text.
    #[error("column {column}: the text is not UTF-8")]
    NotUtf8 {
        /// Counted from 1: in a table without a heading its name would be a value.
        column: usize,
    },
    /// A value that the schema does not allow.
    #[error("column {column:?}: expected {expected}")]
    Value {
        /// The column, as the schema names it.
        column: String,
        /// What the schema says.
        expected: &'static str,
    },
    /// A column of the schema that is not there.
    #[error("there is no column {0:?}, which the schema names")]
    NotInTable(String),
    /// Nothing to count.
    #[error("no column is of genotypes, which are pairs of letters such as AG")]
    NoGenotypes,
    /// A column of which most are genotypes.
    #[error(
        "column {column}: {pairs} of {count} values are pairs of letters; say in a schema what the column is"
    )]
    Doubtful {
        /// Counted from 1: in a table without a heading its name would be a value.
        column: usize,
        /// Values that are.
        pairs: u64,
        /// Values that there are.
        count: u64,
    },
    /// A row for a heading.
    #[error(
        "the heading's column {column} reads like a genotype; if the first line is no heading, say `heading = false` in a schema, and otherwise what the column is"
    )]
    HeadingIsRow {
        /// Counted from 1.
        column: usize,
    },
    /// A row for each position, as the text of a consumer test has it.
    #[error(
        "the rows are positions on chromosomes, expected people; what would be counted is one person's letters. If they are people, say in a schema which columns are genotypes"
    )]
    Positions,
    /// The result cannot be written.
    #[error("the result cannot be written")]
    Write(io::Error),
}

/// A fault, and the line where it is.
pub(super) struct Placed(pub(super) Option<u64>, pub(super) TableFault);

impl Placed {
    pub(super) fn of(self, name: &str) -> TableError {
        TableError { name: name.to_owned(), line: self.0, fault: self.1 }
    }
}

impl From<TableFault> for Placed {
    fn from(fault: TableFault) -> Self {
        Placed(None, fault)
    }
}
