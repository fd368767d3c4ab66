//! Questions and answers as HTTP has them: addresses, statuses, headers, entity tags.

use super::answers::Ready;
use super::limits::{ADDRESS, ANSWER_TIME};
use super::missed::Beginning;
use super::pool::Reader;
use super::question::Question;
use super::rates::Peer;
use super::refusal::Refusal;
use super::routes::{PROOFS, ProofRoute, ROUTES, Route};
use super::status::Phase;
use super::{Service, metrics, page};
use crate::{AnswerAt, IndexError, Position};
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Query, RawPathParams, Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER,
    TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

type Shared = State<Arc<Service>>;

/// All addresses.
pub(super) fn router(service: Arc<Service>) -> Router {
    let mut router = Router::new()
        .route("/v1/follow", get(follow))
        .route("/v1/openapi.json", get(|headers| async move { static_json(OPENAPI, &headers) }))
        .route("/health", get(health))
        .route("/metrics", get(measures));
    for route in &ROUTES {
        let handler = move |state: Shared, path, query, headers: HeaderMap| async move {
            answer(route, state, path, query, &headers).await
        };
        router = router.route(route.path, get(handler));
    }
    for route in &PROOFS {
        let handler = move |state: Shared, path, query, headers: HeaderMap| async move {
            prove(route, state, path, query, &headers).await
        };
        router = router.route(route.path, get(handler));
    }
    for file in &page::FILES {
        let handler = move |headers: HeaderMap| async move { page::answer(file, &headers) };
        router = router.route(file.path, get(handler));
    }
    router
        .fallback(|| async { Refusal::NotFound("such address; see /v1/openapi.json".to_owned()) })
        .method_not_allowed_fallback(|| async { Refusal::Method })
        .layer(from_fn_with_state(Arc::clone(&service), surround))
        .with_state(service)
}

/// What the API answers, described.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// Around every request: what is refused unread, how long an answer may take, what is counted.
async fn surround(State(service): Shared, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = known(request.extensions().get::<MatchedPath>());
    let headers = request.headers();
    let has_body = headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
    let peer = request.extensions().get::<Peer>();
    let mut response = if peer.is_some_and(|peer| !service.rates.allow(*peer, begun)) {
        Refusal::TooOften.into_response()
    } else if has_body {
        Refusal::Body.into_response()
    } else if request.uri().to_string().len() > ADDRESS {
        Refusal::LongAddress(ADDRESS).into_response()
    } else {
        match tokio::time::timeout(ANSWER_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Refusal::TooSlow.into_response(),
        }
    };
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    service.metrics.count(route, response.status().as_u16(), begun.elapsed());
    response
}

/// The route's pattern: few and fixed, whatever is asked.
fn known(matched: Option<&MatchedPath>) -> &'static str {
    let others = ["/v1/follow", "/v1/openapi.json", "/health", "/metrics"];
    let proofs = PROOFS.iter().map(|route| route.path);
    let known = ROUTES.iter().map(|route| route.path).chain(proofs).chain(others).chain(["/"]);
    let is = |path: &&str| matched.is_some_and(|matched| matched.as_str() == *path);
    known.into_iter().find(is).unwrap_or("other")
}

type Asked = Result<Query<Vec<(String, String)>>, axum::extract::rejection::QueryRejection>;

async fn answer(
    route: &'static Route,
    State(service): Shared,
    path: RawPathParams,
    query: Asked,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let (question, asked) = (question(&path, query)?, Arc::clone(&service));
    let ready = service.pool.ask(move |reader| reader.answer(route, &asked, &question)).await??;
    Ok(tagged(JSON, ready, headers))
}

/// A reader finds the event; the node is asked by others, so that no reader waits for it.
async fn prove(
    route: &'static ProofRoute,
    State(service): Shared,
    path: RawPathParams,
    query: Asked,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let question = question(&path, query)?;
    let sought = service.pool.ask(move |reader| route.seek(reader, &question)).await??;
    let proof = service.proofs.of_log(sought.log.clone()).await?;
    Ok(tagged(JSON, Ready::of(sought.whole(&proof)), headers))
}

fn question(path: &RawPathParams, query: Asked) -> Result<Question, Refusal> {
    let Query(query) =
        query.map_err(|_| Refusal::malformed("the query", "it is no list of NAME=VALUE"))?;
    let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Question { path, query })
}

/// The body under its own digest as entity tag; without the body where the client has it already.
pub(super) fn tagged(kind: HeaderValue, ready: Ready, headers: &HeaderMap) -> Response {
    let Ready { body, tag } = ready;
    let same = headers.get_all(IF_NONE_MATCH).iter().any(|tags| {
        let tags = tags.to_str().unwrap_or_default();
        tags.split(',')
            .any(|one| matches!(one.trim().trim_start_matches("W/"), t if t == tag || t == "*"))
    });
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    };
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes");
    response.headers_mut().insert(ETAG, tag);
    response
}

fn static_json(text: &'static str, headers: &HeaderMap) -> Response {
    tagged(JSON, Ready::of(text), headers)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, _) = self.code();
        let mut response = (status, self.json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        match self {
            Self::Busy | Self::Empty | Self::TooOften | Self::NoNode(_) | Self::BlockGone(_) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Method => {
                headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            _ => {}
        }
        response
    }
}

async fn position(service: &Service) -> Result<Option<Position>, Refusal> {
    let read = |reader: &mut Reader| reader.index.at_once(|_, at| Ok::<_, IndexError>(at));
    Ok(service.pool.ask(read).await??)
}

/// 200 while the index is at the head or waits for its node; 503 before, and once it has stopped.
async fn health(State(service): Shared) -> Result<Response, Refusal> {
    let at = position(&service).await?.map(AnswerAt::from);
    let (phase, why) = service.status.phase();
    let status = match phase {
        Phase::Ready | Phase::Waiting => StatusCode::OK,
        Phase::Following | Phase::Broken | Phase::FinalityViolated | Phase::Halted => {
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let body = json!({ "status": phase, "why": why, "at": at }).to_string();
    Ok((status, [(CONTENT_TYPE, JSON)], body).into_response())
}

async fn measures(State(service): Shared) -> Result<Response, Refusal> {
    let at = position(&service).await?;
    let text = metrics::text(&service, at.as_ref());
    Ok(([(CONTENT_TYPE, TEXT)], text).into_response())
}

/// The header in which a reader says up to where it has read.
const LAST_EVENT: &str = "last-event-id";

async fn follow(State(service): Shared, headers: HeaderMap) -> Result<Response, Refusal> {
    let since = headers.get(LAST_EVENT).map(|id| id.to_str().unwrap_or_default().to_owned());
    let status = service.status.phase().0;
    let read =
        move |reader: &mut Reader| Beginning::read(&mut reader.index, since.as_deref(), status);
    let beginning = service.pool.ask(read).await??;
    service.feed.follow(beginning).ok_or(Refusal::Busy)
}
