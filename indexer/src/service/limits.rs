//! What one connection may cost. Headers, connections and idle time are bounded where connections
//! are taken (`listen.rs`); here, that a client that does not read its answer is let go of.

use hyper::rt::{Read, ReadBufCursor, Write};
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Connections at a time.
pub(super) const CONNECTIONS: usize = 512;
/// Bytes of a request's line and headers together, and how many headers.
pub(super) const HEADER_BYTES: usize = 16 << 10;
pub(super) const HEADERS: usize = 64;
/// How long a client may take to send them, also after an answer.
pub(super) const HEADER_TIME: Duration = Duration::from_secs(10);
/// Bytes of an address.
pub(super) const ADDRESS: usize = 4 << 10;
/// How long an answer may take to be made.
pub(super) const ANSWER_TIME: Duration = Duration::from_secs(10);
/// How long a client may not take a byte of its answer.
const STALL: Duration = Duration::from_secs(20);
/// How long a shutdown waits for answers that are under way.
pub(super) const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// A connection whose writes fail once the other side has not taken anything for a while.
pub(super) struct Patient<T> {
    inner: T,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<T> Patient<T> {
    pub(super) const fn new(inner: T) -> Self {
        Self { inner, stalled: None }
    }

    /// What a write came to; where it waits, the clock runs.
    fn judge(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let end = Instant::now() + STALL;
        let sleep = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: Read + Unpin> Read for Patient<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<T: Write + Unpin> Write for Patient<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.judge(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.judge(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
