//! Random tables, written here in every dialect, are read back as they were drawn.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::look;

#[derive(Clone, Debug)]
struct Row {
    text: String,
    word: &'static str,
    /// Thousandths; `None` is missing.
    number: Option<i64>,
    pair: Option<(usize, usize)>,
}

fn row() -> impl Strategy<Value = Row> {
    let word =
        prop::sample::select(&["f", "m", "NA", "Größe, \"x\"", "a;b\tc", "two\r\nlines"][..]);
    let pair = prop::option::weighted(0.9, (0..2usize, 0..2usize));
    ("[ a-c,;\t\"\n\ré]{0,6}", word, prop::option::weighted(0.9, any::<i64>()), pair)
        .prop_map(|(text, word, number, pair)| Row { text, word, number, pair })
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    separator: char,
    end: &'static str,
    quote_all: bool,
    mark: bool,
    last_end: bool,
    gzip: bool,
}

fn dialect() -> impl Strategy<Value = Dialect> {
    let separator = prop::sample::select(&[',', ';', '\t'][..]);
    let end = prop::sample::select(&["\n", "\r\n"][..]);
    (separator, end, any::<[bool; 4]>()).prop_map(|(separator, end, flags)| {
        let [quote_all, mark, last_end, gzip] = flags;
        Dialect { separator, end, quote_all, mark, last_end, gzip }
    })
}

impl Dialect {
    fn field(&self, text: &str) -> String {
        let special = |c: char| c == self.separator || matches!(c, '"' | '\n' | '\r');
        match self.quote_all || text.contains(special) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        }
    }

    fn write(&self, rows: &[Vec<String>]) -> Vec<u8> {
        let lines: Vec<_> = rows
            .iter()
            .map(|row| {
                let fields: Vec<_> = row.iter().map(|field| self.field(field)).collect();
                fields.join(&self.separator.to_string())
            })
            .collect();
        let mut text = if self.mark { "\u{feff}".to_owned() } else { String::new() };
        text += &lines.join(self.end);
        text += if self.last_end { self.end } else { "" };
        if !self.gzip {
            return text.into_bytes();
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    }
}

/// `-1234` thousandths is `-1.234`.
fn thousandths(number: i64) -> String {
    let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    format!("{sign}{}.{:03}", number / 1000, number % 1000)
}

/// Without the zeros that a number does not need.
fn shortest(text: &str) -> String {
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn counted<'a>(values: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for value in values.map(|value| value.trim_matches(' ')) {
        if !["", "NA", "N/A", "NaN", ".", "?"].contains(&value) {
            *counts.entry(value.to_owned()).or_default() += 1;
        }
    }
    counts
}

proptest! {
    #![proptest_config(Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(31),
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(row(), 1..40), dialect in dialect()) {
        let heading = ["text", "word", "number", "rs1"].map(str::to_owned).to_vec();
        let body = rows.iter().map(|row| {
            let pair = row.pair.map(|(one, other)| [["AA", "AG"], ["GA", "GG"]][one][other]);
            vec![
                row.text.clone(),
                row.word.to_owned(),
                row.number.map_or("NA".to_owned(), thousandths),
                pair.unwrap_or("00").to_owned(),
            ]
        });
        let written: Vec<_> = std::iter::once(heading).chain(body).collect();
        let schema = "[columns]\ntext = \"category\"\nword = \"category\"\nnumber = \"number\"\nrs1 = \"genotype\"\n";
        let found = look(&dialect.write(&written), schema).unwrap();
        prop_assert_eq!(found.rows, rows.len() as u64);
        for (column, expected) in [
            (&found.columns[0], counted(rows.iter().map(|row| row.text.as_str()))),
            (&found.columns[1], counted(rows.iter().map(|row| row.word))),
        ] {
            let own = column.categories.as_ref().unwrap();
            let own: BTreeMap<_, _> = own.iter().map(|c| (c.value.clone(), c.count)).collect();
            prop_assert_eq!(column.count, own.values().sum::<u64>());
            prop_assert_eq!(column.count + column.missing, rows.len() as u64);
            prop_assert_eq!(own, expected);
        }
        let mut numbers: Vec<i64> = rows.iter().filter_map(|row| row.number).collect();
        numbers.sort_unstable();
        match (&found.columns[2].numbers, numbers.first()) {
            (None, None) => {}
            (Some(own), Some(least)) => {
                let sum: i128 = numbers.iter().map(|n| i128::from(*n)).sum();
                let sign = if sum < 0 { "-" } else { "" };
                let sum = sum.unsigned_abs();
                let sum = format!("{sign}{}.{:03}", sum / 1000, sum % 1000);
                prop_assert_eq!(&own.sum, &shortest(&sum));
                prop_assert_eq!(&own.min, &shortest(&thousandths(*least)));
                prop_assert_eq!(&own.max, &shortest(&thousandths(*numbers.last().unwrap())));
            }
            (own, _) => prop_assert!(false, "{own:?}"),
        }
        let copies = |letter: usize| -> u64 {
            rows.iter().filter_map(|row| row.pair).map(|(one, other)| {
                u64::from(one == letter) + u64::from(other == letter)
            }).sum()
        };
        let letters = found.columns[3].letters.as_ref().unwrap();
        let own = |letter: &str| letters.alleles.iter().find(|c| c.value == letter).map_or(0, |c| c.count);
        prop_assert_eq!((own("A"), own("G")), (copies(0), copies(1)));
    }
}
