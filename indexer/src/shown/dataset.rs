//! A dataset as it is shown: what `search` lists, and what `show` adds.

use crate::read::dataset::Root;
use crate::{Dataset, Index, IndexError, Metadata};
use alloy_primitives::{Address, B256, U256};
use ledger::dataset::Version;
use ledger::market::{SaleStatus, Terms};
use ledger::statement::ReleaseRule;
use ledger::{Cid, Codec, Id, Manifest, Network, Thing, amount};
use serde::{Deserialize, Serialize};

/// A dataset's terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTerms {
    /// In whole tokens; none for a token that the network file does not name.
    pub price: Option<String>,
    /// In the token's smallest unit.
    pub price_units: String,
    /// The pay token.
    pub token: Address,
    /// Its symbol, as the network file has it.
    pub symbol: Option<String>,
    /// Access, counted from delivery.
    pub access_seconds: u32,
    /// From purchase to the last moment of delivery.
    pub delivery_seconds: u32,
    /// From delivery to settlement.
    pub dispute_seconds: u32,
}

impl ShownTerms {
    /// Of these terms.
    pub fn of(network: &Network, terms: &Terms) -> Self {
        let token = network.token(terms.token);
        Self {
            price: token.map(|t| amount::show(U256::from(terms.price), t.decimals)),
            price_units: terms.price.to_string(),
            token: terms.token,
            symbol: token.map(|t| t.symbol.clone()),
            access_seconds: terms.access_seconds,
            delivery_seconds: terms.delivery_seconds,
            dispute_seconds: terms.dispute_seconds,
        }
    }

    /// The terms; none where the price is no number.
    pub fn terms(&self) -> Option<Terms> {
        Some(Terms {
            price: self.price_units.parse().ok()?,
            token: self.token,
            access_seconds: self.access_seconds,
            delivery_seconds: self.delivery_seconds,
            dispute_seconds: self.dispute_seconds,
        })
    }
}

/// What is known of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// It is there, and says what the chain says.
    There,
    /// No place had it so far.
    Missing,
    /// It is malformed or contradicts the chain.
    Quarantined,
}

/// ALTs that could not be provable columns, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotProvable {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// The encrypted file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its root.
    pub cid: Cid,
    /// Its bytes.
    pub size: u64,
}

/// A dataset, as `search` lists it. Title, description, build and format are their author's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownDataset {
    /// `dataset:N`.
    pub id: Id,
    /// Who holds its token.
    pub owner: Address,
    /// Whether it is sold.
    pub status: SaleStatus,
    /// Whether the manifest of the version on sale is known. Only then the fields from it are not
    /// null.
    pub manifest_is: Known,
    /// Why it is not known.
    pub why: Option<String>,
    /// One line.
    pub title: Option<String>,
    /// Any length.
    pub description: Option<String>,
    /// The reference build.
    pub build: Option<String>,
    /// The file's format.
    pub format: Option<String>,
    /// The version on sale.
    pub version: u64,
    /// People.
    pub samples: u64,
    /// Provable columns.
    pub columns: u64,
    /// The panel's root.
    pub data_root: B256,
    /// The data key's commitment.
    pub key_commit: B256,
    /// The manifest's CID.
    pub manifest: Cid,
    /// BLAKE3 of the encrypted body.
    pub content_root: Option<B256>,
    /// Bytes of the file that was sealed.
    pub size: Option<u64>,
    /// The encrypted file.
    pub body: Option<Body>,
    /// ALTs that are no provable columns, by reason.
    pub not_provable: Option<Vec<NotProvable>>,
    /// What results may show.
    pub rule: Option<ReleaseRule>,
    /// What a grant costs now.
    pub terms: ShownTerms,
}

