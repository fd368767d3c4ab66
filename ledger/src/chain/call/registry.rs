//! `DatasetRegistry`: listings and their terms.

use crate::chain::contracts::DatasetRegistry;
use crate::chain::{Chain, ChainError, Done, PrivateKeySigner};
use crate::dataset::Version;
use crate::market::{SaleStatus, Terms};
use alloy_primitives::{Address, U256};

impl Chain {
    /// Lists a dataset.
    ///
    /// # Errors
    /// As [`super::Node::send`]; so are those of all actions below.
    pub fn list(
        &self,
        by: &PrivateKeySigner,
        version: Version,
        terms: Terms,
    ) -> Result<Done, ChainError> {
        let call = DatasetRegistry::listCall { v: version.into(), terms: terms.into() };
        self.act(by, self.registry(), &call)
    }

    /// Adds a version to a dataset.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn new_version(
        &self,
        by: &PrivateKeySigner,
        dataset: U256,
        version: Version,
    ) -> Result<Done, ChainError> {
        let call = DatasetRegistry::newVersionCall { dataset, v: version.into() };
        self.act(by, self.registry(), &call)
    }

    /// Replaces a dataset's terms.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn set_terms(
        &self,
        by: &PrivateKeySigner,
        dataset: U256,
        terms: Terms,
    ) -> Result<Done, ChainError> {
        let call = DatasetRegistry::setTermsCall { dataset, terms: terms.into() };
        self.act(by, self.registry(), &call)
    }

    /// Pauses or resumes a dataset's sale.
    ///
    /// # Errors
    /// As [`Chain::list`].
    pub fn set_status(
        &self,
        by: &PrivateKeySigner,
        dataset: U256,
        status: SaleStatus,
    ) -> Result<Done, ChainError> {
        let status = match status {
            SaleStatus::OnSale => 1,
            SaleStatus::Paused => 2,
        };
        self.act(by, self.registry(), &DatasetRegistry::setStatusCall { dataset, status })
    }

    fn registry(&self) -> Address {
        self.network().contracts.registry.address
    }
}
