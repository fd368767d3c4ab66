//! A node as it is seen over a bad line, or behind somebody who answers in its stead.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is answered in the node's stead; none passes the request on.
type Answers = dyn Fn(&Value) -> Option<Value> + Send + Sync;

/// Passes requests on to a node.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub url: String,
    up: Arc<AtomicBool>,
}

impl Proxy {
    /// In front of the node at `target`. `answers` sees every request before the node does.
    pub fn of(
        target: &str,
        answers: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let up = Arc::new(AtomicBool::new(true));
        let (open, target) = (up.clone(), target.trim_start_matches("http://").to_owned());
        let answers: Arc<Answers> = Arc::new(answers);
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if open.load(Ordering::SeqCst) {
                    let (target, answers) = (target.clone(), answers.clone());
                    // A client that went away in the middle is nobody's failure.
                    std::thread::spawn(move || pass(connection, &target, &*answers));
                }
            }
        });
        Self { url, up }
    }

    /// From now on nothing is answered.
    pub fn stop(&self) {
        self.up.store(false, Ordering::SeqCst);
    }

    /// From now on everything is answered again.
    pub fn start(&self) {
        self.up.store(true, Ordering::SeqCst);
    }
}

/// One request and its answer; the connection ends with it, so that `stop` stops everything.
fn pass(mut client: TcpStream, target: &str, answers: &Answers) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let request: Value = serde_json::from_slice(&body)?;
    if let Some(result) = answers(&request) {
        let answer = json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string();
        return write!(
            client,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{answer}",
            answer.len()
        );
    }
    let mut node = TcpStream::connect(target)?;
    write!(
        node,
        "POST / HTTP/1.1\r\nHost: {target}\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {length}\r\n\r\n"
    )?;
    node.write_all(&body)?;
    std::io::copy(&mut node, &mut client)?;
    Ok(())
}
