//! Server-sent events: whoever follows hears of each block and each reorg. One who does not read is
//! let go of, and comes back with the id of the last event that it has read (`missed.rs`).

use super::missed::Beginning;
use crate::follow::BlockId;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use http_body::Frame;
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Followers at a time.
const MOST: usize = 64;
/// Events that wait for one follower.
const WAITING: usize = 64;
/// Events that are told again to one who begins while they are told.
const RECENT: usize = 64;

/// Everyone who follows, and what they were told last.
#[derive(Default)]
pub(super) struct Feed(Mutex<Told>);

#[derive(Default)]
struct Told {
    followers: Vec<Follower>,
    recent: VecDeque<(BlockId, Bytes)>,
}

struct Follower {
    sender: Sender<Bytes>,
    /// The block that it began with, where the event of that block is still to be told.
    knows: Option<BlockId>,
}

/// One follower's events.
pub(super) struct Events(Receiver<Bytes>);

impl Feed {
    /// One more follower who begins like this, if there is room. What was told between the moment
    /// that the beginning is of and now comes after it.
    pub(super) fn follow(&self, beginning: Beginning) -> Option<Response> {
        let mut told = self.lock();
        told.followers.retain(|follower| !follower.sender.is_closed());
        if told.followers.len() >= MOST {
            return None;
        }
        let (sender, receiver) = channel(WAITING);
        let mut begin = beginning.text.into_bytes();
        let last = told.recent.iter().rposition(|(at, _)| Some(*at) == beginning.at);
        if let Some(last) = last {
            told.recent.iter().skip(last + 1).for_each(|(_, bytes)| begin.extend(bytes));
        }
        sender.try_send(begin.into()).ok()?;
        let knows = beginning.at.filter(|_| last.is_none());
        told.followers.push(Follower { sender, knows });
        let mut response = Response::new(Body::new(Events(receiver)));
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Some(response)
    }

    /// Tells everyone what the index came to be at, but for those who began there.
    pub(super) fn tell(&self, name: &str, at: BlockId, data: &Value) {
        let bytes = Bytes::from(event(name, Some(at), data));
        let mut told = self.lock();
        told.followers.retain_mut(|follower| {
            follower.knows.take() == Some(at) || follower.sender.try_send(bytes.clone()).is_ok()
        });
        told.recent.push_back((at, bytes));
        if told.recent.len() > RECENT {
            told.recent.pop_front();
        }
    }

    /// Tells everyone what has no place on the chain.
    pub(super) fn remark(&self, name: &str, data: &Value) {
        self.send(&Bytes::from(event(name, None, data)));
    }

    /// A line that keeps the connections open.
    pub(super) fn keep_alive(&self) {
        self.send(&Bytes::from_static(b": still here\n\n"));
    }

    /// Ends all streams.
    pub(super) fn end(&self) {
        self.lock().followers.clear();
    }

    pub(super) fn followers(&self) -> usize {
        self.lock().followers.len()
    }

    fn send(&self, bytes: &Bytes) {
        let sent = |follower: &Follower| follower.sender.try_send(bytes.clone()).is_ok();
        self.lock().followers.retain(sent);
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One event. JSON has no line breaks of its own, so that one `data:` line holds it.
pub(super) fn event(name: &str, at: Option<BlockId>, data: &Value) -> String {
    let id = at.map(|at| format!("id: {}\n", id(at))).unwrap_or_default();
    format!("{id}event: {name}\ndata: {data}\n\n")
}

/// A block as the id of an event: `number-hash`.
pub(super) fn id(at: BlockId) -> String {
    format!("{}-{}", at.number, at.hash)
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
