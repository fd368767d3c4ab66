//! Why labels cannot be joined to genotypes.

use std::io;

use super::FirstNames;
use crate::name::NameFault;

/// Why labels cannot be joined to genotypes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelsError {
    /// The file cannot be read.
    #[error("{name}: cannot be read")]
    Read {
        /// The file.
        name: String,
        /// The system's word.
        source: io::Error,
    },
    /// More text than a labels file has.
    #[error("{name}, line {line}: a line is longer than 1 MiB, or the file than 256 MiB")]
    TooLong {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
    },
    /// Text that is none.
    #[error("{name}, line {line}: the text is not UTF-8")]
    NotUtf8 {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
    },
    /// No heading.
    #[error("{name} is empty, expected a heading and rows of sample and labels, parted by tabs")]
    NoHeading {
        /// The file.
        name: String,
    },
    /// A heading without tabs.
    #[error(
        "{name}, line {line}: the heading has one column, expected the sample and its labels, parted by tabs"
    )]
    OneColumn {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
    },
    /// Two columns of one name.
    #[error("{name}: two columns are named {column:?}")]
    ColumnTwice {
        /// The file.
        name: String,
        /// The name.
        column: String,
    },
    /// A column that is not there.
    #[error("{name} has no column {column:?}; it has {has}")]
    NoColumn {
        /// The file.
        name: String,
        /// The name.
        column: String,
        /// Those that are there.
        has: FirstNames,
    },
    /// A row of another length than the heading.
    #[error("{name}, line {line}: {found} columns, expected {expected} as in the heading")]
    Columns {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A sample's name.
    #[error("{name}, line {line}: the sample's name {fault}")]
    Name {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// Why.
        fault: NameFault,
    },
    /// A value that cannot be shown.
    #[error("{name}, line {line}: the value in column {column:?} {fault}")]
    Value {
        /// The file.
        name: String,
        /// Counted from 1.
        line: u64,
        /// The column.
        column: String,
        /// Why.
        fault: NameFault,
    },
    /// Two rows that do not agree.
    #[error("{name}, line {line}: sample {sample} has other labels than in line {first}")]
    Differs {
        /// The file.
        name: String,
        /// The second row's line.
        line: u64,
        /// The sample.
        sample: String,
        /// The first row's line.
        first: u64,
    },
    /// People of no value are asked for by value.
    #[error("{name}: {value:?} in column {column:?} is how a missing value is written")]
    MissingAsked {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A value that no row has.
    #[error("{name}: no row has {value:?} in column {column:?}; its values are {found}")]
    NobodyHas {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// The value.
        value: String,
        /// Those that are there.
        found: FirstNames,
    },
    /// Samples without a row.
    #[error("{name}: {} of the samples counted have no row: {unlabelled}", unlabelled.count)]
    Unlabelled {
        /// The file.
        name: String,
        /// Those samples.
        unlabelled: FirstNames,
    },
    /// Nobody is left to count.
    #[error("{name}: no sample of the genotypes has the labels that are asked for")]
    Nobody {
        /// The file.
        name: String,
    },
    /// Values that are no groups.
    #[error("{name}: column {column:?} has {values} values, at most {most} are groups")]
    TooManyGroups {
        /// The file.
        name: String,
        /// The column.
        column: String,
        /// How many.
        values: usize,
        /// The most.
        most: usize,
    },
}
