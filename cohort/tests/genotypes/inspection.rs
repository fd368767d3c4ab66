//! What inspection says of people, against the tables of PLINK; see `SOURCES.md` beside the data.

use std::collections::BTreeMap;

use cohort::{Bin, Genotypes, Inspection, Karyotype, Sex, inspect};

use crate::{data, open, text};

fn look(file: &str) -> Inspection {
    inspect(Genotypes::open(&data(&format!("genotypes/{file}"))).unwrap(), 1, &mut |_| {}).unwrap()
}

/// A table's fields, without its lines beginning with `#`.
fn table(file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(data(&format!("genotypes/truth/{file}"))).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Whether a number is printed with these digits.
fn is_printed(number: f64, digits: &str) -> bool {
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    format!("{number:.decimals$}") == digits
}

#[test]
fn kinship_has_the_digits_of_plink2() {
    let found = look("plink/relatives.bed").kinship;
    assert_eq!((found.variants, found.window), (6_867, 32_768));
    assert_eq!((found.pairs, found.all_pairs), (120 * 119 / 2, true));
    let [duplicates, first, second] =
        [found.duplicates, found.first_degree, found.second_degree].map(Option::unwrap);
    assert_eq!([duplicates.total, first.total, second.total], [0, 12, 3]);
    let mut pairs = BTreeMap::new();
    for pair in first.named.into_iter().chain(second.named) {
        pairs.insert((pair.second.clone(), pair.first.clone()), pair);
    }
    let truth = table("relatives.plink2.kin0");
    assert_eq!(truth.len(), pairs.len());
    for row in truth {
        let pair = &pairs[&(row[0].clone(), row[1].clone())];
        assert_eq!(pair.variants.to_string(), row[2], "{row:?}");
        assert!(is_printed(pair.ibs0, &row[3]), "{row:?} {pair:?}");
        assert!(is_printed(pair.kinship, &row[4]), "{row:?} {pair:?}");
    }
}

#[test]
fn heterozygosity_is_that_of_plink2() {
    let found = look("plink/relatives.bed").heterozygosity;
    let truth = table("relatives.plink2.het");
    let number = |text: &String| text.parse::<f64>().unwrap();
    let all = |place: usize| truth.iter().map(|row| number(&row[place])).collect::<Vec<_>>();
    let (homozygous, observed, f) = (all(1), all(3), all(4));
    let people = f.len() as f64;
    let mean = f.iter().sum::<f64>() / people;
    let sd = (f.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / (people - 1.0)).sqrt();
    assert_eq!((found.records, found.people), (6_867, 120));
    assert!((found.mean_f.unwrap() - mean).abs() < 1e-6);
    assert!((found.sd_f.unwrap() - sd).abs() < 1e-6);
    let rate = 1.0 - homozygous.iter().sum::<f64>() / observed.iter().sum::<f64>();
    assert!((found.rate.unwrap() - rate).abs() < 1e-12);
    let outliers: BTreeMap<_, _> =
        found.outliers.named.iter().map(|person| (person.sample.clone(), person)).collect();
    for (row, f) in truth.iter().zip(&f) {
        let outlier = outliers.get(&row[0]);
        assert_eq!(outlier.is_some(), (f - mean).abs() > 3.0 * sd, "{row:?}");
        assert!(outlier.is_none_or(|person| is_printed(person.f, &row[4])), "{row:?}");
    }
    assert_eq!(found.f.iter().map(|bin| bin.count).sum::<u64>(), 120);
}

#[test]
fn missingness_is_that_of_plink2() {
    let found = look("plink/relatives.bed").missing;
    let mut people = [0; 3];
    let mut most: Vec<(u64, String)> = Vec::new();
    for row in table("relatives.plink2.smiss") {
        let [missing, all] = [&row[1], &row[2]].map(|text| text.parse::<u64>().unwrap());
        people[0] += u64::from(missing == 0);
        people[1] += u64::from(missing * 20 > all);
        people[2] += u64::from(missing * 10 > all);
        most.push((missing, row[0].clone()));
    }
    let spread = &found.people;
    assert_eq!([spread.none, spread.above_5_percent, spread.above_10_percent], people);
    most.sort_by_key(|(missing, _)| std::cmp::Reverse(*missing));
    let named: Vec<_> = found.worst.named.iter().map(|p| (p.missing, p.sample.clone())).collect();
    assert_eq!((named, found.worst.total), (most[..20].to_vec(), 120));
    let (mut none, mut bins) = (0, [0; 7]);
    for row in table("relatives.plink2.vmiss") {
        let [missing, all, records] = [0, 1, 2].map(|place| row[place].parse::<u64>().unwrap());
        match missing * 1000 / all {
            0 => none += records,
            1..10 => bins[1] += records,
            10..20 => bins[2] += records,
            share => panic!("{share}"),
        }
    }
    let counts: Vec<u64> = found.records.bins.iter().map(|bin| bin.count).collect();
    assert_eq!((found.records.none, counts), (none, bins.to_vec()));
    assert!((found.call_rate.unwrap() - (1.0 - 6_594.0 / 824_040.0)).abs() < 1e-12);
}

#[test]
fn sexes_are_those_of_plink19_and_contradictions_are_named() {
    let found = look("plink/sexes.bed").sex;
    assert_eq!((found.x.records, found.x.pseudoautosomal), (320, 20));
    assert_eq!((found.y.records, found.mitochondrion.records), (40, 15));
    let mut snp_sex = BTreeMap::new();
    for row in table("sexes.plink1.9.sexcheck") {
        *snp_sex.entry(row[1].clone()).or_insert(0) += 1;
    }
    assert_eq!(snp_sex, BTreeMap::from([("0".into(), 2), ("1".into(), 23), ("2".into(), 23)]));
    let inferred = found.inferred;
    assert_eq!([inferred.xx, inferred.xy, inferred.x, inferred.xxy], [23, 23, 1, 1]);
    assert_eq!(inferred.unclear, 0);
    let unusual: Vec<_> =
        found.unusual.named.iter().map(|p| (p.sample.as_str(), p.karyotype)).collect();
    assert_eq!(unusual, [("P47", Karyotype::X), ("P48", Karyotype::Xxy)]);
    let declared = found.declared;
    assert_eq!((declared.female, declared.male, declared.unknown), (23, 23, 2));
    let contradicting: Vec<_> = found
        .contradicting
        .named
        .iter()
        .map(|p| (p.sample.as_str(), p.declared, p.karyotype))
        .collect();
    let expected = [("P05", Sex::Male, Karyotype::Xx), ("P10", Sex::Female, Karyotype::Xy)];
    assert_eq!(contradicting, expected);
}

/// Whole numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % end
    }
}

