//! X, Y and the mitochondrion: ploidies, and which sex chromosomes each person seems to have, by the
//! reasoning of PLINK's `--check-sex`. Specification: `docs/spec/genotypes.md`, "Inspection".

use serde::Serialize;

use super::heterozygosity::f;
use super::people::{Sexes, X};
use super::seen::{HAPLOID, HETEROZYGOUS, HOMOZYGOUS, Seen, TWO_ALTS, UNCALLED};
use super::spread::Named;
use crate::header::Sex;

/// Of X, Y and the mitochondrion.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SexCheck {
    /// Records and genotypes of X.
    pub x: SexChromosome,
    /// Of Y.
    pub y: SexChromosome,
    /// Of the mitochondrion.
    pub mitochondrion: SexChromosome,
    /// People by what they seem to have.
    pub inferred: Karyotypes,
    /// People who seem to have one X and no Y, or two and a Y.
    pub unusual: Named<UnusualKaryotype>,
    /// What the file itself says of people's sex.
    pub declared: Declared,
    /// People of whom it says otherwise than their chromosomes seem to be.
    pub contradicting: Named<Contradiction>,
}

/// One chromosome's records and genotypes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SexChromosome {
    /// Records with genotypes.
    pub records: u64,
    /// Those in a pseudoautosomal region.
    pub pseudoautosomal: u64,
    /// Called genotypes of one allele.
    pub haploid: u64,
    /// Called genotypes of two.
    pub diploid: u64,
    /// Those of two different ones.
    pub heterozygous: u64,
    /// Genotypes without a called allele.
    pub missing: u64,
    /// Half calls, and genotypes of more than two alleles.
    pub other: u64,
}

/// People by their sex chromosomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Karyotypes {
    /// Two X, and no Y as far as the file has Y.
    pub xx: u64,
    /// One X as far as the file has X, and a Y as far as it has Y.
    pub xy: u64,
    /// One X and no Y.
    pub x: u64,
    /// Two X and a Y.
    pub xxy: u64,
    /// Between the thresholds, or too little is called.
    pub unclear: u64,
}

/// Which sex chromosomes a person seems to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Karyotype {
    /// Two X.
    #[serde(rename = "XX")]
    Xx,
    /// X and Y.
    #[serde(rename = "XY")]
    Xy,
    /// One X alone.
    #[serde(rename = "X")]
    X,
    /// Two X and a Y.
    #[serde(rename = "XXY")]
    Xxy,
}

impl Karyotype {
    /// `XX` and the like.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Karyotype::Xx => "XX",
            Karyotype::Xy => "XY",
            Karyotype::X => "X",
            Karyotype::Xxy => "XXY",
        }
    }
}

/// People by the sex that a fam or psam states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// Female.
    pub female: u64,
    /// Male.
    pub male: u64,
    /// Neither is stated.
    pub unknown: u64,
}

/// A person with other sex chromosomes than most have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnusualKaryotype {
    /// The name.
    pub sample: String,
    /// What they seem to have.
    pub karyotype: Karyotype,
}

/// A person of whom file and chromosomes say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The name.
    pub sample: String,
    /// What the file says.
    pub declared: Sex,
    /// What the chromosomes seem to be.
    pub karyotype: Karyotype,
}

impl SexChromosome {
    pub(super) fn add(&mut self, seen: &Seen) {
        self.records += 1;
        for code in &seen.codes {
            match *code {
                HAPLOID => self.haploid += 1,
                HETEROZYGOUS => {
                    (self.diploid, self.heterozygous) = (self.diploid + 1, self.heterozygous + 1);
                }
                HOMOZYGOUS | TWO_ALTS => self.diploid += 1,
                UNCALLED => self.missing += 1,
                _ => self.other += 1,
            }
        }
    }

    pub(super) fn merge(&mut self, other: &SexChromosome) {
        self.records += other.records;
        self.pseudoautosomal += other.pseudoautosomal;
        self.haploid += other.haploid;
        self.diploid += other.diploid;
        self.heterozygous += other.heterozygous;
        self.missing += other.missing;
        self.other += other.other;
    }
}

