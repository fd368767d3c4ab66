//! Which reference the positions of a file count along, as far as its header says so.
//! Specification: `docs/spec/genotypes.md`, "Build".

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::header::Header;

/// A build of the human reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Build {
    /// GRCh37: hg19, b37, hs37d5.
    #[serde(rename = "GRCh37")]
    Grch37,
    /// GRCh38: hg38.
    #[serde(rename = "GRCh38")]
    Grch38,
}

impl Build {
    /// The name under which keys have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Build::Grch37 => "GRCh37",
            Build::Grch38 => "GRCh38",
        }
    }
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a header says of the build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BuildEvidence {
    /// The build that all evidence names, if there is any and nothing contradicts it; otherwise
    /// the header does not state one.
    pub build: Option<Build>,
    /// The `##reference` and `##assembly` lines and the contigs' `assembly`, each value once.
    pub references: Vec<String>,
    /// Contigs 1–22, X and Y, with or without `chr`, that have GRCh37's length.
    pub lengths_grch37: u64,
    /// The same for GRCh38.
    pub lengths_grch38: u64,
    /// Those whose stated length is neither's.
    pub lengths_other: u64,
}

impl Header {
    /// Gathers what the header says of the build; nothing is guessed from names or positions.
    #[must_use]
    pub fn build_evidence(&self) -> BuildEvidence {
        let assemblies = self.contigs.iter().filter_map(|contig| contig.assembly.as_ref());
        let mut once = BTreeSet::new();
        let references = self.references.iter().chain(assemblies);
        let references: Vec<_> = references.filter(|text| once.insert(*text)).cloned().collect();
        let mut builds: BTreeSet<Build> = references.iter().flat_map(|text| named(text)).collect();
        let (mut lengths_grch37, mut lengths_grch38, mut lengths_other) = (0, 0, 0);
        for contig in &self.contigs {
            let (Some(length), Some(row)) = (contig.length, row(&contig.name)) else { continue };
            match (length == row.grch37, length == row.grch38) {
                (true, _) => lengths_grch37 += 1,
                (_, true) => lengths_grch38 += 1,
                _ => lengths_other += 1,
            }
        }
        builds.extend((lengths_grch37 > 0).then_some(Build::Grch37));
        builds.extend((lengths_grch38 > 0).then_some(Build::Grch38));
        let build = if builds.len() == 1 && lengths_other == 0 { builds.pop_first() } else { None };
        BuildEvidence { build, references, lengths_grch37, lengths_grch38, lengths_other }
    }
}

/// The builds named by the words of a text, such as a reference's path.
fn named(text: &str) -> impl Iterator<Item = Build> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    words.filter_map(|word| match word.as_str() {
        "grch37" | "hg19" | "b37" | "hs37" | "hs37d5" | "v37" => Some(Build::Grch37),
        "grch38" | "hg38" | "b38" | "hs38" | "hs38d1" | "hs38dh" | "grch38dh" => {
            Some(Build::Grch38)
        }
        _ => None,
    })
}

struct Row {
    name: &'static str,
    grch37: u64,
    grch38: u64,
}

fn row(contig: &str) -> Option<&'static Row> {
    let name = contig.strip_prefix("chr").unwrap_or(contig);
    LENGTHS.iter().find(|row| row.name == name)
}

const fn lengths(name: &'static str, grch37: u64, grch38: u64) -> Row {
    Row { name, grch37, grch38 }
}

/// Lengths of the assembled chromosomes in GCA_000001405.1 and GCA_000001405.15; no chromosome
/// has the same in both.
const LENGTHS: [Row; 24] = [
    lengths("1", 249_250_621, 248_956_422),
    lengths("2", 243_199_373, 242_193_529),
    lengths("3", 198_022_430, 198_295_559),
    lengths("4", 191_154_276, 190_214_555),
    lengths("5", 180_915_260, 181_538_259),
    lengths("6", 171_115_067, 170_805_979),
    lengths("7", 159_138_663, 159_345_973),
    lengths("8", 146_364_022, 145_138_636),
    lengths("9", 141_213_431, 138_394_717),
    lengths("10", 135_534_747, 133_797_422),
    lengths("11", 135_006_516, 135_086_622),
    lengths("12", 133_851_895, 133_275_309),
    lengths("13", 115_169_878, 114_364_328),
    lengths("14", 107_349_540, 107_043_718),
    lengths("15", 102_531_392, 101_991_189),
    lengths("16", 90_354_753, 90_338_345),
    lengths("17", 81_195_210, 83_257_441),
    lengths("18", 78_077_248, 80_373_285),
    lengths("19", 59_128_983, 58_617_616),
    lengths("20", 63_025_520, 64_444_167),
    lengths("21", 48_129_895, 46_709_983),
    lengths("22", 51_304_566, 50_818_468),
    lengths("X", 155_270_560, 156_040_895),
    lengths("Y", 59_373_566, 57_227_415),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Contig;

    fn build(references: &[&str], contigs: &[(&str, u64)]) -> Option<Build> {
        let contig = |(name, length): &(&str, u64)| Contig {
            name: (*name).to_owned(),
            length: Some(*length),
            assembly: None,
        };
        let header = Header {
            references: references.iter().map(|text| (*text).to_owned()).collect(),
            contigs: contigs.iter().map(contig).collect(),
            ..Header::default()
        };
        header.build_evidence().build
    }

    #[test]
    fn build_is_stated_or_not() {
        use Build::{Grch37, Grch38};
        for (references, contigs, expected) in [
            (&[][..], &[][..], None),
            (&["ftp://x/phase2_reference_assembly_sequence/hs37d5.fa.gz"], &[], Some(Grch37)),
            (&["file:///GRCh38_full_analysis_set_plus_decoy_hla.fa"], &[], Some(Grch38)),
            (&["1000GenomesPilot-NCBI36"], &[("20", 62_435_964)], None),
            (&[], &[("chr22", 50_818_468), ("chrM", 16_569)], Some(Grch38)),
            (&["human_g1k_v37.fasta"], &[("22", 51_304_566)], Some(Grch37)),
            (&["human_g1k_v37.fasta"], &[("22", 50_818_468)], None),
            (&[], &[("21", 48_129_895), ("22", 50_818_468)], None),
            (&["hg19"], &[("22", 51_174_940)], None),
            (&[], &[("22", 51_174_940)], None),
            (&["rehg19x"], &[("MT", 16_569)], None),
        ] {
            assert_eq!(build(references, contigs), expected, "{references:?} {contigs:?}");
        }
    }
}
