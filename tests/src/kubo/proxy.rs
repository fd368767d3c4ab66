//! Between a client and its node, on loopback: passes requests on, counts them, and does to the
//! chosen ones what networks, disks and liars do.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One bit of the answer's content is flipped.
    WrongBytes,
    /// Nobody answers, and the connection stays.
    Stall,
    /// One byte every 50 ms, without end.
    Drip,
    /// The connection is reset before an answer.
    Reset,
    /// The connection ends in the middle of the answer.
    CutShort,
    /// An answer with this status and a page.
    Status(u16),
    /// An answer without end, as fast as it goes.
    Endless,
    /// The node's own words for this.
    Says(&'static str),
    /// To this address.
    Redirect(&'static str),
}

#[derive(Debug, Default)]
struct State {
    /// The command, what happens to it, and how often still.
    fault: Option<(&'static str, Fault, usize)>,
    asked: Vec<String>,
}

/// A running proxy; its threads end with the test's process.
#[derive(Debug)]
pub struct Proxy {
    state: Arc<Mutex<State>>,
    /// Where it listens.
    pub url: String,
}

impl Proxy {
    /// Starts one before the node at `url`.
    pub fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let node = url.trim_start_matches("http://").to_owned();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (state, node) = (Arc::clone(&shared), node.clone());
                std::thread::spawn(move || serve(client, &node, &state));
            }
        });
        Self { state, url: format!("http://{address}") }
    }

    /// Does this to the next `times` requests of the command, such as `block/get`.
    pub fn fault(&self, command: &'static str, fault: Fault, times: usize) {
        self.state.lock().unwrap().fault = Some((command, fault, times));
    }

    /// Does nothing more.
    pub fn heal(&self) {
        self.state.lock().unwrap().fault = None;
    }

    /// How often the command was asked since the last time, faults included.
    pub fn asked(&self, command: &str) -> usize {
        let asked = &mut self.state.lock().unwrap().asked;
        let before = asked.len();
        asked.retain(|one| one != command);
        before - asked.len()
    }
}

/// One request, then the connection ends.
fn serve(client: TcpStream, node: &str, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (reader.read_line(&mut head).ok()? > 0).then_some(())?;
    }
    let command = head.split("/api/v0/").nth(1)?.split(['?', ' ']).next()?.to_owned();
    let fault = take(state, &command);
    if fault == Some(Fault::Reset) {
        // Closing with the rest of the request unread, which makes the system send a reset.
        std::thread::sleep(Duration::from_millis(20));
        return None;
    }
    let mut body = vec![0; length(&head)];
    reader.read_exact(&mut body).ok()?;
    answer(client, fault, || pass_on(node, &head, &body)).ok()
}

fn take(state: &Mutex<State>, command: &str) -> Option<Fault> {
    let mut state = state.lock().unwrap();
    state.asked.push(command.to_owned());
    match &mut state.fault {
        Some((of, fault, times)) if *of == command && *times > 0 => {
            *times -= 1;
            Some(*fault)
        }
        _ => None,
    }
}

fn length(head: &str) -> usize {
    let head = head.to_ascii_lowercase();
    let value = head.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
    value.map_or(0, |value| value.trim().parse().unwrap())
}

/// The node's whole answer, head and body.
fn pass_on(node: &str, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect(node)?;
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    upstream.write_all(&[head.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Where the content of an answer begins: in pieces, behind the length of the first.
fn content(answer: &[u8]) -> usize {
    let after = |from: usize, mark: &[u8]| {
        let found = answer[from..].windows(mark.len()).position(|part| part == mark);
        from + found.expect("Kubo answers by the rules") + mark.len()
    };
    let body = after(0, b"\r\n\r\n");
    let head = String::from_utf8_lossy(&answer[..body]).to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") { after(body, b"\r\n") } else { body }
}

fn answer(
    mut client: TcpStream,
    fault: Option<Fault>,
    pass_on: impl Fn() -> io::Result<Vec<u8>>,
) -> io::Result<()> {
    const BLOCK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ipld.raw\r\n\r\n";
    let page = |status: &str, more: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    match fault {
        None => client.write_all(&pass_on()?),
        Some(Fault::WrongBytes) => {
            let mut answer = pass_on()?;
            let at = content(&answer);
            answer[at] ^= 1;
            client.write_all(&answer)
        }
        Some(Fault::CutShort) => {
            let answer = pass_on()?;
            client.write_all(&answer[..answer.len() - 1])
        }
        Some(Fault::Stall | Fault::Reset) => client.read(&mut [0]).map(drop),
        Some(Fault::Drip) => {
            client.write_all(BLOCK.as_bytes())?;
            loop {
                client.write_all(b"x")?;
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Some(Fault::Endless) => {
            client.write_all(BLOCK.as_bytes())?;
            loop {
                client.write_all(&[7; 1 << 16])?;
            }
        }
        Some(Fault::Status(status)) => {
            client.write_all(page(&format!("{status} No"), "", "<h1>no</h1>").as_bytes())
        }
        Some(Fault::Says(words)) => {
            let body = serde_json::json!({ "Message": words, "Code": 0, "Type": "error" });
            let kind = "Content-Type: application/json\r\n";
            client.write_all(page("500 No", kind, &body.to_string()).as_bytes())
        }
        Some(Fault::Redirect(to)) => {
            let location = format!("Location: {to}\r\n");
            client.write_all(page("307 Elsewhere", &location, "").as_bytes())
        }
    }
}
