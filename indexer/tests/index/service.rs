//! The index over HTTP, asked as strangers ask it: over plain sockets.

mod answers;
mod depths;
mod faults;
mod missed;
mod moves;
mod proofs;
mod refusals;
mod rows;

use crate::scene::Scene;
use indexer::service::{Following, Options, ServeError, serve};
use ledger::chain::{Chain, Node};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::{BlockStore, Stores};

const PATIENCE: Duration = Duration::from_secs(30);

/// A service of a scene, in this process.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    told: Mutex<Receiver<Following>>,
    stop: &'static AtomicBool,
    thread: JoinHandle<Result<(), ServeError>>,
}

/// An event, and the last id that was given up to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Serving {
    pub(crate) fn start(scene: &Scene, places: Vec<Box<dyn BlockStore>>) -> Self {
        Self::of(scene, scene.node().url(), places)
    }

    /// One that asks another node than the scene's own.
    pub(crate) fn of(scene: &Scene, node: &str, places: Vec<Box<dyn BlockStore>>) -> Self {
        let stop: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(false)));
        let stores: &'static Stores = Box::leak(Box::new(Stores::new(places)));
        let folder = scene.folder("served");
        let chain =
            Chain::connect(scene.network().clone(), vec![Node::new(node).unwrap()]).unwrap();
        let writer = scene.index("served").writer().unwrap();
        let (tell, told) = channel();
        let thread = std::thread::spawn(move || {
            let listen = "127.0.0.1:0".parse().unwrap();
            let options = Options { folder, listen, stop };
            // The test may have stopped listening.
            serve(writer, chain, stores, &options, move |what| drop(tell.send(what.clone())))
        });
        let address = match told.recv_timeout(PATIENCE).unwrap() {
            Following::Listening { address } => address,
            other => panic!("{other:?}"),
        };
        let serving = Self { address, told: Mutex::new(told), stop, thread };
        serving.wait(|told| matches!(told, Following::Ready { .. }));
        serving
    }

    /// Waits until it tells something like this.
    pub(crate) fn wait(&self, like: impl Fn(&Following) -> bool) {
        let told = self.told.lock().unwrap();
        while !like(&told.recv_timeout(PATIENCE).unwrap()) {}
    }

    /// Waits until it has the chain's head.
    pub(crate) fn catch_up(&self, scene: &Scene) {
        let head = scene.node().head().unwrap();
        let begun = Instant::now();
        loop {
            let at = &self.json("/v1/status")["at"];
            if at["hash"] == head.hash.to_string() {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "it is at {at}, not at {head:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn get(&self, path: &str) -> Heard {
        self.get_with(path, "")
    }

    /// With more headers, each with its line end.
    pub(crate) fn get_with(&self, path: &str, headers: &str) -> Heard {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n"))
    }

    /// Any bytes; the service closes the connection after its answer.
    pub(crate) fn send(&self, request: &str) -> Heard {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).unwrap();
        let heard = String::from_utf8(heard).unwrap();
        let (head, body) = heard.split_once("\r\n\r\n").unwrap_or((&heard, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        Heard { status, headers: head.to_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    #[track_caller]
    pub(crate) fn json(&self, path: &str) -> Value {
        self.get(path).json(200)
    }

    /// The names of events and their data, as they come.
    pub(crate) fn follow(&self) -> impl Iterator<Item = (String, Value)> + use<> {
        self.events(None).map(|told| (told.name, told.data))
    }

    /// The events, from the beginning or after the one with this id.
    pub(crate) fn events(&self, since: Option<&str>) -> impl Iterator<Item = Told> + use<> {
        let mut stream = self.connect();
        let since = since.map(|id| format!("last-event-id: {id}\r\n")).unwrap_or_default();
        let request = format!("GET /v1/follow HTTP/1.1\r\nhost: x\r\n{since}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let mut id = None;
        std::iter::from_fn(move || {
            let (mut name, mut now) = (None, None);
            loop {
                let line = lines.next()?;
                let field = |name: &str| line.strip_prefix(name).map(str::to_owned);
                now = field("id: ").or(now);
                name = field("event: ").or(name);
                if let Some(data) = field("data: ") {
                    id = now.or(id.take());
                    let data = serde_json::from_str(&data).unwrap();
                    return Some(Told { id: id.clone(), name: name?, data });
                }
            }
        })
    }

    pub(crate) fn stop(self) -> Result<(), ServeError> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

impl Heard {
    #[track_caller]
    pub(crate) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let prefix = format!("{name}: ");
        let mut lines = self.headers.lines();
        lines.find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{self:?}"))
    }
}
