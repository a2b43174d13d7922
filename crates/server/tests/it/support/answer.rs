//! An answer, with what tests ask of it.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// The cookie of a known device.
pub const DEVICE: &str = "__Host-hp_device";

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A parsed `Set-Cookie`.
#[derive(Debug, Clone)]
pub struct SetCookie {
    pub name: String,
    pub value: String,
    pub attributes: BTreeSet<String>,
}

impl Answer {
    /// Asserts the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// Asserts status and code of a refusal.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.json()["code"], code, "{}", answer.text());
        answer
    }

    /// Asserts a validation failure of exactly this field.
    #[track_caller]
    pub fn invalid(self, field: &str) -> Self {
        let answer = self.expect(422);
        let body = answer.json();
        let fields: Vec<_> = body["errors"].as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
        assert_eq!(fields, [field], "{}", answer.text());
        answer
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        self.try_json().unwrap_or_else(|| panic!("no JSON: {}", self.text()))
    }

    pub fn try_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The names at the top of the body.
    pub fn keys(&self) -> Vec<String> {
        self.json().as_object().expect("an object").keys().cloned().collect()
    }

    /// A header that occurs once.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<String> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next().map(|value| value.to_str().expect("visible ASCII").to_owned());
        assert!(values.next().is_none(), "{name} occurs twice");
        first
    }

    pub fn detail(&self) -> String {
        self.json()["detail"].as_str().expect("a detail").to_owned()
    }

    pub fn cookies(&self) -> Vec<SetCookie> {
        self.headers.get_all("set-cookie").iter().map(|v| parse(v.to_str().expect("visible ASCII"))).collect()
    }

    /// What the answer does to the refresh cookie, if it does anything. Beside the one that it sets, it may clear
    /// cookies of the same name on other paths.
    #[track_caller]
    pub fn refresh_cookie(&self) -> Option<SetCookie> {
        let cookies = self.cookies().into_iter().filter(|cookie| cookie.name != DEVICE);
        let (cleared, mut set): (Vec<_>, Vec<_>) = cookies.partition(|c| c.value.is_empty());
        assert!(set.len() <= 1 && (cleared.len() <= 1 || set.len() == 1), "{set:?} {cleared:?}");
        set.pop().or_else(|| cleared.into_iter().next())
    }

    /// What makes the browser known to addresses, if the answer lets it keep that.
    pub fn device_cookie(&self) -> Option<String> {
        self.cookies().into_iter().find(|cookie| cookie.name == DEVICE).map(|cookie| cookie.value)
    }

    /// Asserts that the refresh cookie is set.
    #[track_caller]
    pub fn sets_cookie(self) -> Self {
        let cookie = self.refresh_cookie().expect("a cookie");
        assert!(!cookie.value.is_empty(), "it is cleared instead");
        self
    }

    /// Asserts that the refresh cookie is cleared.
    #[track_caller]
    pub fn clears_cookie(self) -> Self {
        let cookie = self.refresh_cookie().expect("a cookie");
        assert!(cookie.value.is_empty() && cookie.attributes.contains("Max-Age=0"), "{cookie:?}");
        self
    }

    /// Asserts that the refresh cookie is left alone.
    #[track_caller]
    pub fn leaves_cookie(self) -> Self {
        assert!(self.refresh_cookie().is_none(), "{:?}", self.cookies());
        self
    }
}

fn parse(text: &str) -> SetCookie {
    let mut parts = text.split("; ");
    let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("name=value");
    SetCookie { name: name.to_owned(), value: value.to_owned(), attributes: parts.map(str::to_owned).collect() }
}
