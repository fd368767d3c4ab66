//! The samples of a set: `fam`, whose columns are always the same, or `psam`, whose header names
//! them. A sample's name is its IID.

use super::set::Version;
use crate::field::Found;
use crate::front::Front;
use crate::header::{Header, HeaderFault, Sex};
use crate::read_error::ReadError;
use crate::vcf::{LONGEST_HEADER, without_end};

/// The columns of a line that matter.
#[derive(Clone, Copy, Debug)]
struct Layout {
    /// Which column is the name, from 0.
    name: usize,
    /// Which is the sex.
    sex: Option<usize>,
    /// How many columns there are at least.
    width: usize,
}

const FAM: Layout = Layout { name: 1, sex: Some(4), width: 6 };
/// A `psam` without a header may lack phenotypes.
const HEADLESS: Layout = Layout { name: 1, sex: Some(4), width: 5 };

pub(super) fn read(
    mut front: Front,
    name: &str,
    version: Version,
    header: &mut Header,
) -> Result<(), ReadError> {
    let mut layout = if version == Version::Two { HEADLESS } else { FAM };
    let (mut lines, mut first, mut empty) = (0, None, None);
    loop {
        lines += 1;
        let wrong = |line, fault| ReadError::header(name, line, fault);
        let end = front.line(LONGEST_HEADER);
        let Some(end) = end.map_err(|fault| ReadError::source_fault(name, fault))? else { break };
        if front.total > LONGEST_HEADER {
            return Err(wrong(lines, HeaderFault::TooLong));
        }
        let line = without_end(front.take(end));
        if line.is_empty() {
            empty.get_or_insert(lines);
            continue;
        }
        if let Some(empty) = empty {
            return Err(wrong(empty, HeaderFault::EmptyLine));
        }
        if version == Version::Two && header.samples.is_empty() && line.starts_with(b"#") {
            layout = names(line, layout).map_err(|fault| wrong(lines, fault))?;
            continue;
        }
        first.get_or_insert(lines);
        sample(line, layout, header).map_err(|fault| wrong(lines, fault))?;
    }
    let Some(first) = first else {
        return Err(ReadError::header(
            name,
            lines.saturating_sub(1).max(1),
            HeaderFault::NoSamples,
        ));
    };
    let checked = header.check_samples(|_| layout.name + 1);
    checked.map_err(|(place, fault)| ReadError::header(name, first + place as u64, fault))
}

/// The line of column names is the one that begins with `#FID` or `#IID`; those before it do not
/// matter.
fn names(line: &[u8], before: Layout) -> Result<Layout, HeaderFault> {
    let columns: Vec<&[u8]> = fields(line).collect();
    let name = match columns[..] {
        [b"#IID", ..] => 0,
        [b"#FID", b"IID", ..] => 1,
        [b"#FID", ref rest @ ..] => {
            let found = Found::new(rest.first().copied().unwrap_or_default());
            return Err(HeaderFault::ColumnName { column: 2, expected: "IID", found });
        }
        _ => return Ok(before),
    };
    let mut sexes = columns.iter().enumerate().filter(|(_, column)| **column == b"SEX");
    match (sexes.next(), sexes.next()) {
        (_, Some(_)) => Err(HeaderFault::ColumnMissing { expected: "SEX" }),
        (sex, None) => Ok(Layout { name, sex: sex.map(|(at, _)| at), width: columns.len() }),
    }
}

fn sample(line: &[u8], layout: Layout, header: &mut Header) -> Result<(), HeaderFault> {
    let (mut found, mut name, mut sex) = (0, None, None);
    for (place, field) in fields(line).enumerate() {
        found = place + 1;
        if place == layout.name {
            name = Some(field);
        }
        if layout.sex == Some(place) {
            sex = declared(field);
        }
    }
    match name {
        Some(name) if found >= layout.width => {
            header.declared_sex.push(sex);
            header.push_sample(name, layout.name + 1)
        }
        _ => Err(HeaderFault::SampleColumns { found, expected: layout.width }),
    }
}

/// What other words and numbers say of a sex is not known.
fn declared(sex: &[u8]) -> Option<Sex> {
    match sex {
        b"1" | b"M" | b"m" => Some(Sex::Male),
        b"2" | b"F" | b"f" => Some(Sex::Female),
        _ => None,
    }
}

/// Split by tabs and spaces, however many.
pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = memchr::memchr2(b'\t', b' ', rest).unwrap_or(rest.len());
            let field = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            if !field.is_empty() {
                return Some(field);
            }
        }
        None
    })
}
