//! Tables of typed columns: a heading, then a row for each person, parted by commas, semicolons or
//! tabs. What a column holds is said by a schema, or guessed from all of its values; the guess is
//! shown with its evidence. Numbers stay the decimal numbers that they are.
//! Specification: `docs/spec/tables.md`.

mod dialect;
mod frequency;
mod genotype;
mod grammar;
mod number;
mod profile;
mod rows;
mod schema;
mod survey;
mod table_error;
mod values;

use std::path::Path;

pub use dialect::Separator;
pub use frequency::{TableSummary, table_allele_frequency};
pub use genotype::Letters;
pub use grammar::GrammarFault;
pub use profile::{ColumnProfile, Counted, Numbers, TableProfile};
pub use schema::{Decimal, Kind, Schema, SchemaError};
pub use table_error::{TableError, TableFault};

use rows::Rows;
use table_error::Placed;

/// A table that was recognised and whose heading was read.
pub struct Table {
    name: String,
    schema: Schema,
    separator: Separator,
    rows: Rows,
    size: u64,
}

impl Table {
    /// Whether the file's beginning is that of a table: text whose first line has several columns
    /// and does not begin with `#`. False for what cannot be read, and for what is no file, such as
    /// a pipe.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        path.is_file() && rows::beginning(path).is_ok_and(|text| dialect::is_table(&text))
    }

    /// Opens a table and reads its heading.
    ///
    /// # Errors
    /// A file that cannot be read, or is no table; a heading that the schema does not fit.
    pub fn open(path: &Path, schema: Schema) -> Result<Table, TableError> {
        let name = path.display().to_string();
        let opened = Table::open_rows(path, &schema).map_err(|fault| fault.of(&name))?;
        let (separator, rows, size) = opened;
        Ok(Table { name, schema, separator, rows, size })
    }

    fn open_rows(path: &Path, schema: &Schema) -> Result<(Separator, Rows, u64), Placed> {
        let metadata = path.metadata().map_err(TableFault::Io)?;
        if !metadata.is_file() {
            return Err(TableFault::NotAFile.into());
        }
        let separator = match schema.separator {
            Some(separator) => separator,
            None => dialect::separator(&rows::beginning(path)?)?,
        };
        Ok((separator, Rows::open(path, separator, schema.heading)?, metadata.len()))
    }

    /// The table's columns, in its order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.rows.heading
    }

    /// The name that errors give to the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes there are to read, in the measure in which progress is told.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
}

/// Reads a table and says what its columns hold. `progress` is told how many bytes were read.
///
/// # Errors
/// What is no row of the table, and what does not fit the schema; no error repeats a genotype.
pub fn inspect_table(
    table: Table,
    progress: &mut dyn FnMut(u64),
) -> Result<TableProfile, TableError> {
    let Table { name, schema, separator, rows, .. } = table;
    survey::survey(rows, &schema, separator, progress).map_err(|fault| fault.of(&name))
}
