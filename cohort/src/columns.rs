//! Panel columns: for each ALT of each record its key and one dosage for each sample, or the
//! reason why it can be no column. Specification: `docs/spec/genotypes.md`, "Panel columns".

use rayon::prelude::*;
use serde::Serialize;

use crate::calls::Calls;
use crate::column_set::{ColumnSet, Wanted};
use crate::genotype::{Genotype, MISSING};
use crate::genotypes::Genotypes;
use crate::header::Header;
use crate::name;
use crate::read_error::ReadError;
use crate::record::{Record, RecordFault};
use crate::runs::{Runs, Task};
use crate::variant::Variant;

/// A dosage that is not known.
const UNKNOWN: u8 = 3;

/// Why an ALT can be no column of a panel. Where several reasons hold, the first of this list is
/// given; `DuplicateKey` alone, which only the whole file shows, goes before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Every called genotype of the record has one allele.
    Haploid,
    /// The record's genotypes have several numbers of alleles, or may have: a PLINK set's on X, Y
    /// and the mitochondrion.
    MixedPloidy,
    /// The record's genotypes have more than two alleles.
    PloidyAboveTwo,
    /// A genotype of which some alleles were called and some not.
    HalfCall,
    /// Another ALT of the file has the same key.
    DuplicateKey,
    /// ALT is REF.
    RefEqualsAlt,
    /// An allele of more than 65,535 bytes after trimming.
    AlleleTooLong,
    /// FORMAT has no GT, or the file no samples.
    NoGenotypes,
}

impl Reason {
    /// All reasons, in their order.
    pub const ALL: [Reason; 8] = [
        Reason::Haploid,
        Reason::MixedPloidy,
        Reason::PloidyAboveTwo,
        Reason::HalfCall,
        Reason::DuplicateKey,
        Reason::RefEqualsAlt,
        Reason::AlleleTooLong,
        Reason::NoGenotypes,
    ];

    /// The word by which manifests name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Haploid => "haploid",
            Reason::MixedPloidy => "mixed-ploidy",
            Reason::PloidyAboveTwo => "ploidy-above-two",
            Reason::HalfCall => "half-call",
            Reason::DuplicateKey => "duplicate-key",
            Reason::RefEqualsAlt => "ref-equals-alt",
            Reason::AlleleTooLong => "allele-too-long",
            Reason::NoGenotypes => "no-genotypes",
        }
    }
}

/// One ALT of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its key's spelling, trimmed.
    pub variant: Variant,
    /// Copies of the ALT for each sample in the header's order: 0, 1, 2, or 3 where missing.
    pub genotypes: Result<Vec<u8>, Reason>,
}

/// Reads the columns asked for, all where `set` is `None`, in the file's order, some at a time;
/// one item's memory is bounded. A key that occurs twice is found by the caller, who sorts:
/// every copy of it is then [`Reason::DuplicateKey`]. The first error is the last item.
#[must_use]
pub fn columns(genotypes: Genotypes, set: Option<ColumnSet>) -> Columns {
    match Runs::start(genotypes, set, 1) {
        Ok(runs) => Columns { runs: Ok(runs), ended: false },
        Err(error) => Columns { runs: Err(Some(error)), ended: false },
    }
}

/// See [`columns`].
pub struct Columns {
    runs: Result<Runs, Option<ReadError>>,
    ended: bool,
}

impl Columns {
    /// Bytes of the source used so far.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        self.runs.as_ref().map_or(0, Runs::consumed)
    }

    /// After the end: the columns asked for by name that the file does not have.
    #[must_use]
    pub fn never_seen(&self) -> Vec<Variant> {
        self.runs.as_ref().map_or_else(|_| Vec::new(), Runs::never_seen)
    }
}

