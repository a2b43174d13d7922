//! The API description, made from the routes themselves.

use hallpass_model::audit::Event;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{ALL, FieldError, ProblemDocument};
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "hallpass",
        description = "Logins, short-lived access tokens that any service verifies offline, refresh tokens that rotate, \
                       and revocation that bites at once.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemDocument, FieldError)),
    tags(
        (name = "auth", description = "Registering, logging in, refreshing, logging out"),
        (name = "account", description = "The caller's own account"),
        (name = "verify", description = "For services that check tokens"),
        (name = "admin", description = "For the role `admin`"),
        (name = "operator", description = "For the operator's listener"),
        (name = "meta", description = "About this API")
    )
)]
struct Description;

/// What a sample sends although it may be left out: a program has no cookie jar, and a change changes something.
const EXAMPLES: [(&str, &str); 6] = [
    ("/components/schemas/SignIn/properties/delivery", "body"),
    ("/components/schemas/Credentials/properties/delivery", "body"),
    ("/components/schemas/ChangeUser/properties/role", "user"),
    ("/components/schemas/NewWebhook/properties/url", "https://example.com/hook"),
    ("/components/schemas/ChangeWebhook/properties/url", "https://example.com/hook"),
    ("/components/schemas/Replay/properties/since", "2027-01-15T08:00:00Z"),
];

/// The description of these routes as JSON. It is the same for every server but for the name of the refresh cookie.
pub(crate) fn document(routes: OpenApiRouter<AppState>, cookie_name: &str) -> String {
    let (_, mut api) = OpenApiRouter::with_openapi(Description::openapi()).merge(routes).split_for_parts();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(cookie_name));
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let client = HttpBuilder::new().scheme(HttpAuthScheme::Basic).build();
    components.add_security_scheme("client", SecurityScheme::Http(client));
    components.add_security_scheme("refresh_cookie", SecurityScheme::ApiKey(cookie));
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    // The codes as an enumeration: a client generator makes a type of them.
    let codes: Vec<&str> = ALL.iter().map(|kind| kind.code).collect();
    if let Some(code) = document.pointer_mut("/components/schemas/ProblemDocument/properties/code") {
        code["enum"] = codes.into();
    }
    for (place, example) in EXAMPLES {
        if let Some(described) = document.pointer_mut(place) {
            described["examples"] = json!([example]);
        }
    }
    let events: Vec<&str> = Event::ALL.iter().map(|event| event.as_str()).collect();
    if let Some(event) = document.pointer_mut("/components/schemas/AuditEntry/properties/event") {
        event["examples"] = events.into();
    }
    for (id, path, operation) in operations(&mut document) {
        operation["operationId"] = id.into();
        refuse_null(operation);
        refuse_in_general(path, operation);
        if path == "/problems/{code}" {
            operation["parameters"][0]["example"] = "token_reuse".into();
            operation["responses"]["404"]["content"]["text/html"] = json!({"schema": {"type": "string"}});
        }
    }
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// Every operation, with a name that no other has: a client generator makes a function of it.
fn operations(document: &mut Value) -> impl Iterator<Item = (String, &str, &mut Value)> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    paths.filter_map(|(path, item)| Some((path, item.as_object_mut()?))).flat_map(|(path, item)| {
        let words: Vec<&str> =
            path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let words = words.join("_");
        item.iter_mut().map(move |(method, operation)| (format!("{method}_{words}"), path.as_str(), operation))
    })
}

/// A body may be left out, but `null` is not one: the schema of an optional body is that of its object.
fn refuse_null(operation: &mut Value) {
    let Some(schema) = operation.pointer_mut("/requestBody/content/application~1json/schema") else { return };
    let object = schema["oneOf"].as_array().and_then(|kinds| kinds.iter().find(|kind| kind["type"] != "null").cloned());
    if let Some(object) = object {
        *schema = object;
    }
}

/// What operations of a kind may answer, said once here and not at each of them.
fn refuse_in_general(path: &str, operation: &mut Value) {
    let security = operation["security"].as_array().cloned().unwrap_or_default();
    let bearer = security.iter().find_map(|way| way.get("bearer"));
    let (takes_bearer, for_admins) = (bearer.is_some(), bearer.is_some_and(|scopes| scopes[0] == "admin"));
    let for_clients = security.iter().any(|way| way.get("client").is_some());
    let takes_body = operation.get("requestBody").is_some();
    let takes_query = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["in"] == "query"));
    let general = [
        (takes_body, "400", "malformed_json, bad_request"),
        // A gateway's check has three answers.
        (takes_bearer, if path == "/auth/verify" { "401" } else { "400" }, "ambiguous_credential"),
        (takes_bearer, "401", "missing_token, invalid_token"),
        (for_clients, "401", "invalid_client"),
        (for_clients, "429", "too_many_client_failures, too_many_assertions"),
        (for_admins, "403", "forbidden"),
        (path.contains('{'), "404", "not_found"),
        (takes_body, "413", "payload_too_large"),
        (takes_body, "415", "unsupported_media_type"),
        (takes_body || takes_query, "422", "validation_failed"),
        (takes_bearer || for_clients, "503", "unavailable"),
    ];
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (_, status, codes) in general.into_iter().filter(|(applies, ..)| *applies) {
        let refusal = responses.entry(status).or_insert_with(|| json!({"description": ""}));
        add_codes(refusal, codes);
    }
    let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}});
    for (_, refusal) in responses.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
        refusal["content"] = content.clone();
    }
}

/// Adds codes to those that a refusal lists.
fn add_codes(refusal: &mut Value, codes: &str) {
    let listed = refusal["description"].as_str().unwrap_or_default();
    let mut all: Vec<&str> = listed.split(", ").filter(|code| !code.is_empty()).collect();
    all.extend(codes.split(", ").filter(|code| !all.contains(code)).collect::<Vec<_>>());
    refusal["description"] = all.join(", ").into();
}
