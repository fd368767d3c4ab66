//! `inspect` over a table of typed columns.

use super::Inspect;
use crate::answer::{Answer, Lines};
use crate::describe::{count, counted};
use crate::failure::{Context as _, Failure};
use crate::plain::plain;
use crate::session::Session;
use cohort::{ColumnProfile, Counted, Schema, Table, TableProfile};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// Columns that are described to people; --json has all.
const SHOWN: usize = 200;
/// Categories that are named to people.
const CATEGORIES: usize = 8;

/// Says what a table's columns hold.
pub(super) fn run(session: &Session, args: &Inspect) -> Result<Answer, Failure> {
    let schema = args.schema.as_deref().map(Schema::open).transpose()?.unwrap_or_default();
    let table = Table::open(&args.file, schema)?;
    let bar = session.progress.bytes("inspecting", table.size());
    let found = cohort::inspect_table(table, &mut |used| bar.set_position(used))?;
    bar.finish_and_clear();
    if let Some(path) = &args.write_schema {
        write_schema(&found, path)?;
    }
    let json = json!({ "table": found, "schema": args.write_schema });
    Ok(Answer::yes(lines(&found), json))
}

/// Into a new file: a schema that somebody wrote is never lost.
fn write_schema(found: &TableProfile, path: &Path) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let text = found.schema().to_text();
    file.and_then(|mut file| file.write_all(text.as_bytes())).context("write", path)
}

fn lines(found: &TableProfile) -> String {
    let mut lines = Lines::default();
    lines
        .add("format", format!("a table, parted by {}s", found.separator.word()))
        .add("rows", count(found.rows))
        .add("columns", kinds(found));
    if found.first_line_may_be_row() {
        let advice =
            "names columns as their values are; if it is a row, say `heading = false` in a schema";
        lines.add("first line", advice);
    }
    if found.rows_are_positions() {
        lines.add("rows are", "positions on chromosomes, as it seems, and no people");
    }
    for column in found.columns.iter().take(SHOWN) {
        let name = if column.name.is_empty() { "(no name)".into() } else { plain(&column.name) };
        lines.add(&format!("  {name}"), plain(&describe(column)));
    }
    if let Some(more) = found.columns.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.add("  …", format!("{} more; --json has all", count(more as u64)));
    }
    lines.to_string()
}

fn kinds(found: &TableProfile) -> String {
    let of = |kind: &str, words: &str| {
        let columns = found.columns.iter().filter(|column| column.kind == kind).count();
        (columns > 0).then(|| format!("{} {words}", count(columns as u64)))
    };
    let kinds = [
        of("number", "of numbers"),
        of("category", "of categories"),
        of("genotype", "of genotypes"),
        of("text", "of text"),
    ];
    let kinds: Vec<_> = kinds.into_iter().flatten().collect();
    format!("{}: {}", count(found.columns.len() as u64), kinds.join(", "))
}

/// The type, and what it is told from.
fn describe(column: &ColumnProfile) -> String {
    let mut parts =
        vec![format!("{}{}", column.kind, if column.guessed { "" } else { " (schema)" })];
    parts.push(format!("{} missing", count(column.missing)));
    if let Some(numbers) = &column.numbers {
        parts.push(format!("{} to {}", numbers.min, numbers.max));
        parts.push(format!("mean {}", numbers.mean));
        if let Some(median) = &numbers.median {
            parts.push(format!("median {median}"));
        }
    }
    if let Some(letters) = &column.letters {
        parts.push(list(&letters.alleles, usize::MAX));
        parts.push(list(&letters.pairs, usize::MAX));
    }
    match (column.kind, column.distinct) {
        ("genotype", _) => {}
        (_, None) => parts.push("more different values than are kept".to_owned()),
        ("text", Some(n)) if n == column.count => {
            parts.push(format!("{} values, none twice", count(n)));
        }
        (_, Some(n)) => parts.push(counted(n, "different value")),
    }
    if let Some(categories) = &column.categories {
        parts.push(list(categories, CATEGORIES));
    }
    if matches!(column.kind, "category" | "text") {
        let likes = [(column.as_numbers, "numbers"), (column.as_pairs, "pairs of letters")];
        for (like, what) in likes {
            if let Some(like) = like.filter(|like| *like > column.count / 2) {
                parts.push(format!("{} of {} are {what}", count(like), count(column.count)));
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

fn list(counts: &[Counted], most: usize) -> String {
    let shown = counts.iter().take(most).map(|c| format!("{} {}", c.value, count(c.count)));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if counts.len() > most {
        text += ", …";
    }
    text
}
