//! The sections as text of 80 columns, as far as names allow.

use super::plot::Ink;
use super::sections::{Section, Table};
use crate::describe::count;
use crate::plain::plain;

/// Columns of a label.
const LABEL: usize = 27;
const WIDTH: usize = 80;
/// Columns of a cell at most, but for a longer name's own row.
const CELL: usize = 24;

pub(super) fn text(sections: &[Section], ink: Option<Ink>) -> String {
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!("{}\n", section.title);
        for (label, value) in &section.lines {
            text += &format!("{:<LABEL$}  {}\n", plain(label), plain(value));
        }
        for note in &section.notes {
            text += &wrapped(note);
        }
        for plot in ink.iter().flat_map(|ink| section.plots.iter().map(|plot| plot.draw(*ink))) {
            text += &format!("\n{plot}");
        }
        for table in &section.tables {
            text += &format!("\n{}", rows(table));
        }
    }
    text
}

fn wrapped(note: &str) -> String {
    let (mut text, mut width) = (String::from(" "), 1);
    for word in note.split(' ') {
        let length = word.chars().count();
        if width + 1 + length > WIDTH {
            text += "\n ";
            width = 1;
        }
        text += &format!(" {word}");
        width += 1 + length;
    }
    text + "\n"
}

fn rows(table: &Table) -> String {
    let plain = |row: &Vec<String>| row.iter().map(|cell| plain(cell)).collect::<Vec<_>>();
    let head: Vec<String> = table.head.iter().map(|name| (*name).to_owned()).collect();
    let rows: Vec<Vec<String>> = [head].into_iter().chain(table.rows.iter().map(plain)).collect();
    let width = |place: usize| {
        rows.iter().map(|row| row[place].chars().count()).max().unwrap_or(0).min(CELL)
    };
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let mut text = format!("  {}\n", table.title);
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("  {cell:<width$}"));
        let line = format!("  {}", cells.collect::<String>());
        text += line.trim_end();
        text.push('\n');
    }
    if table.more > 0 {
        text += &format!("    and {} more\n", count(table.more));
    }
    text
}
