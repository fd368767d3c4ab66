//! The manifest: what anyone may know of a dataset's version. Its SHA-256 is in the version's
//! commitment. All text in it is its author's word. Specification: `docs/spec/dataset.md`.

use crate::dag_cbor::{self, DecodeError, Reader, Value};
use crate::statement::ReleaseRule;
use crate::{Cid, Codec};
use alloy_primitives::B256;

const VERSION: u64 = 1;
/// The import profile of every UnixFS file that a manifest names.
pub const PROFILE: &str = "unixfs-v1-2025";
/// Bytes of an X-Wing public key.
pub const XWING_KEY_BYTES: usize = 1216;

/// A UnixFS file: its root and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Root of the file.
    pub cid: Cid,
    /// Bytes.
    pub size: u64,
}

/// The panel read out of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelDescription {
    /// People.
    pub samples: u64,
    /// Provable columns.
    pub columns: u64,
    /// Levels of the tree above the leaves.
    pub depth: u8,
    /// The root, a field element.
    pub data_root: B256,
    /// The leaf list: 32 bytes a column, in column order.
    pub leaves: File,
    /// SHA-256 of the leaf list.
    pub leaves_sha256: B256,
    /// ALTs that could not be provable columns, by reason.
    pub refused: Vec<(String, u64)>,
    /// The same one by one: `contig pos ref alt reason` a line, tab-separated.
    pub refused_list: File,
}

/// What anyone may know of a dataset's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// One line.
    pub title: String,
    /// Any length that fits into the block.
    pub description: String,
    /// The file's format, such as `vcf`.
    pub format: String,
    /// The reference build: from the header or the provider, never guessed.
    pub build: String,
    /// Bytes of the file that was sealed.
    pub size: u64,
    /// The encrypted body.
    pub body: File,
    /// BLAKE3 of the body.
    pub content_root: B256,
    /// `P("key"; …)`, a field element.
    pub key_commit: B256,
    /// The panel.
    pub panel: PanelDescription,
    /// The provider's X-Wing key, to which requests are encapsulated.
    pub xwing: Box<[u8; XWING_KEY_BYTES]>,
    /// What results may show; (0, 0) is none.
    pub rule: ReleaseRule,
}

impl Manifest {
    /// The strict DAG-CBOR block.
    pub fn encode(&self) -> Vec<u8> {
        let panel = &self.panel;
        let refused = panel.refused.iter().map(|(reason, n)| (reason.clone(), Value::Uint(*n)));
        Value::map([
            ("version", Value::Uint(VERSION)),
            ("title", self.title.as_str().into()),
            ("description", self.description.as_str().into()),
            ("format", self.format.as_str().into()),
            ("build", self.build.as_str().into()),
            ("size", self.size.into()),
            ("profile", PROFILE.into()),
            ("body", file_value(self.body)),
            ("content_root", self.content_root.into()),
            ("key_commit", self.key_commit.into()),
            ("xwing", Value::Bytes(self.xwing.to_vec())),
            ("rule", Value::list([self.rule.min_samples, self.rule.min_count])),
            (
                "panel",
                Value::map([
                    ("kind", Value::Uint(1)),
                    ("samples", panel.samples.into()),
                    ("columns", panel.columns.into()),
                    ("depth", Value::Uint(panel.depth.into())),
                    ("data_root", panel.data_root.into()),
                    ("leaves", file_value(panel.leaves)),
                    ("leaves_sha256", panel.leaves_sha256.into()),
                    ("refused", Value::map(refused)),
                    ("refused_list", file_value(panel.refused_list)),
                ]),
            ),
        ])
        .encode()
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// Anything but the schema of version 1, and numbers that contradict each other.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut map = Reader::decode("the manifest", bytes)?;
        if map.uint("version")? != VERSION {
            return Err(DecodeError::Schema("the manifest's version is not 1".to_owned()));
        }
        if map.text("profile")? != PROFILE {
            return Err(DecodeError::Schema(format!("the manifest's profile is not {PROFILE}")));
        }
        let manifest = Self {
            title: map.text("title")?,
            description: map.text("description")?,
            format: map.text("format")?,
            build: map.text("build")?,
            size: map.uint("size")?,
            body: file(map.map("body", "the body")?)?,
            content_root: map.word("content_root")?,
            key_commit: map.word("key_commit")?,
            panel: panel(map.map("panel", "the panel")?)?,
            xwing: Box::new(map.array("xwing")?),
            rule: rule(&mut map)?,
        };
        map.end()?;
        dag_cbor::demand_equal("the manifest", &manifest.encode(), bytes)?;
        Ok(manifest)
    }

    /// The block's CID.
    pub fn cid(&self) -> Cid {
        Cid::of(Codec::DagCbor, &self.encode())
    }
}

/// `[min_samples, min_count]` under `rule`.
pub(crate) fn rule(map: &mut Reader) -> Result<ReleaseRule, DecodeError> {
    let numbers = map.items("rule", "two numbers", |item| match item {
        Value::Uint(n) => Some(n),
        _ => None,
    })?;
    match numbers[..] {
        [min_samples, min_count] => Ok(ReleaseRule { min_samples, min_count }),
        _ => Err(DecodeError::Schema("field \"rule\" is not two numbers".to_owned())),
    }
}

fn file_value(file: File) -> Value {
    Value::map([("cid", Value::Link(file.cid)), ("size", file.size.into())])
}

fn file(mut map: Reader) -> Result<File, DecodeError> {
    let file = File { cid: map.link("cid")?, size: map.uint("size")? };
    map.end()?;
    if file.cid.codec() == Codec::DagCbor {
        return Err(DecodeError::Schema("a file's root is neither raw nor dag-pb".to_owned()));
    }
    Ok(file)
}

fn panel(mut map: Reader) -> Result<PanelDescription, DecodeError> {
    if map.uint("kind")? != 1 {
        return Err(DecodeError::Schema("the panel is not by column".to_owned()));
    }
    let depth = u8::try_from(map.uint("depth")?).unwrap_or(u8::MAX);
    let panel = PanelDescription {
        samples: map.uint("samples")?,
        columns: map.uint("columns")?,
        depth,
        data_root: map.word("data_root")?,
        leaves: file(map.map("leaves", "the leaf list")?)?,
        leaves_sha256: map.word("leaves_sha256")?,
        refused: counts(map.entries("refused")?)?,
        refused_list: file(map.map("refused_list", "the list of refused ALTs")?)?,
    };
    map.end()?;
    if Some(panel.leaves.size) != panel.columns.checked_mul(32) || depth != depth_of(panel.columns)
    {
        return Err(DecodeError::Schema(
            "the panel's columns, depth and leaves disagree".to_owned(),
        ));
    }
    Ok(panel)
}

fn counts(entries: Vec<(String, Value)>) -> Result<Vec<(String, u64)>, DecodeError> {
    entries
        .into_iter()
        .map(|(reason, value)| match value {
            Value::Uint(n) => Ok((reason, n)),
            _ => Err(DecodeError::Schema(format!("the count of {reason:?} is not a number"))),
        })
        .collect()
}

/// The least d with 16^d ≥ `columns`.
pub fn depth_of(columns: u64) -> u8 {
    let mut depth = 0;
    let mut reach = 1_u64;
    while reach < columns {
        reach = reach.saturating_mul(16);
        depth += 1;
    }
    depth
}
