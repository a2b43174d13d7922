//! The samples of `/docs`: each is run as it stands there, by curl, Node and Python, against a live server.

use std::process::Stdio;

use crate::child::node;
use crate::process::Site;

#[test]
fn every_sample_of_the_documentation_does_what_it_says() {
    let site = Site::new();
    // Each sample has a person of its own, and so a mail.
    let server = site.serve_with(&["limits.mail_max=100000", "limits.mail_per_hour=100000"]);
    let (email, password) = server.first_admin().expect("an admin");
    let client = site.run(&["--json", "clients", "create", "samples"]).expect(0).json();
    let of = |name: &str| client[name].as_str().expect("a text").to_owned();
    let mut command = node("tests/e2e/samples.mjs");
    command.args([server.url(""), email, password, of("client_id"), of("client_secret")]);
    let ended = command.stdin(Stdio::null()).status().expect("node runs: see ./test");
    assert!(ended.success(), "what failed stands above");
}
