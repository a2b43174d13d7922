//! The lab's mailboxes: the real mails of a sandbox, which reach its visitor and nobody else.

use http::Method;
use serde_json::{Value, json};

use crate::support::visit::{ADA, GRACE, GRACES_PASSWORD, Visit, server_with_lab};

const MILA: &str = "mila@lab.example";
const THIEFS: &str = "a stranger's gate 12";
const MILAS: &str = "corridor-warden 1893";

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}"))
}

/// What follows `hpm_`, with it.
fn link(mail: &Value) -> String {
    let text = text(mail, "text");
    let at = text.find("hpm_").unwrap_or_else(|| panic!("a link in {text}"));
    text[at..].split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_owned()
}

fn register(email: &str) -> Value {
    json!({"email": email, "password": THIEFS, "delivery": "body"})
}

#[tokio::test]
async fn who_reads_the_mailbox_gets_the_account_and_who_set_it_up_loses_it() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let thief = visit.post("/auth/register", register(MILA)).await.expect(201).json();
    visit.me(text(&thief, "access_token")).await.expect(200);
    let mails = visit.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(text(&mails[0], "to"), MILA);
    assert!(text(&mails[0], "text").contains(&format!("{}/account#verify=hpm_", visit.base)), "{mails:?}");
    // A program that follows links changes nothing.
    visit.ask(Method::GET, "/auth/email/verify", None).await.refused(405, "method_not_allowed");
    visit.post("/auth/password/forgot", json!({"email": MILA})).await.expect(202);
    let mails = visit.mails().await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    let reset = json!({"token": link(&mails[0]), "new_password": MILAS});
    visit.post("/auth/password/reset", reset.clone()).await.expect(204);
    visit.me(text(&thief, "access_token")).await.refused(401, "invalid_token");
    visit.login(MILA, THIEFS).await.refused(401, "invalid_credentials");
    let body = visit.login(MILA, MILAS).await.expect(200).json();
    let me = visit.me(text(&body, "access_token")).await.expect(200).json();
    assert!(!me["email_verified_at"].is_null(), "{me}");
    visit.post("/auth/password/reset", reset).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn an_address_without_an_account_gets_the_same_answer_and_no_mail() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let known = visit.post("/auth/password/forgot", json!({"email": ADA})).await.expect(202).text();
    let unknown = visit.post("/auth/password/forgot", json!({"email": MILA})).await.expect(202).text();
    assert_eq!(known, unknown);
    let to: Vec<_> = visit.mails().await.iter().map(|mail| text(mail, "to").to_owned()).collect();
    assert_eq!(to, [ADA]);
}

#[tokio::test]
async fn mails_of_a_sandbox_reach_no_other_one_and_leave_the_lab_in_no_way() {
    let server = server_with_lab(8).await;
    let (mut one, mut other) = (Visit::open(server.client()).await, Visit::open(server.client_at("192.0.2.9")).await);
    server.faults.seen();
    one.post("/auth/password/forgot", json!({"email": ADA})).await.expect(202);
    let mails = one.mails().await;
    assert_eq!((mails.len(), other.mails().await.len()), (1, 0));
    let reset = json!({"token": link(&mails[0]), "new_password": MILAS});
    other.post("/auth/password/reset", reset.clone()).await.refused(400, "unfit_code");
    assert_eq!(server.faults.seen(), Vec::<&str>::new(), "an operation of the real store ran");
    server.client().post("/auth/password/reset").json(reset).send().await.refused(400, "unfit_code");
    assert_eq!(server.send_messages().await.tried(), 0);
    assert!(!server.mail_folder().exists(), "a mail was written");
    one.client.get(&format!("{}x/mails", one.base)).without_cookie().send().await.refused(404, "lab_gone");
}

#[tokio::test]
async fn a_mailbox_gets_three_mails_in_a_quarter_of_an_hour_and_twenty_are_kept() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let forgot = json!({"email": ADA});
    for _ in 0..5 {
        visit.post("/auth/password/forgot", forgot.clone()).await.expect(202);
    }
    assert_eq!(visit.mails().await.len(), 3);
    for _ in 0..7 {
        visit.advance(24 * 60 * 60).await;
        for _ in 0..3 {
            visit.post("/auth/password/forgot", forgot.clone()).await.expect(202);
        }
    }
    let mails = visit.mails().await;
    assert_eq!(mails.len(), 20);
    assert!(text(&mails[0], "at") > text(&mails[19], "at"), "the newest is the first");
}

#[tokio::test]
async fn mails_are_in_the_language_of_the_page() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let path = format!("{}/auth/password/forgot", visit.base);
    let call = visit.client.post(&path).without_cookie().header("accept-language", "de").json(json!({"email": ADA}));
    call.send().await.expect(202);
    let mails = visit.mails().await;
    assert!(text(&mails[0], "text").contains("Passwort"), "{mails:?}");
}

#[tokio::test]
async fn a_user_who_is_deleted_gives_the_place_in_the_sandbox_back() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let grace = visit.login(GRACE, GRACES_PASSWORD).await.expect(200).json();
    let admin = text(&grace, "access_token").to_owned();
    let mut last = String::new();
    for n in 2..hallpass_lab::USERS {
        let made = visit.post("/auth/register", register(&format!("u{n}@lab.example"))).await.expect(201).json();
        text(&made["user"], "id").clone_into(&mut last);
    }
    visit.post("/auth/register", register(MILA)).await.refused(409, "lab_limit");
    let user = format!("{}/admin/users/{last}", visit.base);
    let sessions = format!("{user}/sessions");
    // What ends something else of a user makes no place.
    visit.client.call(Method::DELETE, &sessions).bearing(&admin).without_cookie().send().await;
    visit.post("/auth/register", register(MILA)).await.refused(409, "lab_limit");
    for status in [204, 404] {
        visit.client.call(Method::DELETE, &user).bearing(&admin).without_cookie().send().await.expect(status);
    }
    visit.post("/auth/register", register(MILA)).await.expect(201);
    visit.post("/auth/register", register("nobody@lab.example")).await.refused(409, "lab_limit");
}
