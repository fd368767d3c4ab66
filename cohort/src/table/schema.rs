//! A schema file: what the columns of a table are, where a guess is not enough.
//! Specification: `docs/spec/tables.md`, "Schema files".

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::dialect::Separator;

/// The longest schema file.
const LONGEST: u64 = 1 << 24;
/// How a value is written that is not known, where a schema does not say it.
const MISSING: [&str; 6] = ["", "NA", "N/A", "NaN", ".", "?"];

/// What a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Decimal numbers.
    Number,
    /// Words that several people share; of a list, where there is one.
    Category(Option<Vec<String>>),
    /// Pairs of letters.
    Genotype,
    /// Anything else: names, identifiers, dates, remarks.
    Text,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Category(_) => "category",
            Kind::Genotype => "genotype",
            Kind::Text => "text",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Kind> {
        [Kind::Number, Kind::Category(None), Kind::Genotype, Kind::Text]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// What stands before a number's fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decimal {
    /// `1.5`
    #[default]
    Point,
    /// `1,5`
    Comma,
}

/// What is said of a table; the rest is guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// What parts the columns.
    pub separator: Option<Separator>,
    /// How a value is written that is not known.
    pub missing: Vec<String>,
    /// Whether the first line names the columns; otherwise their names are 1, 2, 3 and so on.
    pub heading: bool,
    /// What stands before a number's fraction.
    pub decimal: Decimal,
    /// Columns by name.
    pub columns: Vec<(String, Kind)>,
}

/// Nothing is said.
impl Default for Schema {
    fn default() -> Self {
        Schema {
            separator: None,
            missing: MISSING.map(str::to_owned).into(),
            heading: true,
            decimal: Decimal::Point,
            columns: Vec::new(),
        }
    }
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The file cannot be read.
    #[error("{name}: cannot be read")]
    Read {
        /// The file.
        name: String,
        /// The system's word.
        source: io::Error,
    },
    /// More text than a schema has.
    #[error("{name} is longer than 16 MiB, expected a schema")]
    TooLong {
        /// The file.
        name: String,
    },
    /// Other text than a schema's.
    #[error("{name} is not a schema: {why}")]
    Malformed {
        /// The file.
        name: String,
        /// Where, and what was expected.
        why: String,
    },
    /// A column of a type that there is none of.
    #[error(
        "{name}: column {column:?} is none of number, category, genotype, text or a list of categories"
    )]
    Kind {
        /// The file.
        name: String,
        /// The column.
        column: String,
    },
}

/// Characters of what is said of a malformed file.
const LONGEST_REASON: usize = 300;

/// The file as TOML has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<Separator>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decimal: Option<Decimal>,
    #[serde(default)]
    columns: toml::Table,
}

impl Schema {
    /// Reads a schema file.
    ///
    /// # Errors
    /// A file that cannot be read, or is no schema.
    pub fn open(path: &Path) -> Result<Schema, SchemaError> {
        let name = path.display().to_string();
        let mut text = String::new();
        let read =
            File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
        match read {
            Err(source) => Err(SchemaError::Read { name, source }),
            Ok(length) if length as u64 > LONGEST => Err(SchemaError::TooLong { name }),
            Ok(_) => Schema::read(&text, &name),
        }
    }

    /// Reads a schema; `name` stands for its file in errors.
    ///
    /// # Errors
    /// Text that is no schema.
    pub fn read(text: &str, name: &str) -> Result<Schema, SchemaError> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                1 + text.as_bytes()[..span.start.min(text.len())]
                    .iter()
                    .filter(|b| **b == b'\n')
                    .count()
            });
            // The message may repeat what stands in the file.
            let said = error.message().chars().map(|c| if c.is_control() { ' ' } else { c });
            let why = format!("line {line}: {}", said.take(LONGEST_REASON).collect::<String>());
            SchemaError::Malformed { name: name.to_owned(), why }
        })?;
        let kind = |(column, value): (String, toml::Value)| {
            let kind = match &value {
                toml::Value::String(word) => Kind::of_word(word),
                toml::Value::Array(values) => {
                    let word = |value: &toml::Value| value.as_str().map(str::to_owned);
                    let words: Option<Vec<_>> = values.iter().map(word).collect();
                    words.map(|words| Kind::Category(Some(words)))
                }
                _ => None,
            };
            match kind {
                Some(kind) => Ok((column, kind)),
                None => Err(SchemaError::Kind { name: name.to_owned(), column }),
            }
        };
        Ok(Schema {
            separator: written.separator,
            missing: written.missing.unwrap_or_else(|| Schema::default().missing),
            heading: written.heading.unwrap_or(true),
            decimal: written.decimal.unwrap_or_default(),
            columns: written.columns.into_iter().map(kind).collect::<Result<_, _>>()?,
        })
    }

    /// The schema as its file has it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let value = |kind: &Kind| match kind {
            Kind::Category(Some(words)) => {
                toml::Value::Array(words.iter().cloned().map(toml::Value::String).collect())
            }
            kind => toml::Value::String(kind.word().to_owned()),
        };
        let written = Written {
            separator: self.separator,
            missing: Some(self.missing.clone()),
            heading: (!self.heading).then_some(false),
            decimal: (self.decimal != Decimal::Point).then_some(self.decimal),
            columns: self.columns.iter().map(|(name, kind)| (name.clone(), value(kind))).collect(),
        };
        toml::to_string(&written).expect("strings are TOML")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let schema = Schema {
            separator: Some(Separator::Semicolon),
            missing: vec![String::new(), "-9".into(), "\"\n".into()],
            heading: false,
            decimal: Decimal::Comma,
            columns: vec![
                ("z".into(), Kind::Number),
                (String::new(), Kind::Text),
                ("chest pain = [x]".into(), Kind::Category(None)),
                ("sex".into(), Kind::Category(Some(vec!["f".into(), "m".into()]))),
                ("rs.1".into(), Kind::Genotype),
            ],
        };
        assert_eq!(Schema::read(&schema.to_text(), "s").unwrap(), schema);
        assert_eq!(Schema::read("", "s").unwrap(), Schema::default());
    }

    #[test]
    fn other_text_is_refused() {
        for (text, error) in [
            (
                "[columns]\nage = \"integer\"\n",
                "s.toml: column \"age\" is none of number, category, genotype, text or a list of categories",
            ),
            (
                "[columns]\nage = [1]\n",
                "s.toml: column \"age\" is none of number, category, genotype, text or a list of categories",
            ),
            (
                "\nseparator = \"pipe\"\n",
                "s.toml is not a schema: line 2: unknown variant `pipe`, expected one of `comma`, `semicolon`, `tab`",
            ),
            (
                "separator = \"a\tb\"\n",
                "s.toml is not a schema: line 1: unknown variant `a b`, expected one of `comma`, `semicolon`, `tab`",
            ),
            (
                "colums = 1\n",
                "s.toml is not a schema: line 1: unknown field `colums`, expected one of `separator`, `missing`, `heading`, `decimal`, `columns`",
            ),
        ] {
            assert_eq!(Schema::read(text, "s.toml").unwrap_err().to_string(), error);
        }
        let twice = Schema::read("[columns]\na = \"text\"\na = \"text\"\n", "s.toml").unwrap_err();
        assert!(twice.to_string().starts_with("s.toml is not a schema: line 3: "), "{twice}");
    }
}
