//! The pages. What they show, their scripts ask the API for: a page holds nothing that is secret.

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use hallpass_auth::Registration;
use hallpass_model::audit::Event;

use super::page::{Shell, render};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
    is_open: bool,
    has_mail: bool,
}

#[derive(Template)]
#[template(path = "reset.html")]
struct Reset {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "undo.html")]
struct Undo {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    shell: Shell,
    has_mail: bool,
}

#[derive(Template)]
#[template(path = "console.html")]
struct Console {
    shell: Shell,
    has_mail: bool,
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
    render(&shell.clone(), &SignIn { shell, is_open, has_mail: state.auth().mail().is_on() })
}

/// `GET /account`.
pub(super) async fn account(State(state): State<AppState>, shell: Shell) -> Response {
    render(&shell.clone(), &Account { shell, has_mail: state.auth().mail().is_on() })
}

/// `GET /reset`: a forgotten password. The same page whatever the fragment carries: it is not sent, and a program that looks
/// at the page learns nothing of it.
pub(super) async fn reset(shell: Shell) -> Response {
    render(&shell.clone(), &Reset { shell })
}

/// `GET /undo`: an address that was changed. As with [`reset`], the fragment is not sent.
pub(super) async fn undo(shell: Shell) -> Response {
    render(&shell.clone(), &Undo { shell })
}

/// `GET /.well-known/change-password`: where password managers look for the page.
pub(super) async fn change_password() -> Redirect {
    Redirect::to("/account")
}

/// `GET /console`.
pub(super) async fn console(State(state): State<AppState>, shell: Shell) -> Response {
    let has_mail = state.auth().mail().is_on();
    render(&shell.clone(), &Console { shell, has_mail, events: Event::ALL })
}

/// `GET /docs`.
pub(super) async fn docs(shell: Shell) -> Response {
    render(&shell.clone(), &Docs { shell })
}
