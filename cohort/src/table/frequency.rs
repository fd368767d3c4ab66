//! How often each letter was called in each column of genotypes of a table.
//! Specification: `docs/spec/tables.md`, "Counting".

use std::io::{self, Write};

use super::genotype;
use super::profile::{ColumnProfile, TableProfile};
use super::table_error::{Placed, TableError, TableFault};
use super::{Table, inspect_table};
use crate::labels::FirstNames;

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSummary {
    /// Rows of the table.
    pub samples: u64,
    /// Columns of genotypes.
    pub genotypes: u64,
    /// Lines of the result.
    pub lines: u64,
    /// Columns that are something else, and were not counted.
    pub others: FirstNames,
    /// Columns of genotypes with more than two letters.
    pub many_letters: FirstNames,
}

/// Writes `column allele ac an`, tab separated: a header line, then for each column of genotypes a
/// line for each letter that was called, sorted; `.` where none was. AC is the copies of the letter,
/// AN twice the genotypes called.
///
/// # Errors
/// As [`inspect_table`]; a table without genotypes; a heading that reads like a row; rows that are
/// positions; a column whose guessed type is another, though most of its values are pairs of
/// letters. What `out` has then received is no result.
pub fn table_allele_frequency(
    table: Table,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<TableSummary, TableError> {
    let name = table.name().to_owned();
    let profile = inspect_table(table, progress)?;
    let summary = check(&profile).map_err(|fault| Placed::from(fault).of(&name))?;
    let written = write(&profile, out);
    written.map_err(|error| Placed::from(TableFault::Write(error)).of(&name))?;
    Ok(summary)
}

fn check(profile: &TableProfile) -> Result<TableSummary, TableFault> {
    let mut summary = TableSummary {
        samples: profile.rows,
        genotypes: 0,
        lines: 0,
        others: FirstNames::default(),
        many_letters: FirstNames::default(),
    };
    if profile.rows_are_positions()
        && profile.columns.iter().any(|c| c.guessed && c.letters.is_some())
    {
        return Err(TableFault::Positions);
    }
    for (place, column) in profile.columns.iter().enumerate() {
        match &column.letters {
            Some(letters) => {
                refuse_row(column, place)?;
                summary.genotypes += 1;
                summary.lines += letters.alleles.len().max(1) as u64;
                if letters.alleles.len() > 2 {
                    summary.many_letters.add(&column.name);
                }
            }
            None => {
                let (pairs, count) = (column.as_pairs.unwrap_or(0), column.count);
                if column.guessed && pairs > count / 2 {
                    refuse_row(column, place)?;
                    return Err(TableFault::Doubtful { column: place + 1, pairs, count });
                }
                summary.others.add(&column.name);
            }
        }
    }
    match summary.genotypes {
        0 => Err(TableFault::NoGenotypes),
        _ => Ok(summary),
    }
}

/// The name of a guessed column of genotypes must be none: it would be a person's.
fn refuse_row(column: &ColumnProfile, place: usize) -> Result<(), TableFault> {
    match column.guessed && genotype::parse(&column.name).is_some() {
        true => Err(TableFault::HeadingIsRow { column: place + 1 }),
        false => Ok(()),
    }
}

fn write(profile: &TableProfile, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "column\tallele\tac\tan")?;
    for column in &profile.columns {
        let Some(letters) = &column.letters else { continue };
        let called = 2 * column.count;
        if letters.alleles.is_empty() {
            writeln!(out, "{}\t.\t0\t0", column.name)?;
        }
        for allele in &letters.alleles {
            writeln!(out, "{}\t{}\t{}\t{called}", column.name, allele.value, allele.count)?;
        }
    }
    out.flush()
}
