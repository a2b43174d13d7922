//! Passwords that are known from breaches: the list, and the service that is asked.

use std::path::Path;
use std::sync::Arc;

use hallpass_auth::BreachService;
use hallpass_egress::{Client, Rules};
use hallpass_password::Breached;

use crate::config::reader::{Reader, Refusal};

/// The answer of a range has a thousand lines, some 40 KiB.
const MAX_ANSWER: usize = 256 << 10;

/// A list that is configured and missing is a fault: the server would refuse no password, unnoticed.
pub(super) fn open(text: &str) -> Result<Option<Arc<Breached>>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    Breached::open(Path::new(text)).map(|breached| Some(Arc::new(breached))).map_err(|error| {
        let message = format!(
            "{text} cannot be used: {error}. Make it with `hallpass breach build LIST --output {text}`, or leave the \
             key out"
        );
        ("bad_breached_file", message)
    })
}

/// None when there is none, or it is refused.
pub(super) fn service(reader: &mut Reader<'_>) -> Option<BreachService> {
    let allow = allowed(reader);
    let url = reader.with("password.breached_api", address);
    let (allow, url) = (allow?, url??);
    let client = Client::new(&Rules { allow, max_body: MAX_ANSWER, ..Rules::default() });
    let client = client.map_err(|error| reader.refuse("bad_value", "password.breached_api", error.to_string())).ok()?;
    Some(BreachService { client, url })
}

/// Five digits are appended to it: with a query, or without the slash, that would be another address.
fn address(text: &str) -> Result<Option<String>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let uri = text.parse::<http::Uri>().ok();
    let authority = uri.as_ref().filter(|uri| uri.scheme_str() == Some("https")).and_then(|uri| uri.authority());
    let is_good = authority.is_some_and(|authority| !authority.as_str().contains('@'));
    if is_good && text.ends_with('/') && !text.contains(['?', '#']) {
        return Ok(Some(text.to_owned()));
    }
    let message = "must be an https address that ends in /, such as https://api.pwnedpasswords.com/range/: five digits are appended";
    Err(("bad_value", message.to_owned()))
}

/// Hosts of this machine and its networks that may be called.
pub(super) fn allowed(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    reader.list("egress.allow", host)
}

fn host(text: &str) -> Result<String, Refusal> {
    let is_host = text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':'));
    if is_host {
        Ok(text.to_owned())
    } else {
        Err(("bad_value", format!("`{text}` is not a name or address of a host")))
    }
}
