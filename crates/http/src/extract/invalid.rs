//! What serde refuses, as a problem that names the field.

use std::fmt::Display;

use crate::problem::Problem;

/// 422 that names the field.
pub(super) fn invalid<E: Display>(error: serde_path_to_error::Error<E>) -> Problem {
    let path = error.path().to_string();
    let message = error.into_inner().to_string();
    Problem::invalid(field_of(&path, &message), sentence(&message))
}

/// Which field a message is about: the path ends with an unknown one, but above one that is missing or there twice.
fn field_of(path: &str, message: &str) -> String {
    let named = ["missing field `", "duplicate field `"].iter().find_map(|start| message.strip_prefix(start));
    match (path, named.and_then(|rest| rest.split('`').next())) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (".", None) => String::new(),
        (path, None) => path.to_owned(),
    }
}

/// The message in words of ours: serde's repeats the value, and the value may be a password.
fn sentence(message: &str) -> String {
    let known = [
        ("missing field", "This field is needed."),
        ("unknown field", "There is no such field."),
        ("duplicate field", "This field is there twice."),
    ];
    if let Some((_, sentence)) = known.iter().find(|(start, _)| message.starts_with(start)) {
        return (*sentence).to_owned();
    }
    match message.rsplit_once("expected ") {
        Some((_, expected)) => format!("Expected {expected}."),
        None => "This is not a valid value.".to_owned(),
    }
}
