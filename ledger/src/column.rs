//! Column keys: the field element by which a query, a leaf and a record name the same column.
//! Specification: `docs/spec/panel.md`, vectors `columns.json`.

use crate::hash::{self, TooLong, length_prefix};
use crate::{Fr, Tag};
use std::fmt;

/// A biallelic variant as records name it: alleles trimmed, ordered as a panel's columns are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The contig as the file spells it.
    pub contig: String,
    /// 1-based, 0 at a telomere.
    pub pos: u64,
    /// Reference allele.
    pub reference: String,
    /// Alternate allele.
    pub alternate: String,
}

impl Site {
    /// The column's key under `build`.
    ///
    /// # Errors
    /// As [`variant_key`].
    pub fn key(&self, build: &str) -> Result<Fr, TooLong> {
        variant_key(build, &self.contig, self.pos, &self.reference, &self.alternate)
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}>{}", self.contig, self.pos, self.reference, self.alternate)
    }
}

/// `F(T("column", build, contig, u64 pos, ref, alt))`; the alleles trimmed before.
///
/// # Errors
/// A part of more than 65,535 bytes.
pub fn variant_key(
    build: &str,
    contig: &str,
    pos: u64,
    reference: &str,
    alternate: &str,
) -> Result<Fr, TooLong> {
    let [build, contig, reference, alternate] =
        [build, contig, reference, alternate].map(str::as_bytes);
    let bytes = hash::tagged(
        Tag::COLUMN,
        &[
            &length_prefix(build)?,
            build,
            &length_prefix(contig)?,
            contig,
            &pos.to_be_bytes(),
            &length_prefix(reference)?,
            reference,
            &length_prefix(alternate)?,
            alternate,
        ],
    );
    Ok(hash::to_field(bytes))
}

/// `F(T("trait", name))`.
///
/// # Errors
/// A name of more than 65,535 bytes.
pub fn trait_key(name: &str) -> Result<Fr, TooLong> {
    let name = name.as_bytes();
    Ok(hash::to_field(hash::tagged(Tag::TRAIT, &[&length_prefix(name)?, name])))
}
