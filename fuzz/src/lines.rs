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
    if contig.len() > 65_535 || !is_contig(contig) {
        return None;
    }
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let pos: u64 = std::str::from_utf8(fields[1]).ok()?.parse().ok()?;
    if !digits(fields[1]) || fields[1].len() > 19 || pos > i64::MAX as u64 {
        return None;
    }
    let reference = std::str::from_utf8(fields[3]).ok().filter(|text| is_bases(text))?;
    let alternates: Vec<&str> = match std::str::from_utf8(fields[4]).ok()? {
        "." => Vec::new(),
        list => list.split(',').collect(),
    };
    if !alternates.iter().all(|allele| is_alternate(allele)) {
        return None;
    }
    let parts = fields[8].split(|b| *b == b':').count();
    let mut keys = fields[8].split(|b| *b == b':').enumerate().filter(|(_, key)| *key == b"GT");
    let place = match (keys.next(), keys.next()) {
        (Some(_), None) if fields[8].split(|b| *b == b':').any(<[u8]>::is_empty) => return None,
        (Some((place, _)), None) => place,
        (None, _) if alternates.is_empty() => return Some(Vec::new()),
        _ => return None,
    };
    let mut copies = vec![0; alternates.len() + 1];
    for field in &fields[9..] {
        // A dropped GT has fewer parts than its place, and so never too many.
        if field.split(|b| *b == b':').count() > parts {
            return None;
        }
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

fn is_contig(text: &str) -> bool {
    let inside = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    let allowed = |c: char| ('!'..='~').contains(&c) && !"\\,\"'`()[]{}<>".contains(c);
    !inside.is_empty() && !inside.starts_with(['*', '=']) && inside.chars().all(allowed)
}

fn is_bases(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| "ACGTNacgtn".contains(c))
}

fn is_alternate(text: &str) -> bool {
    let is_id = |id: &str| {
        let allowed = |c: char| ('!'..='~').contains(&c) && !"<>,".contains(c);
        !id.is_empty() && id.chars().all(allowed)
    };
    if let Some((bases, id)) = text.strip_suffix('>').and_then(|text| text.split_once('<')) {
        if is_id(id) {
            return bases.is_empty() || is_bases(bases);
        }
    }
    for bracket in ['[', ']'] {
        let parts: Vec<&str> = text.split(bracket).collect();
        let (place, bases) = match parts[..] {
            ["", place, bases] | [bases, place, ""] => (place, bases),
            _ => continue,
        };
        let Some((contig, pos)) = place.rsplit_once(':') else { return false };
        let pos: Option<i64> = pos.parse().ok().filter(|_| pos.bytes().all(|b| b.is_ascii_digit()));
        let is_place = is_contig(contig) && pos.is_some() && place.len() - contig.len() <= 20;
        return is_place && (bases == "." || is_bases(bases));
    }
    let single = text.strip_prefix('.').or(text.strip_suffix('.'));
    single.is_some_and(is_bases) || is_bases(&text.replace('*', "A"))
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
        if allele.len() > 1 && allele[0] == b'0' {
            return None;
        }
        let index = std::str::from_utf8(allele).ok()?.parse().unwrap_or(usize::MAX);
        if alternates > 0 && index > alternates {
            return None;
        }
        called.push(index);
    }
    Some(called)
}
