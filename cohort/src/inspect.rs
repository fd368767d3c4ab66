//! What a file holds, before anybody decides what to do with it.
//! Specification: `docs/spec/genotypes.md`, "Inspection".

mod each_sample;
mod frequencies;
mod heterozygosity;
mod keys;
mod kinship;
mod missing;
mod people;
mod seen;
mod sex;
mod sites;
mod spread;
mod survey;

use std::collections::HashMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::assembly::BuildEvidence;
use crate::columns::Reason;
use crate::genotypes::Genotypes;
use crate::header::Header;
use crate::read_error::ReadError;
use crate::runs::Runs;
use keys::{Keys, Seeds};
use people::People;
use sites::Sites;
use survey::Survey;

pub use frequencies::Frequencies;
pub use heterozygosity::{Heterozygosity, HeterozygosityOutlier};
pub use kinship::{Kinship, Pair};
pub use missing::{MissingPerson, Missingness};
pub use sex::{
    Contradiction, Declared, Karyotype, Karyotypes, SexCheck, SexChromosome, UnusualKaryotype,
};
pub use spread::{Bin, Named, Spread};

/// What a file holds. Counts of records, unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Inspection {
    /// `VCFv4.1` and the like.
    pub fileformat: String,
    /// Samples.
    pub samples: u64,
    /// Records.
    pub records: u64,
    /// ALTs.
    pub columns: u64,
    /// In the order in which they first occur.
    pub contigs: Vec<ContigCount>,
    /// What the header says of the reference.
    pub build: BuildEvidence,
    /// Of the genotypes.
    pub genotypes: GenotypeCounts,
    /// With two ALTs or more.
    pub multi_allelic: u64,
    /// With an ALT that is `<…>`, a breakend or `*`.
    pub symbolic: u64,
    /// With an ALT, genotypes, and at most one allele called among them.
    pub monomorphic: u64,
    /// Whose ALT is `.`.
    pub without_alternate: u64,
    /// Whose FORMAT has no GT.
    pub without_genotypes: u64,
    /// At a contig and POS that another record before has.
    pub repeated_positions: u64,
    /// Whose POS is below that of the record before on the same contig, or whose contig was left
    /// before.
    pub unsorted: u64,
    /// ALTs that can be columns of a panel.
    pub panel_columns: u64,
    /// ALTs that cannot, by reason; only reasons that occur.
    pub not_provable: Vec<NotProvable>,
    /// What was not called, by record and by person.
    pub missing: Missingness,
    /// ALTs by how frequent they are.
    pub frequencies: Frequencies,
    /// Who has more or fewer heterozygous genotypes than the others.
    pub heterozygosity: Heterozygosity,
    /// X, Y and the mitochondrion.
    pub sex: SexCheck,
    /// Who is related to whom.
    pub kinship: Kinship,
}

/// One contig's records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContigCount {
    /// As CHROM has it.
    pub contig: String,
    /// Its records.
    pub records: u64,
    /// Their ALTs.
    pub columns: u64,
}

/// Samples times records with genotypes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GenotypeCounts {
    /// All.
    pub total: u64,
    /// Of two alleles or more, joined by `|` throughout.
    pub phased: u64,
    /// Of which no allele was called.
    pub missing: u64,
    /// Of which some alleles were called and some not.
    pub half_calls: u64,
    /// Of one allele. A lone `.` is diploid.
    pub haploid: u64,
    /// Of two alleles.
    pub diploid: u64,
    /// Of more.
    pub ploidy_above_two: u64,
}

/// What cannot be a column of a panel, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotProvable {
    /// Why.
    pub reason: Reason,
    /// How many ALTs.
    pub count: u64,
    /// The first of them, `chrom pos ref alt` in the key's spelling.
    pub examples: Vec<String>,
}

/// Reads a whole file. `examples` is how many columns are named for each reason; `progress` is
/// told how many bytes of the source have been used. Needs some 60 bytes of memory for each ALT, some
/// hundreds for each sample, and at most 256 MiB to compare people.
///
/// # Errors
/// A file that cannot be read to its end. Half calls and odd ploidies are counted, not refused.
pub fn inspect(
    genotypes: Genotypes,
    examples: usize,
    progress: &mut dyn FnMut(u64),
) -> Result<Inspection, ReadError> {
    let mut runs = Runs::start(genotypes, None, 0)?;
    let (name, header) = (runs.name.clone(), runs.header.clone());
    let mut found = Inspection {
        fileformat: header.fileformat.clone(),
        samples: header.samples.len() as u64,
        build: header.build_evidence(),
        ..Inspection::default()
    };
    let (seeds, build) = (Seeds::default(), found.build.build);
    let mut order = Order::default();
    let mut keys = Keys::new(examples);
    let mut people = People::default();
    let mut sites = Sites::new(header.samples.len());
    while let Some(run) = runs.next_run()? {
        let share = run.len().div_ceil(4 * rayon::current_num_threads()).max(1);
        let survey = Survey { header: &header, build, seeds: &seeds, shift: sites.shift() };
        let shares = run.par_chunks(share).map(|tasks| survey.share(tasks));
        for share in shares.collect::<Vec<_>>() {
            let share = share.map_err(|(at, fault)| ReadError::record(&name, at, fault))?;
            share.add_to(&mut found);
            people.merge(share.people);
            sites.merge(share.sites);
            for stretch in share.stretches {
                order.add(stretch, &mut found);
            }
            for column in share.columns {
                keys.add(column);
            }
        }
        progress(runs.consumed());
    }
    found.records = runs.records();
    found.repeated_positions = order.repeated();
    (found.panel_columns, found.not_provable) = keys.count();
    found.describe(people, sites, &header);
    Ok(found)
}

impl Inspection {
    /// What can be said of people once all records have passed.
    fn describe(&mut self, people: People, sites: Sites, header: &Header) {
        let samples = &header.samples;
        let all = self.genotypes;
        self.missing = missing::missing(&people, samples);
        let called = all.total - all.missing - all.half_calls;
        self.missing.call_rate = (all.total > 0).then(|| called as f64 / all.total as f64);
        self.heterozygosity = heterozygosity::heterozygosity(people.autosomes, samples);
        self.sex = sex::sex_check(people.sexes, samples, &header.declared_sex);
        self.kinship = kinship::kinship(sites, samples);
    }
}

/// Consecutive records of one contig.
struct Stretch {
    contig: String,
    columns: u64,
    positions: Vec<u64>,
}

/// Where records stand.
#[derive(Default)]
struct Order {
    /// Each contig's place among those found.
    places: HashMap<String, usize>,
    /// The place of the contig and the position of the last record.
    last: Option<(usize, u64)>,
    all: Vec<(u32, u64)>,
}

impl Order {
    fn add(&mut self, stretch: Stretch, found: &mut Inspection) {
        let new = found.contigs.len();
        let place = *self.places.entry(stretch.contig).or_insert_with_key(|contig| {
            found.contigs.push(ContigCount { contig: contig.clone(), ..ContigCount::default() });
            new
        });
        let contig = &mut found.contigs[place];
        contig.records += stretch.positions.len() as u64;
        contig.columns += stretch.columns;
        for pos in stretch.positions {
            let behind = match self.last {
                Some((last, before)) if last == place => pos < before,
                Some(_) => place != new,
                None => false,
            };
            found.unsorted += u64::from(behind);
            self.last = Some((place, pos));
            self.all.push((place as u32, pos));
        }
    }

    fn repeated(mut self) -> u64 {
        self.all.sort_unstable();
        let records = self.all.len();
        self.all.dedup();
        (records - self.all.len()) as u64
    }
}
