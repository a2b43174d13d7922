//! What `users import` makes of files as other programs write them.

use serde_json::{Value, json};

use crate::cli::{PASSWORD, login};
use crate::process::{Ended, Site};

const HASH: &str = "$2b$10$abcdefghijklmnopqrstuuLzJ3cPw0H0hU8vG8rXyq1F1yTtZcS6e";

fn site() -> Site {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    site
}

fn import(site: &Site, name: &str, text: &str) -> Ended {
    let ended = site.run(&["--json", "users", "import", &site.write(name, text)]);
    assert!(!format!("{ended:?}").contains("$2b$"), "a hash is repeated: {ended:?}");
    ended
}

fn report(ended: &Ended) -> (Value, Value) {
    let report = ended.json();
    (report["imported"].clone(), report["refused"].clone())
}

#[test]
fn a_byte_order_mark_is_skipped_and_utf_16_is_named() {
    let site = site();
    let line = json!({"email": "a@example.com", "password_hash": HASH});
    assert_eq!(report(&import(&site, "a.jsonl", &format!("\u{feff}{line}\n")).expect(0)).0, 1);
    let csv = format!("\u{feff}email,password_hash\nb@example.com,{HASH}\n");
    assert_eq!(report(&import(&site, "b.csv", &csv).expect(0)).0, 1);
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        let path = site.path("c.csv");
        std::fs::write(&path, [&mark[..], b"e\0m\0"].concat()).expect("a file");
        let refused = site.run(&["--json", "users", "import", &path.display().to_string()]).expect(1);
        assert_eq!(refused.error(), "not_utf_8");
        assert!(refused.stderr.contains("UTF-16"), "{}", refused.stderr);
    }
}

#[test]
fn headings_are_known_whatever_their_case_and_blanks() {
    let site = site();
    let csv = format!("Email, PASSWORD_HASH ,Role\na@example.com,{HASH},admin\n");
    assert_eq!(report(&import(&site, "a.csv", &csv).expect(0)).0, 1);
    let line = json!({"EMAIL": "b@example.com", " Password_Hash": HASH});
    assert_eq!(report(&import(&site, "b.jsonl", &format!("{line}\n")).expect(0)).0, 1);
    let listed = site.run(&["--json", "users", "list", "--query", "a@"]).expect(0).json();
    assert_eq!(listed[0]["role"], "admin");
    let twice = format!("email,Email,password_hash\nc@example.com,d@example.com,{HASH}\n");
    assert_eq!(import(&site, "c.csv", &twice).expect(1).error(), "bad_heading");
    let twice = format!(
        "{{\"email\": \"c@example.com\", \"Role\": \"admin\", \"role\": \"user\", \"password_hash\": \"{HASH}\"}}\n"
    );
    assert_eq!(report(&import(&site, "c.jsonl", &twice).expect(1)).0, 0);
}

#[test]
fn semicolons_and_tabs_separate_columns_when_the_heading_has_them() {
    let site = site();
    for (n, (name, separator)) in [("a.csv", ";"), ("b.csv", "\t"), ("c.tsv", "\t"), ("d.csv", ",")].iter().enumerate()
    {
        let rows = [["email", "role", "password_hash"], [&format!("u{n}@example.com"), "user", HASH]];
        let text = rows.map(|row| row.join(separator) + "\r\n").concat();
        assert_eq!(report(&import(&site, name, &format!("\r\n{text}")).expect(0)).0, 1, "{name}");
    }
}

#[test]
fn extra_columns_are_passed_over_with_one_warning_that_names_them() {
    let site = site();
    let csv = format!("email,Name,password_hash,phone 2\na@example.com,Ada,{HASH},1\nb@example.com,Bob,{HASH},2\n");
    let warned = import(&site, "a.csv", &csv).expect(0);
    assert_eq!(report(&warned).0, 2);
    assert_eq!(warned.stderr, "passed over, since they are no fields of a user: `Name`, `phone 2`\n");
    let line = |n: u8| json!({"email": format!("j{n}@example.com"), "password_hash": HASH, "name": "Ada", HASH: [1]});
    let warned = import(&site, "b.jsonl", &format!("{}\n{}\n", line(1), line(2))).expect(0);
    assert_eq!(report(&warned).0, 2);
    assert_eq!(
        warned.stderr,
        "passed over, since they are no fields of a user: `name` and 1 that look like no names\n"
    );
    let ragged = format!("email,password_hash\nc@example.com,{HASH}\nd@example.com,{HASH},more\n");
    let (imported, refused) = report(&import(&site, "c.csv", &ragged).expect(1));
    assert_eq!((imported, &refused[0]["line"]), (json!(1), &json!(3)));
}

