//! The sections on people: who misses much, differs from the others, or is related to whom.

use super::plot;
use super::sections::{Section, Table, as_percent, percent};
use crate::describe::count;
use cohort::{
    Heterozygosity, Inspection, Kinship, Missingness, Named, Pair, Sex, SexCheck, SexChromosome,
};

/// People who are named though they miss little.
const FEW: usize = 5;

pub(super) fn missing(missing: &Missingness) -> Option<Section> {
    missing.call_rate?;
    let mut section = Section::new("Missing genotypes");
    for (label, spread) in [("people", &missing.people), ("records", &missing.records)] {
        section
            .add(&format!("{label} without any"), count(spread.none))
            .add("  with more than 5 %", count(spread.above_5_percent))
            .add("  with more than 10 %", count(spread.above_10_percent));
        section.plots.extend(plot::missing(label, spread));
    }
    section.notes.push("A half call is not missing. Records of Y are not counted here.".to_owned());
    let row = |person: &cohort::MissingPerson| {
        vec![person.sample.clone(), count(person.missing), percent(person.missing, person.records)]
    };
    let head = vec!["name", "missing", "share"];
    let much = |person: &&cohort::MissingPerson| person.missing * 20 > person.records;
    let named = &missing.worst.named;
    let shown = named.iter().filter(much).count().max(named.len().min(FEW));
    let worst = Named { total: missing.worst.total, named: named[..shown].to_vec() };
    section.tables.extend(table("People who miss most", head, &worst, row));
    Some(section)
}

pub(super) fn heterozygosity(found: &Heterozygosity) -> Option<Section> {
    let rate = found.rate?;
    let mut section = Section::new("Heterozygous genotypes");
    section
        .add("records on autosomes", count(found.records))
        .add("heterozygous genotypes", as_percent(rate));
    let (Some(mean), Some(sd)) = (found.mean_f, found.sd_f) else {
        section.notes.push(
            "People are not compared: that needs 20 of them, with 50 heterozygous genotypes expected of each."
                .to_owned(),
        );
        return Some(section);
    };
    section
        .add("people compared, by F", count(found.people))
        .add("  mean of F", format!("{mean:.4}"))
        .add("  standard deviation", format!("{sd:.4}"))
        .add("  beyond three of them", count(found.outliers.total));
    section.notes.push("F is 1 - heterozygous / expected, as PLINK 2's --het has it. Low F: a mixture of two people's samples, or mixed ancestry. High F: related parents, a failed sample, or an ancestry that is rare here.".to_owned());
    section.plots.extend(plot::heterozygosity(found));
    let row = |person: &cohort::HeterozygosityOutlier| {
        let deviations = format!("{:+.1}", person.deviations);
        vec![person.sample.clone(), as_percent(person.rate), format!("{:.4}", person.f), deviations]
    };
    let head = vec!["name", "heterozygous", "F", "deviations"];
    section.tables.extend(table("Outliers", head, &found.outliers, row));
    Some(section)
}

pub(super) fn sex(found: &SexCheck) -> Option<Section> {
    let chromosomes = [("X", &found.x), ("Y", &found.y), ("mitochondrion", &found.mitochondrion)];
    let declared = found.declared.female + found.declared.male;
    if chromosomes.iter().all(|(_, chromosome)| chromosome.records == 0) && declared == 0 {
        return None;
    }
    let mut section = Section::new("Sex chromosomes and mitochondrion");
    for (name, chromosome) in chromosomes.iter().filter(|(_, c)| c.records > 0) {
        ploidies(&mut section, name, chromosome);
    }
    if found.x.records + found.y.records > 0 {
        let inferred = found.inferred;
        section
            .add("people who seem XX", count(inferred.xx))
            .add("  XY", count(inferred.xy))
            .add("  X alone", count(inferred.x))
            .add("  XXY", count(inferred.xxy))
            .add("  unclear", count(inferred.unclear));
        section.notes.push("One X: F on X above 0.8, or nine in ten genotypes of one allele; two: F below 0.2. Y: more than half of its records called; none: less than a tenth. Pseudoautosomal regions are left out. Fewer than 50 heterozygous genotypes expected on X, or 20 records of Y, say nothing.".to_owned());
    }
    if declared > 0 {
        let unknown = found.declared.unknown;
        section
            .add("the file says female", count(found.declared.female))
            .add("  male", count(found.declared.male))
            .add("  nothing", count(unknown))
            .add("contradicted by X and Y", count(found.contradicting.total));
    }
    let unusual = |person: &cohort::UnusualKaryotype| {
        vec![person.sample.clone(), person.karyotype.as_str().to_owned()]
    };
    let head = vec!["name", "seems"];
    section.tables.extend(table("Unusual sex chromosomes", head, &found.unusual, unusual));
    let contradiction = |person: &cohort::Contradiction| {
        let declared = if person.declared == Sex::Female { "female" } else { "male" };
        vec![person.sample.clone(), declared.to_owned(), person.karyotype.as_str().to_owned()]
    };
    let head = vec!["name", "file says", "seems"];
    let contradicting = &found.contradicting;
    section.tables.extend(table("Sex contradicted", head, contradicting, contradiction));
    Some(section)
}

