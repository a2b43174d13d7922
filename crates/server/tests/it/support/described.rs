//! The API description holds for every answer of every test: a documented operation gives no status that the
//! description does not list, and every body has the shape that it promises.

use std::sync::LazyLock;

use http::Method;
use serde_json::{Map, Value};

use super::Answer;

static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&hallpass_http::route::describe("refresh_token")).expect("JSON"));

/// Asserts that the description lists this answer and its shape, if it knows the operation.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    let status = answer.status.as_u16();
    let text = answer.text();
    // Any request may take too long or have too large a header, and the lab may refuse whatever is asked of a sandbox.
    let said = answer.try_json().and_then(|body| Some(body["code"].as_str()?.to_owned())).unwrap_or_default();
    if ["timeout", "request_timeout", "header_too_large"].contains(&said.as_str()) || said.starts_with("lab_") {
        return;
    }
    let response = &operation["responses"][status.to_string()];
    assert!(response.is_object(), "{method} {path} does not document {status}: {text}");
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if is_page && response["content"]["text/html"].is_object() {
        return;
    }
    let is_problem = status >= 400;
    if is_problem {
        let code = answer.try_json().and_then(|body| Some(body["code"].as_str()?.to_owned())).unwrap_or_default();
        let listed = response["description"].as_str().expect("a description");
        assert!(
            method == Method::HEAD || listed.split(", ").any(|known| known == code),
            "{method} {path} {status} documents {listed}: {text}"
        );
    }
    let kind = if is_problem { "application/problem+json" } else { "application/json" };
    let schema = &response["content"][kind]["schema"];
    if schema.is_object() && method != Method::HEAD {
        assert_eq!(answer.header("content-type").as_deref(), Some(kind), "{method} {path}");
        fits(schema, &answer.json()).unwrap_or_else(|reason| panic!("{method} {path} {status}: {reason} in {text}"));
    }
}

/// The operation of the path that fits best: one that is written out goes before one with a parameter.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let method = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_ascii_lowercase() };
    let paths = DESCRIPTION["paths"].as_object().expect("paths");
    let item =
        paths.get(path).or_else(|| paths.iter().find(|(template, _)| is_of(template, path)).map(|found| found.1));
    item?.get(&method)
}

fn is_of(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(want, give): (&&str, &&str)| want == give || (want.starts_with('{') && !give.is_empty());
    wanted.len() == given.len() && wanted.iter().zip(&given).all(fits)
}

/// As much of JSON Schema as the description uses.
fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolved(schema);
    if let Some(any) = schema["oneOf"].as_array() {
        return any.iter().map(|one| fits(one, value)).find(Result::is_ok).unwrap_or(Err("fits none".to_owned()));
    }
    if let Some(known) = schema["enum"].as_array()
        && !known.contains(value)
    {
        return Err(format!("{value} is not listed"));
    }
    if !has_type(&schema["type"], value) {
        return Err(format!("{value} is not of type {}", schema["type"]));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| fits(&schema["items"], item)),
        Value::Object(members) => fits_object(schema, members),
        _ => Ok(()),
    }
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(reference) => DESCRIPTION.pointer(reference.trim_start_matches('#')).expect("a schema"),
        None => schema,
    }
}

fn has_type(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str() {
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("null") => value.is_null(),
        other => panic!("what is {other:?}?"),
    };
    match types {
        Value::Null => true,
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}

/// Everything that is required is there, and nothing that is not described. A schema without properties is free.
fn fits_object(schema: &Value, members: &Map<String, Value>) -> Result<(), String> {
    let parts: Vec<&Value> = match schema["allOf"].as_array() {
        Some(parts) => parts.iter().map(resolved).collect(),
        None => vec![schema],
    };
    if parts.iter().all(|part| part["properties"].is_null()) {
        return Ok(());
    }
    let required = parts.iter().filter_map(|part| part["required"].as_array()).flatten();
    for name in required.filter_map(Value::as_str) {
        if !members.contains_key(name) {
            return Err(format!("{name} is missing"));
        }
    }
    members.iter().try_for_each(|(name, value)| {
        let property = parts.iter().find_map(|part| part["properties"].get(name));
        property.map_or_else(|| Err(format!("{name} is not described")), |property| fits(property, value))
    })
}
