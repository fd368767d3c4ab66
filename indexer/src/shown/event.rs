//! What is shown of a row against the event behind it: a served index may prove an event and show
//! another row.

use super::{ShownDataset, ShownGrant, ShownResult};
use alloy_primitives::U256;
use ledger::chain::Event;
use ledger::dataset::Version;
use ledger::market::{GrantStatus, SaleStatus};
use ledger::{Cid, Codec, Id, Thing};
use std::fmt::Display;

/// Why a row is not what its event says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// An event of another row, or of another change of it.
    #[error("the event is not the {wanted} of {id}")]
    OtherEvent {
        /// Which one it should be.
        wanted: &'static str,
        /// Of which row.
        id: Id,
    },
    /// A value that the event has otherwise.
    #[error("{what} is shown as {shown}, and was {happened} when it happened")]
    OtherValue {
        /// The name that it has in JSON.
        what: &'static str,
        /// As the row has it.
        shown: String,
        /// As the event has it.
        happened: String,
    },
}

type Verified = Result<(), Mismatch>;

fn same<T: PartialEq + Display>(what: &'static str, shown: &T, happened: &T) -> Verified {
    if shown == happened {
        return Ok(());
    }
    let (shown, happened) = (shown.to_string(), happened.to_string());
    Err(Mismatch::OtherValue { what, shown, happened })
}

fn some<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| value.to_string())
}

impl ShownDataset {
    /// Demands that `event` is this dataset's listing. Where the version on sale is still the first,
    /// its manifest, panel and key are compared; owner, terms and status may have changed since.
    ///
    /// # Errors
    /// Another event, or another value; so of all below.
    pub fn verify_listing(&self, event: &Event) -> Verified {
        match event {
            Event::Listed { dataset, version, .. } if self.is(*dataset) => match self.version {
                1 => self.verify_committed(version),
                _ => Ok(()),
            },
            _ => Err(self.other("listing")),
        }
    }

    /// Demands that `event` gave this dataset the owner that is shown.
    ///
    /// # Errors
    /// As [`ShownDataset::verify_listing`].
    pub fn verify_owner(&self, event: &Event) -> Verified {
        match event {
            Event::DatasetTransferred { dataset, to, .. } if self.is(*dataset) => {
                same("owner", &self.owner, to)
            }
            _ => Err(self.other("transfer")),
        }
    }

    /// Demands that `event` put this dataset on sale, or paused it, as is shown.
    ///
    /// # Errors
    /// As [`ShownDataset::verify_listing`].
    pub fn verify_status(&self, event: &Event) -> Verified {
        let status = match event {
            Event::Listed { dataset, .. } if self.is(*dataset) => SaleStatus::OnSale,
            Event::StatusSet { dataset, status, .. } if self.is(*dataset) => *status,
            _ => return Err(self.other("status")),
        };
        same("status", &self.status.word(), &status.word())
    }

    /// Demands that `event` set the terms that are shown.
    ///
    /// # Errors
    /// As [`ShownDataset::verify_listing`].
    pub fn verify_terms(&self, event: &Event) -> Verified {
        let terms = match event {
            Event::Listed { dataset, terms, .. } | Event::TermsSet { dataset, terms, .. }
                if self.is(*dataset) =>
            {
                terms
            }
            _ => return Err(self.other("terms")),
        };
        let shown = &self.terms;
        same("price_units", &shown.price_units, &terms.price.to_string())?;
        same("token", &shown.token, &terms.token)?;
        same("access_seconds", &shown.access_seconds, &terms.access_seconds)?;
        same("delivery_seconds", &shown.delivery_seconds, &terms.delivery_seconds)?;
        same("dispute_seconds", &shown.dispute_seconds, &terms.dispute_seconds)
    }

    /// Demands that `event` added the version that is shown.
    ///
    /// # Errors
    /// As [`ShownDataset::verify_listing`].
    pub fn verify_version(&self, event: &Event) -> Verified {
        let (number, version) = match event {
            Event::Listed { dataset, version, .. } if self.is(*dataset) => (1, version),
            Event::Versioned { dataset, number, version, .. } if self.is(*dataset) => {
                (*number, version)
            }
            _ => return Err(self.other("version")),
        };
        same("version", &self.version, &number)?;
        self.verify_committed(version)
    }

    fn verify_committed(&self, version: &Version) -> Verified {
        same("manifest", &self.manifest, &Cid::new(Codec::DagCbor, version.manifest))?;
        same("data_root", &self.data_root, &version.data_root)?;
        same("key_commit", &self.key_commit, &version.key_commit)?;
        same("samples", &self.samples, &version.samples)?;
        same("columns", &self.columns, &version.columns)
    }

    fn is(&self, dataset: U256) -> bool {
        Id::new(Thing::Dataset, dataset) == self.id
    }

    fn other(&self, wanted: &'static str) -> Mismatch {
        Mismatch::OtherEvent { wanted, id: self.id }
    }
}

impl ShownGrant {
    /// Demands that `event` put this grant into `status`, and compares what it says with what is shown.
    ///
    /// # Errors
    /// Another event, or another value.
    pub fn verify_change(&self, event: &Event, status: GrantStatus) -> Verified {
        if event.subject() != Some(self.id) || event.grant_status() != Some(status) {
            let wanted = match status {
                GrantStatus::Paid => "purchase",
                GrantStatus::Delivered => "delivery",
                GrantStatus::Settled => "settlement",
                GrantStatus::Declined => "refusal",
                GrantStatus::Refunded => "refund",
                GrantStatus::Withdrawn | GrantStatus::Revoked => "revocation",
            };
            return Err(Mismatch::OtherEvent { wanted, id: self.id });
        }
        match event {
            Event::Bought { buyer, order, deliver_by, .. } => {
                same("dataset", &self.dataset, &Id::new(Thing::Dataset, order.dataset))?;
                same("version", &self.version, &order.version)?;
                same("buyer", &self.buyer, buyer)?;
                same("provider", &self.provider, &order.deliverer)?;
                same("amount_units", &self.amount_units, &order.amount.to_string())?;
                same("token", &self.token, &order.token)?;
                same("request", &self.request, &Cid::new(Codec::Raw, order.request))?;
                same("deliver_by", &self.deliver_by, deliver_by)
            }
            Event::Delivered { envelope, settle_after, expires_at, .. } => {
                let envelope = Some(Cid::new(Codec::Raw, *envelope));
                same("envelope", &some(self.envelope), &some(envelope))?;
                same("settle_after", &some(self.settle_after), &some(Some(*settle_after)))?;
                same("expires_at", &some(self.expires_at), &some(Some(*expires_at)))
            }
            _ => Ok(()),
        }
    }
}

impl ShownResult {
    /// Demands that `event` is this result's posting, and compares all that the chain says of it.
    ///
    /// # Errors
    /// Another event, or another value.
    pub fn verify_posting(&self, event: &Event) -> Verified {
        match event {
            Event::Posted(posted) if Id::new(Thing::Result, posted.result) == self.id => {
                same("dataset", &self.dataset, &Id::new(Thing::Dataset, posted.dataset))?;
                same("version", &self.version, &posted.version)?;
                same("poster", &self.poster, &posted.poster)?;
                same("circuit", &self.circuit, &posted.circuit)?;
                same("step", &self.step, &posted.step)?;
                same("record", &self.record, &Cid::new(Codec::DagCbor, posted.record))?;
                same("time", &self.time, &posted.time)
            }
            _ => Err(Mismatch::OtherEvent { wanted: "posting", id: self.id }),
        }
    }
}

#[cfg(test)]
mod tests;
