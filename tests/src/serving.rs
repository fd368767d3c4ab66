//! `provenome index serve`, ended with the test.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A running service.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    told: Receiver<String>,
    /// Where it answers.
    pub url: String,
}

impl Serving {
    /// Starts it; when this returns, it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.arg("--json").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
        assert_eq!(first["event"], "listening");
        let (tell, told) = channel();
        // Nobody may be listening any more, but a full pipe would stop the service.
        std::thread::spawn(move || lines.for_each(|line| drop(tell.send(line))));
        Self { child, told, url: first["url"].as_str().unwrap().to_owned() }
    }

    /// Waits until it tells of this event.
    pub fn wait_for(&self, event: &str) {
        loop {
            let line = self.told.recv_timeout(PATIENCE).expect("it tells of the event in time");
            let told: Value = serde_json::from_str(&line).unwrap();
            if told["event"] == event {
                return;
            }
        }
    }

    /// What it answers here; the status must be 200.
    pub fn json(&self, path: &str) -> Value {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {heard}");
        serde_json::from_str(body).unwrap()
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Asks it to end, as Ctrl-C does; its exit code.
    pub fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
