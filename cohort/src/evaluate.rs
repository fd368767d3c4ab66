//! The plain reference evaluations, which proofs are held against: how often each ALT was called
//! in a cohort, as a table. Specification: `docs/spec/genotypes.md`, "Counting" and "Results".

use std::io::{self, Write};

use crate::column_set::{ColumnSet, Wanted};
use crate::field::{After, Field};
use crate::genotypes::Genotypes;
use crate::labels::{Joined, Joining, Labels, LabelsError};
use crate::read_error::ReadError;
use crate::record::{At, Record};
use crate::runs::{Runs, Task};
use crate::sample_set::{Kept, SampleSet, SampleSetError};
use crate::tally::{Groups, NoTally, Rules, Tally};
use crate::variant::Variant;

/// How a genotype is read of which some alleles were called and some not, such as `./1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HalfCall {
    /// Not at all: the evaluation ends there.
    #[default]
    Refuse,
    /// The called alleles count, the others do not exist.
    Haploid,
    /// The genotype does not count.
    Missing,
    /// The alleles that were not called are REF.
    Reference,
}

/// What to count.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The columns asked for; `None` is all.
    pub columns: Option<ColumnSet>,
    /// The samples counted; `None` is all.
    pub samples: Option<SampleSet>,
    /// Which of them their labels choose, and the groups that are counted apart.
    pub labels: Option<Labels>,
    /// How half calls are read.
    pub half_call: HalfCall,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Samples counted.
    pub samples: u64,
    /// Records in the file, those not asked for among them.
    pub records: u64,
    /// Records of X, Y and the mitochondrion of a PLINK set, whose genotypes were counted as of one
    /// allele or two by the samples' sex.
    pub by_sex: u64,
    /// Lines of the result.
    pub columns: u64,
    /// Columns asked for by name that the file does not have, in the list's order and spelling.
    pub never_seen: Vec<Variant>,
    /// How the labels fit, where there are any.
    pub labels: Option<Joining>,
}

/// Why an evaluation has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The genotypes cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The list of samples does not fit the file.
    #[error(transparent)]
    Samples(#[from] SampleSetError),
    /// The labels do not fit the file.
    #[error(transparent)]
    Labels(#[from] LabelsError),
    /// A file of sites alone.
    #[error("{name} has no samples, so there are no genotypes to count")]
    NoSamples {
        /// The file.
        name: String,
    },
    /// A record that was read, and that the question does not fit.
    #[error("{name}, {at}{}: {refusal}", After(refusal.field(*at).as_ref()))]
    Refused {
        /// The file.
        name: String,
        /// The record.
        at: At,
        /// Why.
        refusal: Refusal,
    },
    /// The result cannot be written.
    #[error("the result cannot be written")]
    Write(#[source] io::Error),
}

/// Why genotypes that can be read cannot be counted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// FORMAT has no GT.
    #[error("the record has no genotypes: FORMAT does not name GT")]
    NoGenotypes,
    /// A PLINK set's record of X or Y where the two may pair.
    #[error(
        "X and Y may pair here, where males have two alleles, and a PLINK file does not say so; split such records off by PLINK's --split-par or --split-x, or ask for the genotypes as VCF or BCF"
    )]
    MayPair,
    /// A genotype of X or Y in a PLINK set, of a sample of unknown sex.
    #[error(
        "its sex is not known, so neither how many alleles it has here; state it in the fam or psam, or ask for the genotypes as VCF or BCF"
    )]
    NoSex {
        /// The sample's name.
        sample: String,
        /// Its place among all, from 0.
        place: usize,
    },
    /// A genotype in a PLINK set that does not fit its sample's sex.
    #[error(
        "a genotype that does not fit its sample's sex: two different alleles where there is one, or an allele of Y where there is none; PLINK's --set-hh-missing or --set-invalid-haploid-missing removes such genotypes"
    )]
    NotOfSex,
    /// A half call, and no word on how to read it.
    #[error(
        "a half call, of which some alleles were called and some not; say whether to read it as haploid, missing or reference"
    )]
    HalfCall {
        /// The sample's name.
        sample: String,
        /// Its place among all, from 0.
        place: usize,
    },
    /// Genotypes are counted, and this one has not two alleles.
    #[error("a genotype that is not diploid; cohort-count counts diploid genotypes alone")]
    NotDiploid {
        /// The sample's name.
        sample: String,
        /// Its place among all, from 0.
        place: usize,
    },
}

