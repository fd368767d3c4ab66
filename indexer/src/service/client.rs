//! A client of a served index: the same answers as the own index gives, from somebody else's. What
//! it says is that server's word; async begins and ends here.

use super::status::Phase;
use crate::{AnswerAt, Row, ShownDataset, ShownGrant, ShownInFull, ShownResult};
use alloy_primitives::{Address, B256, Bytes, U256};
use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};

/// How long one answer may take, and how long it may be.
const PATIENCE: Duration = Duration::from_secs(15);
/// Before it is asked again where it could not answer yet.
const AGAIN: Duration = Duration::from_millis(250);
const BYTES: usize = 16 << 20;
/// Rows asked for at once.
const PAGE: usize = 200;
/// How often the chain may move while a list is read.
const MOVES: u32 = 8;

/// A served index.
pub struct Served {
    url: String,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

/// An answer, and the block that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// The block.
    pub at: AnswerAt,
    /// What was said.
    pub said: T,
}

/// Where a served index stands.
#[derive(Clone, Debug, Deserialize)]
pub struct ServedStatus {
    /// At which block.
    pub at: AnswerAt,
    /// How it follows.
    pub status: Phase,
    /// Of which contracts, and what their events amount to.
    pub contracts: Vec<ServedContract>,
}

/// A contract that a served index follows.
#[derive(Clone, Debug, Deserialize)]
pub struct ServedContract {
    /// Where it is.
    pub address: Address,
    /// Its accumulator, as replayed from the events.
    pub accumulator: Option<B256>,
}