#[test]
fn ploidies_of_a_vcf_say_the_sex() {
    for chromosome in ["X", "chrX", "23", "NC_000023.10"] {
        let mut dice = Dice(5);
        let records: Vec<String> = (0..400)
            .map(|place| {
                let mut calls = ["0", "1"].map(|_| dice.below(2).to_string()).to_vec();
                calls.extend((0..4).map(|_| format!("{}|{}", dice.below(2), dice.below(2))));
                let same = dice.below(2);
                calls.push(format!("{same}/{same}"));
                calls.push(".".to_owned());
                let pos = 5_000_000 + place * 1_000;
                format!("{chromosome}\t{pos}\t.\tA\tC\t.\t.\t.\tGT\t{}", calls.join("\t"))
            })
            .collect();
        let lines: Vec<&str> = records.iter().map(String::as_str).collect();
        let names = ["M1", "M2", "F1", "F2", "F3", "F4", "M3", "none"];
        let found = inspect(open(text(&names, &lines)).unwrap(), 1, &mut |_| {}).unwrap().sex;
        let x = &found.x;
        assert_eq!((x.haploid, x.diploid, x.missing), (800, 2_000, 400), "{chromosome}");
        let inferred = found.inferred;
        assert_eq!([inferred.xx, inferred.xy, inferred.unclear], [4, 3, 1], "{chromosome}");
        assert_eq!(found.declared.unknown, 0);
    }
}

