//! VCF counted a second time, slowly, from `docs/spec/genotypes.md` alone.

use cohort::Variant;

use crate::frequency::Row;

/// The rows of `allele-frequency`, half calls read as haploid; `None` where the text must be
/// refused. `samples` are those of the header, which was read.
pub fn rows(text: &[u8], samples: usize) -> Option<Vec<Row>> {
    let mut lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    for line in &mut lines {
        *line = line.strip_suffix(b"\r").unwrap_or(line);
    }
    let names = lines.iter().position(|line| !line.starts_with(b"##"))?;
    let mut body = &lines[names + 1..];
    while let [rest @ .., []] = body {
        body = rest;
    }
    if samples == 0 {
        return None;
    }
    let mut rows = Vec::new();
    for line in body {
        rows.append(&mut record(line, samples)?);
    }
    Some(rows)
}

fn record(line: &[u8], samples: usize) -> Option<Vec<Row>> {
    let fields: Vec<&[u8]> = line.split(|b| *b == b'\t').collect();
    if line.starts_with(b"#") || fields.len() != 9 + samples {
        return None;
    }
    let contig = std::str::from_utf8(fields[0]).ok()?;
    if contig.is_empty()
        || contig.len() > 65_535
        || contig.contains(|c: char| c.is_control() || c == ' ')
    {
        return None;
    }
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let pos: u64 = std::str::from_utf8(fields[1]).ok()?.parse().ok()?;
    if !digits(fields[1]) || fields[1].len() > 19 || pos > i64::MAX as u64 {
        return None;
    }
    let reference = allele(fields[3])?;
    let alternates: Vec<&str> = match fields[4] {
        b"." => Vec::new(),
        list => list.split(|b| *b == b',').map(allele).collect::<Option<_>>()?,
    };
    if alternates.contains(&".") {
        return None;
    }
    let mut keys = fields[8].split(|b| *b == b':').enumerate().filter(|(_, key)| *key == b"GT");
    let place = match (keys.next(), keys.next()) {
        (Some((place, _)), None) => place,
        (None, _) if alternates.is_empty() => return Some(Vec::new()),
        _ => return None,
    };
    let mut copies = vec![0; alternates.len() + 1];
    for field in &fields[9..] {
        for index in genotype(field, place, alternates.len())? {
            if let Some(copies) = copies.get_mut(index) {
                *copies += 1;
            }
        }
    }
    let an = copies.iter().sum();
    let row = |(alternate, ac): (&&str, &u64)| Row {
        variant: Variant {
            contig: contig.to_owned(),
            pos,
            reference: reference.to_owned(),
            alternate: (*alternate).to_owned(),
        },
        numbers: vec![*ac, an],
    };
    Some(alternates.iter().zip(&copies[1..]).map(row).collect())
}

fn allele(bytes: &[u8]) -> Option<&str> {
    let printable = !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_graphic() && *b != b',');
    std::str::from_utf8(bytes).ok().filter(|_| printable)
}

/// The alleles that were called.
fn genotype(field: &[u8], place: usize, alternates: usize) -> Option<Vec<usize>> {
    if field.is_empty() {
        return None;
    }
    let Some(text) = field.split(|b| *b == b':').nth(place) else { return Some(Vec::new()) };
    let text = text.strip_prefix(b"/").or(text.strip_prefix(b"|")).unwrap_or(text);
    let mut called = Vec::new();
    for allele in text.split(|b| matches!(b, b'/' | b'|')) {
        if allele == b"." {
            continue;
        }
        if allele.is_empty() || !allele.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let first = allele.iter().position(|b| *b != b'0').unwrap_or(allele.len());
        let index = match &allele[first..] {
            [] => 0,
            digits => std::str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX),
        };
        if alternates > 0 && index > alternates {
            return None;
        }
        called.push(index);
    }
    Some(called)
}
