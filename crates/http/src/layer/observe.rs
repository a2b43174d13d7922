//! One log line and one measurement a request. No query, no header, no body: secrets travel in those.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::header::USER_AGENT;
use http::{HeaderValue, Method};
use tracing::Span;

use super::Around;
use super::problem_body::Refusal;
use crate::extract::{RequestCtx, RequestMarks};
use crate::problem::registry;
use crate::state::AppState;

/// What a request was, for when it is answered.
pub(super) struct Observed {
    begun: Instant,
    method: Method,
    route: Option<MatchedPath>,
    marks: RequestMarks,
    agent: Option<HeaderValue>,
}

impl Observed {
    pub(super) fn begin(request: &Request, marks: &RequestMarks) -> Self {
        Self {
            begun: Instant::now(),
            method: request.method().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            marks: marks.clone(),
            agent: request.headers().get(USER_AGENT).cloned(),
        }
    }

    /// The pattern, not the path: a path holds ids.
    fn route(&self) -> &str {
        self.route.as_ref().map_or("(none)", MatchedPath::as_str)
    }

    /// For the lines of what happens meanwhile; a warning can be joined to its request whatever the filter shows.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let RequestMarks { id, address, caller } = &self.marks;
        let mut fields = vec![
            ("request_id", id.to_string()),
            ("method", self.method.to_string()),
            ("route", self.route().to_owned()),
        ];
        fields.extend(address.map(|address| ("ip", address.to_string())));
        fields.extend(caller.user().map(|user| ("user", user.to_string())));
        fields.extend(caller.session().map(|session| ("session", session.to_string())));
        fields
    }

    pub(super) async fn end(&self, response: Response, around: &Around) -> Response {
        // Other refusals are 403, too: a wrong current password, a request from another site.
        if response.extensions().get::<Refusal>().is_some_and(|refusal| refusal.0 == registry::FORBIDDEN.code) {
            self.note_denied(&around.state).await;
        }
        let (status, took) = (response.status(), self.begun.elapsed());
        around.state.count_request();
        around.series.count(self.route(), &self.method, status, took);
        let RequestMarks { id, address, caller } = &self.marks;
        // It is no line of what happened meanwhile: it has these fields of its own.
        tracing::info!(
            target: "hallpass::http", parent: Span::none(),
            request_id = &**id, method = %self.method, route = self.route(), status = status.as_u16(),
            micros = took.as_micros(), ip = address.map(display), user = caller.user().map(display),
            session = caller.session().map(display), "request"
        );
        response
    }

    async fn note_denied(&self, state: &AppState) {
        let ctx = RequestCtx::new(state, &self.marks, self.agent.as_ref());
        state.auth().note_denied(&ctx, self.method.as_str(), self.route()).await;
    }
}
