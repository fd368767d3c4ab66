//! Which human chromosome a contig is, in any of the usual spellings, and what of X and Y is
//! pseudoautosomal: two copies in everybody. Specification: `docs/spec/genotypes.md`.

use crate::assembly::Build;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chromosome {
    /// 1 to 22.
    Autosome(u8),
    X,
    Y,
    Mitochondrion,
    /// Everything else, PLINK's XY and PAR1 among it.
    Other,
}

impl Chromosome {
    /// `22`, `chr22`, `022`, `NC_000022.10`; X is 23, Y 24 and the mitochondrion 26.
    pub(crate) fn of(contig: &str) -> Chromosome {
        let name = match contig.split_at_checked(3) {
            Some((chr, name)) if chr.eq_ignore_ascii_case("chr") => name,
            Some(("NC_", accession)) => return of_accession(accession),
            _ => contig,
        };
        let name = match name.strip_prefix('0') {
            Some(rest) if name.len() == 2 => rest,
            _ => name,
        };
        match name.to_ascii_uppercase().as_str() {
            "X" => Chromosome::X,
            "Y" => Chromosome::Y,
            "M" | "MT" => Chromosome::Mitochondrion,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => of_number(digits),
            _ => Chromosome::Other,
        }
    }

    /// Whether a position is pseudoautosomal; where the build is not stated, in either build.
    pub(crate) fn is_pseudoautosomal(self, pos: u64, build: Option<Build>) -> bool {
        let (grch37, grch38) = match self {
            Chromosome::X => (&X_GRCH37, &X_GRCH38),
            Chromosome::Y => (&Y_GRCH37, &Y_GRCH38),
            _ => return false,
        };
        let lies_in = |regions: &[(u64, u64)]| {
            regions.iter().any(|(first, last)| (*first..=*last).contains(&pos))
        };
        match build {
            Some(Build::Grch37) => lies_in(grch37),
            Some(Build::Grch38) => lies_in(grch38),
            None => lies_in(grch37) || lies_in(grch38),
        }
    }
}

/// The regions PAR1 and PAR2 of the Genome Reference Consortium, both ends included.
const X_GRCH37: [(u64, u64); 2] = [(60_001, 2_699_520), (154_931_044, 155_260_560)];
const X_GRCH38: [(u64, u64); 2] = [(10_001, 2_781_479), (155_701_383, 156_030_895)];
const Y_GRCH37: [(u64, u64); 2] = [(10_001, 2_649_520), (59_034_050, 59_363_566)];
const Y_GRCH38: [(u64, u64); 2] = [(10_001, 2_781_479), (56_887_903, 57_217_415)];

fn of_number(digits: &str) -> Chromosome {
    match digits.parse() {
        Ok(number @ 1..=22) => Chromosome::Autosome(number),
        Ok(23) => Chromosome::X,
        Ok(24) => Chromosome::Y,
        Ok(26) => Chromosome::Mitochondrion,
        _ => Chromosome::Other,
    }
}

/// RefSeq's: `000001.11` to `000024.10`, and `012920.1`.
fn of_accession(accession: &str) -> Chromosome {
    match accession.split_once('.') {
        Some(("012920", _)) => Chromosome::Mitochondrion,
        Some((number, _)) if number.len() == 6 => match of_number(number) {
            Chromosome::Mitochondrion => Chromosome::Other,
            chromosome => chromosome,
        },
        _ => Chromosome::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contigs_are_known_in_every_spelling() {
        use Chromosome::{Autosome, Mitochondrion, Other, X, Y};
        for (chromosome, spellings) in [
            (Autosome(1), &["1", "01", "chr1", "CHR1", "NC_000001.11"][..]),
            (Autosome(22), &["22", "chr22", "NC_000022.10"]),
            (X, &["X", "x", "chrX", "23", "chr23", "0X", "NC_000023.11"]),
            (Y, &["Y", "chry", "24", "0Y", "NC_000024.9"]),
            (Mitochondrion, &["M", "MT", "mt", "chrM", "chrMT", "26", "0M", "NC_012920.1"]),
            (
                Other,
                &["", "0", "25", "27", "XY", "PAR1", "chr", "chrUn_x", "HLA*01:01", "NC_000026.1"],
            ),
            (Other, &["NC_000001", "1000", "99999999999999999999", "NT_000001.1", "大", "é1"]),
        ] {
            for spelling in spellings {
                assert_eq!(Chromosome::of(spelling), chromosome, "{spelling:?}");
            }
        }
    }

    #[test]
    fn pseudoautosomal_regions_are_the_builds() {
        let (x, y) = (Chromosome::X, Chromosome::Y);
        let (old, new) = (Some(Build::Grch37), Some(Build::Grch38));
        for (chromosome, pos, build, expected) in [
            (x, 60_000, old, false),
            (x, 60_001, old, true),
            (x, 2_699_520, old, true),
            (x, 2_699_521, old, false),
            (x, 2_699_521, new, true),
            (x, 2_699_521, None, true),
            (x, 155_260_560, old, true),
            (x, 155_260_561, old, false),
            (x, 156_030_895, new, true),
            (x, 100_000_000, None, false),
            (y, 2_649_520, old, true),
            (y, 2_649_521, old, false),
            (y, 57_217_415, new, true),
            (Chromosome::Autosome(1), 60_001, old, false),
        ] {
            assert_eq!(chromosome.is_pseudoautosomal(pos, build), expected, "{pos} {build:?}");
        }
    }
}