impl ShownDataset {
    /// Of this row.
    pub fn of(network: &Network, dataset: &Dataset) -> Self {
        let row = &dataset.latest;
        let version = &row.version;
        let manifest = row.metadata.manifest();
        let (manifest_is, why) = known(&row.metadata);
        let text = |field: fn(&Manifest) -> &String| manifest.map(|m| field(m).clone());
        Self {
            id: Id::new(Thing::Dataset, dataset.dataset),
            owner: dataset.owner,
            status: dataset.status,
            manifest_is,
            why,
            title: text(|m| &m.title),
            description: text(|m| &m.description),
            build: text(|m| &m.build),
            format: text(|m| &m.format),
            version: row.number,
            samples: version.samples,
            columns: version.columns,
            data_root: version.data_root,
            key_commit: version.key_commit,
            manifest: Cid::new(Codec::DagCbor, version.manifest),
            content_root: manifest.map(|m| m.content_root),
            size: manifest.map(|m| m.size),
            body: manifest.map(|m| Body { cid: m.body.cid, size: m.body.size }),
            not_provable: manifest.map(|m| not_provable(&m.panel.refused)),
            rule: manifest.map(|m| m.rule),
            terms: ShownTerms::of(network, &dataset.terms),
        }
    }

    /// What the chain commits to of the version on sale.
    pub fn committed(&self) -> Version {
        Version {
            manifest: self.manifest.digest(),
            data_root: self.data_root,
            key_commit: self.key_commit,
            samples: self.samples,
            columns: self.columns,
        }
    }
}

pub(crate) fn known(metadata: &Metadata) -> (Known, Option<String>) {
    match metadata {
        Metadata::There(_) => (Known::There, None),
        Metadata::Missing { why, .. } => (Known::Missing, why.clone()),
        Metadata::Quarantined(why) => (Known::Quarantined, Some(why.clone())),
    }
}

fn not_provable(refused: &[(String, u64)]) -> Vec<NotProvable> {
    let one =
        |(reason, count): &(String, u64)| NotProvable { reason: reason.clone(), count: *count };
    refused.iter().map(one).collect()
}

/// What readers said of the version on sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Found the panel as listed.
    pub equal: u64,
    /// Found another.
    pub different: u64,
}

/// How often the owner ended grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// After being paid.
    pub settled: u64,
    /// Before it: the buyers were refunded.
    pub unsettled: u64,
}

/// A dataset, as `show` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownInFull {
    /// What `search` lists of it.
    #[serde(flatten)]
    pub dataset: ShownDataset,
    /// What readers said of the version on sale.
    pub attestations: Said,
    /// How often its owner ended grants.
    pub revocations: Ended,
    /// Datasets listed before with the same panel or body.
    pub same_roots: Vec<Id>,
    /// The same in words.
    pub warnings: Vec<String>,
}

impl ShownInFull {
    /// The dataset of this number, if there is one.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn read(
        index: &Index,
        network: &Network,
        number: U256,
    ) -> Result<Option<Self>, IndexError> {
        let Some(dataset) = index.dataset(number)? else { return Ok(None) };
        let attestations = index.attestations(number)?;
        let current = attestations.iter().filter(|a| a.attested.version == dataset.latest.number);
        let (equal, differ): (Vec<_>, Vec<_>) = current.partition(|a| a.attested.equal);
        let revocations = index.revocations_by(dataset.owner)?;
        let (mut warnings, mut same_roots) = (Vec::new(), Vec::new());
        for earlier in index.same_roots(number)? {
            let id = Id::new(Thing::Dataset, earlier.dataset);
            let what = match earlier.root {
                Root::Data => "panel",
                Root::Content => "encrypted body",
            };
            warnings.push(format!("{id}, listed before, has the same {what}"));
            same_roots.push(id);
        }
        Ok(Some(Self {
            dataset: ShownDataset::of(network, &dataset),
            attestations: Said { equal: equal.len() as u64, different: differ.len() as u64 },
            revocations: Ended { settled: revocations.paid, unsettled: revocations.refunded },
            same_roots,
            warnings,
        }))
    }
}
