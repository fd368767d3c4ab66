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
mod tests {
    use super::*;
    use crate::{Known, ShownTerms};
    use alloy_primitives::{Address, B256};
    use ledger::market::{Order, Terms};

    fn order() -> Order {
        Order {
            dataset: U256::from(2),
            version: 3,
            amount: 250,
            token: Address::repeat_byte(4),
            payee: Address::repeat_byte(5),
            deliverer: Address::repeat_byte(5),
            access_seconds: 3_600,
            dispute_seconds: 3_600,
            request: B256::repeat_byte(6),
            answer_commit: B256::repeat_byte(7),
        }
    }

    fn delivered_grant() -> ShownGrant {
        ShownGrant {
            id: Id::new(Thing::Grant, U256::from(1)),
            dataset: Id::new(Thing::Dataset, U256::from(2)),
            version: 3,
            buyer: Address::repeat_byte(8),
            provider: Address::repeat_byte(5),
            status: GrantStatus::Delivered,
            active: true,
            amount: None,
            amount_units: "250".to_owned(),
            token: Address::repeat_byte(4),
            symbol: None,
            deliver_by: 10,
            envelope: Some(Cid::new(Codec::Raw, B256::repeat_byte(9))),
            settle_after: Some(20),
            expires_at: Some(30),
            request: Cid::new(Codec::Raw, B256::repeat_byte(6)),
            now: 15,
        }
    }

    fn version() -> Version {
        Version {
            manifest: B256::repeat_byte(1),
            data_root: B256::repeat_byte(2),
            key_commit: B256::repeat_byte(3),
            samples: 4,
            columns: 5,
        }
    }

    fn terms() -> Terms {
        Terms {
            price: 250,
            token: Address::repeat_byte(4),
            access_seconds: 1,
            delivery_seconds: 2,
            dispute_seconds: 3,
        }
    }

    fn listed_dataset() -> ShownDataset {
        let terms = terms();
        ShownDataset {
            id: Id::new(Thing::Dataset, U256::from(2)),
            owner: Address::repeat_byte(8),
            status: SaleStatus::OnSale,
            manifest_is: Known::Missing,
            why: None,
            title: None,
            description: None,
            build: None,
            format: None,
            version: 1,
            samples: 4,
            columns: 5,
            data_root: B256::repeat_byte(2),
            key_commit: B256::repeat_byte(3),
            manifest: Cid::new(Codec::DagCbor, B256::repeat_byte(1)),
            content_root: None,
            size: None,
            body: None,
            not_provable: None,
            rule: None,
            terms: ShownTerms {
                price: None,
                price_units: "250".to_owned(),
                token: terms.token,
                symbol: None,
                access_seconds: 1,
                delivery_seconds: 2,
                dispute_seconds: 3,
            },
        }
    }

