//! Lists of columns and samples, and regions.
#![no_main]

use cohort::{ColumnSet, SampleSet, Variant};
use fuzz::opened::one_line;
use libfuzzer_sys::fuzz_target;

const NAME: &str = "input";

fuzz_target!(|input: &[u8]| {
    let columns = ColumnSet::read(input, NAME).map_err(one_line);
    if let Ok(set) = &columns {
        let text = std::str::from_utf8(input).expect("lists are text");
        let named: Vec<Variant> = text.lines().filter_map(column).collect();
        assert_eq!(set.named(), Some(named.len()));
        for column in named {
            assert!(set.matches(&column) && set.matches(&column.trimmed()), "{column}");
        }
    }
    if let Err(error) = SampleSet::read(input, NAME) {
        one_line(error);
    }
    if let Ok(text) = std::str::from_utf8(input)
        && let Ok(region) = ColumnSet::region(text)
    {
        assert_eq!(region.named(), None);
        let (contig, range) = text.rsplit_once(':').expect("a contig");
        let (first, last) = range.split_once('-').expect("two ends");
        let [first, last] = [first, last].map(|end| end.parse::<u64>().expect("a number"));
        for (pos, inside) in
            [(first, true), (last, true), (last + 1, false), (first.wrapping_sub(1), false)]
        {
            let [reference, alternate] = ["A", "C"].map(str::to_owned);
            let variant = Variant { contig: contig.to_owned(), pos, reference, alternate };
            assert_eq!(region.matches(&variant), inside);
        }
    }
});

/// A line that names a column.
fn column(line: &str) -> Option<Variant> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [contig, pos, reference, alternate] = fields[..] else { return None };
    let pos = pos.parse().ok().filter(|_| !line.starts_with('#'))?;
    let [contig, reference, alternate] = [contig, reference, alternate].map(str::to_owned);
    Some(Variant { contig, pos, reference, alternate })
}