impl Iterator for Columns {
    type Item = Result<Vec<Column>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let runs = match &mut self.runs {
            Ok(runs) => runs,
            Err(error) => return error.take().map(Err),
        };
        while !self.ended {
            match next_columns(runs) {
                Ok(Some(columns)) if columns.is_empty() => {}
                Ok(Some(columns)) => return Some(Ok(columns)),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

fn next_columns(runs: &mut Runs) -> Result<Option<Vec<Column>>, ReadError> {
    let (name, header) = (runs.name.clone(), runs.header.clone());
    let Some(run) = runs.next_run()? else { return Ok(None) };
    let share = run.len().div_ceil(4 * rayon::current_num_threads()).max(1);
    let parts = run.par_chunks(share).map(|tasks| {
        let mut columns = Vec::with_capacity(tasks.len());
        for Task { at, record, wanted } in tasks {
            let read = read_columns(record, wanted, &header, &mut columns);
            read.map_err(|fault| ReadError::record(&name, *at, fault))?;
        }
        Ok(columns)
    });
    let parts: Vec<Result<Vec<Column>, ReadError>> = parts.collect();
    let mut columns = Vec::new();
    for part in parts {
        columns.append(&mut part?);
    }
    Ok(Some(columns))
}

/// The columns of one record that are asked for.
fn read_columns(
    record: &Record<'_>,
    wanted: &Wanted,
    header: &Header,
    columns: &mut Vec<Column>,
) -> Result<(), RecordFault> {
    let mut read = match record.calls(header)? {
        None => Read { dosages: Vec::new(), reason: Some(Reason::NoGenotypes) },
        Some(calls) if !calls.say_ploidy() => {
            Read { dosages: Vec::new(), reason: Some(Reason::MixedPloidy) }
        }
        Some(calls) => match calls.dosages(header.samples.len()) {
            Some(dosages) => Read { dosages: vec![dosages], reason: None },
            None => read_any(record, wanted, &calls, header)?,
        },
    };
    let places = record.alternates().enumerate().filter(|(place, _)| wanted.has(*place));
    for (i, (_, alternate)) in places.enumerate() {
        let variant = record.variant(alternate).trimmed();
        let reasons = [read.reason, reason_of_key(&variant)];
        let genotypes = match reasons.into_iter().flatten().min() {
            Some(reason) => Err(reason),
            None => Ok(std::mem::take(&mut read.dosages[i])),
        };
        columns.push(Column { variant, genotypes });
    }
    Ok(())
}

/// Why a trimmed key cannot be a column's.
pub(crate) fn reason_of_key(variant: &Variant) -> Option<Reason> {
    if variant.reference == variant.alternate {
        Some(Reason::RefEqualsAlt)
    } else if variant.reference.len().max(variant.alternate.len()) > name::LONGEST {
        Some(Reason::AlleleTooLong)
    } else {
        None
    }
}

/// A record's dosages, for each ALT asked for, or why there are none.
struct Read {
    dosages: Vec<Vec<u8>>,
    reason: Option<Reason>,
}

fn read_any(
    record: &Record<'_>,
    wanted: &Wanted,
    calls: &Calls<'_>,
    header: &Header,
) -> Result<Read, RecordFault> {
    // Which column each allele adds to; REF and what is not asked for add to none.
    let mut adds_to = vec![None];
    let mut asked = 0;
    for place in 0..record.alternate_count {
        adds_to.push(wanted.has(place).then_some(asked));
        asked += usize::from(wanted.has(place));
    }
    let mut dosages = vec![vec![0; header.samples.len()]; asked];
    let mut shape = Shape::default();
    calls.each(header, |sample, genotype| {
        shape.see(genotype);
        if shape.reason().is_some() {
            return;
        }
        if genotype.is_missing() {
            for column in &mut dosages {
                column[sample] = UNKNOWN;
            }
        }
        for index in genotype.alleles.iter().filter(|index| **index != MISSING) {
            if let Some(Some(column)) = adds_to.get(*index as usize) {
                dosages[*column][sample] += 1;
            }
        }
    })?;
    Ok(Read { dosages, reason: shape.reason() })
}

/// What the genotypes of a record have in common.
#[derive(Default)]
pub(crate) struct Shape {
    /// The least and the most alleles of a genotype. One that was not called says nothing,
    /// unless it has more than two.
    ploidies: Option<(usize, usize)>,
    half: bool,
}

impl Shape {
    pub(crate) fn see(&mut self, genotype: &Genotype) {
        let ploidy = genotype.ploidy();
        if !genotype.is_missing() || ploidy > 2 {
            let (least, most) = self.ploidies.unwrap_or((ploidy, ploidy));
            self.ploidies = Some((least.min(ploidy), most.max(ploidy)));
        }
        self.half |= genotype.is_half();
    }

    pub(crate) fn reason(&self) -> Option<Reason> {
        match self.ploidies {
            Some((1, 1)) => Some(Reason::Haploid),
            Some((least, most)) if least < most => Some(Reason::MixedPloidy),
            Some((least, _)) if least > 2 => Some(Reason::PloidyAboveTwo),
            _ => self.half.then_some(Reason::HalfCall),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vcf::line;

    fn read(alleles: &str, format: &str, fields: &str) -> Vec<Result<Vec<u8>, &'static str>> {
        let line = format!("1\t7\t.\t{alleles}\t.\t.\t.\t{format}\t{fields}");
        let samples = ["S", "T", "U"].map(str::to_owned).to_vec();
        let header = Header { samples, columns: 12, ..Header::default() };
        let record = line::parse(line.as_bytes(), 12).unwrap();
        let mut columns = Vec::new();
        read_columns(&record, &Wanted::All, &header, &mut columns).unwrap();
        columns.into_iter().map(|column| column.genotypes.map_err(Reason::as_str)).collect()
    }

    #[test]
    fn dosages_are_copies_of_one_alternate() {
        for (fields, expected) in [
            ("0/1\t1|1\t./.", [vec![1, 2, 3], vec![0, 0, 3]]),
            ("1/2\t2/2\t.", [vec![1, 0, 3], vec![1, 2, 3]]),
            ("0/0\t.\t./.", [vec![0, 3, 3], vec![0, 3, 3]]),
            (".\t./.\t.|.", [vec![3, 3, 3], vec![3, 3, 3]]),
        ] {
            assert_eq!(read("A\tC,<DEL>", "GT", fields), expected.map(Ok), "{fields:?}");
        }
        assert_eq!(read("A\t.", "GT", "0/0\t0/0\t0/3"), []);
    }

    #[test]
    fn the_first_reason_that_holds_is_given() {
        let long = format!("{}C\tA", "A".repeat(65_535));
        for (alleles, format, fields, reason) in [
            ("A\tC", "GT", "0\t1\t.", "haploid"),
            ("A\tC", "GT", "0\t1\t./.", "haploid"),
            ("A\tC", "GT", "0\t0/1\t.", "mixed-ploidy"),
            ("A\tC", "GT", "0\t./1\t.", "mixed-ploidy"),
            ("A\tC", "GT", "0/0/1\t0/1\t.", "mixed-ploidy"),
            ("A\tC", "GT", "0/0\t./././.\t.", "mixed-ploidy"),
            ("A\tC", "GT", "0/0/1\t./1/1\t.", "ploidy-above-two"),
            ("A\tC", "GT", "././.\t.\t./.", "ploidy-above-two"),
            ("A\tC", "GT:DP", "0/0:1\t1/.:2\t0/1", "half-call"),
            ("A\ta", "GT", "0/0\t1/.\t0/1", "half-call"),
            ("CA\tCa", "GT", "0/0\t1/1\t0/1", "ref-equals-alt"),
            ("a\tA", "GT", "0/0\t1/1\t0/1", "ref-equals-alt"),
            (&long, "GT", "0/0\t1/1\t0/1", "allele-too-long"),
            (&long, "DP", "0\t1\t0", "allele-too-long"),
            ("A\tC", "DP", "0\t1\t0", "no-genotypes"),
        ] {
            assert_eq!(read(alleles, format, fields), [Err(reason)], "{fields:?}");
        }
        let json = serde_json::to_value(Reason::ALL).unwrap();
        assert_eq!(json, serde_json::json!(Reason::ALL.map(Reason::as_str)));
    }
}
