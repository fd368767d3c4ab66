//! One Kubo node's RPC, waited for: async begins and ends here. Requests go to the named host and
//! nowhere else, and answers are read up to a bound in size and time.

use super::error::{AddressError, KuboError};
use ledger::Cid;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde::Deserialize;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Bytes of an answer that is no block.
const MAX_WORDS: usize = 64 << 10;

/// How long a node is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For one block to be taken or given, or a small question answered.
    pub block: Duration,
    /// For the node to get a block from other nodes, on top.
    pub network: Duration,
    /// For a file to be pinned: the node reads all of it.
    pub pin: Duration,
    /// Before each further attempt, where one failed in a way that passes.
    pub pauses: Vec<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            block: Duration::from_secs(30),
            network: Duration::from_secs(15),
            pin: Duration::from_secs(600),
            pauses: vec![Duration::from_millis(250), Duration::from_secs(1)],
        }
    }
}

/// One command of the RPC.
pub(super) struct Ask<'a> {
    pub(super) command: &'static str,
    pub(super) query: &'a [(&'a str, &'a str)],
    /// A block to be sent along.
    pub(super) block: Option<(Cid, &'a [u8])>,
    /// Bytes that the answer may have.
    pub(super) most: usize,
    pub(super) within: Duration,
}

/// What Kubo answered.
pub(super) enum Answer {
    /// It did it.
    Done(Vec<u8>),
    /// It said why not.
    Refused(String),
}

/// Kubo's form of an error.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "Message")]
    message: String,
}

pub(super) struct Rpc {
    url: Url,
    runtime: Runtime,
    client: Client,
    pauses: Vec<Duration>,
}

impl Rpc {
    pub(super) fn new(address: &str, patience: &Patience) -> Result<Self, AddressError> {
        let url = parse(address)?;
        let failed = |why: String| AddressError::Client(why);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| failed(e.to_string()))?;
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(patience.connect)
            .build()
            .map_err(|e| failed(e.to_string()))?;
        Ok(Self { url, runtime, client, pauses: patience.pauses.clone() })
    }

    /// The address as it is used.
    pub(super) fn origin(&self) -> String {
        self.url.as_str().trim_end_matches('/').to_owned()
    }

    /// Asks, and asks again where what went wrong may pass.
    pub(super) fn ask(&self, ask: &Ask<'_>) -> Result<Answer, KuboError> {
        let mut pauses = self.pauses.iter();
        loop {
            let once = async {
                let answer = tokio::time::timeout(ask.within, self.once(ask));
                answer.await.unwrap_or(Err(KuboError::TooSlow(ask.within)))
            };
            match (self.runtime.block_on(once), pauses.next()) {
                (Err(error), Some(pause)) if error.passes() => std::thread::sleep(*pause),
                (answer, _) => return answer,
            }
        }
    }

    async fn once(&self, ask: &Ask<'_>) -> Result<Answer, KuboError> {
        let mut url = self.url.clone();
        url.set_path(&format!("/api/v0/{}", ask.command));
        url.query_pairs_mut().extend_pairs(ask.query);
        let mut request = self.client.post(url);
        if let Some((cid, bytes)) = ask.block {
            let (kind, form) = form(cid, bytes);
            request = request.header(CONTENT_TYPE, kind).body(form);
        }
        let response = request.send().await.map_err(|e| KuboError::met(&e))?;
        let status = response.status();
        if status.is_success() {
            return Ok(Answer::Done(read(response, ask.most).await?));
        }
        if status.as_u16() == 500
            && let Ok(Refusal { message }) =
                serde_json::from_slice(&read(response, MAX_WORDS).await?)
        {
            return Ok(Answer::Refused(message));
        }
        Err(KuboError::Status(status.as_u16()))
    }
}

impl<'a> Ask<'a> {
    /// A question with a short answer.
    pub(super) const fn short(
        command: &'static str,
        query: &'a [(&'a str, &'a str)],
        within: Duration,
    ) -> Self {
        Self { command, query, block: None, most: MAX_WORDS, within }
    }
}

/// The address: a host and perhaps a port, nothing else.
fn parse(address: &str) -> Result<Url, AddressError> {
    let form = || AddressError::Form(address.chars().take(80).collect());
    let url: Url = match address.parse() {
        Ok(url) => url,
        Err(_) if address.contains('@') => return Err(AddressError::Secret),
        Err(_) => return Err(form()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Secret);
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    match url.scheme() {
        "http" | "https" if bare && url.has_host() => Ok(url),
        _ if address.contains('@') => Err(AddressError::Secret),
        _ => Err(form()),
    }
}

/// The block as a form of one file. No block has its own CID in it, so the CID can part the form.
fn form(cid: Cid, bytes: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "--{cid}\r\nContent-Disposition: form-data; name=\"data\"; filename=\"data\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let form = [head.as_bytes(), bytes, format!("\r\n--{cid}--\r\n").as_bytes()].concat();
    (format!("multipart/form-data; boundary={cid}"), form)
}

async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, KuboError> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| KuboError::met(&e))? {
        if bytes.len() + part.len() > most {
            return Err(KuboError::TooLong(most));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}
