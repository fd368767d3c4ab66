//! Regions and indexes. An input is a byte that says which file, the regions parted by commas, a 0,
//! and an index, not compressed. Whatever it says, the records are those that the whole file has in
//! these regions, or it is refused.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use cohort::{EvaluateError, Genotypes, Options, Region, Regions, allele_frequency};
use fuzz::opened::{alone, one_line, refusal};
use fuzz::set::Folder;
use libfuzzer_sys::fuzz_target;

/// Of the same records: three contigs in many small blocks.
const FILES: [(&str, &[u8]); 2] = [
    ("vcf.gz", include_bytes!("../data/region.vcf.gz")),
    ("bcf", include_bytes!("../data/region.bcf")),
];
const INDEX: &str = "index";

/// A folder with the files, and the lines of the table of all records.
static WHOLE: LazyLock<(Folder, Vec<String>)> = LazyLock::new(|| {
    let folder = Folder::default();
    for (ending, bytes) in FILES {
        fs::write(folder.path(ending), bytes).expect("the folder takes files");
    }
    let all = rows(Genotypes::open(&folder.path(FILES[0].0)).expect("the file is one"));
    (folder, all.expect("the file is whole"))
});

fuzz_target!(init: alone(), |input: &[u8]| {
    let [which, rest @ ..] = input else { return };
    let Some(at) = rest.iter().position(|byte| *byte == 0) else { return };
    let (texts, index) = (str::from_utf8(&rest[..at]), &rest[at + 1..]);
    let Ok(texts) = texts else { return };
    let asked: Result<Vec<Region>, _> = texts.split(',').map(Region::parse).collect();
    let asked = match asked {
        Ok(asked) => asked,
        Err(error) => {
            one_line(error);
            return;
        }
    };
    let (folder, all) = &*WHOLE;
    let file = folder.path(FILES[usize::from(which % 2)].0);
    let path = folder.path(INDEX);
    fs::write(&path, index).expect("the folder takes files");
    let by_index = answer(&file, &asked, Some(&path));
    let expected = match answer(&file, &asked, None) {
        Ok(rows) => rows,
        // A contig that the file does not have.
        Err(_) => return assert!(by_index.is_err()),
    };
    let inside = |row: &&String| texts.split(',').any(|text| holds(text, row));
    let counted: Vec<&String> = all.iter().filter(inside).collect();
    assert!(expected.iter().eq(counted), "read whole: {expected:?}");
    if let Ok(rows) = by_index {
        assert_eq!(rows, expected);
    }
});

fn answer(file: &Path, asked: &[Region], index: Option<&PathBuf>) -> Result<Vec<String>, String> {
    let regions: Regions = asked.iter().cloned().collect();
    let opened = Genotypes::open(file).and_then(|whole| whole.within(regions, index.map(|i| &**i)));
    rows(opened.map_err(refusal)?.0).map_err(refusal)
}

fn rows(genotypes: Genotypes) -> Result<Vec<String>, EvaluateError> {
    let mut table = Vec::new();
    allele_frequency(genotypes, &Options::default(), &mut table, &mut |_| {})?;
    let table = String::from_utf8(table).expect("tables are text");
    Ok(table.lines().skip(1).map(str::to_owned).collect())
}

/// Whether a region holds a row: a second reading of its text.
fn holds(region: &str, row: &str) -> bool {
    let mut fields = row.split('\t');
    let contig = fields.next().expect("a contig");
    let pos: u64 = fields.next().and_then(|pos| pos.parse().ok()).expect("a position");
    if region == contig {
        return true;
    }
    let Some((first, last)) = region
        .strip_prefix(contig)
        .and_then(|rest| rest.strip_prefix(':'))
        .map(|range| range.split_once('-').unwrap_or((range, range)))
    else {
        return false;
    };
    let first: Option<u64> = first.parse().ok();
    let last: Option<u64> = if last.is_empty() { Some(u64::MAX) } else { last.parse().ok() };
    first.zip(last).is_some_and(|(first, last)| (first..=last).contains(&pos))
}
