//! Real tables against the summaries that pandas computed, and genotypes against PLINK 2's counts;
//! see `SOURCES.md` beside the data.

use std::fs;

use cohort::{ColumnProfile, Schema, Table, table_allele_frequency};

use crate::{data, inspected};

/// Pandas computes with floats: its twelve digits are right but for the last.
fn close(own: &str, truth: &str) -> bool {
    let [own, truth] = [own, truth].map(|text| text.parse::<f64>().unwrap());
    own == truth || (own - truth).abs() <= 2e-11 * truth.abs()
}

/// A line of the truth: column, kind, n, missing, distinct, sum, mean, sd, min, max.
fn equal(column: &ColumnProfile, truth: &str) {
    let row: Vec<_> = truth.split('\t').collect();
    let name = if row[0] == "Unnamed: 0" { "" } else { row[0] };
    assert_eq!(column.name, name);
    let counts = [column.count, column.missing, column.distinct.unwrap()];
    assert_eq!(counts.map(|n| n.to_string()), row[2..5], "{truth}");
    match (row[1], &column.numbers) {
        ("number", Some(numbers)) => {
            assert_eq!(column.kind, "number");
            assert!(close(&numbers.sum, row[5]), "{} {truth}", numbers.sum);
            assert!(close(&numbers.mean, row[6]), "{} {truth}", numbers.mean);
            assert!(close(numbers.sd.as_ref().unwrap(), row[7]), "{:?} {truth}", numbers.sd);
            assert_eq!([numbers.min.as_str(), numbers.max.as_str()], row[8..10], "{truth}");
        }
        ("text", None) => {
            assert_eq!(column.kind, "category", "{truth}");
            let counted = column.categories.as_ref().unwrap();
            assert_eq!(counted.iter().map(|c| c.count).sum::<u64>(), column.count);
            assert_eq!(Some(counted.len() as u64), column.distinct);
        }
        _ => panic!("{truth}: {column:?}"),
    }
}

#[test]
fn summaries_equal_those_of_pandas() {
    for (file, rows) in [
        ("lung.csv", 228),
        ("gbsg2.csv", 686),
        ("ACTG175.csv.gz", 2139),
        ("breast_cancer.csv.gz", 569),
    ] {
        let found = inspected(&data(file), Schema::default()).unwrap();
        assert_eq!(found.rows, rows);
        let truth = data(&format!("truth/{}.summary.tsv", file.trim_end_matches(".gz")));
        let truth = fs::read_to_string(truth).unwrap();
        let lines: Vec<_> = truth.lines().skip(1).collect();
        assert_eq!(lines.len(), found.columns.len());
        for (column, line) in found.columns.iter().zip(lines) {
            equal(column, line);
        }
    }
}

/// `pandas.read_csv("lung.csv")["meal.cal"].quantile([.25, .5, .75])` and others.
#[test]
fn quartiles_and_categories_equal_those_of_pandas() {
    let lung = inspected(&data("lung.csv"), Schema::default()).unwrap();
    for (name, quartiles) in [
        ("age", ["56", "63", "69"]),
        ("meal.cal", ["635", "975", "1150"]),
        ("time", ["166.75", "255.5", "396.5"]),
        ("wt.loss", ["0", "7", "15.75"]),
    ] {
        let column = lung.columns.iter().find(|column| column.name == name).unwrap();
        let numbers = column.numbers.as_ref().unwrap();
        let own = [&numbers.q1, &numbers.median, &numbers.q3].map(|q| q.as_deref().unwrap());
        assert_eq!(own, quartiles, "{name}");
    }
    let gbsg2 = inspected(&data("gbsg2.csv"), Schema::default()).unwrap();
    let grades = gbsg2.columns.iter().find(|column| column.name == "tgrade").unwrap();
    let grades = grades.categories.as_ref().unwrap();
    let grades: Vec<_> = grades.iter().map(|c| (c.value.as_str(), c.count)).collect();
    assert_eq!(grades, [("I", 81), ("II", 444), ("III", 161)]);
}

#[test]
fn letters_equal_the_alleles_of_plink2() {
    let path = data("aisnp55.csv.gz");
    let found = inspected(&path, Schema::default()).unwrap();
    let kinds = |kind: &str| found.columns.iter().filter(|c| c.kind == kind).count();
    assert_eq!((kinds("genotype"), kinds("category"), kinds("text")), (55, 2, 1));
    let truth = fs::read_to_string(data("truth/aisnp55.plink2.acount")).unwrap();
    let mut expected = "column\tallele\tac\tan\n".to_owned();
    for line in truth.lines() {
        let row: Vec<_> = line.split('\t').collect();
        let [name, reference, alternate, copies, alleles] = row[..] else { panic!("{line}") };
        let others = alleles.parse::<u64>().unwrap() - copies.parse::<u64>().unwrap();
        let mut letters = [(reference, others.to_string()), (alternate, copies.to_owned())];
        letters.sort();
        for (letter, count) in letters {
            expected += &format!("{name}\t{letter}\t{count}\t{alleles}\n");
        }
    }
    let mut out = Vec::new();
    let table = Table::open(&path, Schema::default()).unwrap();
    let summary = table_allele_frequency(table, &mut out, &mut |_| {}).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    assert_eq!((summary.samples, summary.genotypes, summary.lines), (2504, 55, 110));
    assert_eq!(summary.others.first, ["sample", "super_pop", "sex"]);
}
