//! The samples of `/docs`: each is run as it stands there, by curl, Node and Python, against a live server.

use std::process::Stdio;

use crate::child::node;
use crate::process::Site;

/// An account that was made two days ago: it is told of unknown devices.
pub fn old_user(site: &Site, email: &str, password: &str) {
    site.feed(&format!("{password}\n"), &["users", "create", email, "--password-stdin"]).expect(0);
    let database = rusqlite::Connection::open(site.path("hallpass-data/hallpass.db")).expect("opens");
    database.execute("UPDATE users SET created_at = created_at - 172800000 WHERE email = $1", [email]).expect("writes");
}

#[test]
fn every_sample_of_the_documentation_does_what_it_says() {
    let site = Site::new();
    // Each sample has a person of its own, and so a mail.
    let server = site.serve_with(&["limits.mail_max=100000", "limits.mail_per_hour=100000"]);
    let (email, password) = server.first_admin().expect("an admin");
    let client = site.run(&["--json", "clients", "create", "samples"]).expect(0).json();
    let of = |name: &str| client[name].as_str().expect("a text").to_owned();
    for n in 1..=3 {
        old_user(&site, &format!("old{n}@example.com"), "plum trellis anvil");
    }
    let mut command = node("tests/e2e/samples.mjs");
    command.args([server.url(""), email, password, of("client_id"), of("client_secret")]);
    let ended = command.stdin(Stdio::null()).status().expect("node runs: see ./test");
    assert!(ended.success(), "what failed stands above");
}