impl Refusal {
    pub(crate) fn half_call(sample: String, place: usize) -> Refusal {
        Refusal::HalfCall { sample, place }
    }

    pub(crate) fn not_diploid(sample: String, place: usize) -> Refusal {
        Refusal::NotDiploid { sample, place }
    }

    /// What of the record this is about, where it is about one field.
    fn field(&self, at: At) -> Option<Field> {
        let field = match self {
            Refusal::NoGenotypes => Field::format(),
            Refusal::NoSex { sample, place }
            | Refusal::HalfCall { sample, place }
            | Refusal::NotDiploid { sample, place } => Field::sample(*place, sample),
            Refusal::MayPair | Refusal::NotOfSex => return None,
        };
        Some(if at.is_line() { field } else { field.without_column() })
    }
}

/// Writes `chrom pos ref alt ac an`, tab separated: a header line, then a line for each ALT in the
/// file's order and spelling. AC is the copies of this ALT, AN all called alleles of the record.
/// Where groups are asked for, a first column `group`, and a line for each group and ALT.
/// `progress` is told how many bytes of the source have been used.
///
/// # Errors
/// Whatever cannot be read or counted exactly. What `out` has then received is no result.
pub fn allele_frequency(
    genotypes: Genotypes,
    options: &Options,
    out: &mut (dyn Write + Send),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Summary, EvaluateError> {
    evaluate(genotypes, options, &ALLELE_FREQUENCY, out, progress)
}

/// Writes `chrom pos ref alt ac an n_ref n_het n_alt n_missing` in the same way: the genotypes by
/// how many copies of this ALT they have, 0, 1 or 2. Refuses genotypes that are not diploid.
///
/// # Errors
/// As [`allele_frequency`].
pub fn cohort_count(
    genotypes: Genotypes,
    options: &Options,
    out: &mut (dyn Write + Send),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Summary, EvaluateError> {
    evaluate(genotypes, options, &COHORT_COUNT, out, progress)
}

/// What is written of a tally.
struct Question {
    names: &'static str,
    diploid: bool,
    /// The numbers after `chrom pos ref alt`, for the ALT of this index.
    numbers: fn(&Tally, usize, &mut Vec<u8>),
}

const ALLELE_FREQUENCY: Question = Question {
    names: "chrom\tpos\tref\talt\tac\tan\n",
    diploid: false,
    numbers: |tally, alternate, row| push_numbers(row, &[tally.copies[alternate], tally.alleles]),
};

const COHORT_COUNT: Question = Question {
    names: "chrom\tpos\tref\talt\tac\tan\tn_ref\tn_het\tn_alt\tn_missing\n",
    diploid: true,
    numbers: |tally, alternate, row| {
        let (copies, both) = (tally.copies[alternate], tally.both[alternate]);
        let one = copies - 2 * both;
        let none = tally.called - one - both;
        push_numbers(row, &[copies, tally.alleles, none, one, both, tally.missing]);
    },
};

fn evaluate(
    genotypes: Genotypes,
    options: &Options,
    question: &Question,
    out: &mut (dyn Write + Send),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Summary, EvaluateError> {
    let header = genotypes.header();
    if header.samples.is_empty() {
        return Err(EvaluateError::NoSamples { name: genotypes.name().to_owned() });
    }
    let kept = options.samples.as_ref().map(|set| set.kept(header)).transpose()?;
    let join = |labels: &Labels| labels.join(header, kept.as_ref());
    let (kept, groups, labels) = match options.labels.as_ref().map(join).transpose()? {
        None => (kept, None, None),
        Some(Joined { kept, groups, joining }) => (Some(kept), groups, Some(joining)),
    };
    let samples = kept.as_ref().map_or(header.samples.len() as u64, Kept::count);
    let lines = groups.as_ref().map_or(1, |groups| groups.names.len());
    let mut runs = Runs::start(genotypes, options.columns.clone(), 0)?.lines_of_each(lines);
    let (name, header) = (runs.name.clone(), runs.header.clone());
    let rules = Rules {
        header: &header,
        kept: kept.as_ref(),
        half_call: options.half_call,
        diploid: question.diploid,
    };
    let counting = Counting { rules, groups: groups.as_ref(), question };
    let group = if groups.is_some() { "group\t" } else { "" };
    write!(out, "{group}{}", question.names).map_err(EvaluateError::Write)?;
    let (mut columns, mut by_sex) = (0, 0);
    runs.each::<_, EvaluateError>(
        |tasks| counting.rows(tasks),
        |part, consumed| {
            let part = part.map_err(|(at, why)| match why {
                NoTally::Fault(fault) => EvaluateError::Read(ReadError::record(&name, at, fault)),
                NoTally::Refused(refusal) => {
                    EvaluateError::Refused { name: name.to_string(), at, refusal }
                }
            })?;
            out.write_all(&part.text).map_err(EvaluateError::Write)?;
            columns += part.rows;
            by_sex += part.by_sex;
            progress(consumed);
            Ok(())
        },
    )?;
    out.flush().map_err(EvaluateError::Write)?;
    let (records, never_seen) = (runs.records(), runs.never_seen());
    Ok(Summary { samples, records, by_sex, columns, never_seen, labels })
}

/// Who is counted, in which groups, and what of it is written.
struct Counting<'a> {
    rules: Rules<'a>,
    groups: Option<&'a Groups>,
    question: &'a Question,
}

/// Lines of the result.
#[derive(Default)]
struct Rows {
    text: Vec<u8>,
    rows: u64,
    /// Records counted by sex.
    by_sex: u64,
}

impl Counting<'_> {
    /// The first wrong line ends it.
    fn rows(&self, tasks: &[Task<'_>]) -> Result<Rows, (At, NoTally)> {
        let mut rows = Rows::default();
        let mut tallies = vec![Tally::default(); self.groups.map_or(1, |g| g.names.len())];
        for Task { at, record, wanted } in tasks {
            let counted = match self.groups {
                None => tallies[0].count(record, &self.rules),
                Some(groups) => groups.count(&mut tallies, record, &self.rules),
            };
            counted.map_err(|why| (*at, why))?;
            rows.by_sex += u64::from(tallies.iter().any(|tally| tally.by_sex));
            self.push(&mut rows, record, wanted, &tallies);
        }
        Ok(rows)
    }

    fn push(&self, rows: &mut Rows, record: &Record<'_>, wanted: &Wanted, tallies: &[Tally]) {
        let text = &mut rows.text;
        for (place, alternate) in record.alternates().enumerate() {
            if !wanted.has(place) {
                continue;
            }
            for (group, tally) in tallies.iter().enumerate() {
                if let Some(groups) = self.groups {
                    text.extend_from_slice(groups.names[group].as_bytes());
                    text.push(b'\t');
                }
                text.extend_from_slice(record.contig.as_bytes());
                push_numbers(text, &[record.pos]);
                for allele in [record.reference, alternate] {
                    text.push(b'\t');
                    text.extend_from_slice(allele.as_bytes());
                }
                (self.question.numbers)(tally, place + 1, text);
                text.push(b'\n');
                rows.rows += 1;
            }
        }
    }
}

fn push_numbers(row: &mut Vec<u8>, numbers: &[u64]) {
    for number in numbers {
        let mut text = [0; LONGEST_NUMBER];
        let (mut at, mut left) = (text.len(), *number);
        loop {
            at -= 1;
            text[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        row.push(b'\t');
        row.extend_from_slice(&text[at..]);
    }
}

/// Digits of the greatest `u64`.
const LONGEST_NUMBER: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_printed() {
        for number in [0, 1, 9, 10, 5_008, 16_050_075, u64::MAX - 1, u64::MAX] {
            let mut row = Vec::new();
            push_numbers(&mut row, &[number, 7]);
            assert_eq!(String::from_utf8(row).unwrap(), format!("\t{number}\t7"));
        }
    }
}
