//! What the actors know together: users, sessions, tokens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use super::history::{Bearer, Role, SessionNo, Tick, TokenNo, UserNo};
use crate::dice::Dice;

#[derive(Debug, Clone)]
pub struct User {
    pub id: String,
    pub email: String,
}

/// A session with every token that an answer has brought.
#[derive(Debug, Clone)]
pub struct Known {
    pub user: UserNo,
    pub refresh: Vec<TokenNo>,
    pub access: Vec<(String, Bearer)>,
}

impl Known {
    fn keep(&mut self, access: &str, since: Tick) {
        let number = self.access.len();
        self.access.push((access.to_owned(), Bearer { number, since, role: role_of(access) }));
    }
}

fn role_of(access: &str) -> Role {
    let stated = hallpass_jose::dangerous::decode(access).expect("a token");
    match stated.claims.get("role").and_then(serde_json::Value::as_str) {
        Some("admin") => Role::Admin,
        Some("user") => Role::User,
        other => panic!("the role {other:?}"),
    }
}

#[derive(Debug, Default)]
struct Inner {
    sessions: Vec<Known>,
    texts: Vec<String>,
    numbers: HashMap<String, TokenNo>,
}

/// Shared by all actors.
#[derive(Debug)]
pub struct Pool {
    pub users: Vec<User>,
    inner: Mutex<Inner>,
}

impl Pool {
    pub fn new(users: Vec<User>) -> Self {
        Self { users, inner: Mutex::default() }
    }

    /// A login was answered.
    pub fn open(&self, user: UserNo, (refresh, access): (&str, &str), since: Tick) -> (SessionNo, TokenNo) {
        let mut inner = self.inner();
        let token = inner.number(refresh);
        let mut known = Known { user, refresh: vec![token], access: Vec::new() };
        known.keep(access, since);
        inner.sessions.push(known);
        (inner.sessions.len() - 1, token)
    }

    /// A refresh was answered. A repeat brings a token that is known already.
    pub fn rotate(&self, session: SessionNo, (refresh, access): (&str, &str), since: Tick) -> TokenNo {
        let mut inner = self.inner();
        let token = inner.number(refresh);
        let known = &mut inner.sessions[session];
        if !known.refresh.contains(&token) {
            known.refresh.push(token);
        }
        known.keep(access, since);
        token
    }

    pub fn len(&self) -> usize {
        self.inner().sessions.len()
    }

    pub fn known(&self, session: SessionNo) -> Known {
        self.inner().sessions[session].clone()
    }

    pub fn text(&self, token: TokenNo) -> String {
        self.inner().texts[token].clone()
    }

    /// One of the newest sessions.
    pub fn recent(&self, dice: &mut Dice) -> Option<SessionNo> {
        let sessions = self.len();
        sessions.checked_sub(1).map(|last| last - dice.place(sessions.min(12)))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic under the lock")
    }
}

impl Inner {
    fn number(&mut self, text: &str) -> TokenNo {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        let number = self.texts.len() - 1;
        self.numbers.insert(text.to_owned(), number);
        number
    }
}
