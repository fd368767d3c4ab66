//! Circuits, posted results and readers' words.

use crate::row::{Columns, Moment, all, blob, first};
use crate::{Index, IndexError};
use alloy_primitives::{Address, B256, U256};
use ledger::posting::{Attested, Posted};
use ledger::{CircuitId, StepId};

/// A posted result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// What was posted.
    pub posted: Posted,
    /// When.
    pub at: Moment,
}

/// What a reader said of what was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// What was said.
    pub attested: Attested,
    /// When.
    pub at: Moment,
}

/// A registered circuit. Being registered is no endorsement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitRow {
    /// Its id.
    pub circuit: CircuitId,
    /// Its protocol.
    pub protocol: String,
    /// SHA-256 of its R1CS.
    pub fingerprint: B256,
    /// The block that registered it.
    pub block: u64,
    /// The transaction that did.
    pub transaction: B256,
}

pub(crate) const RESULT: &str = "SELECT result, dataset, poster, circuit, version, grant, query, \
     value, step, record, block, time, tx ";
pub(crate) const ATTESTATION: &str =
    "SELECT grant, dataset, account, version, equal, evidence, block, time, tx ";

pub(crate) fn result(c: &mut Columns) -> rusqlite::Result<ResultRow> {
    let mut posted = Posted {
        result: c.uint()?,
        dataset: c.uint()?,
        poster: c.address()?,
        circuit: CircuitId(c.word()?),
        version: c.number()?,
        grant: c.uint()?,
        query: c.uint()?,
        value: c.uint()?,
        step: StepId(c.word()?),
        record: c.word()?,
        time: 0,
    };
    let at = c.moment()?;
    posted.time = at.time;
    Ok(ResultRow { posted, at })
}

pub(crate) fn attestation(c: &mut Columns) -> rusqlite::Result<Attestation> {
    let mut attested = Attested {
        grant: c.uint()?,
        dataset: c.uint()?,
        by: c.address()?,
        version: c.number()?,
        equal: c.get()?,
        evidence: c.word()?,
        time: 0,
    };
    let at = c.moment()?;
    attested.time = at.time;
    Ok(Attestation { attested, at })
}

impl Index {
    /// All results, from the first.
    ///
    /// # Errors
    /// The database could not be read; so are those of all below.
    pub fn results(&self) -> Result<Vec<ResultRow>, IndexError> {
        Ok(all(&self.connection, &format!("{RESULT} FROM results ORDER BY id"), [], result)?)
    }

    /// A result, if there is such a one.
    ///
    /// # Errors
    /// As [`Index::results`].
    pub fn result(&self, number: U256) -> Result<Option<ResultRow>, IndexError> {
        let sql = format!("{RESULT} FROM results WHERE result = ?1");
        Ok(first(&self.connection, &sql, [blob(number)], result)?)
    }

    /// What `poster` posted as the answer to `query` on a version, if they did: one at most.
    ///
    /// # Errors
    /// As [`Index::results`].
    pub fn result_by(
        &self,
        circuit: CircuitId,
        (dataset, version): (U256, u64),
        query: U256,
        poster: Address,
    ) -> Result<Option<ResultRow>, IndexError> {
        let sql = format!(
            "{RESULT} FROM results WHERE dataset = ?1 AND version = ?2 AND circuit = ?3 AND query = ?4 \
             AND poster = ?5"
        );
        let version = version.cast_signed();
        let key = (blob(dataset), version, circuit.0.0, blob(query), poster.0.0);
        Ok(first(&self.connection, &sql, key, result)?)
    }

    /// What readers said of a dataset, from the first.
    ///
    /// # Errors
    /// As [`Index::results`].
    pub fn attestations(&self, dataset: U256) -> Result<Vec<Attestation>, IndexError> {
        let sql = format!("{ATTESTATION} FROM attestations WHERE dataset = ?1 ORDER BY id");
        Ok(all(&self.connection, &sql, [blob(dataset)], attestation)?)
    }

    /// All registered circuits, from the first.
    ///
    /// # Errors
    /// As [`Index::results`].
    pub fn circuits(&self) -> Result<Vec<CircuitRow>, IndexError> {
        let sql = "SELECT circuit, protocol, fingerprint, block, tx FROM circuits ORDER BY id";
        Ok(all(&self.connection, sql, [], |c| {
            Ok(CircuitRow {
                circuit: CircuitId(c.word()?),
                protocol: c.get()?,
                fingerprint: c.word()?,
                block: c.number()?,
                transaction: c.word()?,
            })
        })?)
    }
}