/// F on X above which a person seems to have one X, and below which two: PLINK's.
const ONE_X: f64 = 0.8;
const TWO_X: f64 = 0.2;
/// Calls on X below which ploidies say nothing, and records of Y below which calls do.
const LEAST_CALLS: u32 = 20;
/// Hundredths of Y's records, above which somebody called has a Y, and below which not.
const HAS_Y: u64 = 50;
const NO_Y: u64 = 10;

pub(super) fn sex_check(sexes: Sexes, samples: &[String], declared: &[Option<Sex>]) -> SexCheck {
    let y_called = sexes.y_called.counts(samples.len());
    let mut inferred = Karyotypes::default();
    let (mut unusual, mut contradicting) = (Vec::new(), Vec::new());
    for (place, sample) in samples.iter().enumerate() {
        let one_x = sexes.each_x.get(place).map(has_one_x);
        let y = (sexes.y_records >= u64::from(LEAST_CALLS))
            .then(|| has_y(y_called[place].into(), sexes.y_records));
        let Some(karyotype) = karyotype(one_x, y) else {
            inferred.unclear += u64::from(one_x.is_some() || y.is_some());
            continue;
        };
        match karyotype {
            Karyotype::Xx => inferred.xx += 1,
            Karyotype::Xy => inferred.xy += 1,
            Karyotype::X => inferred.x += 1,
            Karyotype::Xxy => inferred.xxy += 1,
        }
        let sample = || sample.clone();
        if matches!(karyotype, Karyotype::X | Karyotype::Xxy) {
            unusual.push(UnusualKaryotype { sample: sample(), karyotype });
        }
        let sex = declared.get(place).copied().flatten();
        let with_y = matches!(karyotype, Karyotype::Xy | Karyotype::Xxy);
        if let Some(declared) = sex.filter(|sex| (*sex == Sex::Male) != with_y) {
            contradicting.push(Contradiction { sample: sample(), declared, karyotype });
        }
    }
    let count = |sex| declared.iter().filter(|declared| **declared == sex).count() as u64;
    SexCheck {
        x: sexes.x,
        y: sexes.y,
        mitochondrion: sexes.mitochondrion,
        inferred,
        unusual: Named::first_of(unusual),
        declared: Declared {
            female: count(Some(Sex::Female)),
            male: count(Some(Sex::Male)),
            unknown: count(None),
        },
        contradicting: Named::first_of(contradicting),
    }
}

/// By ploidy where the file writes genotypes of one allele for this person, else by F; `None`
/// between the thresholds, and where too little is called.
fn has_one_x(x: &X) -> Option<bool> {
    if x.haploid >= LEAST_CALLS && x.haploid / 9 >= x.diploid {
        return Some(true);
    }
    match f(x.heterozygous.into(), x.expected)? {
        f if f > ONE_X => Some(true),
        f if f < TWO_X && x.haploid <= x.diploid / 9 => Some(false),
        _ => None,
    }
}

fn has_y(called: u64, records: u64) -> Option<bool> {
    if called * 100 > records * HAS_Y {
        Some(true)
    } else if called * 100 < records * NO_Y {
        Some(false)
    } else {
        None
    }
}

/// What the file does not have, the outer `None`, says nothing; what it has must be clear.
fn karyotype(one_x: Option<Option<bool>>, y: Option<Option<bool>>) -> Option<Karyotype> {
    Some(match (one_x, y) {
        (Some(one_x), Some(y)) => match (one_x?, y?) {
            (true, true) => Karyotype::Xy,
            (true, false) => Karyotype::X,
            (false, true) => Karyotype::Xxy,
            (false, false) => Karyotype::Xx,
        },
        (Some(one), None) => {
            if one? {
                Karyotype::Xy
            } else {
                Karyotype::Xx
            }
        }
        (None, Some(y)) => {
            if y? {
                Karyotype::Xy
            } else {
                Karyotype::Xx
            }
        }
        (None, None) => return None,
    })
}
