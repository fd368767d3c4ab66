//! Groups of people counted apart: against PLINK 2's tables, and against each group counted alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;

use cohort::{
    Ask, ColumnSet, Genotypes, HalfCall, Labels, Options, SampleSet, Summary, allele_frequency,
    cohort_count,
};
use flate2::read::MultiGzDecoder;
use proptest::prelude::*;

use crate::random::{cohort, config};
use crate::{data, lines_of, open, text};

fn unpacked(file: &str) -> String {
    let mut text = String::new();
    let path = data(&format!("genotypes/truth/{file}"));
    MultiGzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

fn ask(by: Option<&str>, only: &[(&str, &str)], allow_unlabelled: bool) -> Ask {
    let only = only.iter().map(|(column, value)| ((*column).into(), (*value).into()));
    Ask { by: by.map(str::to_owned), only: only.collect(), allow_unlabelled }
}

fn labelled(labels: &str, ask: Ask) -> Result<Options, String> {
    let labels = Labels::read(labels.as_bytes(), "l.tsv", ask).map_err(|e| e.to_string())?;
    Ok(Options { labels: Some(labels), ..Options::default() })
}

/// The result's text and what was counted, or the error's text.
fn counted(vcf: Genotypes, options: &Options) -> Result<(String, Summary), String> {
    let mut out = Vec::new();
    match allele_frequency(vcf, options, &mut out, &mut |_| {}) {
        Ok(summary) => Ok((String::from_utf8(out).unwrap(), summary)),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn groups_equal_those_of_plink2() {
    let kgp3 = unpacked("kgp3_samples_2504.tsv.gz");
    let truth = unpacked("chr22_10k.superpop.plink2.acount.gz");
    let mut expected: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in truth.lines() {
        let row: Vec<_> = row.split('\t').collect();
        let [group, pos, reference, alternates, copies, alleles] = row[..] else { panic!() };
        for (alternate, ac) in alternates.split(',').zip(copies.split(',')) {
            let line = ["22", pos, reference, alternate, ac, alleles].join("\t");
            expected.entry(group).or_default().push(line);
        }
    }
    let vcf = || Genotypes::open(&data("genotypes/chr22_10k.vcf.gz")).unwrap();
    let last = truth.lines().next_back().unwrap().split('\t').nth(1).unwrap();
    let region = || Some(ColumnSet::region(&format!("22:1-{last}")).unwrap());
    let options = labelled(&kgp3, ask(Some("super_pop"), &[], false)).unwrap();
    let options = Options { columns: region(), ..options };
    let (lines, summary) = counted(vcf(), &options).unwrap();
    let mut lines = lines.lines();
    assert_eq!(lines.next(), Some("group\tchrom\tpos\tref\talt\tac\tan"));
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in lines {
        let (group, line) = line.split_once('\t').unwrap();
        found.entry(group).or_default().push(line.to_owned());
    }
    assert_eq!(found, expected);
    let joining = summary.labels.unwrap();
    let groups: Vec<_> = joining.groups.iter().map(|g| (g.group.as_str(), g.samples)).collect();
    assert_eq!(groups, [("AFR", 661), ("AMR", 347), ("EAS", 504), ("EUR", 503), ("SAS", 489)]);

    let options = labelled(&kgp3, ask(None, &[("super_pop", "EUR")], false)).unwrap();
    let options = Options { columns: region(), ..options };
    let (lines, summary) = counted(vcf(), &options).unwrap();
    assert_eq!(lines.lines().skip(1).collect::<Vec<_>>(), expected["EUR"]);
    assert_eq!(summary.samples, 503);
}

/// Every format, shortcut or not: a group's lines are those of its people counted alone, and all
/// groups together are everybody.
#[test]
fn a_group_is_its_people_counted_alone() {
    for (file, half_call) in [
        ("kgp3_1126_chr20.vcf.gz", HalfCall::Refuse),
        ("plink/kgp3_1126_chr20.pgen", HalfCall::Refuse),
        ("plink/eur.bed", HalfCall::Refuse),
        ("plink/inverted.pgen", HalfCall::Refuse),
        ("prs_chr22.vcf.gz", HalfCall::Refuse),
        ("half_calls.vcf", HalfCall::Haploid),
        ("half_calls.vcf", HalfCall::Missing),
        ("edge/1kg_2020_chrM.bcf", HalfCall::Refuse),
        ("edge/mixed_ploidy.vcf.gz", HalfCall::Haploid),
        ("edge/triploid3.vcf.gz", HalfCall::Refuse),
    ] {
        let vcf = || Genotypes::open(&data(&format!("genotypes/{file}"))).unwrap();
        let samples = vcf().header().samples.clone();
        let group = |place: usize| ["b", "a a", "NA", "c"][place * 7 / 3 % 4];
        let mut labels = "#IID\tgroup\n".to_owned();
        for (place, sample) in samples.iter().enumerate() {
            labels += &format!("{sample}\t{}\n", group(place));
        }
        let options = labelled(&labels, ask(Some("group"), &[], false)).unwrap();
        let options = Options { half_call, ..options };
        let (found, summary) = counted(vcf(), &options).unwrap();
        let found: Vec<_> = found.lines().skip(1).collect();
        let groups = summary.labels.unwrap().groups;
        assert_eq!(groups.iter().map(|g| g.samples).sum::<u64>(), samples.len() as u64);
        for (i, of) in groups.iter().enumerate() {
            let label = if of.group == "." { "NA" } else { &of.group };
            let people = samples.iter().enumerate().filter(|(place, _)| group(*place) == label);
            let people: Vec<_> = people.map(|(_, sample)| sample.as_str()).collect();
            let set = SampleSet::read(people.join("\n").as_bytes(), "s").unwrap();
            let alone = Options { samples: Some(set), half_call, ..Options::default() };
            let alone = lines_of(allele_frequency, vcf(), &alone).unwrap();
            let own: Vec<_> = found.iter().skip(i).step_by(groups.len()).collect();
            assert_eq!(own.len(), alone.len(), "{file}");
            for (own, alone) in own.into_iter().zip(&alone) {
                assert_eq!(*own, format!("{}\t{alone}", of.group), "{file}");
            }
        }
    }
}

proptest! {
    #![proptest_config(config(9))]

    #[test]
    fn random_cohorts_are_counted_by_group(
        cohort in cohort(&[2], false),
        draw in any::<u64>(),
    ) {
        let group = |place: usize| (draw >> (2 * (place % 32)) & 3) as usize;
        let mut labels = "sample\tx\tgroup\n".to_owned();
        for (place, sample) in cohort.samples.iter().enumerate() {
            labels += &format!("{sample}\t{place}\t{}\n", ["q", "p", "", "r"][group(place)]);
        }
        let options = labelled(&labels, ask(Some("group"), &[], false)).unwrap();
        let found = lines_of(cohort_count, open(cohort.text()).unwrap(), &options).unwrap();
        let mut expected = Vec::new();
        for (label, which) in [("p", 1), ("q", 0), ("r", 3), (".", 2)] {
            if (0..cohort.samples.len()).any(|place| group(place) == which) {
                let lines = cohort.expected(HalfCall::Refuse, true, |place| group(place) == which);
                expected.push(lines.iter().map(|line| format!("{label}\t{line}")).collect());
            }
        }
        let expected: Vec<Vec<String>> = expected;
        let lines = (0..expected[0].len()).flat_map(|i| expected.iter().map(move |of| of[i].clone()));
        prop_assert_eq!(found, lines.collect::<Vec<_>>());
    }
}

fn three() -> Genotypes {
    open(text(&["A", "B", "C"], &["1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t1/1\t0/0"])).unwrap()
}

#[test]
fn only_who_has_the_values_is_counted() {
    let labels = "s\tsex\tpop\nA\tf\tx\nB\tm\tx\nC\tf\t.\n";
    for (only, by, lines) in [
        (&[("sex", "f")][..], None, &["1\t5\tA\tC\t1\t4"][..]),
        (&[("sex", "f"), ("sex", "m")], None, &["1\t5\tA\tC\t3\t6"]),
        (&[("sex", "f"), ("pop", "x")], None, &["1\t5\tA\tC\t1\t2"]),
        (&[("sex", "f")], Some("pop"), &["x\t1\t5\tA\tC\t1\t2", ".\t1\t5\tA\tC\t0\t2"]),
        (&[("pop", "x")], Some("sex"), &["f\t1\t5\tA\tC\t1\t2", "m\t1\t5\tA\tC\t2\t2"]),
    ] {
        let options = labelled(labels, ask(by, only, false)).unwrap();
        assert_eq!(lines_of(allele_frequency, three(), &options).unwrap(), lines, "{only:?}");
    }
}

#[test]
fn what_does_not_fit_is_counted_and_named() {
    let labels =
        "##x\n#FID\tIID\tpop\nF\tB\tx\r\nF\tZ9\tx\nF\tC\tNA\nF\tZ1\ty\nF\tB\tx\nF\tZ2\ty\nF\tZ3\ty";
    let options = labelled(labels, ask(Some("pop"), &[], true)).unwrap();
    let (lines, summary) = counted(three(), &options).unwrap();
    assert_eq!(
        lines,
        "group\tchrom\tpos\tref\talt\tac\tan\nx\t1\t5\tA\tC\t2\t2\n.\t1\t5\tA\tC\t1\t4\n"
    );
    let joining = summary.labels.unwrap();
    assert_eq!(joining.unlabelled.first, ["A"]);
    assert_eq!(joining.without_sample.to_string(), "Z9, Z1, Z2 and 1 more");
    assert_eq!((joining.repeated.count, joining.repeated.first), (1, vec!["B".to_owned()]));
    assert_eq!(joining.empty.first, ["C"]);
    let refused = labelled(labels, ask(Some("pop"), &[], false)).unwrap();
    let error = counted(three(), &refused).unwrap_err();
    assert_eq!(error, "l.tsv: 1 of the samples counted have no row: A");
    let set = SampleSet::read(&b"B\nC"[..], "s").unwrap();
    let some = Options { samples: Some(set), ..refused };
    assert_eq!(counted(three(), &some).unwrap().1.samples, 2);
}

#[test]
fn wrong_labels_are_refused() {
    let by = || ask(Some("pop"), &[], false);
    let only = |column, value| ask(None, &[(column, value)], false);
    let many: String = (0..1001).map(|i| format!("S{i}\t{i}\n")).collect();
    for (labels, ask, error) in [
        (
            "",
            by(),
            "l.tsv is empty, expected a heading and rows of sample and labels, parted by tabs",
        ),
        (
            "##a\n\n",
            by(),
            "l.tsv is empty, expected a heading and rows of sample and labels, parted by tabs",
        ),
        (
            "s,pop\n",
            by(),
            "l.tsv, line 1: the heading has one column, expected the sample and its labels, parted by tabs",
        ),
        ("s\tpop\tpop\n", by(), "l.tsv: two columns are named \"pop\""),
        ("s\tPop\tx\n", by(), "l.tsv has no column \"pop\"; it has s, Pop, x"),
        ("s\tpop\nA\n", by(), "l.tsv, line 2: 1 columns, expected 2 as in the heading"),
        ("s\tpop\n\tx\n", by(), "l.tsv, line 2: the sample's name is empty"),
        (
            "s\tpop\nA\tx\u{1}\n",
            by(),
            "l.tsv, line 2: the value in column \"pop\" has a control character",
        ),
        (
            "s\tpop\nA\tx\nB\tx\nA\ty\n",
            by(),
            "l.tsv, line 4: sample A has other labels than in line 2",
        ),
        (
            "s\tpop\nA\tx\nB\ty\n",
            only("pop", "z"),
            "l.tsv: no row has \"z\" in column \"pop\"; its values are x, y",
        ),
        (
            "s\tpop\nA\tx\nB\tNA\n",
            only("pop", "NA"),
            "l.tsv: \"NA\" in column \"pop\" is how a missing value is written",
        ),
    ] {
        assert_eq!(labelled(labels, ask).err(), Some(error.to_owned()), "{labels:?}");
    }
    for (labels, ask, error) in [
        (
            "s\tpop\nA\tx\nB\tx\nC\tx\nD\ty".to_owned(),
            only("pop", "y"),
            "l.tsv: no sample of the genotypes has the labels that are asked for",
        ),
        (format!("s\tpop\n{many}"), by(), "l.tsv: 3 of the samples counted have no row: A, B, C"),
    ] {
        let options = labelled(&labels, ask).unwrap();
        assert_eq!(counted(three(), &options).unwrap_err(), error);
    }
    let names: Vec<_> = (0..1001).map(|i| format!("S{i}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let vcf = open(text(&names, &[])).unwrap();
    let options = labelled(&format!("s\tpop\n{many}"), by()).unwrap();
    let error = "l.tsv: column \"pop\" has 1001 values, at most 1000 are groups";
    assert_eq!(counted(vcf, &options).unwrap_err(), error);
    let invalid = Labels::read(&b"s\tpop\nA\t\xff\n"[..], "l.tsv", by()).unwrap_err().to_string();
    assert_eq!(invalid, "l.tsv, line 2: the text is not UTF-8");
    let endless = std::io::repeat(b'x');
    let long = Labels::read(endless, "l.tsv", by()).unwrap_err().to_string();
    assert_eq!(long, "l.tsv, line 1: a line is longer than 1 MiB, or the file than 256 MiB");
}
