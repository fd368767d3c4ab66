//! One pass over a table: every column's values are counted as long as they fit in memory, and
//! summed from there on. Specification: `docs/spec/tables.md`, "Types" and "Limits".

use std::collections::HashMap;

use super::dialect::Separator;
use super::profile::TableProfile;
use super::rows::Rows;
use super::schema::{Kind, Schema};
use super::table_error::{Placed, TableFault};
use super::values::Values;

/// Bytes that all columns' values may take.
const BUDGET: usize = 128 << 20;
/// Rows between two words of progress.
const STEP: u64 = 1024;

pub(super) fn survey(
    mut rows: Rows,
    schema: &Schema,
    separator: Separator,
    progress: &mut dyn FnMut(u64),
) -> Result<TableProfile, Placed> {
    let heading = rows.heading.clone();
    let kinds: HashMap<&str, &Kind> =
        schema.columns.iter().map(|(name, kind)| (name.as_str(), kind)).collect();
    if let Some((name, _)) = schema.columns.iter().find(|(name, _)| !heading.contains(name)) {
        return Err(TableFault::NotInTable(name.clone()).into());
    }
    let share = BUDGET / heading.len();
    let mut spent = 0;
    let mut columns: Vec<Values<'_>> = heading
        .iter()
        .map(|name| Values::new(kinds.get(name.as_str()).copied(), schema.decimal, share))
        .collect();
    while let Some((line, row)) = rows.next()? {
        for (place, (field, values)) in row.iter().zip(&mut columns).enumerate() {
            let Ok(text) = str::from_utf8(field) else {
                return Err(Placed(Some(line), TableFault::NotUtf8 { column: place + 1 }));
            };
            if let Err(expected) = values.take(text, &schema.missing, &mut spent, BUDGET) {
                let fault = TableFault::Value { column: heading[place].clone(), expected };
                return Err(Placed(Some(line), fault));
            }
        }
        if rows.count.is_multiple_of(STEP) {
            progress(rows.consumed());
        }
    }
    let columns = columns.into_iter().zip(heading).map(|(values, name)| {
        let mut profile = values.profile(name);
        profile.name_is_value &= schema.heading;
        profile
    });
    Ok(TableProfile {
        separator,
        rows: rows.count,
        columns: columns.collect(),
        said: Schema { separator: None, columns: Vec::new(), ..schema.clone() },
    })
}
