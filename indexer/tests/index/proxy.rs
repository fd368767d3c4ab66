//! A node that lies: an HTTP proxy in front of an honest one, which may change any answer.

use crate::scene::Scene;
use ledger::chain::{Chain, Node};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

pub(crate) enum Answer {
    /// As JSON-RPC.
    Json(Value),
    /// An HTTP error.
    Status(u16),
    /// Never.
    Silence,
    /// Not at all: the connection is closed.
    Closed,
    /// The first half of it; then the connection is closed.
    Half(Value),
    /// After a while.
    Late(Duration, Value),
    /// What another node answers.
    Elsewhere(String),
}

/// Given the request and the honest answer, what is answered.
pub(crate) type Tamper = dyn Fn(&Value, Value) -> Answer + Send + Sync;

pub(crate) struct Proxy {
    url: String,
}

impl Proxy {
    /// Ends with the process; a connection ends when the node behind it does.
    pub(crate) fn start(
        node: &str,
        tamper: impl Fn(&Value, Value) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let node = node.strip_prefix("http://").unwrap().to_owned();
        let tamper: Arc<Tamper> = Arc::new(tamper);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (node, tamper) = (node.clone(), Arc::clone(&tamper));
                std::thread::spawn(move || serve(client, &node, tamper.as_ref()));
            }
        });
        Self { url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A client of the scene's network behind this proxy.
    pub(crate) fn chain(&self, scene: &Scene) -> Chain {
        let node = Node::new(&self.url).unwrap();
        Chain::connect(scene.network().clone(), vec![node]).unwrap()
    }
}

fn serve(client: TcpStream, node: &str, tamper: &Tamper) -> Option<()> {
    let mut upstream = BufReader::new(TcpStream::connect(node).ok()?);
    let mut client = BufReader::new(client);
    loop {
        let request = read_body(&mut client)?;
        write_message(upstream.get_mut(), "POST / HTTP/1.1\r\nhost: node", &request)?;
        let answer = read_body(&mut upstream)?;
        let (request, answer) =
            (serde_json::from_slice(&request).ok()?, serde_json::from_slice(&answer).ok()?);
        match tamper(&request, answer) {
            Answer::Json(answer) => write_json(client.get_mut(), &answer)?,
            Answer::Status(status) => {
                write_message(client.get_mut(), &format!("HTTP/1.1 {status} No"), b"no")?;
            }
            Answer::Silence => loop {
                std::thread::park();
            },
            Answer::Closed => return None,
            Answer::Half(answer) => {
                let body = serde_json::to_vec(&answer).ok()?;
                let (head, half) = (head("HTTP/1.1 200 OK", body.len()), &body[..body.len() / 2]);
                client.get_mut().write_all(&[head.as_bytes(), half].concat()).ok()?;
                return None;
            }
            Answer::Late(after, answer) => {
                std::thread::sleep(after);
                write_json(client.get_mut(), &answer)?;
            }
            Answer::Elsewhere(node) => {
                let mut other =
                    BufReader::new(TcpStream::connect(node.strip_prefix("http://")?).ok()?);
                let request = serde_json::to_vec(&request).ok()?;
                write_message(other.get_mut(), "POST / HTTP/1.1\r\nhost: node", &request)?;
                let answer = read_body(&mut other)?;
                write_message(client.get_mut(), "HTTP/1.1 200 OK", &answer)?;
            }
        }
    }
}

fn write_json(to: &mut TcpStream, answer: &Value) -> Option<()> {
    write_message(to, "HTTP/1.1 200 OK", &serde_json::to_vec(answer).ok()?)
}

/// Reads one HTTP message that says its length.
fn read_body(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some(body)
}

fn write_message(to: &mut TcpStream, first: &str, body: &[u8]) -> Option<()> {
    to.write_all(&[head(first, body.len()).as_bytes(), body].concat()).ok()
}

fn head(first: &str, length: usize) -> String {
    format!("{first}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n")
}
