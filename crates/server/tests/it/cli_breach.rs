//! `hallpass breach`, and a server with the file that it makes.

use hallpass_server::config::Config;
use hallpass_server::config::layers::Inputs;
use serde_json::json;

use crate::cli::{PASSWORD, login};
use crate::process::{Site, http};

const STOLEN: &str = "plum trellis anvil 31";
/// SHA-1 of [`STOLEN`], and of `password`.
const LIST: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n\
                    51205DB5EB85943FC0463BBC771268F733BAE7DE:2\r\n";

fn build(site: &Site, name: &str, list: &str, more: &[&str]) -> crate::process::Ended {
    let (input, output) = (site.write("list.txt", list), site.path(name).display().to_string());
    site.run(&[&["--json", "breach", "build", &input, "--output", &output], more].concat())
}

#[test]
fn a_list_becomes_a_file_that_can_be_asked() {
    let site = Site::new();
    let made = build(&site, "breached", LIST, &[]).expect(0).json();
    assert_eq!((&made["entries"], &made["false_positives"]), (&json!(2), &json!(1e-4)));
    let file = site.path("breached").display().to_string();
    let ask = |password: &str, file: &str| {
        site.feed(&format!("{password}\n"), &["--json", "breach", "check", file, "--password-stdin"])
    };
    assert_eq!(ask("password", &file).expect(1).json(), json!({"breached": true}));
    assert_eq!(ask(STOLEN, &file).expect(1).json(), json!({"breached": true}));
    assert_eq!(ask(PASSWORD, &file).expect(0).json(), json!({"breached": false}));
    let made = build(&site, "often", LIST, &["--at-least", "3"]).expect(0).json();
    assert_eq!(made["entries"], 1);
    let made = build(&site, "plain", &format!("{STOLEN}\n"), &["--plain", "--false-positives", "1e-6"]);
    assert_eq!(made.expect(0).json()["false_positives"], 1e-6);
    ask(STOLEN, &site.path("plain").display().to_string()).expect(1);
}

#[test]
fn a_list_that_is_none_is_refused_and_leaves_the_old_file() {
    let site = Site::new();
    build(&site, "breached", LIST, &[]).expect(0);
    let before = std::fs::read(site.path("breached")).expect("a file");
    for list in ["", "password\n", "32ED87BDB5FDC5E9CBA88547376818D4:1\n"] {
        assert_eq!(build(&site, "breached", list, &[]).expect(1).error(), "bad_list", "{list}");
    }
    for share in ["0", "1", "-1", "nan", "few"] {
        build(&site, "breached", LIST, &["--false-positives", share]).expect(2);
    }
    assert_eq!(std::fs::read(site.path("breached")).expect("a file"), before);
    let list = site.path("list.txt").display().to_string();
    let asked = site.feed("password\n", &["--json", "breach", "check", &list, "--password-stdin"]);
    assert_eq!(asked.expect(1).error(), "bad_breached_file");
}

#[tokio::test]
async fn a_server_with_the_file_refuses_what_is_in_it() {
    let site = Site::new();
    build(&site, "breached", LIST, &[]).expect(0);
    let setting = format!("password.breached_file={}", site.path("breached").display());
    let server = site.serve_with(&[&setting]);
    let register = async |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        http().post(server.url("/auth/register")).json(&body).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(register("ada@example.com", STOLEN).await, 422);
    assert_eq!(register("ada@example.com", PASSWORD).await, 201);
    let create = &["--json", "--set", &setting, "users", "create", "bob@example.com", "--password-stdin"];
    assert_eq!(site.feed(&format!("{STOLEN}\n"), create).expect(1).error(), "validation_failed");
    // A command that knows of no list.
    site.feed(&format!("{STOLEN}\n"), &["users", "create", "bob@example.com", "--password-stdin"]).expect(0);
    let (status, body) = login(&server, "bob@example.com", STOLEN).await;
    assert_eq!((status, &body["password_breached"]), (200, &json!(true)));
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_all_other_faults() {
    let site = Site::new();
    let (list, folder) = (site.write("list.txt", LIST), site.path(".").display().to_string());
    for path in ["/nonexistent/breached", &list, &folder] {
        let set = [("password.breached_file", path), ("password.bcrypt_cost", "9")];
        let flags = set.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        let errors = Config::load(&Inputs { flags, ..Inputs::default() }).expect_err("it must be refused");
        let codes: Vec<_> = errors.0.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["bcrypt_cost_too_low", "bad_breached_file"], "{errors}");
        let told = errors.0[1].to_string();
        assert!(told.starts_with("password.breached_file: ") && told.contains(path), "{told}");
        assert!(told.contains("hallpass breach build"), "the cure: {told}");
    }
}
