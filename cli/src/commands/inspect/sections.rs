//! What `inspect` found, in words: the same in the terminal and in the report.

use super::people;
use super::plot::{self, Plot};
use crate::describe::count;
use cohort::Inspection;
use std::fmt::Display;

/// One subject.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) lines: Vec<(String, String)>,
    /// What the numbers mean, where they do not say it themselves.
    pub(super) notes: Vec<String>,
    pub(super) plots: Vec<Plot>,
    pub(super) tables: Vec<Table>,
}

/// Named people.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) title: String,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
    /// How many there are beyond the rows.
    pub(super) more: u64,
}

impl Section {
    pub(super) fn new(title: &'static str) -> Self {
        Self { title, ..Self::default() }
    }

    pub(super) fn add(&mut self, label: &str, value: impl Display) -> &mut Self {
        self.lines.push((label.to_owned(), value.to_string()));
        self
    }
}

/// All of them, those of which the file has nothing left out.
pub(super) fn sections(found: &Inspection) -> Vec<Section> {
    let mut all = vec![file(found), genotypes(found), frequencies(found), panel(found)];
    all.extend(people::missing(&found.missing));
    all.extend(people::heterozygosity(&found.heterozygosity));
    all.extend(people::sex(&found.sex));
    all.extend(people::kinship(found));
    all
}

fn file(found: &Inspection) -> Section {
    let build = &found.build;
    let mut section = Section::new("File");
    section
        .add("format", &found.fileformat)
        .add("people", count(found.samples))
        .add("records", count(found.records))
        .add("columns (one an ALT)", count(found.columns))
        .add("build", build.build.map_or("not stated".to_owned(), |b| b.to_string()))
        .add("  lengths as GRCh37's", count(build.lengths_grch37))
        .add("  lengths as GRCh38's", count(build.lengths_grch38))
        .add("  lengths of neither", count(build.lengths_other));
    for reference in &build.references {
        section.add("  header says", reference);
    }
    for contig in &found.contigs {
        let counts =
            format!("{} records, {} columns", count(contig.records), count(contig.columns));
        section.add(&format!("contig {}", contig.contig), counts);
    }
    section
        .add("records with several ALTs", count(found.multi_allelic))
        .add("  with symbolic ALTs", count(found.symbolic))
        .add("  without an ALT", count(found.without_alternate))
        .add("  without genotypes", count(found.without_genotypes))
        .add("  where nobody differs", count(found.monomorphic))
        .add("  at a position seen before", count(found.repeated_positions))
        .add("  out of order", count(found.unsorted));
    section
}

fn genotypes(found: &Inspection) -> Section {
    let calls = found.genotypes;
    let share = |n: u64| format!("{} ({})", count(n), percent(n, calls.total));
    let mut section = Section::new("Genotypes");
    section
        .add("genotypes", count(calls.total))
        .add("  wholly called", found.missing.call_rate.map_or("none".to_owned(), as_percent))
        .add("  phased", share(calls.phased))
        .add("  missing", share(calls.missing))
        .add("  half calls", share(calls.half_calls))
        .add("  diploid", share(calls.diploid))
        .add("  haploid", share(calls.haploid))
        .add("  more than two alleles", share(calls.ploidy_above_two));
    section
}

fn frequencies(found: &Inspection) -> Section {
    let frequencies = &found.frequencies;
    let mut section = Section::new("Alleles");
    let common: u64 = frequencies.bins.iter().filter(|b| b.above >= 0.05).map(|b| b.count).sum();
    section
        .add("ALTs that nobody has", count(frequencies.absent))
        .add("  of which one copy is", count(frequencies.once))
        .add("  more frequent than 5 %", count(common));
    if frequencies.uncalled > 0 {
        section.add("  where nobody is called", count(frequencies.uncalled));
    }
    if frequencies.ploidy_unknown > 0 {
        section.add("  of unknown ploidy", count(frequencies.ploidy_unknown));
        section.notes.push("A PLINK set does not say how many alleles of X, Y and the mitochondrion were called; they are not in the plot.".to_owned());
    }
    section.plots.extend(plot::frequencies(frequencies));
    section
}

fn panel(found: &Inspection) -> Section {
    let mut section = Section::new("Panel");
    section
        .add("could be panel columns", count(found.panel_columns))
        .add("could not", count(found.not_provable.iter().map(|n| n.count).sum()));
    for refused in &found.not_provable {
        let more = if refused.count as usize > refused.examples.len() { ", …" } else { "" };
        let examples: Vec<_> = refused.examples.iter().map(|e| shortened(e)).collect();
        let label = format!("  {}", refused.reason.as_str());
        section.add(&label, format!("{}: {}{more}", count(refused.count), examples.join(", ")));
    }
    section
}

/// Alleles may be 65,535 letters.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A share of a whole, rounded to hundredths of a percent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    as_percent(if whole == 0 { 0.0 } else { part as f64 / whole as f64 })
}

pub(super) fn as_percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