fn ploidies(section: &mut Section, name: &str, chromosome: &SexChromosome) {
    section.add(&format!("records of {name}"), count(chromosome.records));
    if chromosome.pseudoautosomal > 0 {
        section.add("  pseudoautosomal", count(chromosome.pseudoautosomal));
    }
    section
        .add("  genotypes of one allele", count(chromosome.haploid))
        .add("  of two", count(chromosome.diploid))
        .add("    heterozygous", count(chromosome.heterozygous))
        .add("  missing", count(chromosome.missing));
    if chromosome.other > 0 {
        section.add("  half calls and others", count(chromosome.other));
    }
}

pub(super) fn kinship(found: &Inspection) -> Option<Section> {
    let kinship = &found.kinship;
    if found.samples < 2 || found.genotypes.total == 0 {
        return None;
    }
    let mut section = Section::new("Related people");
    section
        .add("common autosomal records", count(kinship.variants))
        .add("  one in so many bases", count(kinship.window));
    if let Some(error) = kinship.standard_error {
        section
            .add("  standard error", format!("{error:.4}"))
            .add("pairs compared", count(kinship.pairs));
    }
    let head = ["name", "name", "kinship", "IBS0"];
    for (label, title, pairs) in [
        ("the same person twice", "The same person twice, or twins", &kinship.duplicates),
        ("first degree", "First degree", &kinship.first_degree),
        ("second degree", "Second degree", &kinship.second_degree),
    ] {
        section.add(label, pairs.as_ref().map_or("not looked for".to_owned(), |p| count(p.total)));
        if let Some(pairs) = pairs {
            section.tables.extend(table(title, head.to_vec(), pairs, pair));
        }
    }
    section.notes.push(note(kinship));
    Some(section)
}

fn pair(pair: &Pair) -> Vec<String> {
    let (kinship, ibs0) = (format!("{:.4}", pair.kinship), as_percent(pair.ibs0));
    vec![pair.first.clone(), pair.second.clone(), kinship, ibs0]
}

fn note(kinship: &Kinship) -> String {
    let needs = "The same person needs 338 such records, first degree 1,352, second 5,407.";
    if kinship.duplicates.is_none() {
        return format!(
            "There are too few records that tell people apart, far enough from each other. {needs}"
        );
    }
    let degrees = "KING-robust kinship: above 0.354 the same person, above 0.177 first degree, above 0.0884 second. IBS0 is the share of records without a common allele: next to none for parent and child.";
    if !kinship.all_pairs {
        return format!(
            "{degrees} Of more than 10,000 people only those are compared who seem the same."
        );
    }
    if kinship.second_degree.is_none() { format!("{degrees} {needs}") } else { degrees.to_owned() }
}

fn table<T>(
    title: &str,
    head: Vec<&'static str>,
    named: &Named<T>,
    row: impl Fn(&T) -> Vec<String>,
) -> Option<Table> {
    let rows: Vec<_> = named.named.iter().map(row).collect();
    let more = named.total - rows.len() as u64;
    (!rows.is_empty()).then(|| Table { title: title.to_owned(), head, rows, more })
}
