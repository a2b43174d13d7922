//! The pages. What they show, their scripts ask the API for: a page holds nothing that is secret.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hallpass_auth::Registration;
use hallpass_model::audit::Event;

use super::page::{Shell, render};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "console.html")]
struct Console {
    shell: Shell,
    events: &'static [Event],
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    shell: Shell,
}

/// `GET /`: sign in, register.
pub(super) async fn sign_in(State(state): State<AppState>, shell: Shell) -> Response {
    let is_open = state.auth().settings().accounts.registration == Registration::Open;
    render(&shell.clone(), &SignIn { shell, is_open })
}

/// `GET /account`.
pub(super) async fn account(shell: Shell) -> Response {
    render(&shell.clone(), &Account { shell })
}

/// `GET /console`.
pub(super) async fn console(shell: Shell) -> Response {
    render(&shell.clone(), &Console { shell, events: Event::ALL })
}

/// `GET /docs`.
pub(super) async fn docs(shell: Shell) -> Response {
    render(&shell.clone(), &Docs { shell })
}
