//! Manifests: fetched by the digest on chain, bounded, and held against what the chain says of the
//! version. Chain rows never wait for them; a missing one is looked for again later, a malformed one
//! is set aside for good, since its bytes can never change. Specification: `docs/spec/index.md`.

use crate::commit::commit;
use crate::row::all;
use crate::search::words;
use crate::{IndexError, Writer};
use alloy_primitives::U256;
use ledger::dataset::Version;
use ledger::{Cid, Codec, Manifest};
use rusqlite::{Transaction, TransactionBehavior, params};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::Stores;

/// Missing manifests looked at in one pass; those looked for least often come first.
const PASS: i64 = 4_096;
/// Manifests written in one transaction.
const CHUNK: usize = 64;
/// Bytes of a text that are searched.
const SEARCHED: usize = 16 << 10;
/// The longest pause before one writer looks for a manifest again.
const PATIENCE: Duration = Duration::from_secs(600);

/// The manifests that this writer has looked for in vain: how often, and until when they rest.
#[derive(Default)]
pub(crate) struct Tries(HashMap<i64, (u32, Instant)>);

impl Sought {
    /// Waits for the stores.
    pub(crate) fn in_stores(stores: &Stores) -> impl Fn(Cid) -> Self {
        |cid| match stores.fetch(cid) {
            Ok(bytes) => Self::There(bytes),
            Err(error) => Self::Missing(error.to_string()),
        }
    }
}

impl Tries {
    fn is_due(&self, id: i64, now: Instant) -> bool {
        self.0.get(&id).is_none_or(|(_, until)| *until <= now)
    }

    /// Rests 1, 2, 4 … seconds.
    fn failed(&mut self, id: i64) {
        let tries = self.0.get(&id).map_or(0, |(tries, _)| *tries);
        let rest = Duration::from_secs(1 << tries.min(16)).min(PATIENCE);
        self.0.insert(id, (tries + 1, Instant::now() + rest));
    }
}

/// A version whose manifest is looked for.
struct Wanted {
    id: i64,
    dataset: U256,
    version: Version,
}

/// What came of looking for a block.
pub(crate) enum Sought {
    There(Vec<u8>),
    Missing(String),
    /// It is not known yet.
    Later,
}

/// What came of looking for a manifest.
enum Found {
    There(Vec<u8>, Box<Manifest>),
    Quarantined(String),
    Missing(String),
}

impl Writer {
    /// Looks for missing manifests for about as long as `budget`; the datasets of those of which
    /// more is known now.
    pub(crate) fn fetch_manifests(
        &mut self,
        seek: impl Fn(Cid) -> Sought,
        budget: Duration,
    ) -> Result<Vec<U256>, IndexError> {
        let begun = Instant::now();
        let missing = self.missing_manifests()?;
        let due: Vec<_> = missing.iter().filter(|one| self.tries.is_due(one.id, begun)).collect();
        let mut known = Vec::new();
        for chunk in due.chunks(CHUNK) {
            let (mut found, mut looked) = (Vec::new(), 0);
            for one in chunk {
                if begun.elapsed() > budget {
                    break;
                }
                looked += 1;
                let Some(what) = look_for(&seek, &one.version) else { continue };
                if !matches!(what, Found::Missing(_)) {
                    known.push(one.dataset);
                }
                found.push((one.id, what));
            }
            let over = looked < chunk.len();
            self.write(&found)?;
            if over {
                break;
            }
        }
        Ok(known)
    }

    fn missing_manifests(&self) -> Result<Vec<Wanted>, IndexError> {
        let sql = "SELECT m.id, v.dataset, v.manifest, v.data_root, v.key_commit, v.samples, v.columns \
                   FROM manifests m JOIN versions v ON v.id = m.id WHERE m.state = 'missing' \
                   ORDER BY m.tries, m.id LIMIT ?1";
        Ok(all(&self.connection, sql, [PASS], |c| {
            let (id, dataset) = (c.get()?, c.uint()?);
            let version = Version {
                manifest: c.word()?,
                data_root: c.word()?,
                key_commit: c.word()?,
                samples: c.number()?,
                columns: c.number()?,
            };
            Ok(Wanted { id, dataset, version })
        })?)
    }

    fn write(&mut self, found: &[(i64, Found)]) -> Result<(), IndexError> {
        if found.is_empty() {
            return Ok(());
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (id, found) in found {
            match found {
                Found::There(bytes, manifest) => keep(&transaction, *id, bytes, manifest)?,
                Found::Quarantined(why) => set_state(&transaction, *id, "quarantined", why)?,
                Found::Missing(why) => {
                    set_state(&transaction, *id, "missing", why)?;
                    self.tries.failed(*id);
                }
            }
        }
        Ok(commit(transaction)?)
    }
}

fn look_for(seek: impl Fn(Cid) -> Sought, version: &Version) -> Option<Found> {
    let bytes = match seek(Cid::new(Codec::DagCbor, version.manifest)) {
        Sought::There(bytes) => bytes,
        Sought::Missing(why) => return Some(Found::Missing(why)),
        Sought::Later => return None,
    };
    Some(match Manifest::decode(&bytes) {
        Err(error) => Found::Quarantined(error.to_string()),
        Ok(manifest) => match verify_manifest(&manifest, version) {
            Err(why) => Found::Quarantined(why),
            Ok(()) => Found::There(bytes, Box::new(manifest)),
        },
    })
}

/// The manifest says what the chain says.
fn verify_manifest(manifest: &Manifest, version: &Version) -> Result<(), String> {
    let panel = &manifest.panel;
    let pairs = [
        ("data root", panel.data_root.to_string(), version.data_root.to_string()),
        ("key commitment", manifest.key_commit.to_string(), version.key_commit.to_string()),
        ("samples", panel.samples.to_string(), version.samples.to_string()),
        ("columns", panel.columns.to_string(), version.columns.to_string()),
    ];
    match pairs.into_iter().find(|(_, theirs, ours)| theirs != ours) {
        None => Ok(()),
        Some((what, theirs, ours)) => {
            Err(format!("{what}: the manifest says {theirs}, the chain {ours}"))
        }
    }
}

fn keep(
    transaction: &Transaction,
    id: i64,
    bytes: &[u8],
    manifest: &Manifest,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE manifests SET state = 'there', why = NULL, bytes = ?2, content_root = ?3 \
             WHERE id = ?1",
        )?
        .execute(params![id, bytes, manifest.content_root.0])?;
    let texts = [&manifest.title, &manifest.description, &manifest.build, &manifest.format];
    let [title, description, build, format] = texts.map(|text| searched(text));
    transaction
        .prepare_cached(
            "INSERT INTO words (rowid, title, description, build, format) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, title, description, build, format])?;
    transaction
        .prepare_cached("INSERT INTO titles (rowid, title) VALUES (?1, ?2)")?
        .execute(params![id, title])?;
    Ok(())
}

fn searched(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(SEARCHED)];
    words(text).collect::<Vec<_>>().join(" ")
}

fn set_state(transaction: &Transaction, id: i64, state: &str, why: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE manifests SET state = ?2, why = ?3, tries = tries + 1 WHERE id = ?1",
        )?
        .execute(params![id, state, why])?;
    Ok(())
}