/// Why a served index gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ServedError {
    /// An address that is none.
    #[error("{url:?} is no address of a served index: {why}")]
    Url {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// No answer.
    #[error("the index {url} does not answer: {why}")]
    Unreachable {
        /// Its address.
        url: String,
        /// What happened.
        why: String,
    },
    /// It refused.
    #[error("the index {url} refused: {why}")]
    Refused {
        /// Its address.
        url: String,
        /// What it said.
        why: String,
    },
    /// An answer that is none of ours.
    #[error("the index {url} gave an answer that cannot be read: {why}")]
    Strange {
        /// Its address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Deserialize)]
struct Whole<T> {
    at: AnswerAt,
    #[serde(flatten)]
    said: T,
}

/// A page of a list, under whichever name it has.
#[derive(Deserialize)]
struct Rows<T> {
    #[serde(alias = "datasets", alias = "grants")]
    rows: Vec<T>,
    next: Option<String>,
}

/// Where a row's proof is asked for: a path, and a parameter.
fn proof_address(row: Row) -> (String, Option<(&'static str, &'static str)>) {
    let dataset = |number: U256, rest: &str| format!("/v1/datasets/{number}/{rest}proof");
    match row {
        Row::Dataset(number) => (dataset(number, ""), None),
        Row::Owner(number) => (dataset(number, ""), Some(("value", "owner"))),
        Row::Sale(number) => (dataset(number, ""), Some(("value", "status"))),
        Row::Terms { dataset: of, from: None } => (dataset(of, ""), Some(("value", "terms"))),
        Row::Terms { dataset: of, from: Some(from) } => {
            (dataset(of, &format!("terms/{from}/")), None)
        }
        Row::Version { dataset: of, number: None } => (dataset(of, ""), Some(("value", "version"))),
        Row::Version { dataset: of, number: Some(number) } => {
            (dataset(of, &format!("versions/{number}/")), None)
        }
        Row::Attestation { dataset: of, grant } => {
            (dataset(of, &format!("attestations/{grant}/")), None)
        }
        Row::Grant { grant, status } => {
            (format!("/v1/grants/{grant}/proof"), status.map(|status| ("status", status.word())))
        }
        Row::Result(number) => (format!("/v1/results/{number}/proof"), None),
        Row::Log(log) => (format!("/v1/logs/{log}/proof"), None),
        Row::Anchor { log, size } => (format!("/v1/logs/{log}/anchors/{size}/proof"), None),
    }
}

impl Served {
    /// The index at an `http://` or `https://` address. Nothing is asked yet.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(url: &str) -> Result<Self, ServedError> {
        let bad = |why: String| ServedError::Url { url: url.to_owned(), why };
        let parsed: reqwest::Url = url.parse().map_err(|e| bad(format!("{e}")))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(bad("it does not begin with http:// or https://".to_owned()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| bad(e.to_string()))?;
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| bad(e.to_string()))?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), runtime, client })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it stands.
    ///
    /// # Errors
    /// No answer, or none that can be read; so of all below.
    pub fn status(&self) -> Result<ServedStatus, ServedError> {
        self.must("/v1/status", &[])
    }

    /// At most `limit` datasets that have all of `words`, the best first.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn search(
        &self,
        words: &str,
        limit: usize,
    ) -> Result<Said<Vec<ShownDataset>>, ServedError> {
        self.list("/v1/datasets", &[("q", words)], limit)
    }

    /// A dataset, if there is such a one.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn dataset(&self, number: U256) -> Result<Option<Said<ShownInFull>>, ServedError> {
        #[derive(Deserialize)]
        struct One {
            dataset: ShownInFull,
        }
        let whole: Option<Whole<One>> = self.ask(&format!("/v1/datasets/{number}"), &[])?;
        Ok(whole.map(|whole| Said { at: whole.at, said: whole.said.dataset }))
    }

    /// A grant, if there is such a one.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn grant(&self, number: U256) -> Result<Option<Said<ShownGrant>>, ServedError> {
        #[derive(Deserialize)]
        struct One {
            grant: ShownGrant,
        }
        let whole: Option<Whole<One>> = self.ask(&format!("/v1/grants/{number}"), &[])?;
        Ok(whole.map(|whole| Said { at: whole.at, said: whole.said.grant }))
    }

    /// A result, if there is such a one.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn result(&self, number: U256) -> Result<Option<Said<ShownResult>>, ServedError> {
        #[derive(Deserialize)]
        struct One {
            result: ShownResult,
        }
        let whole: Option<Whole<One>> = self.ask(&format!("/v1/results/{number}"), &[])?;
        Ok(whole.map(|whole| Said { at: whole.at, said: whole.said.result }))
    }

    /// The bytes of a proof of the event that made a row, if there is such a one. Nothing of it is
    /// checked yet.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn proof(&self, row: Row) -> Result<Option<Said<Bytes>>, ServedError> {
        #[derive(Deserialize)]
        struct One {
            proof: Proof,
        }
        #[derive(Deserialize)]
        struct Proof {
            bytes: Bytes,
        }
        let (path, query) = proof_address(row);
        let query: Vec<_> = query.into_iter().collect();
        let whole: Option<Whole<One>> = self.ask(&path, &query)?;
        Ok(whole.map(|whole| Said { at: whole.at, said: whole.said.proof.bytes }))
    }

    /// The grants that `buyer` bought, from the first.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn grants_of(&self, buyer: Address) -> Result<Said<Vec<ShownGrant>>, ServedError> {
        self.list("/v1/grants", &[("buyer", &buyer.to_string())], usize::MAX)
    }

    /// The grants that `provider` has to do with, from the first.
    ///
    /// # Errors
    /// As [`Served::status`].
    pub fn grants_on(&self, provider: Address) -> Result<Said<Vec<ShownGrant>>, ServedError> {
        self.list("/v1/grants", &[("provider", &provider.to_string())], usize::MAX)
    }

    /// A list's pages, all of one block; read again where the chain moved between two of them.
    fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        limit: usize,
    ) -> Result<Said<Vec<T>>, ServedError> {
        for _ in 0..MOVES {
            let (mut rows, mut first, mut cursor) = (Vec::new(), None, None::<String>);
            loop {
                let size = limit.saturating_sub(rows.len()).clamp(1, PAGE).to_string();
                let mut query = [query, &[("limit", &size)]].concat();
                query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
                let page: Whole<Rows<T>> = self.must(path, &query)?;
                if *first.get_or_insert(page.at) != page.at {
                    break;
                }
                rows.extend(page.said.rows);
                rows.truncate(limit);
                cursor = page.said.next;
                if cursor.is_none() || rows.len() >= limit {
                    return Ok(Said { at: page.at, said: rows });
                }
            }
        }
        let why = format!("the chain moved {MOVES} times while the list was read");
        Err(ServedError::Refused { url: self.url.clone(), why })
    }

    fn must<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, ServedError> {
        let none = || ServedError::Refused {
            url: self.url.clone(),
            why: format!("there is no {path}; is it an index of this program?"),
        };
        self.ask(path, query)?.ok_or_else(none)
    }

    /// What it answers; none for "not found".
    fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, ServedError> {
        let bad = |why: String| ServedError::Url { url: self.url.clone(), why };
        let url = format!("{}{path}", self.url);
        let url = reqwest::Url::parse_with_params(&url, query).map_err(|e| bad(e.to_string()))?;
        let (status, body) = self
            .fetch_in_the_end(&url)
            .map_err(|why| ServedError::Unreachable { url: self.url.clone(), why })?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !status.is_success() {
            let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            let why = said["error"]["message"].as_str().map(str::to_owned);
            let why = why.unwrap_or_else(|| format!("it answered {status}"));
            return Err(ServedError::Refused { url: self.url.clone(), why });
        }
        let read = serde_json::from_slice(&body);
        read.map(Some)
            .map_err(|e| ServedError::Strange { url: self.url.clone(), why: e.to_string() })
    }

    /// Asks again where it has only just begun to follow, or has too much to do.
    fn fetch_in_the_end(&self, url: &reqwest::Url) -> Result<(StatusCode, Vec<u8>), String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let (status, body) = self.runtime.block_on(self.fetch(url.clone()))?;
            let passes =
                [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&status);
            if !passes || Instant::now() > end {
                return Ok((status, body));
            }
            std::thread::sleep(AGAIN);
        }
    }

    async fn fetch(&self, url: reqwest::Url) -> Result<(StatusCode, Vec<u8>), String> {
        let failed = |e: reqwest::Error| match std::error::Error::source(&e) {
            Some(cause) => cause.to_string(),
            None => e.to_string(),
        };
        let mut response = self.client.get(url).send().await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > BYTES {
                return Err(format!("its answer is longer than {BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body))
    }
}
