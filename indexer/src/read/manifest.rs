//! What is known of a version's manifest.

use crate::row::{Columns, malformed};
use ledger::Manifest;

/// What is known of a version's manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metadata {
    /// No place had it so far.
    Missing {
        /// How often it was looked for.
        tries: u64,
        /// What came of it the last time; none where it was not looked for yet.
        why: Option<String>,
    },
    /// It is there, and says what the chain says.
    There(Box<Manifest>),
    /// It is malformed or contradicts the chain, for this reason; it will not change.
    Quarantined(String),
}

impl Metadata {
    /// The manifest, if it is there.
    pub fn manifest(&self) -> Option<&Manifest> {
        match self {
            Self::There(manifest) => Some(manifest),
            Self::Missing { .. } | Self::Quarantined(_) => None,
        }
    }
}

/// The columns `state, tries, why, bytes` of `manifests`.
pub(crate) fn metadata(c: &mut Columns) -> rusqlite::Result<Metadata> {
    let (state, tries, why, bytes) =
        (c.get::<String>()?, c.number()?, c.get::<Option<String>>()?, c.get::<Option<Vec<u8>>>()?);
    Ok(match state.as_str() {
        "missing" => Metadata::Missing { tries, why },
        "there" => {
            let manifest = Manifest::decode(&bytes.unwrap_or_default())
                .map_err(|e| malformed(&format!("a stored manifest does not decode: {e}")))?;
            Metadata::There(Box::new(manifest))
        }
        "quarantined" => Metadata::Quarantined(why.unwrap_or_default()),
        other => return Err(malformed(&format!("{other:?} is no state of a manifest"))),
    })
}
