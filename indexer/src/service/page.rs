//! The explorer: a page, its style and its script, all from here. The browser is told to load
//! nothing else and to run nothing that stands in the page.

use super::answers::Ready;
use super::http::tagged;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A file of the page.
pub(super) struct File {
    pub(super) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

/// All of them.
pub(super) const FILES: [File; 13] = [
    File { path: "/", kind: "text/html; charset=utf-8", text: include_str!("page/index.html") },
    File {
        path: "/style.css",
        kind: "text/css; charset=utf-8",
        text: include_str!("page/style.css"),
    },
    File { path: "/icon.svg", kind: "image/svg+xml", text: include_str!("page/icon.svg") },
    script("/app.js", include_str!("page/app.js")),
    script("/asking.js", include_str!("page/asking.js")),
    script("/datasets.js", include_str!("page/datasets.js")),
    script("/element.js", include_str!("page/element.js")),
    script("/following.js", include_str!("page/following.js")),
    script("/graph.js", include_str!("page/graph.js")),
    script("/grants.js", include_str!("page/grants.js")),
    script("/logs.js", include_str!("page/logs.js")),
    script("/pages.js", include_str!("page/pages.js")),
    script("/results.js", include_str!("page/results.js")),
];

const fn script(path: &'static str, text: &'static str) -> File {
    File { path, kind: "text/javascript; charset=utf-8", text }
}

/// The file, with what the browser may do with it.
pub(super) fn answer(file: &File, headers: &HeaderMap) -> Response {
    let mut response = tagged(HeaderValue::from_static(file.kind), Ready::of(file.text), headers);
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