    #[test]
    fn every_value_that_a_dataset_s_event_has_must_be_the_shown_one() {
        type Change = fn(&mut ShownDataset);
        type Verify = fn(&ShownDataset, &Event) -> Verified;
        type Case<'a> = (Verify, &'a [&'a Event], &'a [(&'a str, Change)]);
        let dataset = U256::from(2);
        let (owner, other) = (Address::repeat_byte(8), Address::repeat_byte(9));
        let listed = Event::Listed { dataset, owner, version: version(), terms: terms(), time: 1 };
        let set = Event::TermsSet { dataset, terms: terms(), time: 1 };
        let added = Event::Versioned { dataset, number: 1, version: version(), time: 1 };
        let moved = Event::DatasetTransferred { dataset, from: other, to: owner };
        let resumed = Event::StatusSet { dataset, status: SaleStatus::OnSale, time: 1 };
        let committed: [(&str, Change); 5] = [
            ("manifest", |d| d.manifest = Cid::new(Codec::DagCbor, B256::ZERO)),
            ("data_root", |d| d.data_root = B256::ZERO),
            ("key_commit", |d| d.key_commit = B256::ZERO),
            ("samples", |d| d.samples = 9),
            ("columns", |d| d.columns = 9),
        ];
        let asked: [(&str, Change); 5] = [
            ("price_units", |d| d.terms.price_units = "25".to_owned()),
            ("token", |d| d.terms.token = Address::ZERO),
            ("access_seconds", |d| d.terms.access_seconds = 9),
            ("delivery_seconds", |d| d.terms.delivery_seconds = 9),
            ("dispute_seconds", |d| d.terms.dispute_seconds = 9),
        ];
        let number: [(&str, Change); 1] = [("version", |d| d.version = 2)];
        let status: [(&str, Change); 1] = [("status", |d| d.status = SaleStatus::Paused)];
        let holder: [(&str, Change); 1] = [("owner", |d| d.owner = Address::ZERO)];
        let cases: [Case; 6] = [
            (ShownDataset::verify_listing, &[&listed], &committed),
            (ShownDataset::verify_owner, &[&moved], &holder),
            (ShownDataset::verify_status, &[&listed, &resumed], &status),
            (ShownDataset::verify_terms, &[&listed, &set], &asked),
            (ShownDataset::verify_version, &[&listed, &added], &committed),
            (ShownDataset::verify_version, &[&listed, &added], &number),
        ];
        let events = [&listed, &set, &added, &moved, &resumed];
        for (n, (verify, good, changes)) in cases.into_iter().enumerate() {
            for event in events {
                let shown = listed_dataset();
                if !good.contains(&event) {
                    let is_other =
                        matches!(verify(&shown, event), Err(Mismatch::OtherEvent { .. }));
                    assert!(is_other, "{n}: {event:?}");
                    continue;
                }
                assert_eq!(verify(&shown, event), Ok(()), "{n}");
                for (name, change) in changes {
                    let mut altered = listed_dataset();
                    change(&mut altered);
                    match verify(&altered, event) {
                        Err(Mismatch::OtherValue { what, .. }) => assert_eq!(what, *name),
                        found => panic!("{n}, {name}: {found:?}"),
                    }
                }
                let mut stranger = listed_dataset();
                stranger.id = Id::new(Thing::Dataset, U256::from(3));
                assert!(matches!(verify(&stranger, event), Err(Mismatch::OtherEvent { .. })));
            }
        }
        // A later version than the first: the listing is true, and says nothing of it.
        let later = ShownDataset { version: 2, samples: 9, ..listed_dataset() };
        assert_eq!(later.verify_listing(&listed), Ok(()));
    }

    type Change = fn(&mut ShownGrant);

    #[test]
    fn every_value_that_a_grant_s_event_has_must_be_the_shown_one() {
        let grant = U256::from(1);
        let bought = Event::Bought {
            grant,
            buyer: Address::repeat_byte(8),
            order: order(),
            deliver_by: 10,
            time: 1,
        };
        let delivered = Event::Delivered {
            grant,
            envelope: B256::repeat_byte(9),
            settle_after: 20,
            expires_at: 30,
            time: 15,
        };
        let purchase: [(&str, Change); 8] = [
            ("dataset", |g| g.dataset = Id::new(Thing::Dataset, U256::from(9))),
            ("version", |g| g.version = 9),
            ("buyer", |g| g.buyer = Address::ZERO),
            ("provider", |g| g.provider = Address::ZERO),
            ("amount_units", |g| g.amount_units = "25".to_owned()),
            ("token", |g| g.token = Address::ZERO),
            ("request", |g| g.request = Cid::new(Codec::Raw, B256::ZERO)),
            ("deliver_by", |g| g.deliver_by = 9),
        ];
        let delivery: [(&str, Change); 3] = [
            ("envelope", |g| g.envelope = None),
            ("settle_after", |g| g.settle_after = Some(9)),
            ("expires_at", |g| g.expires_at = None),
        ];
        for (event, status, changes) in [
            (&bought, GrantStatus::Paid, &purchase[..]),
            (&delivered, GrantStatus::Delivered, &delivery[..]),
        ] {
            let shown = delivered_grant();
            assert_eq!(shown.verify_change(event, status), Ok(()));
            for (name, change) in changes {
                let mut other = delivered_grant();
                change(&mut other);
                match other.verify_change(event, status) {
                    Err(Mismatch::OtherValue { what, .. }) => assert_eq!(what, *name),
                    found => panic!("{name}: {found:?}"),
                }
            }
            let mut other = delivered_grant();
            other.id = Id::new(Thing::Grant, U256::from(2));
            let is_other = |found| matches!(found, Err(Mismatch::OtherEvent { .. }));
            assert!(is_other(other.verify_change(event, status)));
            assert!(is_other(shown.verify_change(event, GrantStatus::Settled)));
        }
        let said = delivered_grant().verify_change(&bought, GrantStatus::Delivered).unwrap_err();
        assert_eq!(said.to_string(), "the event is not the delivery of grant:1");
    }
}
