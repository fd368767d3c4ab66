//! Taking connections: so many at a time, each with bounds on what it may send and how slowly; and
//! the way out, on which answers under way are finished.

use super::limits::{CONNECTIONS, HEADER_BYTES, HEADER_TIME, HEADERS, LAST_ANSWERS, Patient};
use super::rates::Peer;
use super::{Service, http};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Between two looks at whether to stop.
const LOOK: Duration = Duration::from_millis(50);
/// Between two remarks on open event streams.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After the system refused a connection.
const REFUSED: Duration = Duration::from_millis(100);

/// Answers until told to stop.
pub(super) async fn listen(
    listener: std::net::TcpListener,
    service: &Arc<Service>,
    stop: &'static AtomicBool,
) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let router = http::router(Arc::clone(service));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();
    let mut look = tokio::time::interval(LOOK);
    let mut keep_alive = tokio::time::interval(KEEP_ALIVE);
    while !stop.load(Ordering::SeqCst) {
        tokio::select! {
            _ = look.tick() => {}
            _ = keep_alive.tick() => service.feed.keep_alive(),
            accepted = accept(&listener, &room) => match accepted {
                Ok((stream, peer, place)) => {
                    connect(stream, place, router.clone().layer(Extension(peer)), service, &open);
                }
                // Out of descriptors, or a client that was gone at once: others may still come.
                Err(_) => tokio::time::sleep(REFUSED).await,
            },
        }
    }
    drop(listener);
    service.feed.end();
    // Who has not taken the answer by then does without the rest.
    let _ = tokio::time::timeout(LAST_ANSWERS, open.shutdown()).await;
    Ok(())
}

type Place = tokio::sync::OwnedSemaphorePermit;

/// The next connection, once there is room for one.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, Peer, Place)> {
    let place = Arc::clone(room).acquire_owned().await.expect("it is never closed");
    let (stream, address) = listener.accept().await?;
    Ok((stream, Peer(address.ip()), place))
}

fn connect(
    stream: TcpStream,
    place: Place,
    router: Router,
    service: &Arc<Service>,
    open: &GracefulShutdown,
) {
    // Small answers go out at once; where this is refused, they come a little later.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(Patient::new(TokioIo::new(stream)), TowerToHyperService::new(router));
    let (connection, service) = (open.watch(connection), Arc::clone(service));
    tokio::spawn(async move {
        service.metrics.connections.fetch_add(1, Ordering::Relaxed);
        // A client that breaks off or breaks the rules hurts only itself.
        let _ = connection.await;
        service.metrics.connections.fetch_sub(1, Ordering::Relaxed);
        drop(place);
    });
}
