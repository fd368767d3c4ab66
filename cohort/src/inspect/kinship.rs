//! Who is related to whom, or the same person twice: the KING-robust coefficient of Manichaikul et
//! al. (2010, doi:10.1093/bioinformatics/btq559, formula 11), as PLINK 2's `--make-king-table` has
//! it, over records that are spread over the genome.
//! Specification: `docs/spec/genotypes.md`, "Inspection".

mod alike;
mod planes;

use rayon::prelude::*;
use serde::Serialize;

use super::sites::Sites;
use super::spread::{MOST_NAMED, Named};
use planes::Planes;

/// People who are related, as far as could be looked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Kinship {
    /// How many records were compared.
    pub variants: u64,
    /// At most one of them lies in each window of so many bases.
    pub window: u64,
    /// Of a coefficient of people who are not related.
    pub standard_error: Option<f64>,
    /// How many pairs were compared; where there are too many people, only those that seemed the
    /// same.
    pub pairs: u64,
    /// Whether these were all.
    pub all_pairs: bool,
    /// The same person, or identical twins: above 0.354. Nothing where it was not looked for.
    pub duplicates: Option<Named<Pair>>,
    /// Parents, children, siblings: above 0.177.
    pub first_degree: Option<Named<Pair>>,
    /// Grandparents, half-siblings, uncles: above 0.0884.
    pub second_degree: Option<Named<Pair>>,
}

/// Two people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The one who comes first in the file.
    pub first: String,
    /// The other.
    pub second: String,
    /// The coefficient: 0.5 for the same person, 0.25 for parents and siblings, 0 for strangers.
    pub kinship: f64,
    /// Records in which both are called.
    pub variants: u64,
    /// The share of them in which they have no allele in common: next to none for a parent and
    /// a child, some for siblings.
    pub ibs0: f64,
}

/// Above which a coefficient is one of a duplicate, a first-degree and a second-degree relative.
pub(super) const DEGREES: [f64; 3] = [0.354, 0.177, 0.0884];
/// The standard error for unrelated people times the square root of the number of records, measured
/// on 1000 Genomes.
const ERROR: f64 = 1.3;
/// A degree is looked for where its coefficient is so many standard errors.
const ERRORS: f64 = 5.0;
/// People beyond whom not all pairs are compared.
const MOST_PEOPLE: usize = 10_000;
/// People whose genotypes lie in the nearest memory together.
const TILE: usize = 16;

/// What two people have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shared {
    /// Records in which both are called.
    pub(super) called: u32,
    /// In which both are heterozygous.
    pub(super) both_heterozygous: u32,
    /// In which both are homozygous, for other alleles.
    pub(super) opposite: u32,
    /// Heterozygous genotypes of the one where the other is called, and of the other.
    pub(super) heterozygous: [u32; 2],
}

impl Shared {
    /// `None` where one of them is nowhere heterozygous.
    pub(super) fn kinship(&self) -> Option<f64> {
        let [one, other] = self.heterozygous.map(f64::from);
        let least = one.min(other);
        let differ = one + other - 2.0 * f64::from(self.both_heterozygous);
        let opposite = 4.0 * f64::from(self.opposite);
        (least > 0.0).then(|| 0.5 - (opposite + differ) / (4.0 * least))
    }
}

/// Two samples' places, and what they have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Related {
    places: (usize, usize),
    kinship: f64,
    shared: Shared,
}

/// Related pairs by degree, of each the closest.
#[derive(Default)]
struct Degrees {
    totals: [u64; 3],
    closest: [Vec<Related>; 3],
}

pub(super) fn kinship(sites: Sites, samples: &[String]) -> Kinship {
    let window = sites.window();
    let chosen = sites.chosen();
    let variants = chosen.len();
    let mut found = Kinship { variants: variants as u64, window, ..Kinship::default() };
    let error = ERROR / (variants as f64).sqrt();
    let fits = DEGREES.map(|degree| samples.len() > 1 && degree >= ERRORS * error);
    if !fits[0] {
        return found;
    }
    found.standard_error = Some(error);
    found.all_pairs = samples.len() <= MOST_PEOPLE;
    let planes = Planes::of(&chosen, samples.len());
    let degrees = if found.all_pairs {
        found.pairs = samples.len() as u64 * (samples.len() as u64 - 1) / 2;
        all_pairs(&planes)
    } else {
        let pairs = alike::pairs(&chosen, samples.len());
        found.pairs = pairs.len() as u64;
        some_pairs(&planes, &pairs)
    };
    let [duplicates, first, second] = degrees.named(samples);
    found.duplicates = Some(duplicates);
    found.first_degree = (found.all_pairs && fits[1]).then_some(first);
    found.second_degree = (found.all_pairs && fits[2]).then_some(second);
    found
}

fn all_pairs(planes: &Planes) -> Degrees {
    let samples = planes.samples();
    let tiles: Vec<usize> = (0..samples).step_by(TILE).collect();
    let tile = |begin: &usize| {
        let mut degrees = Degrees::default();
        let end = (begin + TILE).min(samples);
        for second in begin + 1..samples {
            for first in *begin..end.min(second) {
                degrees.add((first, second), planes.shared(first, second));
            }
        }
        degrees.cut();
        degrees
    };
    tiles.par_iter().map(tile).reduce(Degrees::default, Degrees::merge)
}

fn some_pairs(planes: &Planes, pairs: &[(u32, u32)]) -> Degrees {
    let mut degrees = Degrees::default();
    for (first, second) in pairs {
        let places = (*first as usize, *second as usize);
        degrees.add(places, planes.shared(places.0, places.1));
    }
    degrees.cut();
    degrees
}

impl Degrees {
    fn add(&mut self, places: (usize, usize), shared: Shared) {
        let Some(kinship) = shared.kinship() else { return };
        if let Some(degree) = DEGREES.iter().position(|least| kinship > *least) {
            self.totals[degree] += 1;
            self.closest[degree].push(Related { places, kinship, shared });
        }
    }

    fn cut(&mut self) {
        for closest in &mut self.closest {
            closest.sort_by(|a, b| b.kinship.total_cmp(&a.kinship).then(a.places.cmp(&b.places)));
            closest.truncate(MOST_NAMED);
        }
    }

    fn merge(mut self, mut other: Degrees) -> Degrees {
        for degree in 0..DEGREES.len() {
            self.totals[degree] += other.totals[degree];
            self.closest[degree].append(&mut other.closest[degree]);
        }
        self.cut();
        self
    }

    fn named(self, samples: &[String]) -> [Named<Pair>; 3] {
        let mut lists = self.closest.into_iter();
        self.totals.map(|total| {
            let pair = |Related { places, kinship, shared }| Pair {
                first: samples[places.0].clone(),
                second: samples[places.1].clone(),
                kinship,
                variants: u64::from(shared.called),
                ibs0: f64::from(shared.opposite) / f64::from(shared.called),
            };
            let named = lists.next().unwrap_or_default().into_iter().map(pair).collect();
            Named { total, named }
        })
    }
}