#[test]
fn a_missing_email_column_is_one_error_that_names_the_columns_and_no_password() {
    let site = site();
    let none = import(&site, "a.csv", &format!("Mail;password_hash\na@example.com;{HASH}\nb@example.com;{HASH}\n"));
    assert_eq!(none.expect(1).error(), "no_email_column");
    let none = import(&site, "a.csv", &format!("Mail;password_hash\na@example.com;{HASH}\n")).stderr;
    assert!(none.contains("`Mail`, `password_hash`"), "{none}");
    let without_heading = import(&site, "b.csv", &format!("a@example.com,sesame123,{HASH}\n")).expect(1);
    assert_eq!(without_heading.error(), "no_email_column");
    assert!(!without_heading.stderr.contains("sesame"), "{}", without_heading.stderr);
    assert_eq!(site.run(&["--json", "users", "import", &site.path(".").display().to_string()]).expect(1).error(), "io");
}

#[test]
fn rows_without_an_address_or_a_password_are_named_with_their_line() {
    let site = site();
    let lines = [
        json!({"password_hash": HASH}),
        json!({"email": "a@example.com", "role": "user", "status": "active"}),
        json!({"email": "a@example.com", "password_hash": HASH, "password": "correct horse 9271 stable"}),
        json!({"email": "a@example.com", "password_hash": HASH, "status": "blocked"}),
        json!({"email": "a@example.com", "password_hash": HASH, "one_time_until": "tomorrow"}),
    ];
    let text = lines.map(|line| format!("{line}\n")).concat();
    let (imported, refused) = report(&import(&site, "a.jsonl", &text).expect(1));
    assert_eq!(imported, 0);
    let words = ["email is missing", "--with-hashes", "both there", "`suspended`", "one_time_until"];
    for (n, words) in words.iter().enumerate() {
        assert_eq!(refused[n]["line"], n + 1);
        assert!(refused[n]["reason"].as_str().is_some_and(|reason| reason.contains(words)), "{}", refused[n]);
    }
}

#[tokio::test]
async fn users_are_imported_with_their_hashes_and_every_bad_row_is_named() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let hashed = |scheme| {
        let setting = format!("password.scheme={scheme}");
        let ended = site.feed(PASSWORD, &["--json", "--set", &setting, "password", "hash", "--password-stdin"]);
        ended.expect(0).json()["hash"].as_str().expect("a hash").to_owned()
    };
    let (bcrypt, argon2id) = (hashed("bcrypt"), hashed("argon2id"));
    let lines = [
        json!({"email": "a@example.com", "password_hash": bcrypt}).to_string(),
        json!({"email": "b@example.com", "password_hash": argon2id, "role": "admin"}).to_string(),
        json!({"email": "c@example.com", "password": "correct horse 9271 stable"}).to_string(),
        json!({"email": "A@example.com", "password_hash": bcrypt}).to_string(),
        json!({"email": "d@example.com", "password_hash": "5f4dcc3b5aa765d61d8327deb882cf99"}).to_string(),
        json!({"email": "e@example.com"}).to_string(),
        json!({"email": "f@example.com", "password": "password1"}).to_string(),
        json!({"email": "g@example.com", "password_hash": bcrypt, "role": "emperor"}).to_string(),
        json!({"email": "h@example.com", "password_hash": bcrypt, "admin": true}).to_string(),
        "not json".to_owned(),
    ];
    let file = site.write("users.jsonl", &(lines.join("\n") + "\n\n"));
    let report = site.run(&["--json", "users", "import", &file]).expect(1).json();
    assert_eq!(report["imported"], 4, "what is no field is passed over");
    let refused: Vec<_> = report["refused"].as_array().expect("rows").iter().map(|row| row["line"].clone()).collect();
    assert_eq!(refused, [4, 5, 6, 7, 8, 10]);
    assert!(!report.to_string().contains("5f4dcc3b"), "a hash is repeated");
    let csv =
        format!("email,role,password_hash\ni@example.com,user,{bcrypt}\nj@example.com,,\"{argon2id}\"\nbad,user\n");
    let report = site.run(&["--json", "users", "import", &site.write("users.csv", &csv)]).expect(1).json();
    assert_eq!((&report["imported"], &report["refused"][0]["line"]), (&json!(2), &json!(4)));
    let server = site.serve();
    for email in ["a@example.com", "b@example.com", "i@example.com", "j@example.com"] {
        assert_eq!(login(&server, email, PASSWORD).await.0, 200, "{email}");
    }
}
