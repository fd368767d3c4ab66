//! Results of the evaluations, read back from what was written.

use cohort::{EvaluateError, Genotypes, HalfCall, Options, Summary, Variant};

use crate::opened::{Open, refusal};

/// A whole result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub summary: Summary,
    pub rows: Vec<Row>,
}

/// One line: an ALT and its numbers, AC and AN the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub variant: Variant,
    pub numbers: Vec<u64>,
}

impl Row {
    pub fn ac(&self) -> u64 {
        self.numbers[0]
    }

    pub fn an(&self) -> u64 {
        self.numbers[1]
    }
}

/// Options that differ from the usual ones in how half calls are read.
pub fn half(half_call: HalfCall) -> Options {
    Options { half_call, ..Options::default() }
}

pub fn allele_frequency(open: Open<'_>, options: &Options) -> Result<Table, String> {
    evaluate(open, options, cohort::allele_frequency, "chrom\tpos\tref\talt\tac\tan")
}

pub fn cohort_count(open: Open<'_>, options: &Options) -> Result<Table, String> {
    const NAMES: &str = "chrom\tpos\tref\talt\tac\tan\tn_ref\tn_het\tn_alt\tn_missing";
    evaluate(open, options, cohort::cohort_count, NAMES)
}

type Evaluate = fn(
    Genotypes,
    &Options,
    &mut (dyn std::io::Write + Send),
    &mut (dyn FnMut(u64) + Send),
) -> Result<Summary, EvaluateError>;

fn evaluate(
    open: Open<'_>,
    options: &Options,
    evaluate: Evaluate,
    names: &str,
) -> Result<Table, String> {
    let genotypes = open().map_err(refusal)?;
    let (mut out, mut told) = (Vec::new(), 0);
    let mut progress = |bytes| {
        assert!(bytes >= told, "progress goes forward");
        told = bytes;
    };
    let summary = evaluate(genotypes, options, &mut out, &mut progress).map_err(refusal)?;
    let text = String::from_utf8(out).expect("results are text");
    let mut lines = text.split_terminator('\n');
    assert_eq!(lines.next(), Some(names));
    let rows: Vec<Row> = lines.map(|line| row(line, names)).collect();
    assert!(text.ends_with('\n'));
    assert_eq!(rows.len() as u64, summary.columns);
    Ok(Table { summary, rows })
}

fn row(line: &str, names: &str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    assert_eq!(fields.len(), names.split('\t').count(), "{line:?}");
    let number = |text: &&str| text.parse::<u64>().expect("a number");
    let variant = Variant {
        contig: fields[0].to_owned(),
        pos: number(&fields[1]),
        reference: fields[2].to_owned(),
        alternate: fields[3].to_owned(),
    };
    assert!(!variant.contig.is_empty() && variant.contig.bytes().all(|b| b.is_ascii_graphic()));
    assert!(variant.pos <= i64::MAX as u64);
    for allele in [&variant.reference, &variant.alternate] {
        assert!(!allele.is_empty() && allele.bytes().all(|b| b.is_ascii_graphic() && b != b','));
    }
    let trimmed = variant.trimmed();
    assert_eq!(trimmed.trimmed(), trimmed);
    let row = Row { variant, numbers: fields[4..].iter().map(number).collect() };
    assert!(row.ac() <= row.an(), "{line:?}");
    row
}
