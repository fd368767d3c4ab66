//! The domain: genotypes in, numbers out. Reads VCF files (plain text, gzip, BGZF), names their
//! variants, gives panel columns to whoever proves, and computes the plain results that proofs are
//! held against. No cryptography, no environment, no clock, no terminal.
//!
//! A number that cannot be exact is an error that names file, line and column; no error repeats a
//! genotype. Memory does not grow with the number of records, except in [`inspect`].
//! Specification: `docs/spec/genotypes.md`.
//!
//! ```
//! use cohort::{Genotypes, Options, allele_frequency};
//!
//! let text = "##fileformat=VCFv4.2\n\
//!     #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1\tNA2\tNA3\n\
//!     22\t16050075\t.\tA\tG\t.\t.\t.\tGT\t0/0\t0|1\t./.\n";
//! let genotypes = Genotypes::from_reader(text.as_bytes(), "example.vcf")?;
//! assert_eq!(genotypes.header().samples, ["NA1", "NA2", "NA3"]);
//!
//! let mut result = Vec::new();
//! let summary = allele_frequency(genotypes, &Options::default(), &mut result, &mut |_bytes| {})?;
//! assert_eq!(result, b"chrom\tpos\tref\talt\tac\tan\n22\t16050075\tA\tG\t1\t4\n");
//! assert_eq!((summary.samples, summary.records, summary.columns), (3, 1, 1));
//! # Ok::<(), cohort::EvaluateError>(())
//! ```

mod allele;
mod assembly;
mod batch;
mod bcf;
mod calls;
mod chromosome;
mod column_set;
mod columns;
mod evaluate;
mod field;
mod front;
mod genotype;
mod genotypes;
mod header;
mod inspect;
mod labels;
mod name;
mod plink;
mod read_error;
mod record;
mod region;
mod runs;
mod sample_set;
mod source;
mod table;
mod tally;
mod variant;
mod vcf;

pub use assembly::{Build, BuildEvidence};
pub use bcf::BcfFault;
pub use column_set::{ColumnFault, ColumnSet, ColumnSetError};
pub use columns::{Column, Columns, Reason, columns};
pub use evaluate::{
    EvaluateError, HalfCall, Options, Refusal, Summary, allele_frequency, cohort_count,
};
pub use field::{Field, Found};
pub use genotype::GenotypeFault;
pub use genotypes::Genotypes;
pub use header::{Contig, Header, HeaderFault, Sex};
pub use inspect::{
    Bin, ContigCount, Contradiction, Declared, Frequencies, GenotypeCounts, Heterozygosity,
    HeterozygosityOutlier, Inspection, Karyotype, Karyotypes, Kinship, MissingPerson, Missingness,
    Named, NotProvable, Pair, SexCheck, SexChromosome, Spread, UnusualKaryotype, inspect,
};
pub use labels::{Ask, FirstNames, Group, Joining, Labels, LabelsError};
pub use name::NameFault;
pub use plink::{PgenFault, SiteFault, set_opened_by};
pub use read_error::ReadError;
pub use record::{At, RecordFault};
pub use region::{Access, IndexFault, Region, RegionError, Regions, WholeRead};
pub use sample_set::{SampleSet, SampleSetError};
pub use table::{
    ColumnProfile, Counted, Decimal, GrammarFault, Kind, Letters, Numbers, Schema, SchemaError,
    Separator, Table, TableError, TableFault, TableProfile, TableSummary, inspect_table,
    table_allele_frequency,
};
pub use variant::Variant;
