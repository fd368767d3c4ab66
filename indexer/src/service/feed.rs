//! Server-sent events: whoever follows hears of each block and each reorg. One who does not read is
//! let go of, and begins again with the position as it is then; nothing is replayed.

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use http_body::Frame;
use serde_json::Value;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Followers at a time.
const MOST: usize = 64;
/// Events that wait for one follower.
const WAITING: usize = 64;

/// Everyone who follows.
#[derive(Default)]
pub(super) struct Feed(Mutex<Vec<Sender<Bytes>>>);

/// One follower's events.
pub(super) struct Events(Receiver<Bytes>);

impl Feed {
    /// One more follower, whose first event this is, if there is room.
    pub(super) fn follow(&self, name: &str, first: &Value) -> Option<Response> {
        let mut followers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followers.retain(|follower| !follower.is_closed());
        if followers.len() >= MOST {
            return None;
        }
        let (sender, receiver) = channel(WAITING);
        sender.try_send(event(name, first)).ok()?;
        followers.push(sender);
        let mut response = Response::new(Body::new(Events(receiver)));
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Some(response)
    }

    /// Tells everyone.
    pub(super) fn tell(&self, name: &str, data: &Value) {
        self.send(&event(name, data));
    }

    /// A remark that keeps the connections open.
    pub(super) fn keep_alive(&self) {
        self.send(&Bytes::from_static(b": still here\n\n"));
    }

    /// Ends all streams.
    pub(super) fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn followers(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn send(&self, bytes: &Bytes) {
        let mut followers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followers.retain(|follower| follower.try_send(bytes.clone()).is_ok());
    }
}

/// JSON has no line breaks of its own, so that one `data:` line holds it.
fn event(name: &str, data: &Value) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

impl http_body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
