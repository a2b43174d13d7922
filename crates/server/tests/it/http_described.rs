//! What the API description allows and forbids, against what the server does: a generated client trusts it.

use serde_json::{Map, Value, json};

use crate::support::{Client, PASSWORD, TestServer};

/// Every operation: method, path, description.
fn operations(document: &Value) -> Vec<(http::Method, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    let all = paths.flat_map(|(path, item)| item.as_object().expect("operations").iter().map(move |one| (path, one)));
    all.map(|(path, (method, operation))| (method.to_uppercase().parse().expect("a method"), path.clone(), operation))
        .collect()
}

/// Values at the edges of what a schema allows, and whether it allows them.
fn edges(schema: &Value) -> Vec<(String, bool)> {
    let bounds = [("minimum", -1), ("maximum", 1)].into_iter();
    let numbers = bounds.filter_map(|(name, beyond)| Some((schema[name].as_i64()?, beyond)));
    let mut edges: Vec<_> =
        numbers.flat_map(|(edge, beyond)| [(edge.to_string(), true), ((edge + beyond).to_string(), false)]).collect();
    if schema["type"] == "string" {
        edges.push((String::new(), schema["format"].is_null() && schema["minLength"].is_null()));
    }
    edges
}

/// An admin and a service, and the admin's id for the paths that name one.
struct Callers {
    root: Client,
    id: String,
    service: String,
}

impl Callers {
    async fn of(server: &TestServer) -> Self {
        let root = server.admin("root@example.com").await;
        let (client, secret) = server.auth.operator().create_client(&server.ctx(), "app").await.expect("a client");
        let service = base64_simd::STANDARD.encode_to_string(format!("{}:{}", client.id, secret.expose()));
        let id = server.id_of("root@example.com").await.to_string();
        Self { root, id, service: format!("Basic {service}") }
    }

    fn call(&mut self, method: &http::Method, path: &str, query: &str) -> crate::support::Call<'_> {
        let path = format!("{}{query}", path.replace("{id}", &self.id));
        let is_feed = path.starts_with("/revocations");
        let header = if is_feed { self.service.clone() } else { format!("Bearer {}", self.root.token()) };
        self.root.call(method.clone(), &path).header("authorization", &header)
    }
}

#[tokio::test]
async fn a_parameter_beyond_what_is_described_is_refused_by_name_and_one_within_is_taken() {
    let document: Value = serde_json::from_str(&hallpass_http::route::describe("refresh_token")).expect("JSON");
    let server = TestServer::new().await;
    let mut callers = Callers::of(&server).await;
    let mut tried = 0;
    for (method, path, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().expect("a name");
            for (value, is_allowed) in edges(&parameter["schema"]) {
                let answer = callers.call(&method, &path, &format!("?{name}={value}")).send().await;
                drop(if is_allowed { answer.expect(200) } else { answer.invalid(name) });
                tried += 1;
            }
        }
    }
    assert!(tried > 30, "{tried}");
}

#[tokio::test]
async fn a_field_that_may_not_be_empty_is_refused_by_name_when_it_is() {
    let document: Value = serde_json::from_str(&hallpass_http::route::describe("refresh_token")).expect("JSON");
    let server = TestServer::new().await;
    let mut callers = Callers::of(&server).await;
    let mut tried = 0;
    for (method, path, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let Some(schema) = schema["$ref"].as_str().and_then(|link| document.pointer(&link[1..])) else { continue };
        for (name, _) in properties(schema).filter(|(_, property)| property["minLength"] == 1) {
            let mut body = filled_in(schema);
            body.insert(name.clone(), json!(""));
            callers.call(&method, &path, "").json(Value::Object(body)).send().await.invalid(name);
            tried += 1;
        }
    }
    assert!(tried >= 10, "{tried}");
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// A body with what is required.
fn filled_in(schema: &Value) -> Map<String, Value> {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    required.map(|name| (name.to_owned(), json!(if name == "email" { "root@example.com" } else { PASSWORD }))).collect()
}