/// Unrelated people and one of them twice, one genotype of a hundred changed.
fn one_twice(people: usize, records: u64) -> Vec<u8> {
    let mut dice = Dice(20_261_121);
    let names: Vec<String> = (0..people).map(|person| format!("P{person}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lines: Vec<String> = (0..records)
        .map(|record| {
            let mut calls: Vec<&str> =
                (0..people).map(|_| ["0/0", "0/1", "1/0", "1/1"][dice.below(4) as usize]).collect();
            calls[people - 2] = if dice.below(100) == 0 { "./." } else { calls[3] };
            let pos = 1 + record * 40_000;
            format!("chr7\t{pos}\t.\tG\tT\t.\t.\t.\tGT\t{}", calls.join("\t"))
        })
        .collect();
    text(&names, &lines.iter().map(String::as_str).collect::<Vec<_>>()).into_bytes()
}

#[test]
fn a_person_who_is_there_twice_is_found_among_few_and_among_many() {
    for (people, all) in [(30, true), (10_001, false)] {
        let found = inspect(open(one_twice(people, 400)).unwrap(), 1, &mut |_| {}).unwrap();
        let kinship = found.kinship;
        assert_eq!((kinship.variants, kinship.all_pairs), (400, all));
        let duplicates = kinship.duplicates.unwrap();
        let named: Vec<_> =
            duplicates.named.iter().map(|p| (p.first.as_str(), p.second.clone())).collect();
        assert_eq!((duplicates.total, named), (1, vec![("P3", format!("P{}", people - 2))]));
        assert_eq!((kinship.first_degree, kinship.second_degree), (None, None));
    }
}

#[test]
fn nothing_is_said_of_kinship_from_one_short_region() {
    let found = look("chr22_10k.vcf.gz");
    assert!(found.kinship.variants < 30 && found.kinship.duplicates.is_none());
    assert_eq!((found.sex, found.missing.worst.total), (cohort::SexCheck::default(), 0));
    assert_eq!(found.missing.call_rate, Some(1.0));
    let alts = &found.frequencies;
    let binned: u64 = alts.bins.iter().map(|bin| bin.count).sum();
    assert_eq!(alts.absent + alts.once + binned + alts.uncalled, found.columns);
}

#[test]
fn frequencies_are_those_of_the_alleles() {
    let found = inspect(
        open(text(
            &["A", "B", "C"],
            &[
                "1\t1\t.\tA\tC,G\t.\t.\t.\tGT\t0/1\t1/1\t0/0",
                "1\t2\t.\tA\tC\t.\t.\t.\tGT\t1/1\t1/1\t1/1",
                "1\t3\t.\tA\tC\t.\t.\t.\tGT\t./.\t./.\t.",
                "Y\t4\t.\tA\tC\t.\t.\t.\tGT\t1\t.\t.",
                "1\t5\t.\tA\tC\t.\t.\t.\tGT\t./1\t0/1\t0/0",
            ],
        ))
        .unwrap(),
        1,
        &mut |_| {},
    )
    .unwrap();
    let alts = &found.frequencies;
    let counts: Vec<u64> = alts.bins.iter().map(|bin| bin.count).collect();
    assert_eq!((alts.absent, alts.once, alts.uncalled), (1, 1, 1));
    assert_eq!(counts, [0, 0, 0, 0, 0, 2, 0, 1]);
    assert_eq!(alts.bins[7], Bin { above: 0.75, up_to: 1.0, count: 1 });
    // Y counts nowhere here, and a half call is not missing.
    let missing: Vec<u64> = found.missing.worst.named.iter().map(|p| p.missing).collect();
    assert_eq!(missing, [1, 1, 1]);
    assert_eq!(found.missing.call_rate, Some(9.0 / 15.0));
}
