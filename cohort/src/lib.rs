//! Genotypes in: VCF files, their variants and panel columns, and the plain evaluations that
//! proofs are held against. No cryptography, no terminal, no clock.
mod batch;
mod column_set;
mod columns;
mod evaluate;
mod genotype;
mod header;
mod lines;
mod name;
mod read_error;
mod record;
mod sample_set;
mod source;
mod tally;
mod variant;
mod vcf;

pub use column_set::{ColumnFault, ColumnSet, ColumnSetError};
pub use columns::{Column, Columns, Reason, columns};
pub use evaluate::{
    EvaluateError, HalfCall, Options, Refusal, Summary, allele_frequency, cohort_count,
};
pub use genotype::GenotypeFault;
pub use header::{Contig, Header, HeaderFault};
pub use name::NameFault;
pub use read_error::ReadError;
pub use record::LineFault;
pub use sample_set::{SampleSet, SampleSetError};
pub use variant::Variant;
pub use vcf::Vcf;
