//! `GET /openapi.json`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::openapi;
use crate::state::AppState;
use crate::ui::problem;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(description)).routes(routes!(problem::show))
}

/// The API description as indented JSON. It differs between servers only in the name of the refresh cookie.
pub fn describe(cookie_name: &str) -> String {
    openapi::document(super::documented(), cookie_name)
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "meta", responses((status = 200, description = "OpenAPI 3.1")))]
async fn description(State(state): State<AppState>) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")];
    let compact = || {
        let document = describe(&state.http().cookie.name);
        let value = serde_json::from_str::<serde_json::Value>(&document);
        value.map_or(document, |value| value.to_string()).into()
    };
    (headers, state.openapi(compact)).into_response()
}
