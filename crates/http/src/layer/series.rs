//! The time series of requests, each looked up by its labels once.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};

/// Handles of the series by route: as many as there are routes, methods and statuses.
#[derive(Debug, Default)]
pub(super) struct Series(RwLock<HashMap<Box<str>, ByOutcome>>);

/// Of one route: by method and status.
type ByOutcome = HashMap<(&'static str, StatusCode), Handles>;

#[derive(Debug)]
struct Handles {
    requests: metrics::Counter,
    seconds: metrics::Histogram,
}

impl Handles {
    fn new(route: &str, method: &'static str, status: StatusCode) -> Self {
        let (route, status) = (route.to_owned(), status.as_u16().to_string());
        Self {
            requests: metrics::counter!(
                "hallpass_http_requests_total", "method" => method, "route" => route.clone(), "status" => status
            ),
            seconds: metrics::histogram!("hallpass_http_seconds", "route" => route),
        }
    }

    fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.seconds.record(took.as_secs_f64());
    }
}

impl Series {
    /// Counts a request to a route, which is named by its pattern: a path holds ids, and would make a series of each.
    pub(super) fn count(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let outcome = (label(method), status);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(handles) = known.get(route).and_then(|of_route| of_route.get(&outcome)) {
            return handles.count(took);
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let of_route = known.entry(route.into()).or_default();
        of_route.entry(outcome).or_insert_with(|| Handles::new(route, outcome.0, status)).count(took);
    }
}

/// A client may invent methods without end; a label may not.
fn label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
