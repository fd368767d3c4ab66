//! Real files against tables that peers computed from them; see `SOURCES.md` beside the data.

use std::fs::File;
use std::io::Read;

use cohort::{Genotypes, HalfCall, Options, SampleSet, allele_frequency, cohort_count, inspect};
use flate2::read::MultiGzDecoder;

use crate::{data, lines_of};

fn vcf(file: &str) -> Genotypes {
    Genotypes::open(&data(&format!("genotypes/{file}"))).unwrap()
}

/// A table's fields, without its lines beginning with `#`.
fn table(file: &str) -> Vec<Vec<String>> {
    let mut file_text = String::new();
    let path = data(&format!("genotypes/truth/{file}"));
    let open = File::open(path).unwrap();
    match file.ends_with(".gz") {
        true => MultiGzDecoder::new(open).read_to_string(&mut file_text).unwrap(),
        false => { open }.read_to_string(&mut file_text).unwrap(),
    };
    let rows = file_text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// `chrom pos ref alt ac an` from bcftools' CHROM POS REF ALT AN AC, a line for each ALT.
fn bcftools(file: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for row in table(file) {
        let [chrom, pos, reference, alternates, an, ac] = &row[..] else { panic!("{row:?}") };
        for (alternate, ac) in alternates.split(',').zip(ac.split(',')) {
            if alternate != "." {
                lines.push([chrom, pos, reference, alternate, ac, an].join("\t"));
            }
        }
    }
    lines
}

#[test]
fn allele_frequency_equals_bcftools() {
    for (file, truth) in [
        ("chr22_10k.vcf.gz", "chr22_10k"),
        ("kgp3_1126_chr20.vcf.gz", "kgp3_1126_chr20"),
        ("kgp3_1126_chr21.vcf.gz", "kgp3_1126_chr21"),
        ("kgp3_1126_chr22.vcf.gz", "kgp3_1126_chr22"),
        ("prs_chr22.vcf.gz", "prs_chr22"),
        ("aisnp55.vcf.gz", "aisnp55"),
        ("edge/1kg_2020_chrM.vcf.gz", "edge_1kg_2020_chrM"),
        ("edge/CEUTrio.20.21.gatk3.4.g.vcf.bgz", "edge_CEUTrio.20.21.gatk3.4"),
        ("edge/chr22.vcf.gz", "edge_chr22"),
        ("edge/chr_m_indels.vcf.gz", "edge_chr_m_indels"),
        ("edge/mixed_ploidy.vcf.gz", "edge_mixed_ploidy"),
        ("edge/sample.vcf.gz", "edge_sample"),
        ("edge/sample.bcf", "edge_sample"),
        ("edge/1kg_2020_chrM.bcf", "edge_1kg_2020_chrM"),
    ] {
        let lines = lines_of(allele_frequency, vcf(file), &Options::default()).unwrap();
        let truth = bcftools(&format!("{truth}.bcftools.tsv.gz"));
        assert!(!truth.is_empty());
        assert!(lines == truth, "{file} differs from bcftools");
    }
}

#[test]
fn three_called_alleles_are_three() {
    let file = "edge/triploid3.vcf.gz";
    let lines = lines_of(allele_frequency, vcf(file), &Options::default()).unwrap();
    assert_eq!(lines, ["1\t1\tA\tC\t0\t3"]);
    assert_eq!(bcftools("edge_triploid3.bcftools.tsv.gz"), ["1\t1\tA\tC\t0\t2"], "bcftools 1.16");
}

/// PLINK 2's genotype counts: chrom, ref, alt, hom-ref, het, two alts, missing. For several ALTs
/// its numbers are about all of them together.
#[test]
fn cohort_count_equals_plink2() {
    for (file, truth) in [
        ("chr22_10k.vcf.gz", "chr22_10k"),
        ("kgp3_1126_chr20.vcf.gz", "kgp3_1126_chr20"),
        ("kgp3_1126_chr21.vcf.gz", "kgp3_1126_chr21"),
        ("kgp3_1126_chr22.vcf.gz", "kgp3_1126_chr22"),
        ("prs_chr22.vcf.gz", "prs_chr22"),
        ("aisnp55.vcf.gz", "aisnp55"),
        ("plink/eur.bed", "eur"),
        ("plink/prs_chr22.pgen", "prs_chr22"),
        ("plink/inverted.pgen", "inverted"),
        ("plink/kgp3_1126_chr20.pgen", "kgp3_1126_chr20"),
    ] {
        let lines = lines_of(cohort_count, vcf(file), &Options::default()).unwrap();
        let mut lines = lines.iter();
        for row in table(&format!("{truth}.plink2.gcount.tsv.gz")) {
            let alternates = row[2].split(',').filter(|alternate| *alternate != ".").count();
            if alternates == 0 {
                continue;
            }
            let mut own =
                lines.by_ref().take(alternates).map(|line| line.split('\t').collect::<Vec<_>>());
            if alternates > 1 {
                assert_eq!(own.count(), alternates);
                continue;
            }
            let own = own.next().unwrap();
            let same = [own[0], own[2], own[3], own[6], own[7], own[8], own[9]];
            assert_eq!(same[..], row[..], "{file}: {own:?}");
            let numbers: Vec<u64> = own[4..].iter().map(|n| n.parse().unwrap()).collect();
            let [ac, an, none, one, two, _] = numbers[..] else { panic!("{own:?}") };
            assert_eq!((ac, an), (one + 2 * two, 2 * (none + one + two)));
        }
        assert_eq!(lines.next(), None);
    }
}

#[test]
fn half_calls_are_read_as_told() {
    let count = |half_call| {
        let options = Options { half_call, ..Options::default() };
        let counts = lines_of(cohort_count, vcf("half_calls.vcf"), &options);
        (lines_of(allele_frequency, vcf("half_calls.vcf"), &options), counts)
    };
    for (half_call, word) in [(HalfCall::Missing, "missing"), (HalfCall::Reference, "reference")] {
        let (frequencies, counts) = count(half_call);
        let (frequencies, counts) = (frequencies.unwrap(), counts.unwrap());
        let alleles = table(&format!("half_calls.{word}.plink2.acount"));
        let genotypes = table(&format!("half_calls.{word}.plink2.gcount"));
        assert_eq!((frequencies.len(), counts.len()), (alleles.len(), genotypes.len()));
        for (i, (alleles, genotypes)) in alleles.iter().zip(&genotypes).enumerate() {
            let own: Vec<_> = frequencies[i].split('\t').collect();
            assert_eq!(own[2..], alleles[2..], "{word}");
            let own: Vec<_> = counts[i].split('\t').collect();
            let truth = [&genotypes[4], &genotypes[5], &genotypes[6], &genotypes[9]];
            assert_eq!(own[6..], truth, "{word}");
        }
    }
    let (frequencies, counts) = count(HalfCall::Haploid);
    assert_eq!(frequencies.unwrap(), bcftools("half_calls.haploid.bcftools.tsv"));
    let named = |word: &str| {
        format!("tests/data/genotypes/half_calls.vcf, line 5, column 10 (sample HG00096): {word}")
    };
    let not_diploid = named("a genotype that is not diploid");
    assert!(counts.unwrap_err().contains(&not_diploid));
    let (frequencies, counts) = count(HalfCall::Refuse);
    let half_call = named("a half call");
    for refused in [frequencies, counts] {
        assert!(refused.unwrap_err().contains(&half_call));
    }
}

#[test]
fn counts_of_some_samples_equal_bcftools() {
    let labels = table("kgp3_samples_2504.tsv.gz");
    let truth = table("aisnp55.superpop_counts.bcftools.tsv");
    for (i, group) in ["AFR", "AMR", "EAS", "EUR", "SAS"].into_iter().enumerate() {
        let mut names: Vec<_> =
            labels.iter().filter(|row| row[2] == group).map(|row| row[0].as_str()).collect();
        names.reverse();
        let samples = SampleSet::read(names.join("\n").as_bytes(), group).unwrap();
        let options = Options { samples: Some(samples), ..Options::default() };
        let lines = lines_of(allele_frequency, vcf("aisnp55.vcf.gz"), &options).unwrap();
        assert_eq!(lines.len(), truth.len());
        for (line, row) in lines.iter().zip(&truth) {
            let [an, ac, _] = &row[5 + 3 * i..8 + 3 * i] else { panic!("{row:?}") };
            assert_eq!(
                *line,
                [&row[0], &row[1], &row[3], &row[4], ac, an].map(String::as_str).join("\t")
            );
        }
    }
}

#[test]
fn files_without_genotypes_are_refused_and_inspected() {
    for (file, error) in [
        ("edge/out_of_order_contigs.vcf.gz", "has no samples, so there are no genotypes to count"),
        (
            "edge/1kg_2020_chr20_annotations.bcf",
            "has no samples, so there are no genotypes to count",
        ),
        ("edge/sample_no_genotypes.vcf.gz", "has no samples, so there are no genotypes to count"),
        (
            "edge/sample_all_missing_gts.vcf.gz",
            "line 32, column 9 (FORMAT): the record has no genotypes: FORMAT does not name GT",
        ),
    ] {
        let refused = lines_of(allele_frequency, vcf(file), &Options::default()).unwrap_err();
        assert!(refused.ends_with(error), "{refused}");
        inspect(vcf(file), 1, &mut |_| {}).unwrap();
    }
}

/// The numbers of the table that was made when the files were gathered.
#[test]
fn inspection_equals_what_is_known_of_the_files() {
    let look = |file: &str| inspect(vcf(file), 2, &mut |_| {}).unwrap();
    let found = look("chr22_10k.vcf.gz");
    assert_eq!((found.samples, found.records, found.columns), (2_504, 9_750, 9_792));
    assert_eq!((found.multi_allelic, found.symbolic, found.monomorphic), (40, 5, 37));
    assert_eq!((found.repeated_positions, found.unsorted), (7, 0));
    assert_eq!((found.panel_columns, found.not_provable.len()), (9_792, 0));
    assert_eq!(found.genotypes.phased, 2_504 * 9_750);
    assert_eq!(found.build.build, Some(cohort::Build::Grch37));
    assert_eq!(look("aisnp55.vcf.gz").unsorted, 2);
    assert_eq!(look("prs_chr22.vcf.gz").build.build, None);
    assert_eq!(look("prs_chr22.vcf.gz").genotypes.missing, 96);
    let found = look("edge/chr22.vcf.gz");
    assert_eq!(found.build.build, Some(cohort::Build::Grch38));
    assert_eq!((found.genotypes.missing, found.genotypes.half_calls), (6_808, 0));
    let found = look("edge/mixed_ploidy.vcf.gz");
    // Four lone dots are haploid in that table and missing diploids here.
    let ploidies =
        (found.genotypes.haploid, found.genotypes.diploid, found.genotypes.ploidy_above_two);
    assert_eq!(ploidies, (7, 10, 1));
    let reasons: Vec<_> =
        found.not_provable.iter().map(|row| (row.reason.as_str(), row.count)).collect();
    assert_eq!(reasons, [("haploid", 2), ("mixed-ploidy", 3)]);
}

/// What the standard's authors say must be read, is read.
#[test]
fn passed_files_of_the_specification_are_read() {
    let mut files = 0;
    for entry in std::fs::read_dir(data("genotypes/spec")).unwrap() {
        let path = entry.unwrap().path();
        let read = inspect(Genotypes::open(&path).unwrap(), 1, &mut |_| {});
        assert!(read.is_ok(), "{}: {}", path.display(), read.unwrap_err());
        files += 1;
    }
    assert_eq!(files, 26);
}
