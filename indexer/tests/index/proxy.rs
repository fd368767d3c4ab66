//! A node that lies: an HTTP proxy in front of an honest one, which may change any answer.

use crate::scene::Scene;
use ledger::chain::{Chain, Node};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

pub(crate) enum Answer {
    /// As JSON-RPC.
    Json(Value),
    /// An HTTP error.
    Status(u16),
    /// Never.
    Silence,
}

/// Given the request and the honest answer, what is answered.
type Tamper = dyn Fn(&Value, Value) -> Answer + Send + Sync;

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
            Answer::Json(answer) => {
                let body = serde_json::to_vec(&answer).ok()?;
                write_message(client.get_mut(), "HTTP/1.1 200 OK", &body)?;
            }
            Answer::Status(status) => {
                write_message(client.get_mut(), &format!("HTTP/1.1 {status} No"), b"no")?;
            }
            Answer::Silence => loop {
                std::thread::park();
            },
        }
    }
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

fn write_message(to: &mut TcpStream, head: &str, body: &[u8]) -> Option<()> {
    let head = format!(
        "{head}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    to.write_all(&[head.as_bytes(), body].concat()).ok()
}
