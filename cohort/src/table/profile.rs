//! What a table's columns hold. No value of a column of text is told: it is a person's.

use serde::Serialize;

use super::dialect::Separator;
use super::genotype::Letters;
use super::schema::{Kind, Schema};

/// What a table holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableProfile {
    /// What parts the columns.
    pub separator: Separator,
    /// Rows, the heading not among them.
    pub rows: u64,
    /// The columns, in the table's order.
    pub columns: Vec<ColumnProfile>,
    /// What was said of it, beside its separator and columns.
    #[serde(skip)]
    pub(crate) said: Schema,
}

/// What a column holds, and what that is told from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnProfile {
    /// From the heading; may be empty.
    pub name: String,
    /// Whether a column of numbers or genotypes has a name that is one itself: what is read as the
    /// heading may be a row.
    pub name_is_value: bool,
    /// The column's type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether the type was guessed; otherwise a schema says it.
    pub guessed: bool,
    /// Values that are not missing.
    pub count: u64,
    /// Values that are.
    pub missing: u64,
    /// Different values; numbers of one value and genotypes of the same letters are one. `None`
    /// where there are too many to count.
    pub distinct: Option<u64>,
    /// Values that are numbers; `None` where there are too many to look at.
    pub as_numbers: Option<u64>,
    /// Values that are pairs of letters; `None` where there are too many to look at.
    pub as_pairs: Option<u64>,
    /// Of a column of numbers with a value.
    pub numbers: Option<Numbers>,
    /// Of a column of categories, sorted by their bytes.
    pub categories: Option<Vec<Counted>>,
    /// Of a column of genotypes.
    pub letters: Option<Letters>,
}

/// A value, and how often it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The value.
    pub value: String,
    /// How often.
    pub count: u64,
}

/// Decimal numbers as text, that no digit is lost. What has no end is rounded to 12 digits, half to
/// even.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// The least, exact.
    pub min: String,
    /// The greatest, exact.
    pub max: String,
    /// The sum, exact.
    pub sum: String,
    /// The mean, rounded.
    pub mean: String,
    /// The standard deviation of a sample (n − 1), rounded; `None` of a single number.
    pub sd: Option<String>,
    /// The first quartile, exact, linear between neighbours (type 7); `None`, as the next two,
    /// where there are too many different numbers to keep.
    pub q1: Option<String>,
    /// The median.
    pub median: Option<String>,
    /// The third quartile.
    pub q3: Option<String>,
}

impl TableProfile {
    /// Whether what is read as the heading may be a row: a column of genotypes is named like one, or
    /// all columns of numbers like numbers.
    #[must_use]
    pub fn first_line_may_be_row(&self) -> bool {
        let of = |kind: Kind| self.columns.iter().filter(move |c| c.kind == kind.word());
        of(Kind::Genotype).any(|column| column.name_is_value)
            || of(Kind::Number).any(|column| column.name_is_value)
                && of(Kind::Number).all(|column| column.name_is_value)
    }

    /// Whether the columns name a chromosome and a position: the rows are no people.
    #[must_use]
    pub fn rows_are_positions(&self) -> bool {
        let has = |names: &[&str]| {
            self.columns.iter().any(|c| names.contains(&c.name.to_ascii_lowercase().as_str()))
        };
        has(&["chromosome", "chrom", "chr"]) && has(&["position", "pos", "bp"])
    }

    /// The schema that says what is known or guessed of this table.
    #[must_use]
    pub fn schema(&self) -> Schema {
        let kind = |column: &ColumnProfile| Kind::of_word(column.kind).unwrap_or(Kind::Text);
        Schema {
            separator: Some(self.separator),
            columns: self.columns.iter().map(|c| (c.name.clone(), kind(c))).collect(),
            ..self.said.clone()
        }
    }
}
